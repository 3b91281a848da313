// Which record numbers each export shows of each log: the table `stretches`.
//
// Noted while a file is imported, since afterwards an event says only which export gave it first.
// A whole log is one row.  An export that was filtered could have a row for every event; of a log
// with more than kMostStretches only the ends and the number of its records are kept.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/dictionary.h"
#include "engine/store/sqlite.h"

namespace exdiag {

class StretchRecorder {
 public:
  static constexpr std::size_t kMostStretches = 4096;

  explicit StretchRecorder(sql::Database& database);

  // Forgets what was noted and not written.
  void Begin();
  // The number of this log for Add().
  std::uint32_t LogOf(const std::string& host, const std::string& channel);
  void Add(std::uint32_t log, const QueuedEvent& event);
  std::size_t logs() const { return logs_.size(); }
  // What was noted since the last time; numbers of logs are forgotten.
  void Write(std::int64_t import, ClassDictionary& names);

 private:
  struct Stretch {
    std::uint64_t first_record, last_record;
    Ticks from, to;
    std::uint64_t events;
  };
  // What does not compare is apart: recovered or not, and the time basis.
  static constexpr std::size_t kParts = 8;
  struct Log {
    std::string host, channel;
    std::vector<Stretch> parts[kParts];
  };

  static bool Extend(Stretch& stretch, std::uint64_t record, Ticks time);
  static bool CatchesUp(const std::vector<Stretch>& part, Ticks time);
  static void MakeOne(std::vector<Stretch>& part);

  std::unordered_map<std::string, std::uint32_t> numbers_;  // by host and channel
  std::vector<Log> logs_;
  sql::Statement insert_;
};

// By host, channel and first number.
std::vector<NumberStretch> ReadStretches(sql::Database& database);

// After the events before this time were removed.
void CutStretches(sql::Database& database, Ticks before);

}  // namespace exdiag
