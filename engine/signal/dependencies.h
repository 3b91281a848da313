// What a rule's results rest on besides the events that its patterns name: noted while the rule is
// evaluated, so that it can be asked later whether all of it is still so.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/packed.h"
#include "engine/signal/clock.h"

namespace exdiag {

enum class LoggedAt : std::uint8_t;
class CoverageMap;
class Observations;

class Dependencies {
 public:
  // Answers that CoverageMap gave.  `topic` is the channel or the provider; `level` is kAlways for
  // questions about what was read.
  struct Asked {
    std::string host, topic;
    LoggedAt level{};
    Clock clock = Clock::kNone;

    auto operator<=>(const Asked&) const = default;
  };
  void NoteCoverage(const std::string& host, const std::string& topic, LoggedAt level, Clock clock,
                    const Interval& window, bool answer);
  // How a host is written.
  void NoteName(const std::string& host, const std::string& written);

  // True when both would answer everything in the same way.
  bool StillHold(const CoverageMap& coverage, const Observations& world) const;

  void Pack(PackedWriter& out) const;
  static Dependencies Unpack(PackedReader& in);

 private:
  struct Windows {
    // Windows that were covered, those that overlap as one: all of it lay within one period.
    std::vector<Interval> yes;
    std::vector<Interval> no;
  };

  void NoteWindow(std::vector<Interval>& windows, const Interval& window, bool merge);

  std::map<Asked, Windows> coverage_;
  std::map<std::string, std::string> names_;
  bool too_many_ = false;  // more than is worth keeping; nothing is known then
};

}  // namespace exdiag
