// What the nightly job remembers from run to run, in the store that it is about: which files it has
// read, when which log arrived, what was wrong at the end of the last run that was completed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace exdiag {

struct RunRecord {
  std::int64_t id = 0;
  Ticks at;                // the moment that the run is about, UTC
  Ticks started;           // wall clock, UTC
  Ticks completed;         // not known(): cut off, or under way
  std::string holder;      // "host, process 123"
  std::string report;      // name of its reports without the ending, "2026-11-21"; "" when removed
  std::int64_t stamp = 0;  // of the store, see StoreChanges
  std::int64_t last_event = 0;  // row of the newest event
  std::uint64_t ledger = 0;     // rows of the ledger
};

// A file of an inbox as it was when it was read.
struct InboxFile {
  std::string path;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970
  std::uint64_t inode = 0;
  std::string reading;  // what else decides how it is read: zone, code page, ports
  Ticks read_at;        // moment of the run
  bool whole = false;   // false: nothing could be read, or not all of it

  // The same bytes, as far as can be told without reading them.
  bool SameAs(const InboxFile& other) const {
    return path == other.path && size == other.size && modified == other.modified &&
           inode == other.inode && reading == other.reading;
  }
};

// A rule that held for these hosts.
struct Trouble {
  std::string rule;                // id
  std::vector<std::string> hosts;  // canonical, sorted; with the rule its identity
  std::vector<std::string> shown;  // the same as written in the logs
  std::string title;
  bool fault = true;
  bool open = true;          // false: cleared
  Ticks since;               // its present, or last, spell began
  Ticks last_seen;           // its last event
  Ticks cleared_at;          // moment of the run that found it cleared
  std::uint64_t events = 0;  // that the last completed run found new
  double confidence = 0;
  bool acknowledged = false;
};

// A log of a host, and when some of it was read last.
struct LogArrival {
  std::string host;     // canonical
  std::string channel;  // "" when the export does not say
  Ticks at;             // moment of the run that read it
  Ticks last_event;     // not known(): none has a time
  bool missed = false;  // the last completed run missed it
};

class RunLog {
 public:
  virtual ~RunLog() = default;

  // The last run that was completed; nullopt when there was none.
  virtual Result<std::optional<RunRecord>> LastCompleted() const = 0;
  // Runs that began after it and were cut off, oldest first.
  virtual Result<std::vector<RunRecord>> CutOff() const = 0;
  // Notes that a run begins and gives its number.
  virtual Result<std::int64_t> Begin(const RunRecord& run) = 0;
  // All at once: the run is completed, and this is what holds now.
  virtual Result<void> Complete(const RunRecord& run, const std::vector<Trouble>& troubles,
                                const std::vector<LogArrival>& arrivals) = 0;

  virtual Result<std::vector<Trouble>> Troubles() const = 0;
  virtual Result<std::vector<LogArrival>> Arrivals() const = 0;
  // What imports after `stamp` showed, with `at` not known().
  virtual Result<std::vector<LogArrival>> LogsSince(std::int64_t stamp) const = 0;
  // Row of the newest event; 0 when there is none.
  virtual Result<std::int64_t> NewestEvent() const = 0;

  virtual Result<std::optional<InboxFile>> FindFile(const std::string& path) const = 0;
  virtual Result<std::vector<InboxFile>> Files() const = 0;
  virtual Result<void> NoteFile(const InboxFile& file) = 0;
  virtual Result<void> ForgetFiles(const std::vector<std::string>& paths) = 0;

  // Completed runs before `at` whose reports are there.
  virtual Result<std::vector<RunRecord>> ReportsBefore(Ticks at) const = 0;
  virtual Result<void> ForgetReport(std::int64_t run) = 0;
};

}  // namespace exdiag
