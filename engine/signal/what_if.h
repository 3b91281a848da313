// What rules would find if more were known: evaluated again on some of the events, with facts that
// are only supposed.  The store is read once, however much is supposed.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/signal/rule_evaluation.h"
#include "engine/signal/rule_run.h"

namespace exdiag {

class WhatIf {
 public:
  // All must outlive this.
  explicit WhatIf(std::span<const Rule* const> rules) : rules_(rules), run_(rules) {}

  // `supposed`: all facts that will be supposed, each once.  Call once, before the rest.
  Result<void> Gather(const Knowledge& knowledge, const Store& store,
                      std::span<const Fact> supposed);

  // Takes some of the supposed facts, by their indexes, for known; nothing else is supposed then.
  void Suppose(const std::vector<std::size_t>& facts);

  // The signals of the rule with this number that open with one of `events`.  They name no
  // evidence.
  Result<SignalList> Evaluate(std::size_t rule, const IdSet& events);

  // What rules can see, and the rows that what is supposed has now.
  const Observations& world() const { return run_.world(); }
  const std::vector<std::int64_t>& supposed_rows() const { return supposed_rows_; }

 private:
  // A rule that was asked for, with all that was worked out of it.
  struct Asked {
    RuleContext context;
    std::unique_ptr<RuleEvaluation> evaluation;
    bool up_to_date = true;  // knows of what is supposed
  };

  std::span<const Rule* const> rules_;
  RuleRun run_;
  DiagnosticList ignored_;  // said by the first evaluation
  std::span<const Fact> facts_;
  std::vector<std::size_t> supposed_;
  std::vector<std::int64_t> supposed_rows_;
  std::vector<std::unique_ptr<Asked>> asked_;  // by rule
};

}  // namespace exdiag
