#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/evidence/strings.h"
#include "engine/store/event_reader.h"
#include "engine/store/import_session.h"
#include "engine/store/import_writer.h"
#include "engine/store/kept.h"
#include "engine/store/ledger.h"
#include "engine/store/notes.h"
#include "engine/store/removal.h"
#include "engine/store/rhythm.h"
#include "engine/store/run_log_tables.h"
#include "engine/store/schema.h"
#include "engine/store/sqlite.h"
#include "engine/store/store.h"
#include "engine/store/stretches.h"
#include "engine/store/verify.h"

namespace exdiag {
namespace {

constexpr std::string_view kAnswerKind = "answer";

// An answer that stands, as rules see it.
Fact FactOf(const Note& note) {
  Fact fact;
  fact.kind = kAnswerKind;
  fact.host = note.host;
  fact.attributes = {{"name", note.subject}, {"value", note.text}};
  fact.observed_at = note.noted_at;
  fact.time_basis = TimeBasis::kUtc;
  fact.where.file = "(answer)";
  return fact;
}

// For one thread at a time.  While an import session is open, the session's writing thread is the
// one, and every other call is refused.
class SqliteStore final : public Store {
 public:
  SqliteStore(std::string file, StoreOptions options)
      : file_(std::move(file)), options_(std::move(options)) {}

  Result<void> Prepare(const std::string& path, int flags, bool temporary);

  std::string file() const override { return temporary_ ? std::string() : file_; }
  Result<std::unique_ptr<ImportSession>> BeginImport(const std::string& file,
                                                     const std::string& format,
                                                     std::int64_t size) override;
  Result<void> AddFailedImport(const std::string& file, const std::string& reason) override;
  Result<bool> KnowsSize(std::int64_t size) const override;
  Result<std::optional<LedgerRow>> FindImport(const std::string& content_hash) const override;
  Result<LedgerRow> AddRepeatedImport(const std::string& file,
                                      const std::string& content_hash) override;
  Result<void> ForEachEvent(const EventQuery& query,
                            const std::function<bool(const Event&)>& visit) const override;
  Result<Event> GetEvent(std::int64_t id) const override;
  Result<std::vector<EventCount>> CountEvents(const EventQuery& query) const override;
  Result<std::vector<VolumeCount>> CountByTime(Duration length) const override;
  Result<std::vector<NumberStretch>> NumberStretches() const override;
  Result<std::vector<LogRhythm>> Rhythms(const PauseRule& rule) const override;
  Result<std::vector<Fact>> Facts(std::string_view kind) const override;
  Result<std::vector<Coverage>> CoverageRows() const override;
  Result<std::vector<LedgerRow>> Ledger() const override;
  Result<std::vector<StoredReject>> Rejects() const override;
  Result<std::optional<Note>> AddNote(const Note& note) override;
  Result<std::vector<Note>> WithdrawNotes(NoteKind kind, const std::string& subject,
                                          const std::string& host, Ticks at,
                                          const std::string& by) override;
  Result<std::vector<Note>> Notes(NoteKind kind, bool all) const override;
  Result<StoreChanges> ChangesSince(std::int64_t stamp) const override;
  std::string Kept(std::string_view name) const override;
  Result<void> Keep(std::string_view name, std::string_view content) override;
  Result<std::uint64_t> RemoveEventsBefore(Ticks before) override;
  void ImportTogether() override { imports_->Together(); }
  Result<void> EndTogether() override { return imports_->EndTogether(); }
  RunLog* runs() override { return runs_.get(); }
  Result<std::vector<std::string>> Verify() const override;

  // Whether Prepare() failed because this program's version of the store is newer.
  bool outdated() const { return outdated_; }
  // Whether it failed because another process has it for itself.
  bool locked() const { return locked_; }

 private:
  // "site.db: the disk is full; nothing of app.evtx was stored"; clears the error.
  Error TakeError(const std::string& consequence) const;
  Result<void> MayWrite(const std::string& file) const;
  Result<void> Begin(const std::string& what) const;
  Result<void> CommitNote(const std::string& otherwise);
  void Rollback();
  template <typename Row, typename Read>
  Result<std::vector<Row>> All(sql::Statement statement, const Read& read) const;

