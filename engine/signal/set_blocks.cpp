#include "engine/signal/set_blocks.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace exdiag {
namespace {

std::size_t Ones(std::uint64_t word) { return static_cast<std::size_t>(std::popcount(word)); }

}  // namespace

void SetBlocks::Bits::Clear() {
  words_.fill(0);
  before_.fill(kNone);
}

void SetBlocks::Bits::Append(std::size_t bit, std::size_t count) {
  words_[bit / 64] |= std::uint64_t{1} << bit % 64;
  for (std::size_t group = bit / 64 / kGroup + 1; group > 0 && before_[group - 1] == kNone;) {
    before_[--group] = static_cast<std::uint16_t>(count);
  }
}

std::size_t SetBlocks::Bits::CountBelow(std::size_t bit, std::size_t count) const {
  const std::size_t word = bit / 64;
  const std::size_t group = word / kGroup;
  if (before_[group] == kNone) return count;
  std::size_t below = before_[group];
  for (std::size_t i = group * kGroup; i < word; ++i) below += Ones(words_[i]);
  return below + Ones(words_[word] & ((std::uint64_t{1} << bit % 64) - 1));
}

// A block that could not be read is all zeros.
std::size_t SetBlocks::Bits::At(std::size_t position) const {
  const auto next = std::upper_bound(before_.begin() + 1, before_.end(), position);
  const auto group = static_cast<std::size_t>(next - before_.begin()) - 1;
  std::size_t left = position - before_[group];
  std::size_t word = group * kGroup;
  for (; word < kWords && left >= Ones(words_[word]); ++word) left -= Ones(words_[word]);
  if (word == kWords) return 0;
  std::uint64_t ones = words_[word];
  for (; left > 0; --left) ones &= ones - 1;
  return word * 64 + static_cast<std::size_t>(std::countr_zero(ones));
}

std::size_t SetBlocks::Bits::Next(std::size_t from) const {
  if (from >= kSpan) return kSpan;
  std::size_t word = from / 64;
  std::uint64_t left = words_[word] & ~std::uint64_t{0} << from % 64;
  while (left == 0 && ++word < kWords) left = words_[word];
  return left == 0 ? kSpan : word * 64 + static_cast<std::size_t>(std::countr_zero(left));
}

std::uint32_t SetBlocks::Copy(std::uint32_t block) {
  std::array<std::byte, sizeof(Bits)> bytes;
  std::memcpy(bytes.data(), At(block), bytes.size());
  const std::uint32_t copy = Make();
  std::memcpy(ToChange(copy), bytes.data(), bytes.size());
  return copy;
}

}  // namespace exdiag
