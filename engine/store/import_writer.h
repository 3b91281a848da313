// Writes imports: the transactions that they are written in, and their rows of the ledger.
//
// An import is a transaction of its own, unless several small ones share one: writing a page of
// 16 KB for every part of the store that a file of a few events touches, and then writing the same
// pages again for the next file, takes longer than reading both.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/event_writer.h"
#include "engine/store/import_session.h"
#include "engine/store/ledger.h"
#include "engine/store/sqlite.h"
#include "engine/store/write_behind.h"

namespace exdiag {

class ImportWriter {
 public:
  // How an error of the database becomes one of the store: with what follows from it.
  using TakeError = std::function<Error(const std::string& consequence)>;

  // `in_file`: not a temporary store.
  ImportWriter(sql::Database& database, ImportLedger& ledger, TakeError take_error, bool in_file);
  // Ends what small imports share.
  ~ImportWriter();
  ImportWriter(const ImportWriter&) = delete;
  ImportWriter& operator=(const ImportWriter&) = delete;

  bool importing() const { return importing_; }

  // See Store.
  Result<QueuedImportSession::Callbacks> Begin(const std::string& file, const std::string& format,
                                               std::int64_t size);
  Result<void> AddFailed(const std::string& file, const std::string& reason);
  Result<LedgerRow> AddRepeated(const std::string& file, const std::string& content_hash);

  // From now on small imports may share a transaction.
  void Together() { together_ = true; }
  Result<void> EndTogether();
  // Ends the transaction that is shared, so that another may begin.
  Result<void> CommitShared();

 private:
  Result<void> BeginTransaction(const std::string& file, const char* how);
  bool Write(const Batch& batch, bool alone);
  void Start(bool alone);
  Result<LedgerRow> Commit(const std::string& content_hash);
  void Abandon();
  Result<void> Share(const std::string& file, std::uint64_t events);
  bool EndTransaction();
  void Rollback();

  void BeginBulk(std::int64_t size);
  void EndBulk();
  bool SetJournal(const std::string& mode);
  // "nothing of a.csv, b.csv and 3 more was stored"
  std::string NothingStored(const std::string& file) const;

  sql::Database& database_;
  ImportLedger& ledger_;
  TakeError take_error_;
  const bool in_file_;
  std::unique_ptr<EventWriter> events_;  // from the first import on

  // The import under way.
  struct Import {
    std::string file, format;
    std::int64_t size = 0;
    std::int64_t row = 0;  // of the ledger; 0: nothing is written yet
  };
  Import import_;
  bool importing_ = false;
  bool bulk_ = false;
  std::optional<WriteBehind> write_behind_;  // while bulk_

  // Imports that are done, in the transaction that is open.
  bool together_ = false;
  std::vector<std::string> shared_;
  std::uint64_t shared_events_ = 0;
  std::chrono::steady_clock::time_point shared_since_;
};

}  // namespace exdiag
