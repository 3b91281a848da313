#include "engine/store/removal.h"

#include <map>
#include <set>

#include "engine/store/batch.h"
#include "engine/store/class_index.h"
#include "engine/store/class_totals.h"
#include "engine/store/dictionary.h"
#include "engine/store/event_blocks.h"
#include "engine/store/stretches.h"

namespace exdiag {
namespace {

constexpr std::int64_t kAtOnce = 100'000;  // events: tens of megabytes in the write-ahead log

// Stamps count imports, and this is none: the next number makes whatever was kept of these events
// out of date now, at the price of one evaluation more after the next import.
std::int64_t NextStamp(sql::Database& database) {
  return database.Number("SELECT ifnull(max(id), 0) + 1 FROM main.imports");
}

// The second before which about kAtOnce events with a time lie, at most `most`; more where many of
// them are of one second.
std::int64_t EndOfPortion(sql::Database& database, std::int64_t most) {
  sql::Statement blocks(database,
                        "SELECT low, events FROM main.event_blocks WHERE low > ?1 AND low < ?2 "
                        "ORDER BY low",
                        false);
  blocks.Bind(1, kNoTime).Bind(2, most);
  std::int64_t events = 0, before = kNoTime;
  while (blocks.Next()) {
    if (events >= kAtOnce && blocks.Int(0) > before) return blocks.Int(0);
    if (events < kAtOnce) before = blocks.Int(0);
    events += blocks.Int(1);
  }
  return most;
}

void Run(sql::Database& database, const char* sql, std::int64_t first, std::int64_t second) {
  sql::Statement(database, sql, false).Bind(1, first).Bind(2, second).Run();
}

void RemoveFromIndexes(sql::Database& database, const std::set<std::int64_t>& classes,
                       std::int64_t end) {
  ClassIndex index(database), family_index(database, ClassIndex::Of::kFamilies);
  ClassDictionary dictionary(database);
  std::set<std::int64_t> families;
  for (const std::int64_t class_row : classes) {
    index.Remove(class_row, kNoTime + 1, end);
    families.insert(dictionary.CrowdOf(class_row));
  }
  for (const std::int64_t family : families) family_index.Remove(family, kNoTime + 1, end);
}

}  // namespace

std::uint64_t RemoveOldEvents(sql::Database& database, Ticks before) {
  const std::int64_t end = EndOfPortion(database, UnixSecond(before));
  std::map<std::int64_t, std::uint64_t> by_import;
  std::set<std::int64_t> classes;
  std::uint64_t removed = 0;
  EventBlocks(database).RemoveBefore(end, [&](std::int64_t, const StoredEvent& event) {
    ++by_import[event.import];
    classes.insert(event.class_row);
    ++removed;
  });
  if (removed == 0) return 0;
  for (const auto& [import, events] : by_import) {
    Run(database, "UPDATE main.imports SET removed = removed + ?2 WHERE id = ?1", import,
        static_cast<std::int64_t>(events));
  }
  RemoveFromIndexes(database, classes, end);
  CutCoverage(database, TicksOf(end, 0));
  ClassTotals(database).Recount({classes.begin(), classes.end()}, NextStamp(database));
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
