// Rival causes of one incident, ordered; docs/ranking.md gives the formula and works an example by
// hand.  Pure functions: no clock, no input or output.
#pragma once

#include <string>
#include <vector>

#include "engine/signal/signal.h"

namespace exdiag {

struct Finding {
  std::size_t rank = 0;  // 1 is best, over the whole report
  std::string incident;  // "i1"
  Signal signal;
  double points = 0;      // start points plus those of every reason that holds
  double confidence = 0;  // 0..1
};

struct Incident {
  std::string id;                     // "i1", by confidence of the leader, then by time
  std::vector<std::size_t> findings;  // indexes into Ranking::findings, best first
  double unknown_cause = 1;           // share of "a cause we do not know"
  std::vector<std::string> hosts;
  Ticks first_seen, last_seen;
  TimeBasis time_basis = TimeBasis::kNone;
  std::uint64_t events = 0;  // explained ones, each counted once
};

// A fact that would move the confidences of an incident, with what each answer would do.
struct AskNext {
  std::string incident;
  std::string question;     // for people
  std::string command;      // "setspn -L EX1 > spn.txt", or "exdiag answer NAME yes|no --store F"
  std::string feed;         // how to give the result back: "exdiag import --store F spn.txt"
  double entropy_drop = 0;  // expected, in bits
  struct Effect {
    std::string if_answer;  // "yes", "no", "the listing shows it"
    std::string cause;      // rule id whose confidence moves most
    double from = 0, to = 0;
  };
  std::vector<Effect> effects;
};

struct Ranking {
  std::vector<Finding> findings;    // best first over the whole report
  std::vector<Incident> incidents;  // in the order of their leaders
  std::vector<AskNext> ask_next;    // most useful first
};

// Signals whose explained events overlap are one incident.  Order: confidence, then points, then
// the incident seen last, then rule id; the order of `signals` does not matter.
Ranking RankCauses(std::vector<Signal> signals);

// Rows of all events that some finding explains, sorted, each once.
std::vector<std::int64_t> ExplainedRows(const Ranking& ranking);

}  // namespace exdiag
