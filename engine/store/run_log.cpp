#include "engine/store/run_log.h"

#include <utility>

#include "engine/evidence/strings.h"
#include "engine/store/run_log_tables.h"

namespace exdiag {
namespace {

constexpr const char* kRunColumns =
    "SELECT id, at, started, completed, holder, report, stamp, last_event, ledger FROM main.runs ";
constexpr const char* kFileColumns =
    "SELECT path, size, modified, inode, reading, read_at, whole FROM main.inbox_files ";

RunRecord ReadRun(const sql::Statement& row) {
  RunRecord run;
  run.id = row.Int(0);
  run.at = {row.Int(1)};
  run.started = {row.Int(2)};
  run.completed = {row.Int(3)};
  run.holder = row.Text(4);
  run.report = row.Text(5);
  run.stamp = row.Int(6);
  run.last_event = row.Int(7);
  run.ledger = row.Unsigned(8);
  return run;
}

InboxFile ReadFile(const sql::Statement& row) {
  InboxFile file;
  file.path = row.Text(0);
  file.size = row.Unsigned(1);
  file.modified = row.Int(2);
  file.inode = row.Unsigned(3);
  file.reading = row.Text(4);
  file.read_at = {row.Int(5)};
  file.whole = row.Int(6) != 0;
  return file;
}

std::string Packed(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) AppendEncodedString(text, bytes);
  return bytes;
}

std::vector<std::string> Unpacked(std::string_view bytes) {
  std::vector<std::string> texts;
  for (const auto& text : DecodeStrings(bytes)) texts.push_back(text.value_or(""));
  return texts;
}

// A confidence as a whole number, since the statements bind no others.
constexpr double kConfidenceUnit = 1'000'000;

class SqliteRunLog final : public RunLog {
 public:
  SqliteRunLog(sql::Database& database, RunLogAccess access)
      : database_(database), access_(std::move(access)) {}

  Result<std::optional<RunRecord>> LastCompleted() const override {
    sql::Statement one(database_,
                       std::string(kRunColumns) + "WHERE completed <> 0 ORDER BY id DESC LIMIT 1",
                       false);
    std::optional<RunRecord> run;
    if (one.Next()) run = ReadRun(one);
    return Checked(std::move(run));
  }

  Result<std::vector<RunRecord>> CutOff() const override {
    return Runs(
        "WHERE completed = 0 AND id > ifnull((SELECT max(id) FROM main.runs WHERE "
        "completed <> 0), 0) AND ?1 = ?1 ORDER BY id",
        0);
  }

  Result<std::int64_t> Begin(const RunRecord& run) override {
    if (auto begun = access_.begin(); !begun) return begun.error();
    {
      sql::Statement insert(
          database_, "INSERT INTO main.runs (at, started, holder) VALUES (?1, ?2, ?3)", false);
      insert.Bind(1, run.at.value).Bind(2, run.started.value).BindText(3, run.holder).Run();
    }
    const std::int64_t id = database_.LastRow();
    if (auto done = access_.commit(); !done) return done.error();
    return id;
  }

  Result<void> Complete(const RunRecord& run, const std::vector<Trouble>& troubles,
                        const std::vector<LogArrival>& arrivals) override {
    if (auto begun = access_.begin(); !begun) return begun;
    UpdateRun(run);
    database_.Execute("DELETE FROM main.troubles; DELETE FROM main.log_arrivals");
    WriteTroubles(troubles);
    WriteArrivals(arrivals);
    return access_.commit();
  }

  Result<std::vector<Trouble>> Troubles() const override {
    sql::Statement rows(database_,
                        "SELECT rule, hosts, shown, title, fault, open, since, last_seen, "
                        "cleared_at, events, confidence, acknowledged FROM main.troubles "
                        "ORDER BY rule, hosts",
                        false);
    std::vector<Trouble> troubles;
    while (rows.Next()) {
      Trouble& trouble = troubles.emplace_back();
      trouble.rule = rows.Text(0);
      trouble.hosts = Unpacked(rows.Bytes(1));
      trouble.shown = Unpacked(rows.Bytes(2));
      trouble.title = rows.Text(3);
      trouble.fault = rows.Int(4) != 0;
      trouble.open = rows.Int(5) != 0;
      trouble.since = {rows.Int(6)};
      trouble.last_seen = {rows.Int(7)};
      trouble.cleared_at = {rows.Int(8)};
      trouble.events = rows.Unsigned(9);
      trouble.confidence = static_cast<double>(rows.Int(10)) / kConfidenceUnit;
      trouble.acknowledged = rows.Int(11) != 0;
    }
    return Checked(std::move(troubles));
  }

  Result<std::vector<LogArrival>> Arrivals() const override {
    sql::Statement rows(database_,
                        "SELECT host, channel, at, last_event, missed FROM main.log_arrivals "
                        "ORDER BY host, channel",
                        false);
    return ReadArrivals(rows);
  }

  Result<std::vector<LogArrival>> LogsSince(std::int64_t stamp) const override {
    sql::Statement rows(database_,
                        "SELECT h.name, ch.name, 0, max(c.last), 0 FROM main.coverage c "
                        "JOIN main.hosts h ON h.id = c.host "
                        "JOIN main.channels ch ON ch.id = c.channel WHERE c.import > ?1 "
                        "GROUP BY 1, 2 ORDER BY 1, 2",
                        false);
    rows.Bind(1, stamp);
    return ReadArrivals(rows);
  }

