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
#include <vector>

namespace exdiag {

template <typename Number>
class NumberSetBuilder;

// A number costs its own size where next to none of its neighbours are there, two bytes where few
// are, and less where many are: a bit for each that may be there.
template <typename Number>
class NumberSet {
 public:
  NumberSet() = default;
  NumberSet(std::initializer_list<Number> ascending) {
    for (const Number number : ascending) Append(number);
  }
  static NumberSet Of(const std::vector<Number>& numbers);
  NumberSet(const NumberSet& other);
  NumberSet(NumberSet&&) = default;
  NumberSet& operator=(NumberSet other) {
    lone_.swap(other.lone_);
    parts_.swap(other.parts_);
    return *this;
  }

  // Greater than all before.
  void Append(Number number);

  bool empty() const { return lone_.empty() && parts_.empty(); }
  std::size_t size() const {
    return parts_.empty() ? lone_.size() : parts_.back().before + SizeOf(parts_.back());
  }
  // The number at this position of the ascending order.
  Number operator[](std::size_t position) const;
  Number front() const { return (*this)[0]; }
  // How many numbers are smaller: the position of `number`, when it is there.
  std::size_t CountBelow(Number number) const;
  bool Contains(Number number) const;
  bool Overlaps(const NumberSet& other) const;

  // Visits the numbers at the positions from `begin` to before `end`; faster than one by one.
  template <typename Visit>
  void ForEach(std::size_t begin, std::size_t end, const Visit& visit) const;

  // Visits the runs of numbers that are equal but for their last 16 bits: their begin and end among
  // the positions.
  template <typename Visit>
  void ForEachRun(const Visit& visit) const {
    for (std::size_t at = 0, begin = 0; at < lone_.size(); begin = at) {
      while (at < lone_.size() && UpperOf(lone_[at]) == UpperOf(lone_[begin])) ++at;
      visit(begin, at);
    }
    for (const Part& part : parts_) visit(part.before, part.before + SizeOf(part));
  }

  class Iterator;
  using const_iterator = Iterator;
  using value_type = Number;
  Iterator begin() const { return Iterator(*this, 0); }
  Iterator end() const { return Iterator(*this, parts_.empty() ? lone_.size() : parts_.size()); }

  // As of lists of the numbers.
  friend bool operator==(const NumberSet& a, const NumberSet& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
  }
  friend auto operator<=>(const NumberSet& a, const NumberSet& b) {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  friend class NumberSetBuilder<Number>;

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

    Bits() { before.fill(kNone); }
    void Append(std::uint16_t lower);
    std::uint16_t At(std::size_t position) const;
    std::size_t CountBelow(std::uint16_t lower) const;
    bool Contains(std::uint16_t lower) const { return (words[lower / 64] >> lower % 64 & 1) != 0; }
  };
  // Numbers that are equal but for their last 16 bits.
  struct Part {
    std::size_t before = 0;  // numbers in the parts before this one
    Number upper = 0;
    std::vector<std::uint16_t> few;  // lower halves; when they are not
    std::unique_ptr<Bits> many;

    void Append(std::uint16_t lower);
    bool Contains(std::uint16_t lower) const {
      return many ? many->Contains(lower) : std::binary_search(few.begin(), few.end(), lower);
    }
    bool Overlaps(const Part& other) const;
  };
  static constexpr std::size_t kFew = sizeof(Bits) / sizeof(std::uint16_t);

  static Number UpperOf(Number number) { return static_cast<Number>(number >> 16); }
  static std::uint16_t LowerOf(Number number) {
    return static_cast<std::uint16_t>(number & 0xffff);
  }
  static Number Joined(Number upper, std::size_t lower) {
    return static_cast<Number>(upper << 16 | static_cast<Number>(lower));
  }
  static std::size_t SizeOf(const Part& part) {
    return part.many ? part.many->count : part.few.size();
  }
  Part& AddPart(Number upper);
  // The first part that is not below; may be their end.
  typename std::vector<Part>::const_iterator PartFor(Number upper) const;
  // Index of the part that a position lies in.
  std::size_t PartOf(std::size_t position) const;

