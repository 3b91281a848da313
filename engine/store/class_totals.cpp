#include "engine/store/class_totals.h"

namespace exdiag {

ClassTotals::ClassTotals(sql::Database& database) {
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database, sql); };
  add_ = prepare(
      "INSERT INTO main.class_totals (class, events, first, last, changed) "
      "VALUES (?1,?2,?3,?4,?5) ON CONFLICT (class) DO UPDATE SET "
      "first = CASE WHEN first = 0 OR (excluded.first <> 0 AND excluded.first < first) "
      "THEN excluded.first ELSE first END, last = max(last, excluded.last), "
      "events = events + excluded.events, changed = excluded.changed");
  touch_ = prepare("UPDATE main.class_totals SET changed = ?2 WHERE class = ?1");
  count_ = prepare(
      "INSERT OR REPLACE INTO main.class_totals (class, events, first, last, changed) "
      "SELECT ?1, count(*), "
      "ifnull(min(nullif((e.second + 11644473600) * 10000000 + fraction, 0)), 0), "
      "ifnull(max((e.second + 11644473600) * 10000000 + fraction), 0), ?2 "
      "FROM exdiag_class_events c CROSS JOIN main.events e ON e.id = c.event WHERE c.class = ?1");
}

void ClassTotals::Begin() {
  added_.clear();
  touched_.clear();
  recount_.clear();
}

void ClassTotals::Refine(std::int64_t before, std::int64_t after, bool moved) {
  std::set<std::int64_t>& classes = moved || before != after ? recount_ : touched_;
  classes.insert(before);
  classes.insert(after);
}

void ClassTotals::Write(std::int64_t import) {
  for (const auto& [class_row, tally] : added_) {
    if (tally.events == 0) continue;
    add_.Bind(1, class_row).Bind(2, tally.events).Bind(3, tally.first.value);
    add_.Bind(4, tally.last.value).Bind(5, import).Run();
  }
  for (const std::int64_t class_row : touched_) touch_.Bind(1, class_row).Bind(2, import).Run();
  for (const std::int64_t class_row : recount_) count_.Bind(1, class_row).Bind(2, import).Run();
  Begin();
}

void ClassTotals::Recount(const std::vector<std::int64_t>& classes, std::int64_t stamp) {
  for (const std::int64_t class_row : classes) count_.Bind(1, class_row).Bind(2, stamp).Run();
}

}  // namespace exdiag
