#include "engine/site/moment.h"

#include <fmt/format.h>

#include <algorithm>

namespace exdiag {
namespace {

constexpr std::int64_t kTicksPerDay = 24 * 3600 * kTicksPerSecond;

}  // namespace

std::optional<Ticks> ParseMoment(std::string_view text, OfDay of_day) {
  const auto time = ParseIsoTime(text);
  if (!time) return std::nullopt;
  const bool day = text.find(':') == std::string_view::npos;
  return day && of_day == OfDay::kLast ? time->ticks + Duration{kTicksPerDay - 1} : time->ticks;
}

std::optional<std::int64_t> AgeInDays(Ticks since, Ticks now) {
  if (!since.known()) return std::nullopt;
  return std::max<std::int64_t>(0, (now - since).ticks / kTicksPerDay);
}

std::string AgeText(Ticks since, Ticks now) {
  const auto days = AgeInDays(since, now);
  if (!days) return "age not known";
  if (*days == 0) return "since today";
  return *days == 1 ? "1 day old" : fmt::format("{} days old", *days);
}

}  // namespace exdiag
