#include "engine/store/verify.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <map>
#include <set>
#include <utility>

#include "engine/store/class_block.h"
#include "engine/store/event_blocks.h"
#include "engine/store/kept.h"

namespace exdiag {
namespace {

void CheckPages(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database, "PRAGMA integrity_check(20)", false);
  while (check.Next()) {
    if (check.Bytes(0) != "ok") complaints.push_back("SQLite: " + check.Text(0));
  }
}

// Every number of a row is that of a row in its dictionary; the schema says which.
void CheckReferences(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database, "PRAGMA foreign_key_check", false);
  while (check.Next() && complaints.size() < 20) {
    complaints.push_back(fmt::format("{} row {} names a row of {} that is not there", check.Text(0),
                                     check.Int(1), check.Text(2)));
  }
}

void CheckSums(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database,
                       "SELECT file, records, stored, duplicates, rejected FROM imports "
                       "WHERE records <> stored + duplicates + rejected ORDER BY id",
                       false);
  while (check.Next()) {
    complaints.push_back(
        fmt::format("import of {}: {} records are not {} stored + {} duplicates + {} rejected",
                    check.Text(0), check.Int(1), check.Int(2), check.Int(3), check.Int(4)));
  }
}

// What the ledger says against what is there.  An import of the same bytes points to the first one,
// whose rejects it repeats.
void CheckRows(sql::Database& database, const char* what, const char* sql,
               std::vector<std::string>& complaints) {
  sql::Statement check(database, sql, false);
  while (check.Next()) {
    if (check.Int(1) == check.Int(2)) continue;
    complaints.push_back(fmt::format("import of {}: the ledger counts {} {}, the store holds {}",
                                     check.Text(0), check.Int(1), what, check.Int(2)));
  }
}

// What one reading of all events shows.
struct EventSums {
  std::map<std::int64_t, Tally> classes;
  std::map<std::int64_t, std::int64_t> imports;
  std::set<std::int64_t> users;
  std::uint64_t events = 0;
  std::uint64_t index_sum = 0;  // of what the index by class has to say of them
};

// Sums do not depend on the order, and differ where any of it does.
std::uint64_t IndexSum(std::int64_t class_row, const ClassEntry& entry) {
  const std::int64_t all[] = {class_row, entry.second, entry.mark, entry.event};
  return XXH3_64bits(all, sizeof all);
}

EventSums ReadEvents(sql::Database& database) {
  EventSums sums;
  EventBlocks(database).ForEach([&](std::int64_t id, const StoredEvent& event) {
    sums.classes[event.class_row].Add(TicksOf(event.second, event.fraction));
    ++sums.imports[event.import];
    if (event.user_row != 0) sums.users.insert(event.user_row);
    ++sums.events;
    sums.index_sum += IndexSum(event.class_row, {event.second, MarkOf(event.identity), id});
  });
  return sums;
}

// What is known of a block without reading it.
void CheckBlocks(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement rows(database, "SELECT first, ids, events, low, high, content FROM event_blocks",
                      false);
  while (rows.Next()) {
    const EventBlock block(rows.Int(0), rows.Bytes(5));
    const EventBlock::Extent extent = block.Measure();
    const bool same = block.end() - block.first() == rows.Int(1) &&
                      static_cast<std::int64_t>(extent.events) == rows.Int(2) &&
                      extent.low == rows.Int(3) && extent.high == rows.Int(4);
    if (same) continue;
    complaints.push_back(fmt::format(
        "the block of events from {} on holds {} events, and is said "
        "to hold {}{}",
        rows.Int(0), extent.events, rows.Int(2),
        static_cast<std::int64_t>(extent.events) == rows.Int(2) ? ", with other ids or times"
                                                                : ""));
  }
}

template <typename Rows>
void CheckNames(sql::Database& database, const char* table, const Rows& named,
                std::vector<std::string>& complaints) {
  std::set<std::int64_t> there;
  sql::Statement rows(database, fmt::format("SELECT id FROM {}", table), false);
  while (rows.Next()) there.insert(rows.Int(0));
  for (const std::int64_t row : named) {
    if (there.contains(row)) continue;
    complaints.push_back(
        fmt::format("an event names row {} of {}, which is not there", row, table));
  }
}

std::set<std::int64_t> KeysOf(const auto& map) {
  std::set<std::int64_t> keys;
  for (const auto& [key, value] : map) keys.insert(key);
  return keys;
}

// What the ledger says against the events that are there.
void CheckImports(sql::Database& database, const EventSums& sums,
                  std::vector<std::string>& complaints) {
  sql::Statement check(
      database, "SELECT id, file, stored - counted - removed FROM imports ORDER BY id", false);
  while (check.Next()) {
    const auto found = sums.imports.find(check.Int(0));
    const std::int64_t events = found == sums.imports.end() ? 0 : found->second;
    if (events == check.Int(2)) continue;
    complaints.push_back(
        fmt::format("import of {}: the ledger counts {} stored events, the store holds {}",
                    check.Text(1), check.Int(2), events));
  }
}

