// Rival causes of one incident, ordered; docs/ranking.md gives the formula and works an example by
// hand.  Pure functions: no clock, no input or output.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/signal/signal_list.h"

namespace exdiag {

struct Finding {
  std::size_t rank = 0;  // 1 is best, over the whole report
  std::string incident;  // "i1"
  SignalInList signal;
  double points = 0;      // start points plus those of every reason that holds
  double confidence = 0;  // 0..1
  // Somebody knows of it and lives with it for now; engine/site says so.  Its rank stays.
  bool acknowledged = false;
};

struct Incident {
  std::string id;                     // "i1", by confidence of the leader, then by time
  std::vector<std::size_t> findings;  // indexes into Ranking::findings, best first
  std::vector<std::size_t> signals;  // that it was made of: indexes into what was ranked, ascending
  double unknown_cause = 1;          // share of "a cause we do not know"
  std::vector<std::string> hosts;
  Ticks first_seen, last_seen;
  TimeBasis time_basis = TimeBasis::kNone;
  std::uint64_t events = 0;  // explained ones, each counted once
};

// A fact that would move the confidences of an incident, with what each answer would do.
struct AskNext {
  std::string incident;
  std::string question;  // for people
  std::string command;   // what to run to find out: "setspn -L EX1 > spn.txt"; "" to ask somebody
  // How to give back what was found out: command lines that can be copied, one an answer in the
  // order of `effects` for a question to people, one for the output of a command.
  std::string feed;
  double entropy_drop = 0;  // expected, in bits
  struct Effect {
    std::string if_answer;  // "yes", "no", "it shows: the SPN is listed"
    std::string cause;      // rule id whose confidence moves most
    double from = 0, to = 0;
    std::string feed;  // the command line that gives this answer; "" where `feed` has only one
    // What it says, nullptr for nothing; with these in the store the ranking has `to`.  Effects
    // that say the same share them.
    std::shared_ptr<const std::vector<Fact>> facts = {};
  };
  std::vector<Effect> effects;
};

struct Ranking {
  std::vector<Finding> findings;    // best first over the whole report
  std::vector<Incident> incidents;  // in the order of their leaders
  std::vector<AskNext> ask_next;    // most useful first
};

// What is needed to write such command lines.
struct FeedCommands {
  // Of a store: what stands behind "exdiag answer NAME VALUE" and before the file in "exdiag
  // import".
  std::string store_options = "--store F";
  // Without a store: the command line that is being run, to be run again with what was found out.
  std::string rerun = {};
};

// Signals whose explained events overlap are one incident.  Order: confidence, then points, then
// the incident seen last, then rule id; the order of `signals` does not matter.
Ranking RankCauses(const SignalList& signals, const FeedCommands& commands = {});

// Rows of all events that some finding explains, sorted, each once.
RowSet ExplainedRows(const Ranking& ranking);

}  // namespace exdiag
