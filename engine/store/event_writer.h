// Stores the batches of one import: the writing thread's side.
//
// "Fed twice is one event" is decided here.  Events with equal identity are a group.  Within one
// export each event of a group is an event of its own (three equal events in one second are
// three), unless two carry the same record id.  Against what other exports gave:
//
//   * the same record id in the same log is the same event, whatever the order;
//   * different record ids in the same log are different events;
//   * where one side has no record id, the n-th here is the n-th there.
//
// So a group has as many rows as it has distinct record ids, or as the export with most of them
// showed, whichever is more; that does not depend on the order of imports.  A log whose name one
// side does not say (.evt, Get-EventLog) is taken for the same log when the record ids agree;
// when they do not, the numbers are not comparable (wevtutil renumbers a converted .evt) and the
// third line holds.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/class_index.h"
#include "engine/store/class_totals.h"
#include "engine/store/dictionary.h"
#include "engine/store/event_blocks.h"
#include "engine/store/identity_rows.h"
#include "engine/store/identity_window.h"
#include "engine/store/refine.h"
#include "engine/store/sqlite.h"
#include "engine/store/stretches.h"

namespace exdiag {

class EventWriter {
 public:
  explicit EventWriter(sql::Database& database);

  // Before the first batch of an import; `row` is its row of the ledger.
  void Begin(std::int64_t row);
  void Write(const Batch& batch);
  // After the last one: which record numbers the import showed.
  void WriteStretches();
  // Then the next one may begin.
  void End();
  // Before a transaction ends well: what is kept of the classes of all its imports.
  void WriteTotals();
  // After one that did not: what was written is no longer there.
  void Undo();

  // Of the current import; file, format and the like are not filled in.
  const LedgerRow& ledger() const { return ledger_; }
  // How many of ledger().stored were only counted.
  std::uint64_t counted() const { return counted_; }

 private:
  // What each event of a class needs; classes are so many that little more than this stays in a
  // processor's cache.
  struct LocalClass {
    // Looked up when the first event is kept.
    std::int64_t row = 0;
    ClassIndex::Waiting* index = nullptr;
    ClassIndex::Waiting* crowd = nullptr;  // of the family, of a crowded class
    Tally* total = nullptr;
    std::uint32_t log = 0;  // as StretchRecorder numbers them
  };

  // How a shown event was found to be a stored one.
  enum class Match : std::uint8_t {
    kNumber,         // the record id is, or becomes, the row's
    kCount,          // the n-th here, the n-th there
    kForeignNumber,  // as kCount, and the row has a record id of another numbering
  };

  void LearnNames(const Batch& batch);
  void Prefetch(const Batch& batch, std::size_t at) const;
  void ForgetNumbers();
  void MakeRoom();
  void LookUp(std::uint32_t number);
  void WriteEvent(const Batch& batch, const QueuedEvent& event);
  void WriteNumbered(const Batch& batch, const QueuedEvent& event, IdentityGroup& group);
  void WriteUnnumbered(const Batch& batch, const QueuedEvent& event, IdentityGroup& group);
  void Insert(const Batch& batch, const QueuedEvent& event);
  void Duplicate(const Batch& batch, const QueuedEvent& event, std::int64_t id, Match match);
  void Refine(const QueuedEvent& event, std::int64_t id, StoredEvent& stored,
              const EventDetail& detail, std::int64_t event_class);
  void Move(const ClassEntry& entry, std::int64_t before, std::int64_t after);
  ClassRow RowOf(const EventClass& key);
  std::int64_t UserRow(const QueuedEvent& event) const;
  std::int64_t RefinedClass(std::int64_t stored, const QueuedEvent& event, Match match);

  bool SameLog(std::int64_t stored_class, const QueuedEvent& event);
  std::span<const IdentityRow> RowsOf(const QueuedEvent& event);
  bool FindNumbered(const QueuedEvent& event, IdentityRow& row);
  bool FindUnnumbered(const QueuedEvent& event, IdentityRow& row);
  bool FindOfUnnamedLog(const QueuedEvent& event, IdentityRow& row);
  bool NextOfGroup(const QueuedEvent& event, IdentityGroup& group, IdentityRow& row);

  void WriteFact(const Fact& fact);
  void WriteReject(const StoredReject& reject);
  void WriteTally(const ClassTally& tally);

  sql::Database& database_;
  ClassDictionary classes_;
  ClassTotals totals_;
  ClassIndex class_index_;
  ClassIndex family_index_;
  EventBlocks events_;
  IdentityRows rows_;
  StretchRecorder stretches_;
  IdentityWindow window_;
  std::int64_t import_ = 0;
  LedgerRow ledger_;
  std::uint64_t counted_ = 0;
  std::vector<EventClass> local_keys_;     // by local number
  std::vector<LocalClass> local_classes_;  // the same
  std::vector<std::int64_t> user_rows_;
  // By stored class, local class and match: what RefinedClass found out before.
  std::map<std::tuple<std::int64_t, std::uint32_t, Match>, std::int64_t> refined_classes_;

  sql::Statement insert_fact_;
  sql::Statement insert_reject_;
  sql::Statement insert_coverage_;
  sql::Statement insert_count_;
};

}  // namespace exdiag
