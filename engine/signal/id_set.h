// Ascending numbers in little memory.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace exdiag {

// A number costs two bytes where few of its neighbours are there, and less where many are: a bit
// for each that may be there.
class IdSet {
 public:
  // Greater than all before.
  void Append(std::uint32_t id);

  std::size_t size() const { return parts_.empty() ? 0 : parts_.back().before + SizeOfLast(); }
  // The number at this position of the ascending order.
  std::uint32_t operator[](std::size_t position) const;
  // How many numbers are smaller: the position of `id`, when it is there.
  std::size_t CountBelow(std::uint32_t id) const;

  // Visits the numbers at the positions from `begin` to before `end`; faster than one by one.
  template <typename Visit>
  void ForEach(std::size_t begin, std::size_t end, const Visit& visit) const;

 private:
  static constexpr std::size_t kWords = 1024;
  static constexpr std::size_t kGroup = 8;  // words
  static constexpr std::uint16_t kNone = 0xffff;

  // A bit for each of 65536 numbers.
  struct Bits {
    std::array<std::uint64_t, kWords> words{};
    // Numbers before each group of words; kNone behind the last number.
    std::array<std::uint16_t, kWords / kGroup> before;
    std::size_t groups = 0;
    std::size_t count = 0;
  };
  // Numbers with equal upper halves.
  struct Part {
    std::size_t before = 0;  // numbers in the parts before this one
    std::uint32_t upper = 0;
    std::vector<std::uint16_t> few;  // lower halves; when they are not
    std::unique_ptr<Bits> many;
  };
  static constexpr std::size_t kFew = sizeof(Bits) / sizeof(std::uint16_t);

  static void Append(Part& part, std::uint16_t lower);
  static void Append(Bits& bits, std::uint16_t lower);
  static std::size_t SizeOf(const Part& part) {
    return part.many ? part.many->count : part.few.size();
  }
  static std::uint16_t At(const Bits& bits, std::size_t position);
  static std::size_t CountBelow(const Bits& bits, std::uint16_t lower);
  std::size_t SizeOfLast() const { return SizeOf(parts_.back()); }
  // Index of the part that a position lies in.
  std::size_t PartOf(std::size_t position) const;

  std::vector<Part> parts_;
};

template <typename Visit>
void IdSet::ForEach(std::size_t begin, std::size_t end, const Visit& visit) const {
  if (begin >= end) return;
  for (std::size_t i = PartOf(begin); i < parts_.size() && parts_[i].before < end; ++i) {
    const Part& part = parts_[i];
    const std::size_t first = begin > part.before ? begin - part.before : 0;
    const std::size_t last = std::min(end - part.before, SizeOf(part));
    if (!part.many) {
      for (std::size_t at = first; at < last; ++at) visit(part.upper << 16 | part.few[at]);
      continue;
    }
    const Bits& bits = *part.many;
    const std::uint16_t lower = At(bits, first);
    std::size_t word = lower / 64;
    std::uint64_t left = bits.words[word] & ~std::uint64_t{0} << lower % 64;
    for (std::size_t at = first; at < last; ++at) {
      while (left == 0) left = bits.words[++word];
      const auto bit = static_cast<std::uint32_t>(std::countr_zero(left));
      left &= left - 1;
      visit(part.upper << 16 | static_cast<std::uint32_t>(word * 64) | bit);
    }
  }
}

}  // namespace exdiag
