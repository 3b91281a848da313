#include "engine/signal/dependencies.h"

#include <algorithm>

#include "engine/signal/coverage_map.h"
#include "engine/signal/observations.h"

namespace exdiag {
namespace {

// Windows of one kind; asking more of them again costs more than evaluating the rule.
constexpr std::size_t kWindowsAtMost = 2000;

void PackWindows(const std::vector<Interval>& windows, PackedWriter& out) {
  out.Number(windows.size());
  for (const Interval& window : windows) {
    out.Signed(window.from);
    out.Signed(window.to);
  }
}

std::vector<Interval> UnpackWindows(PackedReader& in) {
  std::vector<Interval> windows(in.Count());
  for (Interval& window : windows) {
    window.from = in.Signed();
    window.to = in.Signed();
  }
  return windows;
}

}  // namespace

void Dependencies::NoteWindow(std::vector<Interval>& windows, const Interval& window, bool merge) {
  // Questions come in order of time mostly, so that looking at the last one is enough.
  if (!windows.empty()) {
    Interval& last = windows.back();
    if (last.from == window.from && last.to == window.to) return;
    if (merge && window.from <= last.to && last.from <= window.to) {
      last.from = std::min(last.from, window.from);
      last.to = std::max(last.to, window.to);
      return;
    }
  }
  if (windows.size() < kWindowsAtMost) {
    windows.push_back(window);
  } else {
    too_many_ = true;
  }
}

void Dependencies::NoteCoverage(const std::string& host, const std::string& topic, LoggedAt level,
                                Clock clock, const Interval& window, bool answer) {
  Windows& windows = coverage_[{host, topic, level, clock}];
  // A level that was seen within a day of each of two windows need not have been seen within a day
  // of every part of both.
  const bool merge = answer && level == LoggedAt::kAlways;
  NoteWindow(answer ? windows.yes : windows.no, window, merge);
}

void Dependencies::NoteName(const std::string& host, const std::string& written) {
  names_.emplace(host, written);
}

bool Dependencies::StillHold(const CoverageMap& coverage, const Observations& world) const {
  if (too_many_) return false;
  for (const auto& [asked, windows] : coverage_) {
    const auto ask = [&, &key = asked](const Interval& window) {
      return key.level == LoggedAt::kAlways
                 ? coverage.Covers(key.host, key.topic, key.clock, window)
                 : coverage.LogsAt(key.host, key.topic, key.level, key.clock, window);
    };
    if (!std::all_of(windows.yes.begin(), windows.yes.end(), ask)) return false;
    if (std::any_of(windows.no.begin(), windows.no.end(), ask)) return false;
  }
  return std::all_of(names_.begin(), names_.end(), [&](const auto& name) {
    return world.DisplayName(world.texts().Intern(name.first)) == name.second;
  });
}

void Dependencies::Pack(PackedWriter& out) const {
  out.Number(too_many_ ? 1 : 0);
  out.Number(coverage_.size());
  for (const auto& [asked, windows] : coverage_) {
    out.Text(asked.host);
    out.Text(asked.topic);
    out.Number(static_cast<std::uint64_t>(asked.level));
    out.Number(static_cast<std::uint64_t>(asked.clock));
    PackWindows(windows.yes, out);
    PackWindows(windows.no, out);
  }
  out.Number(names_.size());
  for (const auto& [host, written] : names_) {
    out.Text(host);
    out.Text(written);
  }
}

Dependencies Dependencies::Unpack(PackedReader& in) {
  Dependencies dependencies;
  dependencies.too_many_ = in.Number() != 0;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    Asked asked;
    asked.host = in.Text();
    asked.topic = in.Text();
    asked.level = static_cast<LoggedAt>(in.Number());
    asked.clock = static_cast<Clock>(in.Number());
    Windows& windows = dependencies.coverage_[std::move(asked)];
    windows.yes = UnpackWindows(in);
    windows.no = UnpackWindows(in);
  }
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    std::string host(in.Text());
    dependencies.names_.emplace(std::move(host), in.Text());
  }
  return dependencies;
}

}  // namespace exdiag
