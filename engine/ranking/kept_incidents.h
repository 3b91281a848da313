// The incidents of a store as its last diagnosis ranked them, for a question about some of their
// causes.
//
// Beside the signals (engine/signal/kept_signals.h) the store keeps which of them make an incident
// and where its findings stand in the report.  While nothing changed since, the incidents that some
// rules have a part in are put together again from their own signals, without any other rule.  What
// is kept is never taken for an answer: the same functions rank the same signals, and where they do
// not come to the kept places, there is no answer.
//
// What a site changes about points is not part of it: who knows of such changes has to rank all.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/ranking/ranking.h"
#include "engine/rule/rule_index.h"
#include "engine/signal/kept_signals.h"

namespace exdiag {

// Keeps what RankCauses made of the signals that UpdateSignals kept as `signals_hash`
// (UpdateWork::kept_as), all of them.
void KeepIncidents(const Ranking& ranking, const std::string& signals_hash, Store& store);

class KeptIncidents {
 public:
  // Those to which one of these rules has contributed a signal.  nullopt when anything changed
  // since they were kept; `key` is that of UpdateSignals.
  static std::optional<KeptIncidents> Find(const Store& store, const std::string& key,
                                           const RuleIds& rules);

  // The rules that have signals in them.
  RuleIds Rules() const;

  // What RankCauses gives for all signals of the store, without the other incidents and without
  // what to ask next.  `rules` holds at least Rules().  nullopt when what is kept does not fit
  // together: nothing is known then.
  std::optional<Ranking> Rank(std::span<const Rule* const> rules) const;

 private:
  struct Place {
    std::size_t number = 0;            // of the incident in the report, from 1
    std::vector<std::size_t> signals;  // ascending
    std::vector<std::size_t> ranks;    // of its findings, ascending
  };
  explicit KeptIncidents(KeptSignals signals) : signals_(std::move(signals)) {}
  static std::optional<std::vector<Place>> Unpack(std::string_view bytes,
                                                  const KeptSignals& signals);
  static bool PutInPlace(const std::vector<Place>& places, const std::vector<std::size_t>& numbers,
                         Ranking& ranking);

  KeptSignals signals_;
  std::vector<Place> places_;  // by number
};

}  // namespace exdiag
