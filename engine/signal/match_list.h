// Observations in order of time, as lists in which windows are found by binary search.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "engine/signal/clock.h"

namespace exdiag {

// Number of an observation (event or fact); smaller numbers are earlier, clock by clock.
using ObservationId = std::uint32_t;

// A run of positions in a list, end not included.
struct PositionRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  std::size_t size() const { return end - begin; }
};

// Observations that passed some tests, ascending.
class MatchList {
 public:
  void Reserve(std::size_t size);
  // In ascending order of `id`.
  void Append(ObservationId id, Clock clock, Ticks time);

  std::size_t size() const { return ids_.size(); }
  ObservationId operator[](std::size_t position) const { return ids_[position]; }

  std::int64_t TimeAt(std::size_t position) const { return times_[position]; }

  // Positions of one clock.
  PositionRange OfClock(Clock clock) const;
  // Positions of one clock whose time lies in `interval`.
  PositionRange Within(Clock clock, const Interval& interval) const;
  // Where `id` stands; size() when it is not in the list.
  std::size_t Find(ObservationId id) const;

 private:
  std::vector<ObservationId> ids_;
  std::vector<std::int64_t> times_;
  std::array<std::size_t, kClocks> clock_sizes_{};
};

// A set of observations gathered as ranges of lists.  Adding ranges in order of time costs next to
// nothing however much they overlap.  The lists are borrowed until the set is taken apart.
class RangeSet {
 public:
  void Add(const MatchList& list, PositionRange range);
  bool empty() const { return ranges_.empty(); }

  // All members, ascending, each once.
  std::vector<ObservationId> Members() const;

 private:
  std::map<const MatchList*, std::vector<PositionRange>> ranges_;
};

}  // namespace exdiag
