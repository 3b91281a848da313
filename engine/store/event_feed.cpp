#include "engine/store/event_feed.h"

#include "engine/store/vector_feed.h"

namespace exdiag {
namespace {

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

struct EventColumns {
  using Row = EventFeed::Row;

  // The columns of `events`, all of them and in its order: SQLite then need not put them in order
  // itself.
  static constexpr const char* kDeclaration =
      "CREATE TABLE feed (id, class, second, fraction, flags, record_id, identity, user, strings, "
      "message, binary, import, place, place_column)";

  static void Column(const Row& row, sqlite3_context* to, int column) {
    switch (column) {
      case 0:  // NULL: SQLite numbers the rows
        break;
      case 1:
        sqlite3_result_int64(to, row.class_row);
        break;
      case 2:
        sqlite3_result_int64(to, row.event->second);
        break;
      case 3:
        GiveNumber(to, row.event->fraction);
        break;
      case 4:
        GiveNumber(to, row.event->flags);
        break;
      case 5:
        GiveNumber(to, row.event->record_id);
        break;
      case 6:
        GiveNumber(to, row.event->identity);
        break;
      case 7:
        GiveUnlessZero(to, row.user_row);
        break;
      case 8:
        GiveBytes(to, row.strings);
        break;
      case 9:
        GiveText(to, row.message);
        break;
      case 10:
        GiveBytes(to, row.binary);
        break;
      case 11:
        sqlite3_result_int64(to, row.import);
        break;
      case 12:
        GiveNumber(to, row.event->place);
        break;
      case 13:
        GiveUnlessZero(to, row.event->place_column);
        break;
      default:
        break;
    }
  }
};

sql::Statement PrepareInsert(sql::Database& database, std::vector<EventFeed::Row>& rows) {
  sql::VectorFeed<EventColumns>::Register(database, "exdiag_feed", rows);
  // An import that meets an error is undone as a whole, so that this statement need not be able to
  // undo itself: OR FAIL saves SQLite the journal for that.
  return {database, "INSERT OR FAIL INTO main.events SELECT * FROM exdiag_feed"};
}

}  // namespace

EventFeed::EventFeed(sql::Database& database)
    : database_(database), insert_(PrepareInsert(database, rows_)) {}

// SQLite gives the rows of a statement the ids behind the largest there is, one by one.
std::int64_t EventFeed::Insert() {
  if (rows_.empty()) return 0;
  insert_.Run();
  return database_.LastRow() - static_cast<std::int64_t>(rows_.size()) + 1;
}

}  // namespace exdiag
