// The hash by which files are recognised: by the ledger those fed again, by what is kept between
// runs those that have not changed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace exdiag {

// XXH3, 128 bits.  Tells files apart, but not against someone who wants two to look alike: such a
// file would be taken for one that was read before.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();

  void Add(std::span<const std::byte> bytes);
  void Add(std::string_view text) { Add(std::as_bytes(std::span(text))); }
  // Of what was added so far, 32 hexadecimal digits.
  std::string Hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace exdiag
