// Whether trouble has ended: whether the events of a rule stayed away for as long as the rule wants
// to see, in logs that were read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule.h"
#include "engine/signal/coverage_map.h"
#include "engine/store/store.h"

namespace exdiag {

// A rule and the hosts that one trouble of it is about.
struct CheckedTrouble {
  const Rule* rule = nullptr;
  std::vector<std::string> hosts;  // canonical
  Ticks from;                      // events before it are not asked for
  Ticks last_seen;                 // its last event as far as is known
  TimeBasis time_basis = TimeBasis::kUtc;
};

// What the events since `from` say.
struct TroubleEvents {
  std::uint64_t count_new = 0;         // of its triggers, whose rows are above the given one
  std::optional<Ticks> last;           // of those that are looked for; nullopt: none
  std::vector<std::string> logged_by;  // canonical hosts whose logs had them
};

struct CheckOutcome {
  enum class State : std::uint8_t {
    kFixed,     // away for long enough, and would have been seen
    kNotYet,    // away so far, not for long enough
    kNotKnown,  // a log that would show it was not read for the time
  };
  State state = State::kNotKnown;
  Ticks quiet_since;   // last event of what is looked for
  Ticks covered_from;  // where the quiet time begins that was read, when it is later
  Duration wanted;     // how long it has to stay away
  std::string what;    // "MSExchangeMTA 9322": what has to stay away
  std::string why;     // for kNotKnown: "the Application log of LYON was not read after ..."
};

class FixChecker {
 public:
  // `quiet`: how long the triggers of a rule have to stay away that has no check of its own.
  // `coverage` has had its Finish().  `at`: the moment for which it is asked; a log that was not
  // read within a day before it says nothing of now.  All must outlive this.
  FixChecker(const Knowledge& knowledge, const Store& store, const CoverageMap& coverage,
             Duration quiet, Ticks at)
      : knowledge_(knowledge), store_(store), coverage_(coverage), quiet_(quiet), at_(at) {}

  // Events of all patterns that a check or a trigger of the rule names, on hosts of the trouble; of
  // a rule with two hosts, those that name the other one or none.
  Result<TroubleEvents> EventsOf(const CheckedTrouble& trouble, std::int64_t above_row) const;

  // All checks of the rule at the moment after `last_seen` and after `events`; the first that does
  // not hold is told.  Rules that only facts trigger, and events without a time, are not known.
  Result<CheckOutcome> Check(const CheckedTrouble& trouble, const TroubleEvents& events) const;

  // Whether the trouble was over between two moments.
  Result<bool> WasOver(const CheckedTrouble& trouble, const std::vector<std::string>& logged_by,
                       Ticks from, Ticks to) const;

 private:
  struct Wanted {
    std::vector<std::size_t> patterns;
    Duration time;
  };

  std::vector<Wanted> WantedOf(const Rule& rule) const;
  std::vector<Interval> PeriodsOf(const CheckedTrouble& trouble, const Wanted& wanted,
                                  const std::string& host) const;
  Result<std::optional<Ticks>> QuietFrom(const CheckedTrouble& trouble, const Wanted& wanted,
                                         const std::vector<std::string>& hosts, Ticks from,
                                         std::optional<Ticks> to) const;
  bool ReadOfLate(const CheckedTrouble& trouble, const Wanted& wanted,
                  const std::vector<std::string>& hosts) const;
  Result<std::optional<std::string>> NotCovered(const CheckedTrouble& trouble, const Wanted& wanted,
                                                const std::vector<std::string>& hosts,
                                                const Interval& window) const;
  Result<bool> LogsAt(const std::string& host, const std::string& provider, LoggedAt level,
                      const Interval& window) const;

  const Knowledge& knowledge_;
  const Store& store_;
  const CoverageMap& coverage_;
  const Duration quiet_;
  const Ticks at_;
};

}  // namespace exdiag