  const std::string file_;
  const StoreOptions options_;
  mutable sql::Database database_;
  std::unique_ptr<ImportLedger> ledger_;
  std::unique_ptr<ImportWriter> imports_;
  mutable std::unique_ptr<EventReader> reader_;
  std::unique_ptr<RunLog> runs_;
  bool temporary_ = false;
  bool outdated_ = false;
  bool locked_ = false;
};

// Reading a store on a medium that cannot be written needs a write-ahead log that is not there;
// SQLite is then told that nobody else writes either.
std::string ReadOnlyName(const std::string& file) {
  std::string escaped = "file:";
  for (const char c : file) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr char kDigits[] = "0123456789ABCDEF";
      escaped += {'%', kDigits[static_cast<unsigned char>(c) >> 4],
                  kDigits[static_cast<unsigned char>(c) & 15]};
    } else {
      escaped += c;
    }
  }
  return escaped + "?immutable=1";
}

Result<void> SqliteStore::Prepare(const std::string& path, int flags, bool temporary) {
  temporary_ = temporary;
  database_.Open(path, flags);
  locked_ = database_.locked();
  if (!database_.ok()) return TakeError("not opened");
  sqlite3_busy_timeout(database_.handle(), sql::kBusyMilliseconds);
  if (auto prepared = PrepareSchema(database_, file_, options_.read_only); !prepared) {
    locked_ = database_.locked();
    outdated_ = options_.read_only && IsOutdated(database_);
    return prepared;
  }
  // 8 MB of pages: blocks of events are written once.  NORMAL syncs at checkpoints only: the last
  // import can be undone by a power cut, but never halved.
  database_.Execute("PRAGMA temp_store = FILE; PRAGMA cache_size = -8192");
  if (temporary) {
    // Nobody waits for its disk, and a diagnosis needs the memory for itself.
    database_.Execute("PRAGMA synchronous = OFF");
  } else if (!options_.read_only) {
    database_.Execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
        "PRAGMA journal_size_limit = 16777216");
  }
  ledger_ = std::make_unique<ImportLedger>(database_);
  imports_ = std::make_unique<ImportWriter>(
      database_, *ledger_,
      [this](const std::string& consequence) { return TakeError(consequence); }, !temporary);
  reader_ = std::make_unique<EventReader>(database_);
  runs_ = MakeRunLog(database_, {.begin = [this] { return Begin("the run"); },
                                 .commit = [this] { return CommitNote("the run is not noted"); },
                                 .check = [this]() -> Result<void> {
                                   if (database_.ok()) return {};
                                   return TakeError("it could not be read");
                                 }});
  if (!database_.ok()) return TakeError("not opened");
  return {};
}

Error SqliteStore::TakeError(const std::string& consequence) const {
  Error error{file_ + ": " + database_.error() + "; " + consequence};
  database_.ClearError();
  return error;
}

Result<void> SqliteStore::MayWrite(const std::string& file) const {
  if (imports_->importing()) {
    return Error{file_ + ": another import into it is not finished; nothing of " + file +
                 " was stored"};
  }
  if (options_.read_only) {
    return Error{file_ + ": opened for reading only; nothing of " + file + " was stored"};
  }
  return {};
}

Result<void> SqliteStore::Begin(const std::string& what) const {
  if (auto refused = MayWrite(what); !refused) return refused;
  if (auto ended = imports_->CommitShared(); !ended) return ended;
  if (database_.Execute("BEGIN IMMEDIATE")) return {};
  return TakeError("nothing of " + what + " was stored");
}

// Of a transaction that is none of the import's.
void SqliteStore::Rollback() {
  database_.ClearError();
  if (database_.InTransaction()) database_.Execute("ROLLBACK");
  database_.ClearError();
}

Result<std::unique_ptr<ImportSession>> SqliteStore::BeginImport(const std::string& file,
                                                                const std::string& format,
                                                                std::int64_t size) {
  if (auto refused = MayWrite(file); !refused) return refused.error();
  auto callbacks = imports_->Begin(file, format, size);
  if (!callbacks) return callbacks.error();
  return std::unique_ptr<ImportSession>(
      std::make_unique<QueuedImportSession>(std::move(*callbacks), options_.keep_only));
}

Result<void> SqliteStore::AddFailedImport(const std::string& file, const std::string& reason) {
  if (auto refused = MayWrite(file); !refused) return refused;
  return imports_->AddFailed(file, reason);
}

Result<LedgerRow> SqliteStore::AddRepeatedImport(const std::string& file,
                                                 const std::string& content_hash) {
  if (auto refused = MayWrite(file); !refused) return refused.error();
  return imports_->AddRepeated(file, content_hash);
}

Result<bool> SqliteStore::KnowsSize(std::int64_t size) const {
  const bool known = ledger_->KnowsSize(size);
  if (!database_.ok()) return TakeError("its ledger could not be read");
  return known;
}

