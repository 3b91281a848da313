// Where importers put what they read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/evidence/fact.h"
#include "engine/evidence/record.h"

namespace exdiag {

// Which kinds of event a sink wants whole.
class WantedKinds {
 public:
  virtual ~WantedKinds() = default;

  // `provider` is as the export writes it.  May be asked by several threads at once.
  virtual bool Wants(std::string_view provider, std::uint16_t event_id) const = 0;
};

// Events of one kind, log and host that nobody wants whole: sound ones, none of them recovered, all
// with a time in UTC.
struct CountedEvents {
  std::string_view channel;  // these as in Record
  std::string_view provider;
  std::string_view computer;
  std::uint16_t event_id = 0;
  Level level = Level::kUnknown;

  std::uint64_t events = 0;
  Ticks first;  // the least and the greatest time
  Ticks last;
};

// Records as their sink wants them: made by one of its preparers, from none that another made.
class PreparedRecords {
 public:
  virtual ~PreparedRecords() = default;

  virtual std::size_t count() const = 0;
  // Forgets all but the first ones.
  virtual void CutTo(std::size_t count) = 0;
};

// Does what a sink does with a record, as far as that does not depend on what came before it.  Not
// safe for two threads, but each may have one of its own.
class RecordPreparer {
 public:
  virtual ~RecordPreparer() = default;

  // From now on records are added to `into`, which is emptied; nullptr becomes a new one.
  virtual void Begin(std::unique_ptr<PreparedRecords>& into) = 0;
  // False: there is no room left for it.
  [[nodiscard]] virtual bool Add(const Record& record) = 0;
};

// Called in file order, from one thread.
class EvidenceSink {
 public:
  virtual ~EvidenceSink() = default;

  // False: stop reading (the user pressed Ctrl-C, the store is full); the importer returns at once.
  [[nodiscard]] virtual bool OnRecord(const Record& record) = 0;
  virtual void OnFact(Fact fact) = 0;
  // The sink also tells the user; an importer does not report a reject a second time.
  virtual void OnReject(const Reject& reject) = 0;

  // Not nullptr: an importer may count events of other kinds, and hand over how many they are in
  // place of their records.  It need not, and what it cannot read it treats as ever.  Lives as long
  // as the sink.
  virtual const WantedKinds* wanted() const { return nullptr; }
  // As OnRecord, for events that lie together in the file; called only when there is wanted().
  [[nodiscard]] virtual bool OnCounted(const CountedEvents& /*counted*/) { return true; }

  // Not nullptr: an importer may have records prepared by several threads, and hand them over so.
  // May be called by several threads at once.  Lives no longer than the sink.
  virtual std::unique_ptr<RecordPreparer> NewPreparer() const { return nullptr; }
  // As OnRecord, for records that follow each other in the file.  Empties them.
  [[nodiscard]] virtual bool OnPrepared(PreparedRecords& /*records*/) { return true; }
};

}  // namespace exdiag
