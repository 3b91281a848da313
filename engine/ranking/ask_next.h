// What to ask or collect next: which unknown fact would move the confidences most.
//
// A question has one or more propositions ("the domains trust each other", "this SPN is listed"),
// each true or false, that evidence lines of the rivals rest on.  For a cause whose lines give a
// proposition t points when it is true and f when it is false,
//
//   P(true | cause) = 2^t / (2^t + 2^f),
//
// which is 1/2 for a cause without such a line and for the cause we do not know.  The expected
// entropy drop is the mutual information of the cause and the answers, in bits.
#pragma once

#include <string>
#include <vector>

#include "engine/ranking/ranking.h"

namespace exdiag {

// One proposition of a question, as the rivals of an incident see it.
struct Proposition {
  std::string key;
  std::vector<double> if_true;   // points, by rival
  std::vector<double> if_false;  // points, by rival
};

// Expected entropy drop in bits.  `confidences` as Confidences() gives them: by rival, then that of
// the unknown cause.  Of more than 8 propositions those that move most are taken.
double ExpectedEntropyDrop(const std::vector<double>& confidences,
                           std::vector<Proposition> propositions);

// For every incident whose leader is not clear (confidence below 0.95); questions that tell less
// than a thousandth of a bit are left out.  Most useful first, then by incident, then by text.
std::vector<AskNext> AskNextFor(const Ranking& ranking);

}  // namespace exdiag
