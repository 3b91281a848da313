// Texts kept once and spoken of by number.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace exdiag {

// Number of a text; equal texts have equal numbers within one Interner.  Numbers follow the order
// in which texts are met, so nothing that is shown may depend on their order.
using TextId = std::uint32_t;

inline constexpr TextId kEmptyText = 0;

class Interner {
 public:
  Interner() { Intern({}); }
  Interner(const Interner&) = delete;
  Interner& operator=(const Interner&) = delete;

  TextId Intern(std::string_view text);
  const std::string& Text(TextId id) const { return texts_[id]; }

 private:
  std::deque<std::string> texts_;  // keeps its elements in place
  std::unordered_map<std::string_view, TextId> ids_;
};

}  // namespace exdiag
