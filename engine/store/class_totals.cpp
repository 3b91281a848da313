#include "engine/store/class_totals.h"

#include "engine/store/period_counter.h"

namespace exdiag {

ClassTotals::ClassTotals(sql::Database& database) : database_(database) {
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database, sql); };
  add_ = prepare(
      "INSERT INTO main.class_totals (class, events, first, last, changed) "
      "VALUES (?1,?2,?3,?4,?5) ON CONFLICT (class) DO UPDATE SET "
      "first = CASE WHEN first = 0 OR (excluded.first <> 0 AND excluded.first < first) "
      "THEN excluded.first ELSE first END, last = max(last, excluded.last), "
      "events = events + excluded.events, changed = excluded.changed");
  touch_ = prepare("UPDATE main.class_totals SET changed = ?2 WHERE class = ?1");
  put_ = prepare(
      "INSERT OR REPLACE INTO main.class_totals (class, events, first, last, changed) "
      "VALUES (?1,?2,?3,?4,?5)");
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
  Count({recount_.begin(), recount_.end()}, import);
  Begin();
}

void ClassTotals::Recount(const std::vector<std::int64_t>& classes, std::int64_t stamp) {
  Count(classes, stamp);
}

void ClassTotals::Count(const std::vector<std::int64_t>& classes, std::int64_t stamp) {
  if (classes.empty()) return;
  PeriodCounter counter(database_);
  for (const std::int64_t class_row : classes) {
    const Tally tally = counter.Count(class_row, std::nullopt, std::nullopt);
    put_.Bind(1, class_row).Bind(2, tally.events).Bind(3, tally.first.value);
    put_.Bind(4, tally.last.value).Bind(5, stamp).Run();
  }
}

}  // namespace exdiag
