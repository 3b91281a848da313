// Keeps the table class_events true while an import adds and refines events.
//
// The table is what an index on (class, second) would be.  SQLite keeps an index with every single
// row, and as each belongs to another class than the one before, that costs more than everything
// else of an import.  Here the rows of many events are put in order first.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/store/sqlite.h"

namespace exdiag {

class ClassIndex {
 public:
  struct Row {
    std::int64_t class_row = 0;
    std::int64_t second = 0;
    std::int64_t event = 0;
  };

  explicit ClassIndex(sql::Database& database);
  // SQLite knows where the rows are.
  ClassIndex(const ClassIndex&) = delete;
  ClassIndex& operator=(const ClassIndex&) = delete;

  void Add(const Row& row) {
    rows_.push_back(row);
    if (rows_.size() >= kAtOnce) Flush();
  }
  // The event of `row` is of the class `after` now.
  void Move(const Row& row, std::int64_t after);
  // Inserts what was added since the last time; has to be done before anything is read from the
  // table.
  void Flush();
  void Drop() { rows_.clear(); }

 private:
  static constexpr std::size_t kAtOnce = 1 << 17;  // 3 MB

  std::vector<Row> rows_;     // as they were added
  std::vector<Row> ordered_;  // what SQLite is given
  std::vector<std::uint64_t> order_;
  sql::Statement insert_, move_;
};

}  // namespace exdiag
