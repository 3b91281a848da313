// Counts events by what is told of those that nobody wants whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/evidence/sink.h"

namespace exdiag::evtx {

class EventCounter {
 public:
  explicit EventCounter(const WantedKinds& wanted) : wanted_(wanted), cache_(kCached) {}

  // Events that differ in nothing that is told of them.
  struct Row {
    std::string channel, provider, computer;
    std::uint16_t event_id = 0;
    Level level = Level::kUnknown;
    bool wanted = false;              // whole
    std::uint64_t source_number = 0;  // of the last record that was looked up
    std::uint64_t events = 0;
    Ticks first, last;
  };

  // That of this record; good until Take().  Records have to come from one decoder.
  Row& RowOf(const Record& record);
  // Times are known.
  void Count(Row& row, std::uint64_t events, Ticks first, Ticks last) {
    if (row.events == 0) {
      counted_.push_back(&row);
      row.first = first;
      row.last = last;
    }
    row.events += events;
    if (first < row.first) row.first = first;
    if (last > row.last) row.last = last;
  }

  // Calls `visit` with what was counted since the last time, in the order in which each row was
  // counted first.
  template <typename Visit>
  void Take(const Visit& visit) {
    for (Row* row : counted_) {
      visit(CountedEvents{row->channel, row->provider, row->computer, row->event_id, row->level,
                          row->events, row->first, row->last});
      row->events = 0;
    }
    counted_.clear();
    if (rows_.size() > kMostRows) Forget();
  }

 private:
  // More than any sound log has; a hostile one must not fill the memory.
  static constexpr std::size_t kMostRows = 8192;
  static constexpr std::size_t kCached = 256;

  static bool IsOf(const Row& row, const Record& record);
  Row& Look(const Record& record);
  void Forget();

  const WantedKinds& wanted_;
  std::deque<Row> rows_;
  std::unordered_multimap<std::uint64_t, Row*> by_hash_;
  std::vector<Row*> cache_;    // by something that tells the kinds of a log apart, mostly
  std::vector<Row*> counted_;  // since Take()
};

}  // namespace exdiag::evtx
