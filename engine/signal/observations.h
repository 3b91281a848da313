// What the rules in use can see: the events and facts that match one of their patterns, in order of
// time and small enough to keep all of them, and the rest of each on demand.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/spill_file.h"
#include "engine/knowledge/knowledge.h"
#include "engine/signal/dependencies.h"
#include "engine/signal/event_fields.h"
#include "engine/signal/interner.h"
#include "engine/signal/match_list.h"
#include "engine/signal/observation_list.h"
#include "engine/signal/pattern_table.h"
#include "engine/signal/signal.h"
#include "engine/store/store.h"

namespace exdiag {

// In place of a TextId: the event does not show the field.
inline constexpr TextId kNotShown = 0xffff'ffff;

// What observations of one (provider, event ID), or of one kind of fact, have in common.
struct ObservationKind {
  EventKind event;                   // or
  std::string fact_kind;             // not empty
  std::vector<std::string> columns;  // fields whose values are kept
};

// A fact as evidence; its summary tells all of it, so that equal facts have equal ones.
EvidenceReference ReferenceToFact(const Fact& fact);

// Filled once by Gather(), then read only (what is loaded on demand aside).  Not safe for two
// threads.
class Observations {
 public:
  Observations(const Store& store, const Knowledge& knowledge)
      : store_(store), knowledge_(knowledge), loaded_fields_(knowledge.catalogue()) {}
  Observations(const Observations&) = delete;
  Observations& operator=(const Observations&) = delete;

  std::size_t size() const { return items_.size(); }
  Observation operator[](ObservationId id) const { return items_[id]; }
  const ObservationKind& KindOf(ObservationId id) const { return kinds_[items_.KindAt(id)]; }
  const MatchList& Matches(PatternNumber pattern) const { return matches_[pattern]; }
  const TimeLine& times() const { return times_; }

  // The facts of a kind, in any case of letters, in an order that does not depend on that of
  // import; supposed ones come last.
  std::vector<const Fact*> FactsOf(std::string_view kind) const;
  // As those of the observation; cheaper.
  TextId HostOf(ObservationId id) const { return items_.HostAt(id); }
  std::int64_t RowOf(ObservationId id) const { return items_.RowAt(id); }
  bool IsFact(ObservationId id) const { return RowOf(id) < 0; }

  // Takes some of GatherOptions::supposed, by their indexes, for known, in place of those that were
  // supposed before.  Lists of matches with facts in them are other lists then.
  void Suppose(std::span<const std::size_t> supposed);
  // Row of such a fact.
  std::int64_t SupposedRow(std::size_t supposed) const {
    return -static_cast<std::int64_t>(known_facts_ + supposed) - 1;
  }

  // Canonical hosts that fields of type host name.
  std::vector<TextId> NamedHosts(ObservationId id) const;

  // Value of a field of an observation that matched `pattern`; captures of its regular expressions
  // are fields too.  kNotShown when there is none.
  TextId Value(PatternNumber pattern, ObservationId id, std::string_view field) const;
  // All fields of one observation; the result is borrowed until the next call.
  const FieldSource& FieldsOf(PatternNumber pattern, ObservationId id) const;

  // Texts that are equal in the rule language have equal keys: 5 and 0x5, EX1 and ex1.  As hosts,
  // EX1 and ex1.corp.example are equal too.  kNotShown for what is not shown or empty.
  TextId EqualityKey(TextId value, bool as_host) const;
  TextId CanonicalHostOf(TextId value) const { return EqualityKey(value, true); }
  // How a host is written in the logs: as a computer rather than inside a message, the shortest
  // form that occurs.
  std::string DisplayName(TextId host) const;
  // From now on notes every such name; nullptr: no more.
  void NoteIn(Dependencies* dependencies) const { noted_in_ = dependencies; }

  EvidenceReference Reference(ObservationId id) const;

  Interner& texts() const { return texts_; }
  const Knowledge& knowledge() const { return knowledge_; }

  // Why the store could not give an event; nothing that was asked since can be relied upon.
  const std::optional<Error>& failure() const;
  // A list that was made of it could not be read.
  void NoteUnreadable() const;

 private:
  friend class Gatherer;

  std::string NameOf(TextId host) const;

  // Reads fields through the kept values first.
  class Fields final : public FieldSource {
   public:
    explicit Fields(const Observations& owner) : owner_(owner) {}
    std::optional<std::string_view> Find(std::string_view field) const override;

    PatternNumber pattern = 0;
    ObservationId id = 0;

   private:
    const Observations& owner_;
  };

  static constexpr std::size_t kItemsMemory = std::size_t{4} << 20;
  static constexpr std::size_t kValuesMemory = std::size_t{4} << 20;
  static constexpr std::size_t kNamedHostsMemory = std::size_t{1} << 20;
  static constexpr std::size_t kCapturesMemory = std::size_t{256} << 10;

  // What the matches of a pattern captured: as many texts a match as it has names.
  struct CaptureList : SpilledList<TextId> {
    CaptureList() : SpilledList<TextId>(kCapturesMemory) {}
  };
  // Matches of a pattern of facts, of which some are only supposed.
  struct FactMatches {
    IdSet ids;
    CaptureList captures;
  };

  const Event* Load(ObservationId id) const;
  TextId LoadValue(ObservationId id, std::string_view field) const;

  const Store& store_;
  const Knowledge& knowledge_;
  mutable Interner texts_;
  // There may be millions of these.
  ObservationList items_{kItemsMemory};
  TimeLine times_;
  SpilledList<TextId> values_{kValuesMemory};
  SpilledList<TextId> named_hosts_{kNamedHostsMemory};
  std::vector<ObservationKind> kinds_;
  std::vector<MatchList> matches_;
  const PatternTable* patterns_ = nullptr;
  std::vector<CaptureList> captures_;  // by pattern
  std::vector<Fact> facts_;            // those that are known, then GatherOptions::supposed
  std::size_t known_facts_ = 0;
  std::vector<std::size_t> supposed_;
  std::map<PatternNumber, FactMatches> with_supposed_;
  std::map<TextId, std::string> computers_;  // canonical host -> as written as a computer
  std::map<TextId, std::string> mentions_;   // canonical host -> as written inside messages

  // By text, as far as they were asked for.
  static constexpr TextId kUnasked = kNotShown - 1;
  mutable std::vector<TextId> equality_keys_;
  mutable std::vector<TextId> host_keys_;
  mutable std::unordered_map<ObservationId, Event> loaded_;
  mutable EventFields loaded_fields_;
  mutable Fields fields_{*this};
  mutable std::optional<Error> failure_;
  mutable Dependencies* noted_in_ = nullptr;
};

}  // namespace exdiag
