#include "engine/signal/id_set.h"

#include <cassert>

namespace exdiag {
namespace {

std::uint16_t LowerHalf(std::uint32_t id) { return static_cast<std::uint16_t>(id & 0xffff); }

std::size_t Ones(std::uint64_t word) { return static_cast<std::size_t>(std::popcount(word)); }

}  // namespace

void IdSet::Append(std::uint32_t id) {
  assert(size() == 0 || (*this)[size() - 1] < id);
  const std::uint32_t upper = id >> 16;
  if (parts_.empty() || parts_.back().upper != upper) {
    const std::size_t before = size();
    if (!parts_.empty()) parts_.back().few.shrink_to_fit();
    Part& part = parts_.emplace_back();
    part.before = before;
    part.upper = upper;
  }
  Append(parts_.back(), LowerHalf(id));
}

void IdSet::Append(Part& part, std::uint16_t lower) {
  if (part.many) return Append(*part.many, lower);
  if (part.few.size() < kFew) return part.few.push_back(lower);
  part.many = std::make_unique<Bits>();
  part.many->before.fill(kNone);
  for (const std::uint16_t one : part.few) Append(*part.many, one);
  part.few = {};
  Append(*part.many, lower);
}

void IdSet::Append(Bits& bits, std::uint16_t lower) {
  const std::size_t word = lower / 64;
  while (bits.groups <= word / kGroup) {
    bits.before[bits.groups++] = static_cast<std::uint16_t>(bits.count);
  }
  bits.words[word] |= std::uint64_t{1} << lower % 64;
  ++bits.count;
}

std::size_t IdSet::PartOf(std::size_t position) const {
  const auto next =
      std::upper_bound(parts_.begin(), parts_.end(), position,
                       [](std::size_t wanted, const Part& part) { return wanted < part.before; });
  return static_cast<std::size_t>(next - parts_.begin()) - 1;
}

std::uint32_t IdSet::operator[](std::size_t position) const {
  const Part& part = parts_[PartOf(position)];
  const std::size_t at = position - part.before;
  return part.upper << 16 | (part.many ? At(*part.many, at) : part.few[at]);
}

std::uint16_t IdSet::At(const Bits& bits, std::size_t position) {
  const auto next = std::upper_bound(bits.before.begin(), bits.before.end(), position);
  const auto group = static_cast<std::size_t>(next - bits.before.begin()) - 1;
  std::size_t left = position - bits.before[group];
  std::size_t word = group * kGroup;
  for (; left >= Ones(bits.words[word]); ++word) left -= Ones(bits.words[word]);
  std::uint64_t ones = bits.words[word];
  for (; left > 0; --left) ones &= ones - 1;
  return static_cast<std::uint16_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(ones)));
}

std::size_t IdSet::CountBelow(const Bits& bits, std::uint16_t lower) {
  const std::size_t word = lower / 64;
  const std::size_t group = word / kGroup;
  if (group >= bits.groups) return bits.count;
  std::size_t count = bits.before[group];
  for (std::size_t i = group * kGroup; i < word; ++i) count += Ones(bits.words[i]);
  return count + Ones(bits.words[word] & ((std::uint64_t{1} << lower % 64) - 1));
}

std::size_t IdSet::CountBelow(std::uint32_t id) const {
  const auto found =
      std::lower_bound(parts_.begin(), parts_.end(), id >> 16,
                       [](const Part& part, std::uint32_t upper) { return part.upper < upper; });
  if (found == parts_.end()) return size();
  if (found->upper != id >> 16) return found->before;
  if (found->many) return found->before + CountBelow(*found->many, LowerHalf(id));
  const auto at = std::lower_bound(found->few.begin(), found->few.end(), LowerHalf(id));
  return found->before + static_cast<std::size_t>(at - found->few.begin());
}

}  // namespace exdiag
