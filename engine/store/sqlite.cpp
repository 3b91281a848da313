#include "engine/store/sqlite.h"

#include <cerrno>
#include <cstring>

namespace exdiag::sql {
namespace {

// Before the first connection.  Counting every allocation and locking every call costs about a
// tenth of an import; each of our connections serves one thread at a time.
void ConfigureOnce() {
  static const int kConfigured = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return sqlite3_initialize();
  }();
  static_cast<void>(kConfigured);
}

std::string SystemReason(sqlite3* handle) {
  const int code = handle == nullptr ? 0 : sqlite3_system_errno(handle);
  return code == 0 ? std::string() : std::string(": ") + std::strerror(code);
}

std::string Words(int code, sqlite3* handle) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "the disk is full";
    case SQLITE_READONLY:
      return "the file or its folder cannot be written to";
    case SQLITE_CANTOPEN:
      return "cannot be opened" + SystemReason(handle);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "locked by another process";
    case SQLITE_NOTADB:
      return "not an exdiag store";
    case SQLITE_CORRUPT:
      return "the store is damaged";
    case SQLITE_IOERR:
      if (handle != nullptr && sqlite3_system_errno(handle) == ENOSPC) return "the disk is full";
      return "cannot be read or written" + SystemReason(handle);
    case SQLITE_NOMEM:
      return "out of memory";
    default:
      return handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle);
  }
}

}  // namespace

void Database::Open(const std::string& file, int flags) {
  ConfigureOnce();
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (handle != nullptr) sqlite3_extended_result_codes(handle, 1);
  Check(code);
}

void Database::ClearError() {
  error_.clear();
  error_code_ = SQLITE_OK;
}

bool Database::Check(int code) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return true;
  if (error_.empty()) {
    error_code_ = code & 0xff;
    error_ = Words(code, handle_.get());
  }
  return false;
}

bool Database::Execute(const char* sql) {
  return Check(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
}

std::int64_t Database::Number(const char* sql) {
  Statement statement(*this, sql, false);
  return statement.Next() ? statement.Int(0) : 0;
}

Statement::Statement(Database& database, std::string_view sql, bool persistent)
    : database_(&database) {
  sqlite3_stmt* handle = nullptr;
  database.Check(sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                    persistent ? SQLITE_PREPARE_PERSISTENT : 0, &handle, nullptr));
  handle_.reset(handle);
}

Statement& Statement::Bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), parameter, value);
  return *this;
}

Statement& Statement::BindText(int parameter, std::string_view value) {
  // A null pointer would be NULL; "" is meant.
  database_->Check(sqlite3_bind_text64(handle_.get(), parameter,
                                       value.data() == nullptr ? "" : value.data(), value.size(),
                                       SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::BindBytes(int parameter, std::string_view value) {
  database_->Check(sqlite3_bind_blob64(handle_.get(), parameter,
                                       value.data() == nullptr ? "" : value.data(), value.size(),
                                       SQLITE_STATIC));
  return *this;
}

Statement& Statement::BindBytesOrNull(int parameter, std::string_view value) {
  return value.empty() ? BindNull(parameter) : BindBytes(parameter, value);
}

Statement& Statement::BindNull(int parameter) {
  sqlite3_bind_null(handle_.get(), parameter);
  return *this;
}

// SQLite takes a whole transaction back when the disk is full; what was done after that would be
// one of its own.
bool Statement::MayRun() {
  if (handle_ && database_->ok()) return true;
  Reset();
  return false;
}

bool Statement::Next() {
  if (!MayRun()) return false;
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  database_->Check(code);
  Reset();
  return false;
}

bool Statement::Run() {
  if (!MayRun()) return false;
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(handle_.get());
  const bool done = database_->Check(code);
  Reset();
  return done;
}

void Statement::Reset() {
  if (handle_) sqlite3_reset(handle_.get());
}

std::string_view Statement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

}  // namespace exdiag::sql
