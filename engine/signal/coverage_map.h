// What was read: where "not seen" means something.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "engine/evidence/coverage.h"
#include "engine/evidence/fact.h"
#include "engine/knowledge/catalogue.h"
#include "engine/signal/clock.h"
#include "engine/signal/dependencies.h"
#include "engine/store/store.h"

namespace exdiag {

// Diagnostics levels in order; an event logged at `kMedium` needs at least that.
enum class LoggedAt : std::uint8_t { kAlways, kMinimum, kMedium, kMaximum };
LoggedAt LoggedAtFromName(std::string_view name);  // "" and what is not a level: kAlways

// What is known of an event kind when it is looked for in vain.
struct KindLogging {
  std::string channel;  // lower case; the log that the provider writes to
  LoggedAt logged_at = LoggedAt::kAlways;
};

// By the catalogue.  Of several generations the one that is harder to log counts.  A provider of
// which no log is known writes to Application, as sources do that are not registered elsewhere.
KindLogging LoggingOf(const Catalogue& catalogue, const EventKind& kind);

class CoverageMap {
 public:
  void AddRow(const Coverage& row);
  void AddListing(const Fact& fact);
  // Counts these listings too from now on, in place of those that were supposed before.
  void SupposeListings(std::span<const Fact* const> listings);
  // `host` logged an event of `provider` that needs `level`.
  void AddRaised(const std::string& host, const std::string& provider, LoggedAt level, Clock clock,
                 Ticks time);
  // Call when all is added; the questions come after it.
  void Finish();

  // True when the log was read for the whole of `window`, whose times are of `clock`.  A log
  // without a name counts for every channel.
  bool Covers(const std::string& host, const std::string& channel, Clock clock,
              const Interval& window) const;
  // The periods of one log that were read, apart and ascending.
  std::vector<Interval> PeriodsOf(const std::string& host, const std::string& channel,
                                  Clock clock) const;
  // True when the host logged at `level` in the window or within a day of it.
  bool LogsAt(const std::string& host, const std::string& provider, LoggedAt level, Clock clock,
              const Interval& window) const;
  // From now on notes every answer of these two; nullptr: no more.
  void NoteIn(Dependencies* dependencies) const { noted_in_ = dependencies; }

  // True when a complete list of such facts was fed: for this host, or for any.
  bool HasListing(std::string_view fact_kind, const std::string& host) const;
  bool HasListing(std::string_view fact_kind) const;

 private:
  using LogKey = std::tuple<std::string, std::string, Clock>;  // host, channel, clock
  using RaisedKey = std::tuple<std::string, std::string, LoggedAt, Clock>;

  bool FindCovered(const std::string& host, const std::string& channel, Clock clock,
                   const Interval& window) const;
  bool FindRaised(const std::string& host, const std::string& provider, LoggedAt level, Clock clock,
                  const Interval& window) const;
  bool CoversIn(const std::vector<Interval>& periods, const Interval& window) const;

  mutable Dependencies* noted_in_ = nullptr;
  std::map<LogKey, std::vector<Interval>> periods_;        // after Finish: apart and ascending
  std::map<RaisedKey, std::vector<std::int64_t>> raised_;  // after Finish: ascending
  using Listings = std::map<std::string, std::vector<std::string>, std::less<>>;  // kind -> hosts
  static void AddTo(Listings& listings, const Fact& fact);

  Listings listings_;
  Listings supposed_;
};

}  // namespace exdiag
