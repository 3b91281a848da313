// What to ask or collect next: which unknown fact would move the confidences most.
//
// A question has one or more propositions that evidence lines of the rivals rest on: "this SPN is
// listed", true or false; "who owns port 25", with an outcome for each answer that some line names.
// For a cause whose lines add p(o) points for the outcome o,
//
//   P(o | cause) = 2^p(o) / sum of 2^p over all outcomes,
//
// which is the same for all outcomes of a cause without such a line and of the cause we do not
// know.  The expected entropy drop is the mutual information of the cause and the answers, in bits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ranking/ranking.h"

namespace exdiag {

// One proposition of a question, as the rivals of an incident see it.
struct Proposition {
  std::string key;
  std::vector<std::vector<double>>
      points;  // by outcome, by rival; a proposition alone: true, false
};

// Expected entropy drop in bits.  `confidences` as Confidences() gives them: by rival, then that of
// the unknown cause.  Of propositions with more than 256 combinations of outcomes those are taken
// that move most.
double ExpectedEntropyDrop(const std::vector<double>& confidences,
                           std::vector<Proposition> propositions);

// For every incident whose leader is not clear (confidence below 0.95); questions that tell less
// than a thousandth of a bit are left out.  Most useful first, then by incident, then by text.
std::vector<AskNext> AskNextFor(const Ranking& ranking, const FeedCommands& commands = {});

// What only people can tell and nobody told yet, of all incidents.
struct OpenQuestion {
  std::string name;
  std::string host;  // that an answer is about
  std::string ask;   // in words
  std::vector<std::string> incidents;
  std::string feed;  // as AskNext::feed
};

// Most useful first, then those that would settle nothing, by name.
std::vector<OpenQuestion> OpenQuestions(const Ranking& ranking, const FeedCommands& commands = {});

// A word of a command line as a POSIX shell takes it: quoted where it must be.
std::string ShellWord(std::string_view word);

}  // namespace exdiag
