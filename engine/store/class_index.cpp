#include "engine/store/class_index.h"

#include <algorithm>

#include "engine/store/vector_feed.h"

namespace exdiag {
namespace {

struct ClassColumns {
  using Row = ClassIndex::Row;

  static constexpr const char* kDeclaration = "CREATE TABLE feed (class, second, event)";

  static void Column(const Row& row, sqlite3_context* to, int column) {
    sqlite3_result_int64(to, column == 0 ? row.class_row : column == 1 ? row.second : row.event);
  }
};

}  // namespace

ClassIndex::ClassIndex(sql::Database& database) {
  sql::VectorFeed<ClassColumns>::Register(database, "exdiag_class_feed", rows_);
  insert_ = {database,
             "INSERT OR FAIL INTO main.class_events (class, second, event) "
             "SELECT class, second, event FROM exdiag_class_feed"};
  move_ = {database,
           "UPDATE main.class_events SET class = ?4 WHERE class = ?1 AND second = ?2 AND event = "
           "?3"};
}

void ClassIndex::Move(const Row& row, std::int64_t after) {
  Flush();
  move_.Bind(1, row.class_row).Bind(2, row.second).Bind(3, row.event).Bind(4, after).Run();
}

void ClassIndex::Flush() {
  if (rows_.empty()) return;
  std::sort(rows_.begin(), rows_.end());
  insert_.Run();
  rows_.clear();
}

}  // namespace exdiag