Result<std::optional<LedgerRow>> SqliteStore::FindImport(const std::string& content_hash) const {
  std::optional<LedgerRow> found = ledger_->Find(content_hash);
  if (!database_.ok()) return TakeError("its ledger could not be read");
  return found;
}

Result<void> SqliteStore::ForEachEvent(const EventQuery& query,
                                       const std::function<bool(const Event&)>& visit) const {
  reader_->ForEach(query, visit);
  // Of what an import wrote, or of what was walked through, little is wanted again.
  sqlite3_db_release_memory(database_.handle());
  if (!database_.ok()) return TakeError("its events could not be read");
  return {};
}

Result<Event> SqliteStore::GetEvent(std::int64_t id) const {
  Event event;
  if (reader_->Get(id, event)) return event;
  if (!database_.ok()) return TakeError("its events could not be read");
  return Error{file_ + ": there is no event " + std::to_string(id)};
}

Result<std::vector<EventCount>> SqliteStore::CountEvents(const EventQuery& query) const {
  std::vector<EventCount> counts = reader_->Count(query);
  if (!database_.ok()) return TakeError("its events could not be counted");
  return counts;
}

Result<std::vector<VolumeCount>> SqliteStore::CountByTime(Duration length) const {
  std::vector<VolumeCount> counts = reader_->CountByTime(length);
  if (!database_.ok()) return TakeError("its events could not be counted");
  return counts;
}

template <typename Row, typename Read>
Result<std::vector<Row>> SqliteStore::All(sql::Statement statement, const Read& read) const {
  std::vector<Row> rows;
  while (statement.Next()) rows.push_back(read(statement));
  if (!database_.ok()) return TakeError("it could not be read");
  return rows;
}

Result<std::vector<Fact>> SqliteStore::Facts(std::string_view kind) const {
  sql::Statement statement(database_,
                           "SELECT f.kind, f.host, f.attributes, f.observed_at, f.time_basis, "
                           "i.file, f.place, f.place_column FROM main.facts f "
                           "JOIN main.imports i ON i.id = f.import "
                           "WHERE ?1 = '' OR f.kind = ?1 ORDER BY f.kind, f.host, f.attributes",
                           false);
  statement.BindText(1, kind);
  auto facts = All<Fact>(std::move(statement), [](const sql::Statement& row) {
    Fact fact;
    fact.kind = row.Text(0);
    fact.host = row.Text(1);
    const InsertionStrings attributes = DecodeStrings(row.Bytes(2));
    for (std::size_t i = 0; i + 1 < attributes.size(); i += 2) {
      fact.attributes[attributes[i].value_or("")] = attributes[i + 1].value_or("");
    }
    fact.observed_at = {row.Int(3)};
    fact.time_basis = static_cast<TimeBasis>(row.Int(4));
    fact.where.file = row.Text(5);
    fact.where.place = UnpackPlace(row.Unsigned(6), static_cast<std::uint32_t>(row.Int(7)));
    return fact;
  });
  if (facts && (kind.empty() || kind == kAnswerKind)) {
    std::vector<Note> answers = ReadNotes(database_, NoteKind::kAnswer, false);
    std::sort(answers.begin(), answers.end(), [](const Note& a, const Note& b) {
      return std::tie(a.host, a.subject) < std::tie(b.host, b.subject);
    });
    for (const Note& answer : answers) facts->push_back(FactOf(answer));
  }
  if (!database_.ok()) return TakeError("it could not be read");
  return facts;
}

Result<std::optional<Note>> SqliteStore::AddNote(const Note& note) {
  if (auto begun = Begin("the note"); !begun) return begun.error();
  auto replaced = WriteNote(database_, note);
  if (database_.ok() && database_.Execute("COMMIT")) return replaced;
  const Error error = TakeError("nothing noted");
  Rollback();
  return error;
}

Result<std::vector<Note>> SqliteStore::WithdrawNotes(NoteKind kind, const std::string& subject,
                                                     const std::string& host, Ticks at,
                                                     const std::string& by) {
  if (auto begun = Begin("the withdrawal"); !begun) return begun.error();
  auto ended = EndNotes(database_, kind, subject, host, at, by, false);
  if (database_.ok() && database_.Execute("COMMIT")) return ended;
  const Error error = TakeError("nothing withdrawn");
  Rollback();
  return error;
}

