// Numbers in little memory, ascending.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/signal/set_blocks.h"

namespace exdiag {

template <typename Number>
class NumberSetBuilder;

// A few numbers are a list of them.  Many lie in blocks, as their distances from the first of a
// block, or as a bit for each that may be there; of all sets of a thread together only some
// megabytes are in memory.  A set lives and dies in the thread that made it.
template <typename Number>
class NumberSet {
 public:
  NumberSet() = default;
  NumberSet(std::initializer_list<Number> ascending) {
    for (const Number number : ascending) Append(number);
  }
  static NumberSet Of(const std::vector<Number>& numbers);
  NumberSet(const NumberSet& other);
  NumberSet(NumberSet&& other) noexcept { Swap(other); }
  NumberSet& operator=(NumberSet other) noexcept {
    Swap(other);
    return *this;
  }
  ~NumberSet();

  // Greater than all before.
  void Append(Number number);
  // Nothing will be appended: takes no more memory than it needs.
  void ShrinkToFit();

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  // The number at this position of the ascending order.
  Number operator[](std::size_t position) const;
  Number front() const { return chunks_.empty() ? loose_.front() : chunks_.front().first; }
  // How many numbers are smaller: the position of `number`, when it is there.
  std::size_t CountBelow(Number number) const;
  bool Contains(Number number) const;
  bool Overlaps(const NumberSet& other) const;

  // Visits the numbers at the positions from `begin` to before `end`; faster than one by one.
  template <typename Visit>
  void ForEach(std::size_t begin, std::size_t end, const Visit& visit) const;

  class Iterator;
  using const_iterator = Iterator;
  using value_type = Number;
  Iterator begin() const { return Iterator(*this, 0, 0); }
  Iterator end() const { return Iterator(*this, chunks_.size(), loose_.size()); }

  // As of lists of the numbers.
  friend bool operator==(const NumberSet& a, const NumberSet& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
  }
  friend auto operator<=>(const NumberSet& a, const NumberSet& b) {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  // A block of numbers: how many they are, those behind it tell.
  struct Chunk {
    std::size_t before = 0;  // numbers in the chunks before this one
    Number first = 0;
    std::uint32_t block = 0;
    bool dense = false;  // SetBlocks::Bits; else Few
  };

  // Numbers that are worth a block, in a set to which none are added any more.
  static constexpr std::size_t kWorthABlock = 128;

  static SetBlocks& Blocks() { return SetBlocks::OfThread(); }
  static std::uint64_t Distance(Number from, Number to) {
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  }
  static Number Plus(Number first, std::size_t distance) {
    return static_cast<Number>(first + static_cast<Number>(distance));
  }

  void Swap(NumberSet& other) noexcept {
    chunks_.swap(other.chunks_);
    loose_.swap(other.loose_);
    std::swap(size_, other.size_);
  }
  std::size_t InChunks() const { return size_ - loose_.size(); }
  std::size_t EndOf(std::size_t chunk) const {
    return chunk + 1 < chunks_.size() ? chunks_[chunk + 1].before : InChunks();
  }
  // Index of the chunk that a position lies in.
  std::size_t ChunkAt(std::size_t position) const;
  // Index of the last chunk that does not begin behind the number; chunks_.size() for none.
  std::size_t ChunkFor(Number number) const;
  void MoveLooseToChunks();

  std::vector<Chunk> chunks_;
  std::vector<Number> loose_;  // behind those in chunks
  std::size_t size_ = 0;
};

template <typename Number>
class NumberSet<Number>::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = Number;
  using difference_type = std::ptrdiff_t;
  using pointer = const Number*;
  using reference = Number;

  Iterator() = default;
  Iterator(const NumberSet& set, std::size_t chunk, std::size_t at)
      : set_(&set), chunk_(chunk), at_(at) {}

