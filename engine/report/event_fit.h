// Whether the values of one event are those that a cause looks for: what decides between rivals
// before any other event is asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/evidence/event.h"
#include "engine/knowledge/catalogue.h"
#include "engine/report/causes.h"

namespace exdiag {

enum class Fit : std::uint8_t {
  kFits,      // every value that the cause looks at is as it wants it
  kNotShown,  // it looks at a value that the event does not show
  kRuledOut,  // a value is another one
};

// A value that keeps the cause from fitting.
struct FieldVerdict {
  std::string field;
  std::optional<std::string> value;  // nullopt: not shown
  std::string wanted;                // in words: "5 or 14", "containing \"RAS\""
  bool excludes = false;             // the other way round: such a value rules the cause out
};

struct EventFit {
  Fit fit = Fit::kFits;
  std::vector<FieldVerdict> why;  // none for kFits
};

// The best fit among the patterns of `cause` that name the event, and what the rule demands of the
// event itself besides.  Tests that depend on other events do not count.
EventFit FitOf(const PossibleCause& cause, const Event& event, const Catalogue& catalogue);

std::string_view FitName(Fit fit);  // "fits", "not_shown", "ruled_out"

// "nt_error is 1722, not 5"; "nt_error is 1722: of 1000 or more excludes it"; "nt_error 5 or 14"
// for one that is not shown.
std::string VerdictInWords(const FieldVerdict& verdict);

}  // namespace exdiag
