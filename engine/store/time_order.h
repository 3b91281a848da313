// Walks events in the order of time without having them all in memory.
//
// Events lie in runs of which is known from when to when they reach: the blocks of the index by
// class, or those of the events themselves.  A run is opened when the walk comes to its beginning.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "engine/store/class_block.h"
#include "engine/store/event_blocks.h"
#include "engine/store/sqlite.h"

namespace exdiag {

struct TimeOrderQuery {
  std::optional<std::vector<std::int64_t>> classes;  // in order; nullopt: all
  std::int64_t first = 0;                            // seconds, both included
  std::int64_t last = 0;
  bool by_class = false;  // find them by the index by class: where they are few among all
  bool newest_first = false;
};

class TimeOrder {
 public:
  TimeOrder(sql::Database& database, TimeOrderQuery query);

  // The ids of all events of the next second, in no order.  False at the end.
  bool Next(std::vector<std::int64_t>& ids);

 private:
  struct Run {
    std::int64_t low = 0, high = 0;  // seconds
    std::int64_t class_row = 0;      // 0: a block of events, whose first id is `event`
    std::int64_t mark = 0, event = 0;
  };
  struct Waiting {
    std::int64_t rank = 0;  // the second, negated when the newest are first
    std::int64_t id = 0;
    bool operator>(const Waiting& other) const {
      return std::pair(rank, id) > std::pair(other.rank, other.id);
    }
  };

  void FindClassRuns(sql::Database& database);
  void FindEventRuns(sql::Database& database);
  std::int64_t RankOf(const Run& run) const { return query_.newest_first ? -run.high : run.low; }
  void Open(const Run& run);
  void OpenClassBlock(const Run& run);
  void OpenEventBlock(const Run& run);
  void Add(std::int64_t second, std::int64_t id);

  TimeOrderQuery query_;
  std::vector<Run> runs_;  // those to open, the next one last
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
  std::vector<ClassEntry> entries_;
  sql::Statement class_block_, event_block_;
};

}  // namespace exdiag
