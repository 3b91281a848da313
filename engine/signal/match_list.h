// Observations in order of time, as lists in which windows are found by binary search.
#pragma once

#include <cassert>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "engine/signal/number_set.h"
#include "engine/signal/time_line.h"

namespace exdiag {

// A run of positions in a list, end not included.
struct PositionRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

// Observations that passed some tests, ascending.  Their times are looked up: there may be millions
// of them, in many lists.
class MatchList {
 public:
  // `times` must outlive the list, and have the times of all that is added.
  explicit MatchList(const TimeLine& times, IdSet ids = {})
      : times_(&times), ids_(std::move(ids)) {}
  // All of `whole`, which must outlive the list and be none that was made like this, but those of
  // `left_out`, which are among them: little memory where these are few.
  MatchList(const MatchList& whole, IdSet left_out)
      : times_(whole.times_), ids_(std::move(left_out)), whole_(&whole.ids_) {
    assert(whole.whole_ == nullptr);
  }

  // In ascending order.
  void Append(ObservationId id) { ids_.Append(id); }

  std::size_t size() const { return whole_ ? whole_->size() - ids_.size() : ids_.size(); }
  ObservationId operator[](std::size_t position) const {
    return whole_ ? (*whole_)[InWhole(position)] : ids_[position];
  }
  std::int64_t TimeAt(std::size_t position) const { return times_->TimeAt((*this)[position]); }
  // Visits all in order; faster than one by one.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    ForEach({0, size()}, visit);
  }
  template <typename Visit>
  void ForEach(PositionRange range, const Visit& visit) const {
    if (range.size() == 0) return;
    if (whole_ == nullptr) return ids_.ForEach(range.begin, range.end, visit);
    whole_->ForEach(InWhole(range.begin), InWhole(range.end - 1) + 1, [&](ObservationId id) {
      if (!ids_.Contains(id)) visit(id);
    });
  }

  // Positions of one clock.
  PositionRange OfClock(Clock clock) const { return PositionsOf(times_->OfClock(clock)); }
  // Positions of one clock whose time lies in `interval`.
  PositionRange Within(Clock clock, const Interval& interval) const {
    return PositionsOf(times_->Within(clock, interval));
  }
  bool Contains(ObservationId id) const {
    return whole_ ? whole_->Contains(id) && !ids_.Contains(id) : ids_.Contains(id);
  }
  // Where `id` stands; size() when it is not in the list.
  std::size_t Find(ObservationId id) const;

 private:
  PositionRange PositionsOf(ObservationRange range) const {
    return {CountBelow(range.begin), CountBelow(range.end)};
  }
  std::size_t CountBelow(ObservationId id) const {
    const std::size_t below = ids_.CountBelow(id);
    return whole_ ? whole_->CountBelow(id) - below : below;
  }
  // Where in `whole_` that stands which has this position here.
  std::size_t InWhole(std::size_t position) const;

  const TimeLine* times_;
  IdSet ids_;  // of the list; with `whole_` those that it does not have
  const IdSet* whole_ = nullptr;
};

// A set of observations gathered as ranges of lists.  Adding ranges in order of time costs next to
// nothing however much they overlap.  The lists are borrowed until the set is taken.
class RangeSet {
 public:
  void Add(const MatchList& list, PositionRange range);
  bool empty() const { return ranges_.empty() && !any_folded_; }

  // Nothing is in the set then.
  IdSet Take();

 private:
  static constexpr std::size_t kMostRanges = 4096;

  // Adds what is in ranges to `members_`.
  void Fold();

  std::map<const MatchList*, std::vector<PositionRange>> ranges_;
  std::size_t count_ = 0;  // of ranges
  IdSetBuilder members_;
  bool any_folded_ = false;
};

}  // namespace exdiag
