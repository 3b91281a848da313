#include "engine/signal/number_set.h"

#include <cassert>
#include <limits>

namespace exdiag {

template <typename Number>
NumberSet<Number>::NumberSet(const NumberSet& other)
    : chunks_(other.chunks_), loose_(other.loose_), size_(other.size_) {
  for (Chunk& chunk : chunks_) chunk.block = Blocks().Copy(chunk.block);
}

template <typename Number>
NumberSet<Number>::~NumberSet() {
  for (const Chunk& chunk : chunks_) Blocks().Drop(chunk.block);
}

template <typename Number>
void NumberSet<Number>::Append(Number number) {
  assert(empty() || (*this)[size() - 1] < number);
  if (loose_.size() == SetBlocks::kFew) MoveLooseToChunks();
  if (loose_.empty() && !chunks_.empty()) {
    const Chunk& last = chunks_.back();
    const std::uint64_t bit = Distance(last.first, number);
    if (last.dense && bit < SetBlocks::kSpan) {
      Blocks().BitsToChange(last.block).Append(bit, size_ - last.before);
      ++size_;
      return;
    }
  }
  if (loose_.size() == loose_.capacity()) {
    loose_.reserve(std::clamp<std::size_t>(2 * loose_.size(), 2, SetBlocks::kFew));
  }
  loose_.push_back(number);
  ++size_;
}

template <typename Number>
void NumberSet<Number>::ShrinkToFit() {
  if (loose_.size() >= kWorthABlock) {
    MoveLooseToChunks();
    loose_ = {};
  }
  loose_.shrink_to_fit();
  chunks_.shrink_to_fit();
}

template <typename Number>
void NumberSet<Number>::MoveLooseToChunks() {
  for (std::size_t begin = 0, end = 0; begin < loose_.size(); begin = end) {
    Chunk& chunk = chunks_.emplace_back();
    chunk.before = InChunks() + begin;
    chunk.first = loose_[begin];
    chunk.block = Blocks().Make();
    const auto distance = [&](std::size_t at) { return Distance(chunk.first, loose_[at]); };
    while (end < loose_.size() && distance(end) <= std::numeric_limits<std::uint32_t>::max()) {
      ++end;
    }
    chunk.dense = distance(end - 1) < SetBlocks::kSpan;
    if (chunk.dense) {
      SetBlocks::Bits& bits = Blocks().BitsToChange(chunk.block);
      bits.Clear();
      for (std::size_t at = begin; at < end; ++at) bits.Append(distance(at), at - begin);
    } else {
      SetBlocks::Few& few = Blocks().FewToChange(chunk.block);
      for (std::size_t at = begin; at < end; ++at) {
        few[at - begin] = static_cast<std::uint32_t>(distance(at));
      }
    }
  }
  loose_.clear();
}

template <typename Number>
std::size_t NumberSet<Number>::ChunkAt(std::size_t position) const {
  if (position >= InChunks()) return chunks_.size();
  const auto next = std::upper_bound(
      chunks_.begin(), chunks_.end(), position,
      [](std::size_t wanted, const Chunk& chunk) { return wanted < chunk.before; });
  return static_cast<std::size_t>(next - chunks_.begin()) - 1;
}

template <typename Number>
std::size_t NumberSet<Number>::ChunkFor(Number number) const {
  const auto next =
      std::upper_bound(chunks_.begin(), chunks_.end(), number,
                       [](Number wanted, const Chunk& chunk) { return wanted < chunk.first; });
  return next == chunks_.begin() ? chunks_.size()
                                 : static_cast<std::size_t>(next - chunks_.begin()) - 1;
}

template <typename Number>
Number NumberSet<Number>::operator[](std::size_t position) const {
  const std::size_t found = ChunkAt(position);
  if (found == chunks_.size()) return loose_[position - InChunks()];
  const Chunk& chunk = chunks_[found];
  const std::size_t at = position - chunk.before;
  return Plus(chunk.first,
              chunk.dense ? Blocks().BitsOf(chunk.block).At(at) : Blocks().FewOf(chunk.block)[at]);
}

template <typename Number>
std::size_t NumberSet<Number>::CountBelow(Number number) const {
  if (!loose_.empty() && number >= loose_.front()) {
    const auto at = std::lower_bound(loose_.begin(), loose_.end(), number);
    return InChunks() + static_cast<std::size_t>(at - loose_.begin());
  }
  const std::size_t found = ChunkFor(number);
  if (found == chunks_.size()) return 0;
  const Chunk& chunk = chunks_[found];
  const std::size_t count = EndOf(found) - chunk.before;
  const std::uint64_t distance = Distance(chunk.first, number);
  if (chunk.dense) {
    if (distance >= SetBlocks::kSpan) return chunk.before + count;
    return chunk.before + Blocks().BitsOf(chunk.block).CountBelow(distance, count);
  }
  const SetBlocks::Few& few = Blocks().FewOf(chunk.block);
  const auto at = std::lower_bound(few.begin(), few.begin() + count, distance);
  return chunk.before + static_cast<std::size_t>(at - few.begin());
}

template <typename Number>
bool NumberSet<Number>::Contains(Number number) const {
  if (!loose_.empty() && number >= loose_.front()) {
    return std::binary_search(loose_.begin(), loose_.end(), number);
  }
  const std::size_t found = ChunkFor(number);
  if (found == chunks_.size()) return false;
  const Chunk& chunk = chunks_[found];
  const std::uint64_t distance = Distance(chunk.first, number);
  if (chunk.dense) {
    return distance < SetBlocks::kSpan && Blocks().BitsOf(chunk.block).Contains(distance);
  }
  const SetBlocks::Few& few = Blocks().FewOf(chunk.block);
  return std::binary_search(few.begin(), few.begin() + (EndOf(found) - chunk.before), distance);
}

template <typename Number>
bool NumberSet<Number>::Overlaps(const NumberSet& other) const {
  if (size() > other.size()) return other.Overlaps(*this);
  return std::any_of(begin(), end(), [&other](Number number) { return other.Contains(number); });
}

template <typename Number>
void NumberSetBuilder<Number>::Add(Number number) {
  const auto upper = static_cast<Number>(number >> 16);
  if (last_ == nullptr || upper != last_upper_) {
    last_ = &parts_[upper];
    last_upper_ = upper;
  }
  Add(*last_, static_cast<std::uint16_t>(number & 0xffff));
}

template <typename Number>
void NumberSetBuilder<Number>::Add(Part& part, std::uint16_t lower) {
  const auto set = [&part](std::uint16_t one) {
    (*part.many)[one / 64] |= std::uint64_t{1} << one % 64;
  };
  if (part.many) return set(lower);
  if (part.few.size() < kFew) return part.few.push_back(lower);
  part.many = std::make_unique<std::array<std::uint64_t, kWords>>();
  for (const std::uint16_t one : part.few) set(one);
  part.few = {};
  set(lower);
}

template <typename Number>
NumberSet<Number> NumberSetBuilder<Number>::Take() {
  std::vector<Number> uppers;
  for (const auto& [upper, part] : parts_) uppers.push_back(upper);
  std::sort(uppers.begin(), uppers.end());
  NumberSet<Number> set;
  for (const Number upper : uppers) {
    const auto append = [&](std::size_t lower) {
      set.Append(static_cast<Number>(upper << 16 | static_cast<Number>(lower)));
    };
    Part part = std::move(parts_[upper]);
    std::sort(part.few.begin(), part.few.end());
    part.few.erase(std::unique(part.few.begin(), part.few.end()), part.few.end());
    for (const std::uint16_t lower : part.few) append(lower);
    for (std::size_t word = 0; part.many && word < kWords; ++word) {
      for (std::uint64_t left = (*part.many)[word]; left != 0; left &= left - 1) {
        append(word * 64 + static_cast<std::size_t>(std::countr_zero(left)));
      }
    }
  }
  set.ShrinkToFit();
  parts_.clear();
  last_ = nullptr;
  return set;
}

template class NumberSet<std::uint32_t>;
template class NumberSet<std::int64_t>;
template class NumberSetBuilder<std::uint32_t>;
template class NumberSetBuilder<std::int64_t>;

}  // namespace exdiag
