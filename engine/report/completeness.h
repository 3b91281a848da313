// What the exports that were fed do not show of the logs: record numbers that are in none of them,
// times in which a log wrote nothing, and changes of the clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/report/document.h"
#include "engine/store/store.h"

namespace exdiag {

struct NumberedTime {
  std::uint64_t record = 0;
  Ticks time;
};

struct NumberGap {
  NumberedTime before;
  NumberedTime after;
  std::uint64_t missing = 0;  // fewer than lie between when some were recovered
};

// Numbers that belong together: between two of them the log was not made anew.
struct Numbering {
  NumberedTime first;
  NumberedTime last;
};

// The record numbers of one log, from all exports that carry them.
struct LogNumbers {
  std::string host;
  std::string channel;
  TimeBasis time_basis = TimeBasis::kUtc;  // of all times here
  std::uint64_t present = 0;               // numbers
  std::uint64_t missing = 0;               // numbers in all gaps
  std::vector<NumberGap> gaps;             // by number
  std::uint64_t cleared = 0;          // gaps, not among these, that end where an event says that
                                      // the log was cleared
  std::vector<Numbering> numberings;  // by time; more than one: numbers began again
  // A filter chose the records, or a subscription: what is missing says nothing.
  bool selection = false;
};

// An event that says that a computer stopped or started.
struct HostEvent {
  EventKind kind;
  Ticks time;
};

struct SilentPeriod {
  std::string host;
  std::string channel;
  TimeBasis time_basis = TimeBasis::kUtc;
  Ticks from;      // the last event before it
  Ticks to;        // the first one after it
  Duration usual;  // as of LogRhythm
  std::vector<HostEvent> events;
  bool down = false;           // these say that the computer was off all the while
  bool clock_changed = false;  // the clock was set forward over it, so it may have been short
};

struct ClockChange {
  std::string host;
  TimeBasis time_basis = TimeBasis::kUtc;
  Ticks from;          // what the clock said
  Ticks to;            // what it said then
  bool exact = false;  // an event says so; else the records before and after it, so that the clock
                       // was changed by at least this
  std::vector<std::string> channels;  // logs whose records show it
  NumberedTime before;                // in the first of these; record 0 when there is none
  NumberedTime after;
  std::uint64_t returned =
      0;  // the first record that is in line with those before; 0: none was seen
  std::optional<HostEvent> told_by;
};

struct Completeness {
  std::vector<LogNumbers> numbers;    // by host and channel
  std::vector<SilentPeriod> silent;   // by host, channel and time
  std::vector<ClockChange> clock;     // by host and time
  std::uint64_t unnumbered_logs = 0;  // covered logs of which no export carries record numbers
};

// A period is silent when it is longer than this and than ten times what is usual for the log.
inline constexpr PauseRule kSilence{Duration{24 * 3600 * kTicksPerSecond}, 10};

// An Error is the store's.
Result<Completeness> MakeCompleteness(const Store& store);

// For people; of each list the first ones.
void AddCompleteness(Document& out, const Completeness& completeness);

}  // namespace exdiag
