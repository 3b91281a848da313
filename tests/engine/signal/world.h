// Small worlds for tests of signals: a catalogue, a store in memory, rules with little around them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_set.h"
#include "engine/signal/signal_list.h"
#include "engine/store/store.h"

namespace exdiag {

// Knows provider P, log Application:
//   100  peer (host), code, text        101  peer (host), code, text
//   102  code, text                     103  place; "Server:X" in it names a host
//   110  code; needs diagnostics logging at medium
//   111  code; needs maximum
const Knowledge& SmallKnowledge();

// A store that holds what it is given.
class MemoryStore final : public Store {
 public:
  // A line each: time (HH:MM:SS on 2000-01-10, or a date and a time; "-" for none; "~" before it
  // for a wall clock of unknown zone), computer ("-" for none), ID, then field=value.
  void AddLog(std::string_view log);
  void AddEvent(Event event);
  void AddFact(Fact fact) { facts_.push_back(std::move(fact)); }
  // "A 10:00:00 11:00:00 [channel]"; "~" before the host: wall clocks of unknown zone.
  void Cover(std::string_view row);

  // The same events with other row numbers and facts in other order, as another order of import
  // gives them.
  MemoryStore Reversed() const;

  Result<void> ForEachEvent(const EventQuery& query,
                            const std::function<bool(const Event&)>& visit) const override;
  Result<Event> GetEvent(std::int64_t id) const override;
  Result<std::vector<Fact>> Facts(std::string_view kind) const override;
  Result<std::vector<Coverage>> CoverageRows() const override { return coverage_; }
  Result<std::vector<EventCount>> CountEvents(const EventQuery& query) const override;

  // Not needed here.
  Result<std::unique_ptr<ImportSession>> BeginImport(const std::string&, const std::string&,
                                                     std::int64_t) override {
    return Error{"not here"};
  }
  Result<void> AddFailedImport(const std::string&, const std::string&) override {
    return Error{"not here"};
  }
  Result<bool> KnowsSize(std::int64_t) const override { return Error{"not here"}; }
  Result<std::optional<LedgerRow>> FindImport(const std::string&) const override {
    return Error{"not here"};
  }
  Result<LedgerRow> AddRepeatedImport(const std::string&, const std::string&) override {
    return Error{"not here"};
  }
  Result<std::vector<LedgerRow>> Ledger() const override { return Error{"not here"}; }
  Result<std::vector<StoredReject>> Rejects() const override { return Error{"not here"}; }
  Result<std::vector<std::string>> Verify() const override { return Error{"not here"}; }

  std::uint64_t events_visited() const { return visited_; }

 private:
  std::vector<Event> events_;
  std::vector<Fact> facts_;
  std::vector<Coverage> coverage_;
  mutable std::uint64_t visited_ = 0;
};

// 2000-01-10 at "10:00:00", or a whole date and time.
Ticks At(std::string_view time);

// Complains as a test failure when `yaml` is no sound rule.
RuleSet ParseRule(const std::string& yaml);

// A rule triggered by `bad` (P 100) unless the lines say otherwise, with the given lines of YAML,
// and beside it those of `seen` (P 101), `more` (P 102), `detail` (P 110), `named` (P 103), `third`
// (P 102, code 3), `frame` (tpkt_frame with a reserved byte), `worse` (P 100 and 101, code 6) and
// `caught` (P 102 whose text holds x, y or z, the first of which is its field `letter`) that the
// lines name.
std::string RuleText(std::string_view lines);

std::vector<Signal> Evaluate(const RuleSet& rules, const Store& store);

}  // namespace exdiag
