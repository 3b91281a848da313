// From a store to ranked causes: the way that diagnose, causes and explain share.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/cli/data.h"
#include "engine/ranking/ranking.h"
#include "engine/store/store.h"

namespace exdiag {

inline Result<Ranking> Diagnose(const Data& data, const Store& store, DiagnosticSink& problems) {
  auto signals = EvaluateRules(data.rules, data.knowledge, store, problems);
  if (!signals) return signals.error();
  return RankCauses(std::move(*signals));
}

}  // namespace exdiag
