// From a store to ranked causes: the way that diagnose, causes and explain share.
#pragma once

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/cli/cache_file.h"
#include "engine/cli/data.h"
#include "engine/ranking/ranking.h"
#include "engine/signal/kept_signals.h"
#include "engine/store/store.h"

namespace exdiag {

// What is found is kept in a store that lies in a file, for the next time.
inline Result<Ranking> Diagnose(const Data& data, Store& store, DiagnosticSink& problems) {
  const std::string& content = data.rules.content_hash();
  const std::string program = ProgramIdentity();
  const bool keeps = !store.file().empty() && !content.empty() && !program.empty();
  auto signals = UpdateSignals(RulesInUse(data.rules), data.knowledge, store,
                               keeps ? content + " " + program : std::string(), problems);
  if (!signals) return signals.error();
  return RankCauses(std::move(*signals));
}

}  // namespace exdiag
