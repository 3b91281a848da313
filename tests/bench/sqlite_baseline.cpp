// The yardstick for the store: the same rows through one plain prepared INSERT into a wide table,
// in one transaction, without any index, look-up or thread; and then two indexes like the store's.
//
//   sqlite_baseline LOG DATABASE
//
// Rows are read into memory first; only SQLite is timed.  Prints what, and the seconds by the
// clock and of CPU time.
#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <ctime>
#include <string>
#include <vector>

#include "importers/importer.h"

namespace exdiag {
namespace {

struct Row {
  std::string channel, provider, computer, user, strings, binary;
  int event_id = 0, qualifiers = 0, level = 0, category = 0;
  std::int64_t keywords = 0, time = 0, record_id = 0, place = 0;
};

class RowSink final : public EvidenceSink, public DiagnosticSink {
 public:
  bool OnRecord(const Record& record) override {
    Row& row = rows.emplace_back();
    row.channel = record.channel;
    row.provider = record.provider;
    row.computer = record.computer;
    row.user = record.user;
    for (const std::string_view value : record.strings) {
      row.strings += value;
      row.strings += '\x1f';
    }
    row.binary.assign(reinterpret_cast<const char*>(record.binary.data()), record.binary.size());
    row.event_id = record.event_id;
    row.qualifiers = record.qualifiers;
    row.level = static_cast<int>(record.level);
    row.category = record.category;
    row.keywords = static_cast<std::int64_t>(record.keywords);
    row.time = record.time.value;
    row.record_id = static_cast<std::int64_t>(record.record_id);
    row.place = static_cast<std::int64_t>(record.place.value);
    return true;
  }
  void OnFact(Fact) override {}
  void OnReject(const Reject&) override {}
  void Report(Diagnostic) override {}

  std::vector<Row> rows;
};

void Insert(sqlite3* database, const std::vector<Row>& rows) {
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1,
                     &insert, nullptr);
  const auto text = [&](int parameter, const std::string& value) {
    sqlite3_bind_text(insert, parameter, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
  };
  for (const Row& row : rows) {
    text(1, row.channel);
    text(2, row.provider);
    text(3, row.computer);
    text(4, row.user);
    text(5, row.strings);
    text(6, row.binary);
    sqlite3_bind_int(insert, 7, row.event_id);
    sqlite3_bind_int(insert, 8, row.qualifiers);
    sqlite3_bind_int(insert, 9, row.level);
    sqlite3_bind_int(insert, 10, row.category);
    sqlite3_bind_int64(insert, 11, row.keywords);
    sqlite3_bind_int64(insert, 12, row.time);
    sqlite3_bind_int64(insert, 13, row.record_id);
    sqlite3_bind_int64(insert, 14, row.place);
    sqlite3_step(insert);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
}

int Run(const char* log, const char* file) {
  const auto bytes = OpenFile(log);
  const Importer* importer = bytes ? FindImporter(**bytes) : nullptr;
  if (importer == nullptr) return 3;
  RowSink sink;
  if (!importer->Import({log, **bytes, {}}, sink, sink)) return 3;

  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  sqlite3* database = nullptr;
  if (sqlite3_open(file, &database) != SQLITE_OK) return 3;
  const auto run = [&](const char* sql) { sqlite3_exec(database, sql, nullptr, nullptr, nullptr); };
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  run("CREATE TABLE events (channel, provider, computer, user, strings, binary, event_id, "
      "qualifiers, level, category, keywords, time, record_id, place)");
  run("BEGIN");
  Insert(database, sink.rows);
  run("COMMIT");
  const auto report = [&](const char* what) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const double cpu = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    fmt::print("{} {:.4f} {:.4f}\n", what, seconds.count(), cpu);
  };
  report("SQLite: INSERT of the same rows, no index");
  run("CREATE INDEX by_time ON events (time, record_id)");
  run("CREATE INDEX by_kind ON events (provider, event_id, time)");
  sqlite3_close(database);
  report("SQLite: the same and then two indexes");
  return 0;
}

}  // namespace
}  // namespace exdiag

int main(int argc, char** argv) { return argc == 3 ? exdiag::Run(argv[1], argv[2]) : 2; }
