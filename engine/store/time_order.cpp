#include "engine/store/time_order.h"

#include <algorithm>
#include <utility>

namespace exdiag {

TimeOrder::TimeOrder(sql::Database& database, TimeOrderQuery query) : query_(std::move(query)) {
  class_block_ = sql::Statement(
      database,
      "SELECT content FROM main.class_blocks WHERE class = ?1 AND first = ?2 AND first_mark = ?3 "
      "AND first_event = ?4",
      false);
  event_block_ =
      sql::Statement(database, "SELECT content FROM main.event_blocks WHERE first = ?1", false);
  if (query_.by_class && query_.classes) {
    FindClassRuns(database);
  } else {
    FindEventRuns(database);
  }
  std::sort(runs_.begin(), runs_.end(),
            [&](const Run& a, const Run& b) { return RankOf(a) > RankOf(b); });
}

void TimeOrder::FindClassRuns(sql::Database& database) {
  sql::Statement blocks(database,
                        "SELECT first, last, first_mark, first_event FROM main.class_blocks "
                        "WHERE class = ?1 AND last >= ?2 AND first <= ?3",
                        false);
  for (const std::int64_t row : *query_.classes) {
    blocks.Bind(1, row).Bind(2, query_.first).Bind(3, query_.last);
    while (blocks.Next()) {
      runs_.push_back({blocks.Int(0), blocks.Int(1), row, blocks.Int(2), blocks.Int(3)});
    }
  }
}

void TimeOrder::FindEventRuns(sql::Database& database) {
  sql::Statement blocks(database,
                        "SELECT low, high, first FROM main.event_blocks "
                        "WHERE low <= ?2 AND high >= ?1",
                        false);
  blocks.Bind(1, query_.first).Bind(2, query_.last);
  while (blocks.Next()) runs_.push_back({blocks.Int(0), blocks.Int(1), 0, 0, blocks.Int(2)});
}

void TimeOrder::Open(const Run& run) {
  if (run.class_row != 0) {
    OpenClassBlock(run);
  } else {
    OpenEventBlock(run);
  }
}

void TimeOrder::OpenClassBlock(const Run& run) {
  class_block_.Bind(1, run.class_row).Bind(2, run.low).Bind(3, run.mark).Bind(4, run.event);
  if (!class_block_.Next()) return;
  DecodeBlock(class_block_.Bytes(0), entries_);
  class_block_.Reset();
  for (const ClassEntry& entry : entries_) Add(entry.second, entry.event);
}

void TimeOrder::OpenEventBlock(const Run& run) {
  if (!event_block_.Bind(1, run.event).Next()) return;
  const EventBlock block(run.event, event_block_.Bytes(0));
  event_block_.Reset();
  StoredEvent event;
  for (std::int64_t id = block.first(); id < block.end(); ++id) {
    if (!block.Get(id, event)) continue;
    const bool wanted =
        !query_.classes ||
        std::binary_search(query_.classes->begin(), query_.classes->end(), event.class_row);
    if (wanted) Add(event.second, id);
  }
}

void TimeOrder::Add(std::int64_t second, std::int64_t id) {
  if (second < query_.first || second > query_.last) return;
  waiting_.push({query_.newest_first ? -second : second, id});
}

bool TimeOrder::Next(std::vector<std::int64_t>& ids) {
  ids.clear();
  while (!runs_.empty() && (waiting_.empty() || RankOf(runs_.back()) <= waiting_.top().rank)) {
    const Run run = runs_.back();
    runs_.pop_back();
    Open(run);
  }
  if (waiting_.empty()) return false;
  const std::int64_t rank = waiting_.top().rank;
  for (; !waiting_.empty() && waiting_.top().rank == rank; waiting_.pop()) {
    ids.push_back(waiting_.top().id);
  }
  return true;
}

}  // namespace exdiag