  Number operator*() const {
    if (chunk_ == set_->chunks_.size()) return set_->loose_[at_];
    const Chunk& chunk = set_->chunks_[chunk_];
    return Plus(chunk.first, chunk.dense ? at_ : Blocks().FewOf(chunk.block)[at_]);
  }
  Iterator& operator++() {
    ++at_;
    if (chunk_ == set_->chunks_.size()) return *this;
    const Chunk& chunk = set_->chunks_[chunk_];
    if (chunk.dense) at_ = Blocks().BitsOf(chunk.block).Next(at_);
    if (at_ == (chunk.dense ? SetBlocks::kSpan : set_->EndOf(chunk_) - chunk.before)) {
      ++chunk_;
      at_ = 0;  // the first of any chunk
    }
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) {
    return a.chunk_ == b.chunk_ && a.at_ == b.at_;
  }

 private:
  const NumberSet* set_ = nullptr;
  std::size_t chunk_ = 0;  // behind the last one: the loose numbers
  std::size_t at_ = 0;     // the bit, in dense ones; else which number
};

template <typename Number>
template <typename Visit>
void NumberSet<Number>::ForEach(std::size_t begin, std::size_t end, const Visit& visit) const {
  if (begin >= end) return;
  // `visit` may look at other sets, after which a block has to be asked for again.
  SetBlocks& blocks = Blocks();
  std::size_t at = begin;
  for (std::size_t i = ChunkAt(begin); i < chunks_.size() && at < end; ++i) {
    const Chunk& chunk = chunks_[i];
    const std::size_t behind = std::min(EndOf(i), end);
    if (!chunk.dense) {
      for (; at < behind; ++at) {
        visit(Plus(chunk.first, blocks.FewOf(chunk.block)[at - chunk.before]));
      }
      continue;
    }
    const std::size_t bit = blocks.BitsOf(chunk.block).At(at - chunk.before);
    std::size_t word = bit / 64;
    std::uint64_t left = blocks.BitsOf(chunk.block).Word(word) & ~std::uint64_t{0} << bit % 64;
    for (; at < behind; ++at) {
      while (left == 0 && ++word < SetBlocks::kWords) left = blocks.BitsOf(chunk.block).Word(word);
      if (left == 0) break;  // could not be read
      visit(Plus(chunk.first, word * 64 + static_cast<std::size_t>(std::countr_zero(left))));
      left &= left - 1;
    }
    at = behind;
  }
  for (; at < end && at < size_; ++at) visit(loose_[at - InChunks()]);
}

// Makes a set of numbers that come in any order, and some more than once.
template <typename Number>
class NumberSetBuilder {
 public:
  void Add(Number number);
  void Add(const NumberSet<Number>& numbers) {
    numbers.ForEach(0, numbers.size(), [this](Number number) { Add(number); });
  }
  // Nothing is in the builder then.
  NumberSet<Number> Take();

 private:
  static constexpr std::size_t kWords = 1024;
  // Numbers that are equal but for their last 16 bits: those, or a bit for each that may be there.
  struct Part {
    std::vector<std::uint16_t> few;  // when they are not
    std::unique_ptr<std::array<std::uint64_t, kWords>> many;
  };
  static constexpr std::size_t kFew = kWords * sizeof(std::uint64_t) / sizeof(std::uint16_t);

  static void Add(Part& part, std::uint16_t lower);

  std::unordered_map<Number, Part> parts_;  // by the upper part of the numbers
  Number last_upper_ = 0;
  Part* last_ = nullptr;
};

template <typename Number>
NumberSet<Number> NumberSet<Number>::Of(const std::vector<Number>& numbers) {
  NumberSetBuilder<Number> set;
  for (const Number number : numbers) set.Add(number);
  return set.Take();
}

extern template class NumberSet<std::uint32_t>;
extern template class NumberSet<std::int64_t>;
extern template class NumberSetBuilder<std::uint32_t>;
extern template class NumberSetBuilder<std::int64_t>;

// Of observations.
using IdSet = NumberSet<std::uint32_t>;
using IdSetBuilder = NumberSetBuilder<std::uint32_t>;
// Of rows: events of the store, and facts below zero.
using RowSet = NumberSet<std::int64_t>;
using RowSetBuilder = NumberSetBuilder<std::int64_t>;

}  // namespace exdiag
