// Where importers put what they read.
#pragma once

#include <cstdint>
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
};

}  // namespace exdiag