// The end of a small transaction.
Result<void> SqliteStore::CommitNote(const std::string& otherwise) {
  if (database_.ok() && database_.Execute("COMMIT")) return {};
  const Error error = TakeError(otherwise);
  Rollback();
  return error;
}

Result<std::uint64_t> SqliteStore::RemoveEventsBefore(Ticks before) {
  std::uint64_t removed = 0;
  for (;;) {
    if (auto begun = Begin("the removal"); !begun) return begun.error();
    const std::uint64_t portion = RemoveOldEvents(database_, before);
    if (portion == 0) CutCoverage(database_, before);
    if (auto done = CommitNote("its old events are not removed"); !done) return done.error();
    if (portion == 0) return removed;
    removed += portion;
  }
}

Result<std::vector<Note>> SqliteStore::Notes(NoteKind kind, bool all) const {
  std::vector<Note> notes = ReadNotes(database_, kind, all);
  if (!database_.ok()) return TakeError("it could not be read");
  return notes;
}

Result<std::vector<Coverage>> SqliteStore::CoverageRows() const {
  sql::Statement statement(
      database_,
      "SELECT h.name, ch.name, c.first, c.last, c.time_basis, c.events, i.file "
      "FROM main.coverage c JOIN main.hosts h ON h.id = c.host "
      "JOIN main.channels ch ON ch.id = c.channel "
      "JOIN main.imports i ON i.id = c.import WHERE c.first <> 0 "
      "ORDER BY h.name, ch.name, c.time_basis, c.first, c.last, i.file, i.id",
      false);
  return All<Coverage>(std::move(statement), [](const sql::Statement& row) {
    return Coverage{.host = row.Text(0),
                    .channel = row.Text(1),
                    .from = {row.Int(2)},
                    .to = {row.Int(3)},
                    .time_basis = static_cast<TimeBasis>(row.Int(4)),
                    .events = row.Unsigned(5),
                    .file = row.Text(6)};
  });
}

Result<std::vector<NumberStretch>> SqliteStore::NumberStretches() const {
  std::vector<NumberStretch> stretches = ReadStretches(database_);
  if (!database_.ok()) return TakeError("it could not be read");
  return stretches;
}

Result<std::vector<LogRhythm>> SqliteStore::Rhythms(const PauseRule& rule) const {
  std::vector<LogRhythm> rhythms = ReadRhythms(database_, rule);
  if (!database_.ok()) return TakeError("its events could not be counted");
  return rhythms;
}

Result<std::vector<LedgerRow>> SqliteStore::Ledger() const {
  std::vector<LedgerRow> rows = ledger_->All();
  if (!database_.ok()) return TakeError("it could not be read");
  return rows;
}

Result<std::vector<StoredReject>> SqliteStore::Rejects() const {
  sql::Statement statement(database_,
                           "SELECT i.file, r.place, r.place_column, r.diagnostic_id, r.reason, "
                           "r.raw FROM main.rejects r JOIN main.imports i ON i.id = r.import "
                           "ORDER BY r.id",
                           false);
  return All<StoredReject>(std::move(statement), [](const sql::Statement& row) {
    StoredReject reject;
    reject.where.file = row.Text(0);
    reject.where.place = UnpackPlace(row.Unsigned(1), static_cast<std::uint32_t>(row.Int(2)));
    reject.diagnostic_id = row.Text(3);
    reject.reason = row.Text(4);
    const std::string_view raw = row.Bytes(5);
    const auto* bytes = reinterpret_cast<const std::byte*>(raw.data());
    reject.raw.assign(bytes, bytes + raw.size());
    return reject;
  });
}

Result<StoreChanges> SqliteStore::ChangesSince(std::int64_t stamp) const {
  StoreChanges changes;
  // The stamp first: what is committed meanwhile is then told again the next time.
  sql::Statement last(database_, "SELECT ifnull(max(id), 0) FROM main.imports", false);
  if (last.Next()) changes.stamp = last.Int(0);
  last.Reset();
  sql::Statement kinds(database_,
                       "SELECT DISTINCT p.name, c.event_id FROM main.class_totals t "
                       "JOIN main.classes c ON c.id = t.class "
                       "JOIN main.providers p ON p.id = c.provider WHERE t.changed > ?1 "
                       "ORDER BY p.name, c.event_id",
                       false);
  kinds.Bind(1, stamp);
  while (kinds.Next()) {
    changes.kinds.push_back({kinds.Text(0), static_cast<std::uint16_t>(kinds.Int(1))});
  }
  if (!database_.ok()) return TakeError("its changes could not be read");
  return changes;
}