  Result<std::int64_t> NewestEvent() const override {
    sql::Statement newest(
        database_, "SELECT first + ids - 1 FROM main.event_blocks ORDER BY first DESC LIMIT 1",
        false);
    const std::int64_t row = newest.Next() ? newest.Int(0) : 0;
    return Checked(row);
  }

  Result<std::optional<InboxFile>> FindFile(const std::string& path) const override {
    sql::Statement one(database_, std::string(kFileColumns) + "WHERE path = ?1", false);
    std::optional<InboxFile> file;
    if (one.BindText(1, path).Next()) file = ReadFile(one);
    one.Reset();
    return Checked(std::move(file));
  }

  Result<std::vector<InboxFile>> Files() const override {
    sql::Statement rows(database_, std::string(kFileColumns) + "ORDER BY path", false);
    std::vector<InboxFile> files;
    while (rows.Next()) files.push_back(ReadFile(rows));
    return Checked(std::move(files));
  }

  Result<void> NoteFile(const InboxFile& file) override {
    if (auto begun = access_.begin(); !begun) return begun;
    {
      sql::Statement put(database_,
                         "INSERT OR REPLACE INTO main.inbox_files (path, size, modified, inode, "
                         "reading, read_at, whole) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                         false);
      put.BindText(1, file.path).Bind(2, file.size).Bind(3, file.modified).Bind(4, file.inode);
      put.BindText(5, file.reading).Bind(6, file.read_at.value).Bind(7, file.whole ? 1 : 0).Run();
    }
    return access_.commit();
  }

  Result<void> ForgetFiles(const std::vector<std::string>& paths) override {
    if (paths.empty()) return {};
    if (auto begun = access_.begin(); !begun) return begun;
    {
      sql::Statement forget(database_, "DELETE FROM main.inbox_files WHERE path = ?1", false);
      for (const std::string& path : paths) forget.BindText(1, path).Run();
    }
    return access_.commit();
  }

  Result<std::vector<RunRecord>> ReportsBefore(Ticks at) const override {
    return Runs("WHERE completed <> 0 AND report <> '' AND at < ?1 ORDER BY id", at.value);
  }

  Result<void> ForgetReport(std::int64_t run) override {
    if (auto begun = access_.begin(); !begun) return begun;
    {
      sql::Statement forget(database_, "UPDATE main.runs SET report = '' WHERE id = ?1", false);
      forget.Bind(1, run).Run();
    }
    return access_.commit();
  }

 private:
  template <typename T>
  Result<T> Checked(T value) const {
    if (auto good = access_.check(); !good) return good.error();
    return value;
  }

  Result<std::vector<RunRecord>> Runs(const char* which, std::int64_t parameter) const {
    sql::Statement rows(database_, std::string(kRunColumns) + which, false);
    rows.Bind(1, parameter);
    std::vector<RunRecord> runs;
    while (rows.Next()) runs.push_back(ReadRun(rows));
    return Checked(std::move(runs));
  }

  Result<std::vector<LogArrival>> ReadArrivals(sql::Statement& rows) const {
    std::vector<LogArrival> arrivals;
    while (rows.Next()) {
      arrivals.push_back(
          {rows.Text(0), rows.Text(1), {rows.Int(2)}, {rows.Int(3)}, rows.Int(4) != 0});
    }
    return Checked(std::move(arrivals));
  }

  void UpdateRun(const RunRecord& run) {
    sql::Statement update(database_,
                          "UPDATE main.runs SET completed = ?2, report = ?3, stamp = ?4, "
                          "last_event = ?5, ledger = ?6 WHERE id = ?1",
                          false);
    update.Bind(1, run.id).Bind(2, run.completed.value).BindText(3, run.report);
    update.Bind(4, run.stamp).Bind(5, run.last_event).Bind(6, run.ledger).Run();
  }

  void WriteTroubles(const std::vector<Trouble>& troubles) {
    sql::Statement insert(database_,
                          "INSERT INTO main.troubles (rule, hosts, shown, title, fault, open, "
                          "since, last_seen, cleared_at, events, confidence, acknowledged) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                          false);
    for (const Trouble& one : troubles) {
      const std::string hosts = Packed(one.hosts), shown = Packed(one.shown);
      insert.BindText(1, one.rule).BindBytes(2, hosts).BindBytes(3, shown).BindText(4, one.title);
      insert.Bind(5, one.fault ? 1 : 0).Bind(6, one.open ? 1 : 0).Bind(7, one.since.value);
      insert.Bind(8, one.last_seen.value).Bind(9, one.cleared_at.value).Bind(10, one.events);
      insert.Bind(11, static_cast<std::int64_t>(one.confidence * kConfidenceUnit));
      insert.Bind(12, one.acknowledged ? 1 : 0).Run();
    }
  }

  void WriteArrivals(const std::vector<LogArrival>& arrivals) {
    sql::Statement insert(database_,
                          "INSERT INTO main.log_arrivals (host, channel, at, last_event, missed) "
                          "VALUES (?1, ?2, ?3, ?4, ?5)",
                          false);
    for (const LogArrival& one : arrivals) {
      insert.BindText(1, one.host).BindText(2, one.channel).Bind(3, one.at.value);
      insert.Bind(4, one.last_event.value).Bind(5, one.missed ? 1 : 0).Run();
    }
  }

  sql::Database& database_;
  const RunLogAccess access_;
};

}  // namespace

std::unique_ptr<RunLog> MakeRunLog(sql::Database& database, RunLogAccess access) {
  return std::make_unique<SqliteRunLog>(database, std::move(access));
}

}  // namespace exdiag
