// New events of one batch, inserted by one statement.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/sqlite.h"

namespace exdiag {

class EventFeed {
 public:
  // One row of `events`; everything is borrowed until Flush().
  struct Row {
    const QueuedEvent* event = nullptr;
    std::int64_t class_row = 0;
    std::int64_t user_row = 0;  // 0: none
    std::int64_t import = 0;
    std::string_view strings;
    std::string_view message;
    std::string_view binary;
  };

  explicit EventFeed(sql::Database& database);
  // SQLite knows where the rows are.
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  void Add(const Row& row) { rows_.push_back(row); }
  // Inserts what was added since the last time.  `inserted` is told each row and its id in the
  // table, in the order of Add().
  template <typename Inserted>
  void Flush(const Inserted& inserted) {
    std::int64_t id = Insert();
    for (const Row& row : rows_) inserted(row, id++);
    rows_.clear();
  }
  void Drop() { rows_.clear(); }

 private:
  // The id of the first row; the others follow one by one.
  std::int64_t Insert();

  sql::Database& database_;
  std::vector<Row> rows_;
  sql::Statement insert_;
};

}  // namespace exdiag
