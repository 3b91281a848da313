#include "engine/signal/number_set.h"

#include <cassert>
#include <utility>

namespace exdiag {
namespace {

std::size_t Ones(std::uint64_t word) { return static_cast<std::size_t>(std::popcount(word)); }

}  // namespace

template <typename Number>
NumberSet<Number>::NumberSet(const NumberSet& other) : lone_(other.lone_) {
  parts_.reserve(other.parts_.size());
  for (const Part& part : other.parts_) {
    parts_.push_back({part.before, part.upper, part.few,
                      part.many ? std::make_unique<Bits>(*part.many) : nullptr});
  }
}

template <typename Number>
typename NumberSet<Number>::Part& NumberSet<Number>::AddPart(Number upper) {
  const std::size_t before = parts_.empty() ? 0 : size();
  if (!parts_.empty()) parts_.back().few.shrink_to_fit();
  Part& part = parts_.emplace_back();
  part.before = before;
  part.upper = upper;
  return part;
}

template <typename Number>
void NumberSet<Number>::Append(Number number) {
  assert(empty() || (*this)[size() - 1] < number);
  if (parts_.empty()) {
    if (lone_.size() == lone_.capacity()) GrowLone();
    if (parts_.empty()) return lone_.push_back(number);
  }
  AppendToParts(number);
}

template <typename Number>
void NumberSet<Number>::GrowLone() {
  std::size_t parts = 0;
  ForEachRun([&parts](std::size_t, std::size_t) { ++parts; });
  if (lone_.size() <= parts * kWorthAPart) {
    lone_.reserve(lone_.size() + lone_.size() / 2 + 2);
    return;
  }
  parts_.reserve(parts);
  for (const Number number : std::exchange(lone_, {})) AppendToParts(number);
}

template <typename Number>
void NumberSet<Number>::AppendToParts(Number number) {
  const Number upper = UpperOf(number);
  const bool is_new = parts_.empty() || parts_.back().upper != upper;
  (is_new ? AddPart(upper) : parts_.back()).Append(LowerOf(number));
}

template <typename Number>
void NumberSet<Number>::Part::Append(std::uint16_t lower) {
  if (many) return many->Append(lower);
  if (few.size() < kFew) return few.push_back(lower);
  many = std::make_unique<Bits>();
  for (const std::uint16_t one : few) many->Append(one);
  few = {};
  many->Append(lower);
}

template <typename Number>
void NumberSet<Number>::Bits::Append(std::uint16_t lower) {
  const std::size_t word = lower / 64;
  while (groups <= word / kGroup) before[groups++] = static_cast<std::uint16_t>(count);
  words[word] |= std::uint64_t{1} << lower % 64;
  ++count;
}

template <typename Number>
std::size_t NumberSet<Number>::PartOf(std::size_t position) const {
  const auto next =
      std::upper_bound(parts_.begin(), parts_.end(), position,
                       [](std::size_t wanted, const Part& part) { return wanted < part.before; });
  return static_cast<std::size_t>(next - parts_.begin()) - 1;
}

template <typename Number>
auto NumberSet<Number>::PartFor(Number upper) const -> typename std::vector<Part>::const_iterator {
  return std::lower_bound(parts_.begin(), parts_.end(), upper,
                          [](const Part& part, Number wanted) { return part.upper < wanted; });
}

template <typename Number>
Number NumberSet<Number>::operator[](std::size_t position) const {
  if (parts_.empty()) return lone_[position];
  const Part& part = parts_[PartOf(position)];
  const std::size_t at = position - part.before;
  return Joined(part.upper, part.many ? part.many->At(at) : part.few[at]);
}

template <typename Number>
std::uint16_t NumberSet<Number>::Bits::At(std::size_t position) const {
  const auto next = std::upper_bound(before.begin(), before.end(), position);
  const auto group = static_cast<std::size_t>(next - before.begin()) - 1;
  std::size_t left = position - before[group];
  std::size_t word = group * kGroup;
  for (; left >= Ones(words[word]); ++word) left -= Ones(words[word]);
  std::uint64_t ones = words[word];
  for (; left > 0; --left) ones &= ones - 1;
  return static_cast<std::uint16_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(ones)));
}

template <typename Number>
std::size_t NumberSet<Number>::Bits::CountBelow(std::uint16_t lower) const {
  const std::size_t word = lower / 64;
  const std::size_t group = word / kGroup;
  if (group >= groups) return count;
  std::size_t below = before[group];
  for (std::size_t i = group * kGroup; i < word; ++i) below += Ones(words[i]);
  return below + Ones(words[word] & ((std::uint64_t{1} << lower % 64) - 1));
}

