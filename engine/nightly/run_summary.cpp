#include "engine/nightly/run_summary.h"

#include <algorithm>

namespace exdiag {

std::string_view StateName(TroubleState state) {
  switch (state) {
    case TroubleState::kNew:
      return "new";
    case TroubleState::kOngoing:
      return "ongoing";
    case TroubleState::kWorse:
      return "worse";
    case TroubleState::kCleared:
      return "cleared";
    case TroubleState::kCameBack:
      return "came back";
  }
  return "";
}

std::uint64_t CountOf(const RunSummary& summary, TroubleState state) {
  return static_cast<std::uint64_t>(
      std::count_if(summary.changes.begin(), summary.changes.end(),
                    [state](const TroubleChange& change) { return change.state == state; }));
}

bool AnythingChanged(const RunSummary& summary) {
  const auto is_news = [](const TroubleChange& change) {
    return change.fault && !change.acknowledged &&
           (change.state != TroubleState::kOngoing || change.acknowledgement_ended);
  };
  return std::any_of(summary.changes.begin(), summary.changes.end(), is_news) ||
         std::any_of(summary.missing.begin(), summary.missing.end(),
                     [](const MissingLog& log) { return log.is_new; }) ||
         !summary.returned.empty() || summary.files_failed > 0;
}

bool AnythingWrong(const RunSummary& summary) {
  return summary.faults > 0 || !summary.missing.empty();
}

}  // namespace exdiag
