// How far an import is, on a line of the terminal that it comes from.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/intake/import_progress.h"

namespace exdiag {

// "2/7 files, 1.2/5.0 GB, 512,000 records/s, 3 rejected, 14 s left"; `seconds` is how long it took
// to get there.  The rate and the time left only when these seconds can tell them.
std::string ProgressText(const ImportProgress& progress, double seconds);

// Shows it on stderr when that is a terminal, a few times a second at most, and never from the
// background.
class ProgressLine {
 public:
  // Not `wanted`: shows nothing.
  explicit ProgressLine(bool wanted);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { TakeAway(); }

  // What tells this line, which has to outlive it; empty when it shows nothing.
  WatchProgress Watch();
  // Once all files are done too.
  void TakeAway();

 private:
  using Clock = std::chrono::steady_clock;

  void Show(const ImportProgress& progress);

  bool shows_ = false;
  std::optional<Clock::time_point> begun_;
  Clock::time_point shown_;
};

}  // namespace exdiag
