#include "engine/store/event_feed.h"

namespace exdiag {
namespace {

using Rows = std::vector<EventFeed::Row>;

// The names are those of the columns of `events`.
constexpr const char* kDeclaration =
    "CREATE TABLE feed (class, second, fraction, flags, record_id, identity, user, strings, "
    "message, binary, import, place, place_column)";

// sqlite3_vtab and sqlite3_vtab_cursor are made for being extended; SQLite owns neither.
struct FeedTable : sqlite3_vtab {
  const Rows* rows = nullptr;
};
struct FeedCursor : sqlite3_vtab_cursor {
  const Rows* rows = nullptr;
  std::size_t at = 0;
};

int Connect(sqlite3* database, void* rows, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(database, kDeclaration);
  if (code != SQLITE_OK) return code;
  auto* feed = new FeedTable;
  feed->rows = static_cast<const Rows*>(rows);
  *table = feed;
  return SQLITE_OK;
}

int Disconnect(sqlite3_vtab* table) {
  delete static_cast<FeedTable*>(table);
  return SQLITE_OK;
}

int BestIndex(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int OpenCursor(sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
  auto* feed = new FeedCursor;
  feed->rows = static_cast<FeedTable*>(table)->rows;
  *cursor = feed;
  return SQLITE_OK;
}

int CloseCursor(sqlite3_vtab_cursor* cursor) {
  delete static_cast<FeedCursor*>(cursor);
  return SQLITE_OK;
}

int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  static_cast<FeedCursor*>(cursor)->at = 0;
  return SQLITE_OK;
}

int Next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<FeedCursor*>(cursor)->at;
  return SQLITE_OK;
}

int Eof(sqlite3_vtab_cursor* cursor) {
  const auto* feed = static_cast<FeedCursor*>(cursor);
  return feed->at >= feed->rows->size() ? 1 : 0;
}

int RowId(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
  *row = static_cast<sqlite3_int64>(static_cast<FeedCursor*>(cursor)->at);
  return SQLITE_OK;
}

// A column without a result is NULL.
void GiveBytes(sqlite3_context* to, std::string_view bytes) {
  if (bytes.empty()) return;
  sqlite3_result_blob64(to, bytes.data(), bytes.size(), SQLITE_STATIC);
}

void GiveText(sqlite3_context* to, std::string_view text) {
  if (text.empty()) return;
  sqlite3_result_text64(to, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void GiveNumber(sqlite3_context* to, std::uint64_t number) {
  sqlite3_result_int64(to, static_cast<sqlite3_int64>(number));
}

void GiveUnlessZero(sqlite3_context* to, std::int64_t number) {
  if (number != 0) sqlite3_result_int64(to, number);
}

int Column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int column) {
  const auto* feed = static_cast<FeedCursor*>(cursor);
  const EventFeed::Row& row = (*feed->rows)[feed->at];
  switch (column) {
    case 0:
      sqlite3_result_int64(to, row.class_row);
      break;
    case 1:
      sqlite3_result_int64(to, row.event->second);
      break;
    case 2:
      GiveNumber(to, row.event->fraction);
      break;
    case 3:
      GiveNumber(to, row.event->flags);
      break;
    case 4:
      GiveNumber(to, row.event->record_id);
      break;
    case 5:
      GiveNumber(to, row.event->identity);
      break;
    case 6:
      GiveUnlessZero(to, row.user_row);
      break;
    case 7:
      GiveBytes(to, row.strings);
      break;
    case 8:
      GiveText(to, row.message);
      break;
    case 9:
      GiveBytes(to, row.binary);
      break;
    case 10:
      sqlite3_result_int64(to, row.import);
      break;
    case 11:
      GiveNumber(to, row.event->place);
      break;
    case 12:
      GiveUnlessZero(to, row.event->place_column);
      break;
    default:
      break;
  }
  return SQLITE_OK;
}

const sqlite3_module& FeedModule() {
  static const sqlite3_module kModule = [] {
    sqlite3_module module{};
    module.xCreate = Connect;
    module.xConnect = Connect;
    module.xBestIndex = BestIndex;
    module.xDisconnect = Disconnect;
    module.xDestroy = Disconnect;
    module.xOpen = OpenCursor;
    module.xClose = CloseCursor;
    module.xFilter = Filter;
    module.xNext = Next;
    module.xEof = Eof;
    module.xColumn = Column;
    module.xRowid = RowId;
    return module;
  }();
  return kModule;
}

sql::Statement PrepareInsert(sql::Database& database, Rows& rows) {
  database.Check(
      sqlite3_create_module_v2(database.handle(), "exdiag_feed", &FeedModule(), &rows, nullptr));
  // An import that meets an error is undone as a whole, so that this statement need not be able to
  // undo itself: OR FAIL saves SQLite the journal for that.
  return {database,
          "INSERT OR FAIL INTO main.events (class, second, fraction, flags, record_id, identity, "
          "user, strings, message, binary, import, place, place_column) "
          "SELECT class, second, fraction, flags, record_id, identity, user, strings, message, "
          "binary, import, place, place_column FROM exdiag_feed"};
}

}  // namespace

EventFeed::EventFeed(sql::Database& database) : insert_(PrepareInsert(database, rows_)) {}

void EventFeed::Flush() {
  if (rows_.empty()) return;
  insert_.Run();
  rows_.clear();
}

}  // namespace exdiag