  // Numbers of a part that make it worth what it takes besides them.
  static constexpr std::size_t kWorthAPart = sizeof(Part) / 2 + 16;

  void AppendToParts(Number number);
  // Gives the lone numbers parts where that takes less memory, else room for more of them.
  void GrowLone();

  std::vector<Number> lone_;  // all, as long as there are no parts
  std::vector<Part> parts_;
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
  Iterator(const NumberSet& set, std::size_t part) : set_(&set), part_(part) { EnterPart(); }

  Number operator*() const {
    if (set_->parts_.empty()) return set_->lone_[part_];
    const Part& part = set_->parts_[part_];
    return Joined(part.upper, part.many ? at_ : part.few[at_]);
  }
  Iterator& operator++() {
    if (set_->parts_.empty()) {
      ++part_;
      return *this;
    }
    const Part& part = set_->parts_[part_];
    at_ = part.many ? NextBit(*part.many, at_ + 1) : at_ + 1;
    if (at_ == (part.many ? kWords * 64 : part.few.size())) {
      ++part_;
      EnterPart();
    }
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) {
    return a.part_ == b.part_ && a.at_ == b.at_;
  }

 private:
  void EnterPart() {
    at_ = 0;
    if (part_ >= set_->parts_.size()) return;
    const Part& part = set_->parts_[part_];
    if (part.many) at_ = NextBit(*part.many, 0);
  }
  static std::size_t NextBit(const Bits& bits, std::size_t from) {
    std::size_t word = from / 64;
    if (word == kWords) return from;
    std::uint64_t left = bits.words[word] & ~std::uint64_t{0} << from % 64;
    while (left == 0 && ++word < kWords) left = bits.words[word];
    return word * 64 + (left == 0 ? 0 : static_cast<std::size_t>(std::countr_zero(left)));
  }

  const NumberSet* set_ = nullptr;
  std::size_t part_ = 0;  // or lone number
  std::size_t at_ = 0;    // in `few`, or the bit
};

template <typename Number>
template <typename Visit>
void NumberSet<Number>::ForEach(std::size_t begin, std::size_t end, const Visit& visit) const {
  if (begin >= end) return;
  if (parts_.empty()) {
    std::for_each(lone_.begin() + static_cast<std::ptrdiff_t>(begin),
                  lone_.begin() + static_cast<std::ptrdiff_t>(std::min(end, lone_.size())), visit);
    return;
  }
  for (std::size_t i = PartOf(begin); i < parts_.size() && parts_[i].before < end; ++i) {
    const Part& part = parts_[i];
    const std::size_t first = begin > part.before ? begin - part.before : 0;
    const std::size_t last = std::min(end - part.before, SizeOf(part));
    if (!part.many) {
      for (std::size_t at = first; at < last; ++at) visit(Joined(part.upper, part.few[at]));
      continue;
    }
    const Bits& bits = *part.many;
    const std::uint16_t lower = bits.At(first);
    std::size_t word = lower / 64;
    std::uint64_t left = bits.words[word] & ~std::uint64_t{0} << lower % 64;
    for (std::size_t at = first; at < last; ++at) {
      while (left == 0) left = bits.words[++word];
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      left &= left - 1;
      visit(Joined(part.upper, word * 64 + bit));
    }
  }
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
  using Set = NumberSet<Number>;
  struct Loose {
    std::vector<std::uint16_t> few;  // when they are not
    std::unique_ptr<std::array<std::uint64_t, Set::kWords>> many;
  };

  static void Add(Loose& part, std::uint16_t lower);

  std::unordered_map<Number, Loose> parts_;  // by the upper part of the numbers
  Number last_upper_ = 0;
  Loose* last_ = nullptr;
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