// The totals that counting relies on.
void CheckTotals(sql::Database& database, const EventSums& sums,
                 std::vector<std::string>& complaints) {
  sql::Statement check(database,
                       "SELECT c.id, ifnull(t.events, 0), ifnull(t.first, 0), ifnull(t.last, 0) "
                       "FROM classes c LEFT JOIN class_totals t ON t.class = c.id ORDER BY c.id",
                       false);
  while (check.Next()) {
    const auto found = sums.classes.find(check.Int(0));
    const Tally tally = found == sums.classes.end() ? Tally() : found->second;
    const bool same_events = check.Unsigned(1) == tally.events;
    if (same_events && check.Int(2) == tally.first.value && check.Int(3) == tally.last.value) {
      continue;
    }
    complaints.push_back(fmt::format("class {}: the totals say {} events, the store holds {}{}",
                                     check.Int(0), check.Int(1), tally.events,
                                     same_events ? ", with other times" : ""));
  }
}

struct IndexSums {
  std::uint64_t entries = 0;
  std::uint64_t sum = 0;
  bool in_order = true;
};

template <typename Visit>
void ForEachIndexEntry(sql::Database& database, const Visit& visit) {
  sql::Statement blocks(database,
                        "SELECT class, content FROM class_blocks "
                        "ORDER BY class, first, first_mark, first_event",
                        false);
  std::vector<ClassEntry> entries;
  while (blocks.Next()) {
    DecodeBlock(blocks.Bytes(1), entries);
    for (const ClassEntry& entry : entries) visit(blocks.Int(0), entry);
  }
}

IndexSums ReadIndex(sql::Database& database) {
  IndexSums sums;
  std::pair<std::int64_t, ClassEntry> last;
  ForEachIndexEntry(database, [&](std::int64_t class_row, const ClassEntry& entry) {
    ++sums.entries;
    sums.sum += IndexSum(class_row, entry);
    sums.in_order &= last < std::pair(class_row, entry);
    last = {class_row, entry};
  });
  return sums;
}

std::uint64_t FittingEntries(sql::Database& database) {
  std::uint64_t fitting = 0;
  EventBlocks events(database);
  StoredEvent event;
  ForEachIndexEntry(database, [&](std::int64_t class_row, const ClassEntry& entry) {
    const bool fits = events.Get(entry.event, event) && event.class_row == class_row &&
                      event.second == entry.second && MarkOf(event.identity) == entry.mark;
    fitting += fits ? 1 : 0;
  });
  return fitting;
}

// The index by class against the events.
void CheckIndex(sql::Database& database, const EventSums& events,
                std::vector<std::string>& complaints) {
  const IndexSums index = ReadIndex(database);
  if (index.entries != events.events || index.sum != events.index_sum) {
    complaints.push_back(
        fmt::format("the index by class has {} rows, of which {} fit one of the {} events",
                    index.entries, FittingEntries(database), events.events));
  } else if (!index.in_order) {
    complaints.emplace_back("the index by class is not in order");
  }
}

void CheckKept(sql::Database& database, std::vector<std::string>& complaints) {
  for (const std::string& name : DamagedKept(database)) {
    complaints.push_back(
        fmt::format("what the last diagnosis kept does not fit its checksum ({}); the next one "
                    "works it out again",
                    name));
  }
}

}  // namespace

std::vector<std::string> VerifyStore(sql::Database& database) {
  std::vector<std::string> complaints;
  CheckPages(database, complaints);
  CheckReferences(database, complaints);
  CheckSums(database, complaints);
  const EventSums sums = ReadEvents(database);
  CheckBlocks(database, complaints);
  CheckNames(database, "classes", KeysOf(sums.classes), complaints);
  CheckNames(database, "imports", KeysOf(sums.imports), complaints);
  CheckNames(database, "users", sums.users, complaints);
  CheckImports(database, sums, complaints);
  CheckRows(database, "rejected records",
            "SELECT i.file, i.rejected, ifnull(r.n, 0) FROM imports i LEFT JOIN "
            "(SELECT import, count(*) AS n FROM rejects GROUP BY import) r ON r.import = i.id "
            "WHERE i.repeats IS NULL ORDER BY i.id",
            complaints);
  CheckRows(database, "events in all logs",
            "SELECT i.file, i.stored + i.duplicates - i.uncovered, ifnull(c.n, 0) FROM imports i "
            "LEFT JOIN "
            "(SELECT import, sum(events) AS n FROM coverage GROUP BY import) c "
            "ON c.import = i.id WHERE i.repeats IS NULL ORDER BY i.id",
            complaints);
  CheckTotals(database, sums, complaints);
  CheckIndex(database, sums, complaints);
  CheckKept(database, complaints);
  return complaints;
}

}  // namespace exdiag
