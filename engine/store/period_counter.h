// Counts the events of one class in a period by the index, and reads only those at its ends.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/class_events.h"
#include "engine/store/event_blocks.h"

namespace exdiag {

class PeriodCounter {
 public:
  explicit PeriodCounter(sql::Database& database) : classes_(database), events_(database) {}

  // Both ends are included.  Events without a time count where there is no `since`.
  Tally Count(std::int64_t class_row, std::optional<Ticks> since, std::optional<Ticks> until);

 private:
  // Events of one second, of which the index does not know when exactly they were.
  struct Second {
    std::int64_t second = 0;
    std::vector<std::int64_t> events;
  };

  void Gather(std::span<const ClassEntry> part);
  void AddEvents(const Second& of, std::optional<Ticks> since, std::optional<Ticks> until,
                 Tally& tally);

  ClassEvents classes_;
  EventBlocks events_;
  Second first_, last_;
  std::uint64_t between_ = 0;
};

}  // namespace exdiag
