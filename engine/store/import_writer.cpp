#include "engine/store/import_writer.h"

#include <utility>

namespace exdiag {
namespace {

// A shared transaction ends at the first of these.  Others wait for it, and a process that is
// killed loses it.
constexpr std::size_t kMostShared = 64;
constexpr std::uint64_t kMostSharedEvents = 16'384;
constexpr std::chrono::milliseconds kLongestShared{250};

}  // namespace

ImportWriter::ImportWriter(sql::Database& database, ImportLedger& ledger, TakeError take_error,
                           bool in_file)
    : database_(database), ledger_(ledger), take_error_(std::move(take_error)), in_file_(in_file) {}

ImportWriter::~ImportWriter() { static_cast<void>(EndTogether()); }

std::string ImportWriter::NothingStored(const std::string& file) const {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> files = shared_;
  if (files.empty() || files.back() != file) files.push_back(file);
  std::string names;
  for (std::size_t i = 0; i < files.size() && i < kNamed; ++i) {
    if (i > 0) names += i + 1 == files.size() ? " and " : ", ";
    names += files[i];
  }
  if (files.size() > kNamed) names += " and " + std::to_string(files.size() - kNamed) + " more";
  return "nothing of " + names + " was stored";
}

Result<void> ImportWriter::BeginTransaction(const std::string& file, const char* how) {
  if (!shared_.empty()) {
    if (std::chrono::steady_clock::now() - shared_since_ < kLongestShared) return {};
    if (auto ended = CommitShared(); !ended) return ended;
  }
  if (database_.Execute(how)) return {};
  return take_error_(NothingStored(file));
}

Result<QueuedImportSession::Callbacks> ImportWriter::Begin(const std::string& file,
                                                           const std::string& format,
                                                           std::int64_t size) {
  // Not inside the transaction, whose end would be that of its temporary table.
  if (!events_) events_ = std::make_unique<EventWriter>(database_);
  if (!database_.ok()) return take_error_(NothingStored(file));
  if (shared_.empty()) BeginBulk(size);
  if (auto begun = BeginTransaction(file, bulk_ ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE"); !begun) {
    EndBulk();
    return begun.error();
  }
  import_ = {.file = file, .format = format, .size = size};
  importing_ = true;
  QueuedImportSession::Callbacks callbacks;
  callbacks.write = [this](const Batch& batch, bool alone) { return Write(batch, alone); };
  callbacks.commit = [this](const std::string& hash) { return Commit(hash); };
  callbacks.abandon = [this] { Abandon(); };
  return callbacks;
}

bool ImportWriter::Write(const Batch& batch, bool alone) {
  if (import_.row == 0) Start(alone);
  if (database_.ok()) events_->Write(batch);
  return database_.ok();
}

// What can be one batch is not seen before its end, so that until here nothing has to be undone
// when it is given up.  More than that is undone with its transaction, which it then has for
// itself.
void ImportWriter::Start(bool alone) {
  if (!alone && !shared_.empty()) {
    if (!EndTransaction() || !database_.Execute("BEGIN IMMEDIATE")) return;
  }
  import_.row = ledger_.Insert(import_.file, import_.format, import_.size, "");
  events_->Begin(import_.row);
}

Result<LedgerRow> ImportWriter::Commit(const std::string& content_hash) {
  if (database_.ok()) {
    ledger_.Update(import_.row, events_->ledger(), events_->counted(), content_hash);
  }
  if (database_.ok()) events_->WriteStretches();
  if (!database_.ok()) {
    const Error error = take_error_(NothingStored(import_.file));
    Rollback();
    return error;
  }
  events_->End();
  importing_ = false;
  auto row = ledger_.RowOf(import_.row);
  if (auto shared = Share(import_.file, events_->ledger().records); !shared) return shared.error();
  if (row) return std::move(*row);
  return take_error_("its ledger could not be read");
}

// The transaction that is open now holds what is to be known of this file.
Result<void> ImportWriter::Share(const std::string& file, std::uint64_t events) {
  if (shared_.empty()) shared_since_ = std::chrono::steady_clock::now();
  shared_.push_back(file);
  shared_events_ += events;
  const bool full = shared_.size() >= kMostShared || shared_events_ >= kMostSharedEvents;
  return together_ && !full ? Result<void>() : CommitShared();
}

Result<void> ImportWriter::CommitShared() {
  if (shared_.empty() || EndTransaction()) return {};
  const Error error = take_error_(NothingStored(shared_.back()));
  Rollback();
  return error;
}

// False leaves all that was written to Rollback().
bool ImportWriter::EndTransaction() {
  if (database_.ok() && events_) events_->WriteTotals();
  if (!database_.ok() || !database_.Execute("COMMIT")) return false;
  shared_.clear();
  shared_events_ = 0;
  EndBulk();
  return true;
}

// What the writer remembers is worth its memory only while more is to come.
Result<void> ImportWriter::EndTogether() {
  together_ = false;
  auto ended = CommitShared();
  if (!importing_) events_.reset();
  return ended;
}

void ImportWriter::Abandon() {
  if (import_.row == 0 && !shared_.empty() && database_.ok()) {
    importing_ = false;
  } else {
    Rollback();
  }
}

void ImportWriter::Rollback() {
  if (events_) events_->Undo();
  database_.ClearError();
  if (database_.InTransaction()) database_.Execute("ROLLBACK");
  database_.ClearError();
  importing_ = false;
  shared_.clear();
  shared_events_ = 0;
  EndBulk();
}

Result<void> ImportWriter::AddFailed(const std::string& file, const std::string& reason) {
  if (auto begun = BeginTransaction(file, "BEGIN IMMEDIATE"); !begun) return begun;
  ledger_.Insert(file, "", Store::kUnknownSize, reason);
  return Share(file, 0);
}

Result<LedgerRow> ImportWriter::AddRepeated(const std::string& file,
                                            const std::string& content_hash) {
  if (auto begun = BeginTransaction(file, "BEGIN IMMEDIATE"); !begun) return begun.error();
  auto row = ledger_.RowOf(ledger_.Repeat(file, content_hash));
  if (auto shared = Share(file, 0); !shared) return shared.error();
  if (row) return std::move(*row);
  return take_error_("the repeated import of " + file + " is not in its ledger");
}

// What is imported first into a store is not worth a write-ahead log, from which each page is
// copied into the store later: before it there was nothing that somebody could read.  A journal
// keeps what little there was, so that here too all of it counts or nothing.
void ImportWriter::BeginBulk(std::int64_t size) {
  constexpr std::int64_t kWorthIt = std::int64_t{16} << 20;
  bulk_ = in_file_ && size >= kWorthIt && ledger_.Empty() && SetJournal("delete");
  if (bulk_) write_behind_.emplace(sqlite3_db_filename(database_.handle(), "main"));
}

void ImportWriter::EndBulk() {
  write_behind_.reset();
  if (bulk_) SetJournal("wal");  // if not now, whoever opens it next does
  bulk_ = false;
}

// Whether it is so now; not while others have the store open.
bool ImportWriter::SetJournal(const std::string& mode) {
  sqlite3_busy_timeout(database_.handle(), 0);
  sql::Statement set(database_, "PRAGMA main.journal_mode = " + mode, false);
  const bool done = set.Next() && set.Text(0) == mode;
  database_.ClearError();
  sqlite3_busy_timeout(database_.handle(), sql::kBusyMilliseconds);
  return done;
}

}  // namespace exdiag
