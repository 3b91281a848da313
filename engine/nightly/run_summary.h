// What one run of the nightly job did and found, for who tells of it: the mail, the metrics, the
// lines on stderr.  Plain values; nothing points into rules or the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"

namespace exdiag {

// What became of a trouble since the last completed run.  A trouble is a rule and the hosts that it
// holds for.
enum class TroubleState : std::uint8_t { kNew, kOngoing, kWorse, kCleared, kCameBack };

// "new", "ongoing", "worse", "cleared", "came back".
std::string_view StateName(TroubleState state);

struct TroubleChange {
  TroubleState state = TroubleState::kNew;
  std::string rule;                // id
  std::string title;               // of the rule
  std::vector<std::string> hosts;  // as written in the logs, sorted
  bool fault = true;               // false: noise that needs no action
  bool acknowledged = false;
  bool acknowledgement_ended = false;  // it was acknowledged at the last run and is no longer
  double confidence = 0;               // 0..1; of a cleared one, when it was last present
  Ticks since;                         // when its present spell began
  Ticks last_seen;                     // its last event so far
  std::uint64_t events = 0;            // of it that came since the last completed run
  std::string remark;  // "fixed since 2026-11-20 02:10: no MSExchangeMTA 9322 for 1 d although the
                       // log is covered"
};

// A log that had to arrive and did not.
struct MissingLog {
  std::string server;
  std::string channel;  // "": no log of this server at all
  Duration every;
  Ticks last_arrival;   // when a run last read some of it; not known(): never
  Ticks last_event;     // the last event in it; not known(): none
  bool is_new = false;  // the last completed run did not miss it yet
};

// A log that the last completed run missed and that is there again.
struct ReturnedLog {
  std::string server;
  std::string channel;
  Ticks missing_since;  // its last arrival before; not known(): it had never come
};

struct RunSummary {
  std::string site;
  std::string store;       // file
  Ticks at;                // the moment of the run, UTC
  Ticks since;             // that of the last completed run; not known(): there was none
  bool took_over = false;  // runs since that one were cut off; this one has done their work as well

  // Files of the inboxes.
  std::uint64_t files_read = 0;
  std::uint64_t files_same = 0;    // read by an earlier run, unchanged
  std::uint64_t files_left = 0;    // still being written
  std::uint64_t files_failed = 0;  // could not be read
  // Records in them; records == stored + duplicates + rejected.
  std::uint64_t records = 0;
  std::uint64_t stored = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t facts = 0;
  // What retention removed.
  std::uint64_t events_removed = 0;
  std::uint64_t reports_removed = 0;
  std::uint64_t inbox_files_removed = 0;

  // Incidents in the report, each counted once.
  std::uint64_t faults = 0;
  std::uint64_t no_action = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t unexplained = 0;  // kinds of events, by host
  // Incidents in the store that are over and so not in the report.
  std::uint64_t over = 0;

  // New ones first, then those that came back, are worse, were cleared, go on; each best first.
  std::vector<TroubleChange> changes;
  std::vector<MissingLog> missing;
  std::vector<ReturnedLog> returned;
  std::vector<std::string> problems;  // what went wrong in the run itself, a line each

  double reading_seconds = 0;
  double diagnosis_seconds = 0;
  double report_seconds = 0;
  double total_seconds = 0;
  std::uint64_t store_bytes = 0;

  std::vector<std::string> reports;  // files written, the dated ones
  std::string html_report;           // the page among them; "" when none is written
};

std::uint64_t CountOf(const RunSummary& summary, TroubleState state);

// Something is different from the last run: a fault that is neither ongoing nor acknowledged or
// whose acknowledgement ended, a log that newly did not arrive or is back, a file that could not be
// read.
bool AnythingChanged(const RunSummary& summary);
// Something is wrong now: a fault that is not acknowledged, or a log that did not arrive.
bool AnythingWrong(const RunSummary& summary);

}  // namespace exdiag
