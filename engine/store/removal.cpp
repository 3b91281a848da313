#include "engine/store/removal.h"

#include <algorithm>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/class_index.h"
#include "engine/store/class_totals.h"
#include "engine/store/stretches.h"

namespace exdiag {
namespace {

constexpr std::int64_t kAtOnce = 100'000;  // events: tens of megabytes in the write-ahead log

// Stamps count imports, and this is none: the next number makes whatever was kept of these events
// out of date now, at the price of one evaluation more after the next import.
std::int64_t NextStamp(sql::Database& database) {
  return database.Number("SELECT ifnull(max(id), 0) + 1 FROM main.imports");
}

// The second before which about kAtOnce events lie, at most `most`.
std::int64_t EndOfPortion(sql::Database& database, std::int64_t most) {
  sql::Statement nth(database,
                     "SELECT second FROM main.events INDEXED BY events_by_identity "
                     "WHERE second > ?1 AND second < ?2 ORDER BY second LIMIT 1 OFFSET ?3",
                     false);
  nth.Bind(1, kNoTime).Bind(2, most).Bind(3, kAtOnce);
  return nth.Next() ? std::min(most, nth.Int(0) + 1) : most;
}

std::vector<std::int64_t> ClassesBefore(sql::Database& database, std::int64_t end) {
  std::vector<std::int64_t> classes;
  sql::Statement rows(
      database, "SELECT DISTINCT class FROM main.events WHERE second > ?1 AND second < ?2", false);
  rows.Bind(1, kNoTime).Bind(2, end);
  while (rows.Next()) classes.push_back(rows.Int(0));
  return classes;
}

void Run(sql::Database& database, const char* sql, std::int64_t first, std::int64_t second) {
  sql::Statement(database, sql, false).Bind(1, first).Bind(2, second).Run();
}

}  // namespace

std::uint64_t RemoveOldEvents(sql::Database& database, Ticks before) {
  const std::int64_t end = EndOfPortion(database, UnixSecond(before));
  const std::vector<std::int64_t> classes = ClassesBefore(database, end);
  if (classes.empty()) return 0;
  Run(database,
      "UPDATE main.imports SET removed = removed + gone.n FROM (SELECT import, count(*) AS n "
      "FROM main.events WHERE second > ?1 AND second < ?2 GROUP BY import) AS gone "
      "WHERE imports.id = gone.import",
      kNoTime, end);
  ClassIndex index(database);
  for (const std::int64_t class_row : classes) index.Remove(class_row, kNoTime + 1, end);
  Run(database, "DELETE FROM main.events WHERE second > ?1 AND second < ?2", kNoTime, end);
  const auto removed = static_cast<std::uint64_t>(database.Number("SELECT changes()"));
  CutCoverage(database, TicksOf(end, 0));
  ClassTotals(database).Recount(classes, NextStamp(database));
  return removed;
}

void CutCoverage(sql::Database& database, Ticks before) {
  CutStretches(database, before);
  // Rows with `first` 0 are of events without a time.
  Run(database,
      "UPDATE main.imports SET uncovered = uncovered + gone.n FROM (SELECT import, sum(events) AS "
      "n FROM main.coverage WHERE first <> ?1 AND last < ?2 GROUP BY import) AS gone "
      "WHERE imports.id = gone.import",
      0, before.value);
  Run(database, "DELETE FROM main.coverage WHERE first <> ?1 AND last < ?2", 0, before.value);
  const std::int64_t gone = database.Number("SELECT changes()");
  Run(database, "UPDATE main.coverage SET first = ?2 WHERE first <> ?1 AND first < ?2", 0,
      before.value);
  // A change that no event shows.
  if (gone + database.Number("SELECT changes()") == 0) return;
  Run(database,
      "UPDATE main.class_totals SET changed = max(changed, ?2) WHERE class = (SELECT min(class) "
      "FROM main.class_totals WHERE ?1 = ?1)",
      0, NextStamp(database));
}

}  // namespace exdiag