template <typename Number>
std::size_t NumberSet<Number>::CountBelow(Number number) const {
  if (parts_.empty()) {
    const auto at = std::lower_bound(lone_.begin(), lone_.end(), number);
    return static_cast<std::size_t>(at - lone_.begin());
  }
  const auto found = PartFor(UpperOf(number));
  if (found == parts_.end()) return size();
  if (found->upper != UpperOf(number)) return found->before;
  if (found->many) return found->before + found->many->CountBelow(LowerOf(number));
  const auto at = std::lower_bound(found->few.begin(), found->few.end(), LowerOf(number));
  return found->before + static_cast<std::size_t>(at - found->few.begin());
}

template <typename Number>
bool NumberSet<Number>::Contains(Number number) const {
  if (parts_.empty()) return std::binary_search(lone_.begin(), lone_.end(), number);
  const auto found = PartFor(UpperOf(number));
  return found != parts_.end() && found->upper == UpperOf(number) &&
         found->Contains(LowerOf(number));
}

template <typename Number>
bool NumberSet<Number>::Part::Overlaps(const Part& other) const {
  const auto any_in = [](const std::vector<std::uint16_t>& lowers, const Part& part) {
    return std::any_of(lowers.begin(), lowers.end(),
                       [&part](std::uint16_t lower) { return part.Contains(lower); });
  };
  if (!many) return any_in(few, other);
  if (!other.many) return any_in(other.few, *this);
  for (std::size_t i = 0; i < kWords; ++i) {
    if ((many->words[i] & other.many->words[i]) != 0) return true;
  }
  return false;
}

template <typename Number>
bool NumberSet<Number>::Overlaps(const NumberSet& other) const {
  const auto any_in = [](const std::vector<Number>& numbers, const NumberSet& set) {
    return std::any_of(numbers.begin(), numbers.end(),
                       [&set](Number number) { return set.Contains(number); });
  };
  const bool fewer = other.parts_.empty() && other.size() < size();
  if (parts_.empty() && !fewer) return any_in(lone_, other);
  if (other.parts_.empty()) return any_in(other.lone_, *this);
  if (parts_.size() > other.parts_.size()) return other.Overlaps(*this);
  return std::any_of(parts_.begin(), parts_.end(), [&other](const Part& part) {
    const auto found = other.PartFor(part.upper);
    return found != other.parts_.end() && found->upper == part.upper && part.Overlaps(*found);
  });
}

template <typename Number>
void NumberSetBuilder<Number>::Add(Number number) {
  const Number upper = Set::UpperOf(number);
  if (last_ == nullptr || upper != last_upper_) {
    last_ = &parts_[upper];
    last_upper_ = upper;
  }
  Add(*last_, Set::LowerOf(number));
}

template <typename Number>
void NumberSetBuilder<Number>::Add(Loose& part, std::uint16_t lower) {
  const auto set = [&part](std::uint16_t one) {
    (*part.many)[one / 64] |= std::uint64_t{1} << one % 64;
  };
  if (part.many) return set(lower);
  if (part.few.size() < Set::kFew) return part.few.push_back(lower);
  part.many = std::make_unique<std::array<std::uint64_t, Set::kWords>>();
  for (const std::uint16_t one : part.few) set(one);
  part.few = {};
  set(lower);
}

template <typename Number>
NumberSet<Number> NumberSetBuilder<Number>::Take() {
  std::vector<Number> uppers;
  for (const auto& [upper, loose] : parts_) uppers.push_back(upper);
  std::sort(uppers.begin(), uppers.end());
  Set set;
  for (const Number upper : uppers) {
    Loose loose = std::move(parts_[upper]);
    std::sort(loose.few.begin(), loose.few.end());
    loose.few.erase(std::unique(loose.few.begin(), loose.few.end()), loose.few.end());
    for (const std::uint16_t lower : loose.few) set.Append(Set::Joined(upper, lower));
    for (std::size_t word = 0; loose.many && word < Set::kWords; ++word) {
      for (std::uint64_t left = (*loose.many)[word]; left != 0; left &= left - 1) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(left));
        set.Append(Set::Joined(upper, word * 64 + bit));
      }
    }
  }
  set.lone_.shrink_to_fit();
  if (!set.parts_.empty()) set.parts_.back().few.shrink_to_fit();
  parts_.clear();
  last_ = nullptr;
  return set;
}

template class NumberSet<std::uint32_t>;
template class NumberSet<std::int64_t>;
template class NumberSetBuilder<std::uint32_t>;
template class NumberSetBuilder<std::int64_t>;

}  // namespace exdiag
