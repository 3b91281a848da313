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
  sql::VectorFeed<ClassColumns>::Register(database, "exdiag_class_feed", ordered_);
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

// By class; within one the events come in the order of time as it is, or nearly so.  Nothing but
// speed depends on the order.
void ClassIndex::Flush() {
  if (rows_.empty()) return;
  order_.clear();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    order_.push_back(static_cast<std::uint64_t>(rows_[i].class_row) * kAtOnce + i);
  }
  std::sort(order_.begin(), order_.end());
  ordered_.clear();
  for (const std::uint64_t key : order_) ordered_.push_back(rows_[key % kAtOnce]);
  insert_.Run();
  rows_.clear();
}

}  // namespace exdiag