std::string SqliteStore::Kept(std::string_view name) const {
  std::string text = ReadKept(database_, name);
  if (database_.ok()) return text;
  database_.ClearError();
  return {};
}

Result<void> SqliteStore::Keep(std::string_view name, std::string_view content) {
  sqlite3_busy_timeout(database_.handle(), 0);  // not worth waiting for
  auto begun = Begin("the results");
  sqlite3_busy_timeout(database_.handle(), sql::kBusyMilliseconds);
  if (!begun) return begun;
  WriteKept(database_, name, content);
  if (database_.ok() && database_.Execute("COMMIT")) return {};
  const Error error = TakeError("the results are not kept");
  Rollback();
  return error;
}

Result<std::vector<std::string>> SqliteStore::Verify() const {
  std::vector<std::string> complaints = VerifyStore(database_);
  if (database_.ok()) return complaints;
  return TakeError("it could not be checked");
}

bool Exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

bool IsEmpty(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0;
}

// SQLite makes files beside the store, so its folder counts as well.
bool IsWritable(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  return ::access(folder.c_str(), W_OK) == 0 &&
         (!Exists(path) || ::access(path.c_str(), W_OK) == 0);
}

Error CannotOpen(const std::string& file, const Error& reason) {
  const std::size_t slash = file.rfind('/');
  const bool has_folder = slash == std::string::npos || slash == 0 || Exists(file.substr(0, slash));
  if (!has_folder || IsWritable(file)) return reason;
  return Error{file + ": the file or its folder cannot be written to; not opened"};
}

}  // namespace

Result<StoreChanges> Store::ChangesSince(std::int64_t) const {
  return Error{"this store does not know its changes"};
}

std::string Store::Kept(std::string_view) const { return {}; }

Result<void> Store::Keep(std::string_view, std::string_view) {
  return Error{"this store keeps no results"};
}

Result<std::uint64_t> Store::RemoveEventsBefore(Ticks) {
  return Error{"this store removes nothing"};
}

Result<std::vector<NumberStretch>> Store::NumberStretches() const {
  return Error{"this store does not know its record numbers"};
}

Result<std::vector<LogRhythm>> Store::Rhythms(const PauseRule&) const {
  return Error{"this store does not know how often its logs write"};
}

RunLog* Store::runs() { return nullptr; }

Result<std::optional<Note>> Store::AddNote(const Note&) {
  return Error{"this store takes no notes; nothing noted"};
}

Result<std::vector<Note>> Store::WithdrawNotes(NoteKind, const std::string&, const std::string&,
                                               Ticks, const std::string&) {
  return std::vector<Note>();
}

Result<std::vector<Note>> Store::Notes(NoteKind, bool) const { return std::vector<Note>(); }

Result<std::unique_ptr<Store>> Store::Open(const std::string& file, const StoreOptions& options) {
  if (options.read_only && !Exists(file)) return Error{file + ": there is no such store"};
  auto store = std::make_unique<SqliteStore>(file, options);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (!options.read_only) {
    const auto prepared = store->Prepare(file, flags, false);
    if (!prepared) return CannotOpen(file, prepared.error());
    return std::unique_ptr<Store>(std::move(store));
  }
  if (IsEmpty(file)) return Error{file + ": empty; nothing was stored in it yet"};
  auto prepared = store->Prepare(file, SQLITE_OPEN_READONLY, false);
  if (!prepared && (store->outdated() || Exists(file + "-journal"))) {
    // Bringing it up to date changes nothing that it holds; neither does taking back what a process
    // that was killed had begun before the write-ahead log was there.
    if (!SqliteStore(file, {}).Prepare(file, SQLITE_OPEN_READWRITE, false)) return prepared.error();
    store = std::make_unique<SqliteStore>(file, options);
    prepared = store->Prepare(file, SQLITE_OPEN_READONLY, false);
  }
  if (!prepared && !store->locked() && Exists(file) && !Exists(file + "-wal")) {
    auto unchanging = std::make_unique<SqliteStore>(file, options);
    const int read_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    if (unchanging->Prepare(ReadOnlyName(file), read_flags, false)) {
      return std::unique_ptr<Store>(std::move(unchanging));
    }
  }
  if (!prepared) return prepared.error();
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::unique_ptr<Store>> Store::OpenTemporary(const StoreOptions& options) {
  auto store = std::make_unique<SqliteStore>("temporary store", options);
  // A database without a name lives in the cache and, beyond it, in a file that nobody else sees.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (auto prepared = store->Prepare("", flags, true); !prepared) return prepared.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace exdiag
