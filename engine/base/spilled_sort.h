// Puts plain values in order, of which there may be more than memory should hold.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/base/spill_file.h"

namespace exdiag {

// Sorts as many as `in_memory` bytes hold, puts them aside as a run in a temporary file, and merges
// the runs at the end.  `Before(a, b)`: a strict order; what is equal in it comes in any order.
template <typename T, typename Before>
class SpilledSort {
 public:
  // So much memory is taken, about, while values are added, and as much while they are given.
  SpilledSort(std::size_t in_memory, Before before)
      : before_(std::move(before)),
        in_memory_(in_memory),
        most_loose_(std::max<std::size_t>(in_memory / sizeof(T), 1)),
        sorted_(std::min(in_memory, kWritten)) {}

  void Add(const T& item) {
    if (loose_.size() == most_loose_) PutAside();
    loose_.push_back(item);
  }
  std::size_t size() const { return sorted_.size() + loose_.size(); }

  // Gives all in order, once.
  template <typename Visit>
  void TakeAll(const Visit& visit) {
    if (sorted_.size() > 0) {
      PutAside();
      loose_ = {};
      sorted_.SetMostInMemory(in_memory_);
      return Merge(visit);
    }
    SortLoose();
    for (const T& item : loose_) visit(item);
    loose_ = {};
  }

  // False when what was given cannot be relied upon: the temporary file could not be read.
  bool ok() const { return sorted_.ok(); }

 private:
  // Of what is put aside, which is not read before all is there: some blocks.
  static constexpr std::size_t kWritten = std::size_t{512} << 10;

  struct Run {
    std::size_t next = 0;  // in sorted_
    std::size_t end = 0;
    T first;  // what stands at `next`
  };

  void SortLoose() {
    if (std::is_sorted(loose_.begin(), loose_.end(), before_)) return;
    std::sort(loose_.begin(), loose_.end(), before_);
  }

  void PutAside() {
    if (loose_.empty()) return;
    SortLoose();
    const bool goes_on = !runs_.empty() && !before_(loose_.front(), last_);
    if (!goes_on) runs_.push_back({sorted_.size(), 0, loose_.front()});
    for (const T& item : loose_) sorted_.push_back(item);
    runs_.back().end = sorted_.size();
    last_ = loose_.back();
    loose_.clear();
  }

  template <typename Visit>
  void Merge(const Visit& visit) {
    const auto later = [this](const Run& a, const Run& b) { return before_(b.first, a.first); };
    std::make_heap(runs_.begin(), runs_.end(), later);
    while (!runs_.empty()) {
      std::pop_heap(runs_.begin(), runs_.end(), later);
      Run& run = runs_.back();
      visit(run.first);
      if (++run.next == run.end) {
        runs_.pop_back();
        continue;
      }
      run.first = sorted_[run.next];
      std::push_heap(runs_.begin(), runs_.end(), later);
    }
  }

  Before before_;
  std::size_t in_memory_;
  std::size_t most_loose_;
  std::vector<T> loose_;
  SpilledList<T> sorted_;  // runs, one behind the other
  std::vector<Run> runs_;
  T last_{};  // of the last run
};

}  // namespace exdiag
