// Answers EventQuery.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/store/dictionary.h"
#include "engine/store/event_blocks.h"
#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace exdiag {

class EventReader {
 public:
  explicit EventReader(sql::Database& database);

  void ForEach(const EventQuery& query, const std::function<bool(const Event&)>& visit);
  // False when there is no such row.
  bool Get(std::int64_t id, Event& event);
  std::vector<EventCount> Count(const EventQuery& query);
  std::vector<VolumeCount> CountByTime(Duration length);

 private:
  // The classes that a query can meet.
  struct Selection {
    bool all = true;                    // no part of the query is about classes
    bool most = false;                  // so many that an index on them would not help
    std::vector<std::int64_t> classes;  // in order

    bool Contains(std::int64_t class_row) const;
  };

  class CountTable;

  Selection Select(const EventQuery& query);
  bool Meets(const EventQuery& query, std::int64_t id, EventBlocks& events, Event& event);
  void Fill(std::int64_t id, const StoredEvent& stored, Event& event);
  void CountByClass(const EventQuery& query, CountTable& counts);
  void SumTotals(const Selection& selection, CountTable& counts);
  void CountedOnly(const EventQuery& query, CountTable& counts);

  sql::Database& database_;
  ClassDictionary classes_;
  EventBlocks single_;  // for Get()
  std::string last_file_;
  std::int64_t last_import_ = 0;
};

}  // namespace exdiag
