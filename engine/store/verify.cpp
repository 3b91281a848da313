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

// Of the entries of an index.
struct IndexSums {
  std::uint64_t entries = 0;
  std::uint64_t sum = 0;  // does not depend on the order, and differs where anything else does

  void Add(std::int64_t owner, const ClassEntry& entry) {
    const std::int64_t all[] = {owner, entry.second, entry.mark, entry.event};
    ++entries;
    sum += XXH3_64bits(all, sizeof all);
  }
  bool operator==(const IndexSums&) const = default;
};

// What one reading of all events shows.
struct EventSums {
  std::map<std::int64_t, Tally> classes;
  std::map<std::int64_t, std::int64_t> imports;
  std::set<std::int64_t> users;
  std::map<std::int64_t, std::int64_t> families;  // of crowded classes
  IndexSums classes_index, families_index;        // what these have to hold
};

std::map<std::int64_t, std::int64_t> FamiliesOfCrowded(sql::Database& database) {
  std::map<std::int64_t, std::int64_t> families;
  sql::Statement rows(database, "SELECT id, family FROM classes WHERE crowded <> 0", false);
  while (rows.Next()) families.emplace(rows.Int(0), rows.Int(1));
  return families;
}

EventSums ReadEvents(sql::Database& database) {
  EventSums sums;
  sums.families = FamiliesOfCrowded(database);
  EventBlocks(database).ForEach([&](std::int64_t id, const StoredEvent& event) {
    sums.classes[event.class_row].Add(TicksOf(event.second, event.fraction));
    ++sums.imports[event.import];
    if (event.user_row != 0) sums.users.insert(event.user_row);
    const ClassEntry entry{event.second, MarkOf(event.identity), id};
    sums.classes_index.Add(event.class_row, entry);
    const auto crowded = sums.families.find(event.class_row);
    if (crowded != sums.families.end()) sums.families_index.Add(crowded->second, entry);
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

// The index by class, or that of crowded families.
struct IndexTable {
  const char* name;
  const char* blocks;  // owner and content, in order
};
constexpr IndexTable kClassTable = {
    "the index by class",
    "SELECT class, content FROM class_blocks ORDER BY class, first, first_mark, first_event"};
constexpr IndexTable kFamilyTable = {
    "the index by family",
    "SELECT family, content FROM family_blocks ORDER BY family, first, first_mark, first_event"};

template <typename Visit>
void ForEachIndexEntry(sql::Database& database, const IndexTable& table, const Visit& visit) {
  sql::Statement blocks(database, table.blocks, false);
  std::vector<ClassEntry> entries;
  while (blocks.Next()) {
    DecodeBlock(blocks.Bytes(1), entries);
    for (const ClassEntry& entry : entries) visit(blocks.Int(0), entry);
  }
}

// `owner_of` says by its class under what the index has an event.
template <typename OwnerOf>
std::uint64_t FittingEntries(sql::Database& database, const IndexTable& table,
                             const OwnerOf& owner_of) {
  std::uint64_t fitting = 0;
  EventBlocks events(database);
  StoredEvent event;
  ForEachIndexEntry(database, table, [&](std::int64_t owner, const ClassEntry& entry) {
    const bool fits = events.Get(entry.event, event) && owner_of(event.class_row) == owner &&
                      event.second == entry.second && MarkOf(event.identity) == entry.mark;
    fitting += fits ? 1 : 0;
  });
  return fitting;
}

// An index against the events, of which it has to hold `expected`.
template <typename OwnerOf>
void CheckIndex(sql::Database& database, const IndexTable& table, const IndexSums& expected,
                const OwnerOf& owner_of, std::vector<std::string>& complaints) {
  IndexSums index;
  bool in_order = true;
  std::pair<std::int64_t, ClassEntry> last;
  ForEachIndexEntry(database, table, [&](std::int64_t owner, const ClassEntry& entry) {
    index.Add(owner, entry);
    in_order &= last < std::pair(owner, entry);
    last = {owner, entry};
  });
  if (index != expected) {
    complaints.push_back(fmt::format("{} has {} rows, of which {} fit one of the {} events",
                                     table.name, index.entries,
                                     FittingEntries(database, table, owner_of), expected.entries));
  } else if (!in_order) {
    complaints.push_back(fmt::format("{} is not in order", table.name));
  }
}

void CheckIndexes(sql::Database& database, const EventSums& sums,
                  std::vector<std::string>& complaints) {
  CheckIndex(
      database, kClassTable, sums.classes_index, [](std::int64_t row) { return row; }, complaints);
  const auto family_of = [&](std::int64_t row) {
    const auto found = sums.families.find(row);
    return found == sums.families.end() ? 0 : found->second;
  };
  CheckIndex(database, kFamilyTable, sums.families_index, family_of, complaints);
}

// Or an event that is shown again would not be found.
void CheckFamilies(sql::Database& database, std::vector<std::string>& complaints) {
  const std::int64_t strangers = database.Number(
      "SELECT count(*) FROM classes c JOIN providers p ON p.id = c.provider "
      "LEFT JOIN families f ON f.id = c.family AND f.provider = p.name "
      "AND f.event_id = c.event_id AND f.host = c.host WHERE f.id IS NULL");
  if (strangers == 0) return;
  complaints.push_back(fmt::format("{} classes are not of the family that they name", strangers));
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
  CheckFamilies(database, complaints);
  CheckIndexes(database, sums, complaints);
  CheckKept(database, complaints);
  return complaints;
}

}  // namespace exdiag
