#include "engine/signal/what_if.h"

namespace exdiag {

Result<void> WhatIf::Gather(const Knowledge& knowledge, const Store& store,
                            std::span<const Fact> supposed) {
  facts_ = supposed;
  asked_.resize(rules_.size());
  run_.ShowEvidence(0);
  GatherOptions options;
  options.supposed = supposed;
  return run_.Gather(knowledge, store, ignored_, options);
}

void WhatIf::Suppose(const std::vector<std::size_t>& facts) {
  if (facts == supposed_) return;
  supposed_ = facts;
  supposed_rows_ = run_.Suppose(facts_, facts);
  for (const auto& asked : asked_) {
    if (asked) asked->up_to_date = false;
  }
}

Result<SignalList> WhatIf::Evaluate(std::size_t rule, const IdSet& events) {
  std::unique_ptr<Asked>& asked = asked_[rule];
  if (!asked) {
    asked = std::make_unique<Asked>(Asked{run_.ContextOf(rule), nullptr});
    asked->evaluation = MakeRuleEvaluation(asked->context);
  } else if (!asked->up_to_date) {
    asked->evaluation->Forget();
  }
  asked->up_to_date = true;
  asked->context.work = {};
  auto signals = asked->evaluation->RunOn(events);
  if (run_.world().failure()) return *run_.world().failure();
  return signals;
}

}  // namespace exdiag
