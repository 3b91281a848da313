#include "engine/cli/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "engine/base/time.h"
#include "engine/cli/messages.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

constexpr std::chrono::milliseconds kShownEvery{200};
// Before that a rate says more about the beginning than about the rest.
constexpr double kSecondsToKnow = 1.0;
constexpr std::size_t kUsualWidth = 80;

struct Unit {
  double bytes;
  std::string_view name;
};

// As disks and file managers count.
constexpr auto kUnits = std::to_array<Unit>({{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}});

std::string BytesText(std::uint64_t done, std::uint64_t all) {
  for (const Unit& unit : kUnits) {
    if (static_cast<double>(all) < unit.bytes) continue;
    return fmt::format("{:.1f}/{:.1f} {}", static_cast<double>(done) / unit.bytes,
                       static_cast<double>(all) / unit.bytes, unit.name);
  }
  return fmt::format("{}/{} bytes", done, all);
}

// Coarser the longer it is, and rather too long than too short.
std::string TimeLeft(double seconds) {
  const auto in = [seconds](int unit) {
    return Duration::Seconds(static_cast<std::int64_t>(std::ceil(seconds / unit)) * unit);
  };
  return FormatDuration(in(seconds < 100 ? 1 : seconds < 100 * 60 ? 60 : 3600));
}

std::size_t TerminalWidth() {
  struct winsize size {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : kUsualWidth;
}

// `exdiag import ... &` must not write over what is typed meanwhile.
bool InBackground() {
  const pid_t front = ::tcgetpgrp(STDERR_FILENO);
  return front > 0 && front != ::getpgrp();
}

}  // namespace

std::string ProgressText(const ImportProgress& progress, double seconds) {
  std::string text =
      fmt::format("{}/{}", Digits(progress.files_done), Counted(progress.files, "file"));
  if (progress.bytes > 0) text += ", " + BytesText(progress.bytes_done, progress.bytes);
  const bool knows = seconds >= kSecondsToKnow;
  if (knows && progress.records > 0) {
    const double rate = static_cast<double>(progress.records) / seconds;
    text += fmt::format(", {} records/s", Digits(static_cast<std::uint64_t>(rate)));
  }
  if (progress.rejected > 0) text += fmt::format(", {} rejected", Digits(progress.rejected));
  if (knows && progress.bytes_done > 0) {
    const auto done = static_cast<double>(progress.bytes_done);
    const double left = seconds * (static_cast<double>(progress.bytes) - done) / done;
    text += fmt::format(", {} left", TimeLeft(left));
  }
  return text;
}

ProgressLine::ProgressLine(bool wanted) : shows_(wanted && ::isatty(STDERR_FILENO) == 1) {}

WatchProgress ProgressLine::Watch() {
  if (!shows_) return {};
  return [this](const ImportProgress& progress) { Show(progress); };
}

void ProgressLine::TakeAway() {
  if (shows_) EraseStatus();
}

void ProgressLine::Show(const ImportProgress& progress) {
  if (progress.files_done == progress.files) return TakeAway();
  const Clock::time_point now = Clock::now();
  if (begun_ && now - shown_ < kShownEvery) return;
  if (!begun_) begun_ = now;
  shown_ = now;
  if (InBackground()) return;
  const std::chrono::duration<double> past = now - *begun_;
  // The last column stays free: some terminals go to the next line when it is filled.
  ShowStatus(ProgressText(progress, past.count()).substr(0, TerminalWidth() - 1));
}

}  // namespace exdiag
