// What each answer would do to a ranking, where adding points does not tell.
//
// AskNextFor() adds the points of the evidence lines that ask.  An answer can do more: a condition
// of `when` or `unless` looks for it, it is one part of a group, other rivals ask the same of other
// hosts, a listing shows what several lines look for.  Then the rules that look at such facts are
// evaluated again on the events of the incident, and of those that are joined to it, with the facts
// that the answer would add to the store, and their causes are ranked again.
//
// An answer settles what was not known, and so closes triggers rather than opening any; should one
// open a trigger that nothing in the incident explains, that is not foretold.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/ranking/ranking.h"
#include "engine/signal/signal_list.h"
#include "engine/store/store.h"

namespace exdiag {

struct ForetellContext {
  std::span<const Rule* const> rules;  // that were evaluated
  const Knowledge& knowledge;
  const Store& store;
  // What is done to signals between evaluation and ranking; may be empty.
  std::function<void(SignalList&)> adjust = {};
};

// Puts right the effects in `ranking.ask_next`.  `signals`: those that were ranked.  An Error is
// the store's.
Result<void> ForetellEffects(const SignalList& signals, const ForetellContext& context,
                             Ranking& ranking);

}  // namespace exdiag
