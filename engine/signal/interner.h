// Texts kept once and spoken of by number.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

namespace exdiag {

// Number of a text; equal texts have equal numbers within one Interner.  Numbers follow the order
// in which texts are met, so nothing that is shown may depend on their order.
using TextId = std::uint32_t;

inline constexpr TextId kEmptyText = 0;

// A text takes some twenty bytes more than it is long: logs can have millions of different ones.
class Interner {
 public:
  Interner() { Intern({}); }
  Interner(const Interner&) = delete;
  Interner& operator=(const Interner&) = delete;

  TextId Intern(std::string_view text);
  // Good as long as the Interner.
  std::string_view Text(TextId id) const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    TextId id_plus_1 = 0;  // 0: free
  };

  Slot& SlotFor(std::string_view text, std::uint32_t hash);
  void Grow();
  const char* Keep(std::string_view text);

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* free_ = nullptr;           // in the last chunk
  std::size_t room_ = 0;           // behind it
  std::deque<const char*> texts_;  // by number; the length is in front of the text
  std::vector<Slot> slots_;        // by open addressing
};

}  // namespace exdiag
