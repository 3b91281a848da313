// Signals in little memory, however many there are: a log that names ten thousand servers gives
// tens of thousands of them, each with texts of some kilobytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/signal/signal.h"

namespace exdiag {

// Texts one behind the other in blocks of SetBlocks, whose ok() tells whether what was read can be
// relied upon.  Lives and dies in the thread that made it.
class BlockTexts {
 public:
  BlockTexts() = default;
  BlockTexts(BlockTexts&& other) noexcept { Swap(other); }
  BlockTexts& operator=(BlockTexts other) noexcept {
    Swap(other);
    return *this;
  }
  ~BlockTexts();

  // Where it begins.
  std::size_t Append(std::string_view text);
  std::string Read(std::size_t begin, std::size_t size) const;

 private:
  void Swap(BlockTexts& other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
  }

  std::vector<std::uint32_t> blocks_;
  std::size_t size_ = 0;
};

// Of each signal only what decides with which others it belongs together is in memory.
class SignalList {
 public:
  SignalList() = default;
  SignalList(std::initializer_list<Signal> signals);
  SignalList(const std::vector<Signal>& signals);

  void Add(Signal signal);
  void Append(SignalList more);

  std::size_t size() const { return heads_.size(); }
  bool empty() const { return heads_.empty(); }
  // A copy.
  Signal operator[](std::size_t at) const;
  Signal front() const { return (*this)[0]; }
  // The same with `explained` left empty, which may be long.
  Signal WithoutRows(std::size_t at) const;
  const Rule& RuleOf(std::size_t at) const { return *heads_[at].rule; }
  const RowSet& ExplainedBy(std::size_t at) const { return heads_[at].explained; }
  // PointsOf it.
  double PointsAt(std::size_t at) const { return heads_[at].points; }
  Ticks FirstSeenAt(std::size_t at) const { return heads_[at].first_seen; }
  Ticks LastSeenAt(std::size_t at) const { return heads_[at].last_seen; }

  // What is done to each signal from now on before anybody sees it: to its points.  Once.
  void Adjust(std::function<void(Signal&)> adjust);

  class Iterator;
  Iterator begin() const;
  Iterator end() const;

 private:
  struct Head {
    const Rule* rule = nullptr;
    RowSet explained;
    double points = 0;
    Ticks first_seen, last_seen;
    std::size_t begin = 0, size = 0;  // of the rest, packed, in texts_
  };

  std::deque<Head> heads_;
  BlockTexts texts_;
  std::function<void(Signal&)> adjust_;
};

class SignalList::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Signal;
  using difference_type = std::ptrdiff_t;
  using pointer = const Signal*;
  using reference = Signal;

  Iterator(const SignalList& list, std::size_t at) : list_(&list), at_(at) {}

  Signal operator*() const { return (*list_)[at_]; }
  Iterator& operator++() {
    ++at_;
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++at_;
    return before;
  }
  bool operator==(const Iterator& other) const = default;

 private:
  const SignalList* list_;
  std::size_t at_;
};

// One signal of a list that several of its kind own together.
class SignalInList {
 public:
  SignalInList() = default;            // of none; only to be given another
  SignalInList(const Signal& signal);  // of a list of its own
  SignalInList(std::shared_ptr<const SignalList> list, std::size_t at)
      : list_(std::move(list)), at_(at) {}

  const Rule* rule() const { return &list_->RuleOf(at_); }
  const RowSet& explained() const { return list_->ExplainedBy(at_); }
  // What is not at hand is read anew each time: a copy with `explained` left empty.
  Signal Read() const { return list_->WithoutRows(at_); }
  Signal ReadWithRows() const { return (*list_)[at_]; }

 private:
  std::shared_ptr<const SignalList> list_;
  std::size_t at_ = 0;
};

inline SignalList::Iterator SignalList::begin() const { return {*this, 0}; }
inline SignalList::Iterator SignalList::end() const { return {*this, size()}; }

// Evaluates all rules in use over all that the store holds, and gives the signals by rule, then by
// time.  Pure as to order: the order of import never changes the result.  The signals point into
// the rules, which must outlive them.  `shown_evidence`: how many references a reason carries at
// most.
Result<SignalList> EvaluateRules(const RuleSet& rules, const Knowledge& knowledge,
                                 const Store& store, DiagnosticSink& problems);
Result<SignalList> EvaluateRules(std::span<const Rule* const> rules, const Knowledge& knowledge,
                                 const Store& store, DiagnosticSink& problems,
                                 std::size_t shown_evidence = kShownEvidence);

}  // namespace exdiag
