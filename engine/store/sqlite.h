// The little of SQLite that the store needs, with errors as words.  Nothing outside engine/store
// includes this.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace exdiag::sql {

inline constexpr int kBusyMilliseconds = 2000;  // an import lasts longer

// One connection.  The first error sticks: statements do nothing any more until ClearError(), so
// that a step goes on to its end, and whoever started it asks ok() once.  For one thread at a time.
class Database {
 public:
  Database() = default;

  // `flags` as of sqlite3_open_v2.  Ask ok() afterwards.
  void Open(const std::string& file, int flags);

  bool ok() const { return error_.empty(); }
  // Reason in words, "the disk is full"; "" while ok().
  const std::string& error() const { return error_; }
  bool locked() const { return error_code_ == SQLITE_BUSY || error_code_ == SQLITE_LOCKED; }
  void ClearError();

  // Several statements without results.
  bool Execute(const char* sql);
  // First column of the first row; 0 when there is none.
  std::int64_t Number(const char* sql);
  std::int64_t LastRow() const { return sqlite3_last_insert_rowid(handle_.get()); }
  bool InTransaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  sqlite3* handle() const { return handle_.get(); }
  // Notes a result code of SQLite; true when it is no error.
  bool Check(int code);

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  std::unique_ptr<sqlite3, Close> handle_;
  std::string error_;
  int error_code_ = SQLITE_OK;
};

// A prepared statement.  Parameters count from 1 and columns from 0, as in SQLite.  Text and bytes
// are borrowed: bound ones until Run() or Reset(), read ones until the next step.
class Statement {
 public:
  Statement() = default;
  Statement(Database& database, std::string_view sql, bool persistent = true);

  Statement& Bind(int parameter, std::int64_t value);
  Statement& Bind(int parameter, std::uint64_t value) {
    return Bind(parameter, static_cast<std::int64_t>(value));
  }
  Statement& Bind(int parameter, std::uint32_t value) {
    return Bind(parameter, static_cast<std::int64_t>(value));
  }
  Statement& Bind(int parameter, int value) {
    return Bind(parameter, static_cast<std::int64_t>(value));
  }
  Statement& BindText(int parameter, std::string_view value);
  Statement& BindBytes(int parameter, std::string_view value);
  // Empty bytes become NULL, which takes no room.
  Statement& BindBytesOrNull(int parameter, std::string_view value);
  Statement& BindNull(int parameter);

  // True: there is a row.  False: the end or an error; the statement is reset.
  bool Next();
  // Runs to the end.  True when nothing went wrong.
  bool Run();
  void Reset();

  std::int64_t Int(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  std::uint64_t Unsigned(int column) const { return static_cast<std::uint64_t>(Int(column)); }
  bool IsNull(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
  }
  // Text and blobs alike.
  std::string_view Bytes(int column) const;
  std::string Text(int column) const { return std::string(Bytes(column)); }

  bool prepared() const { return handle_ != nullptr; }

 private:
  bool MayRun();

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };

  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

}  // namespace exdiag::sql
