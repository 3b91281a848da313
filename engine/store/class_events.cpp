#include "engine/store/class_events.h"

#include <algorithm>
#include <limits>

namespace exdiag {
namespace {

constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();

// What a query says of the columns; bits of sqlite3_index_info.idxNum, in the order in which the
// values are given.
enum Given : int { kClass = 1, kFrom = 2, kTo = 4 };

struct Table : sqlite3_vtab {
  sql::Database* database = nullptr;
};

struct Cursor : sqlite3_vtab_cursor {
  sql::Statement blocks;
  std::vector<ClassEntry> entries;
  std::size_t at = 0;
  std::int64_t class_row = 0;
  std::int64_t row = 0;
  bool at_end = true;

  void LoadBlock() {
    for (at = 0; !(at_end = !blocks.Next());) {
      class_row = blocks.Int(0);
      DecodeBlock(blocks.Bytes(1), entries);
      if (!entries.empty()) return;
    }
  }
};

int Connect(sqlite3* handle, void* database, int, const char* const*, sqlite3_vtab** made, char**) {
  const int code = sqlite3_declare_vtab(handle, "CREATE TABLE x (class, second, event)");
  if (code != SQLITE_OK) return code;
  auto* table = new Table;
  table->database = static_cast<sql::Database*>(database);
  *made = table;
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

int BitOf(const sqlite3_index_info::sqlite3_index_constraint& constraint) {
  const int op = constraint.op;
  if (constraint.usable == 0) return 0;
  if (constraint.iColumn == 0) return op == SQLITE_INDEX_CONSTRAINT_EQ ? kClass : 0;
  if (constraint.iColumn != 1) return 0;
  const bool from = op == SQLITE_INDEX_CONSTRAINT_GE || op == SQLITE_INDEX_CONSTRAINT_GT;
  const bool to = op == SQLITE_INDEX_CONSTRAINT_LE || op == SQLITE_INDEX_CONSTRAINT_LT;
  return from ? kFrom : to ? kTo : 0;
}

// Takes one condition of each sort; SQLite checks all of them again.
int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  int given = 0;
  int arguments = 0;
  for (const int bit : {kClass, kFrom, kTo}) {
    for (int i = 0; i < info->nConstraint && (given & bit) == 0; ++i) {
      if (BitOf(info->aConstraint[i]) != bit) continue;
      info->aConstraintUsage[i].argvIndex = ++arguments;
      given |= bit;
    }
  }
  info->idxNum = given;
  info->estimatedCost = ((given & kClass) != 0 ? 1e3 : 1e7) / ((given & ~kClass) != 0 ? 4 : 1);
  return SQLITE_OK;
}

int Open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
  *made = new Cursor;
  return SQLITE_OK;
}

int Close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* opened, int given, const char*, int, sqlite3_value** values) {
  auto* cursor = static_cast<Cursor*>(opened);
  int next = 0;
  const auto value = [&](int bit, std::int64_t otherwise) {
    return (given & bit) != 0 ? sqlite3_value_int64(values[next++]) : otherwise;
  };
  const std::int64_t class_row = value(kClass, 0);
  const std::int64_t from = value(kFrom, kFirst);
  const std::int64_t to = value(kTo, kLastSecond);
  cursor->blocks = sql::Statement(
      *static_cast<Table*>(opened->pVtab)->database,
      (given & kClass) != 0 ? "SELECT class, content FROM main.class_blocks "
                              "WHERE class = ?1 AND last >= ?2 AND first <= ?3 ORDER BY first"
                            : "SELECT class, content FROM main.class_blocks "
                              "WHERE ?1 = ?1 AND last >= ?2 AND first <= ?3",
      false);
  cursor->blocks.Bind(1, class_row).Bind(2, from).Bind(3, to);
  cursor->LoadBlock();
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* opened) {
  auto* cursor = static_cast<Cursor*>(opened);
  ++cursor->row;
  if (++cursor->at >= cursor->entries.size()) cursor->LoadBlock();
  return SQLITE_OK;
}

int AtEnd(sqlite3_vtab_cursor* cursor) { return static_cast<Cursor*>(cursor)->at_end ? 1 : 0; }

int Column(sqlite3_vtab_cursor* opened, sqlite3_context* to, int column) {
  const auto* cursor = static_cast<Cursor*>(opened);
  const ClassEntry& entry = cursor->entries[cursor->at];
  sqlite3_result_int64(to, column == 0   ? cursor->class_row
                           : column == 1 ? entry.second
                                         : entry.event);
  return SQLITE_OK;
}

int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
  *row = static_cast<Cursor*>(cursor)->row;
  return SQLITE_OK;
}

const sqlite3_module& Module() {
  static const sqlite3_module kModule = [] {
    sqlite3_module module{};
    module.xConnect = Connect;
    module.xBestIndex = BestIndex;
    module.xDisconnect = Disconnect;
    module.xOpen = Open;
    module.xClose = Close;
    module.xFilter = Filter;
    module.xNext = Next;
    module.xEof = AtEnd;
    module.xColumn = Column;
    module.xRowid = RowId;
    return module;
  }();
  return kModule;
}

}  // namespace

void RegisterClassEvents(sql::Database& database) {
  database.Check(sqlite3_create_module_v2(database.handle(), "exdiag_class_events", &Module(),
                                          &database, nullptr));
}

ClassEvents::ClassEvents(sql::Database& database)
    : blocks_(database,
              "SELECT content FROM main.class_blocks "
              "WHERE class = ?1 AND last >= ?2 AND first <= ?3 ORDER BY first") {}

std::span<const ClassEntry> ClassEvents::Within(std::int64_t first, std::int64_t last) const {
  const auto begin =
      std::lower_bound(entries_.begin(), entries_.end(), first,
                       [](const ClassEntry& entry, std::int64_t at) { return entry.second < at; });
  const auto end =
      std::upper_bound(begin, entries_.end(), last,
                       [](std::int64_t at, const ClassEntry& entry) { return at < entry.second; });
  return {begin, end};
}

}  // namespace exdiag
