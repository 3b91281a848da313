#include "engine/base/time.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace exdiag {
namespace {

constexpr std::int64_t kSecondsFrom1601To1970 = 11'644'473'600;
constexpr std::int64_t kSecondsPerDay = 86'400;

// Days since 1970-01-01 of a proleptic Gregorian date, by the standard library's own calendar.
std::int64_t DaysFromCivil(int year, int month, int day) {
  const std::chrono::sys_days days = std::chrono::year{year} / month / day;
  return days.time_since_epoch().count();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads `digits` decimal digits at the front of `text` and takes them off.
std::optional<int> TakeDigits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (!IsDigit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// "+hh:mm", "-hhmm", "+hh" -> seconds east of Greenwich; takes all of `text`.
std::optional<std::int64_t> ParseOffset(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const std::int64_t sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = TakeDigits(text, 2);
  if (!hours || *hours > 14) return std::nullopt;
  int minutes = 0;
  if (!text.empty()) {
    TakeChar(text, ':');
    const auto parsed = TakeDigits(text, 2);
    if (!parsed || *parsed > 59 || !text.empty()) return std::nullopt;
    minutes = *parsed;
  }
  return sign * (*hours * 3600 + minutes * 60);
}

// The fraction behind a point, in ticks; digits past the seventh are cut off.
int TakeFraction(std::string_view& text) {
  int ticks = 0;
  int digits = 0;
  while (!text.empty() && IsDigit(text.front())) {
    if (digits < 7) ticks = ticks * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  for (; digits < 7; ++digits) ticks *= 10;
  return ticks;
}

// "hh:mm[:ss[.fraction]]" into `civil`.
bool TakeTimeOfDay(std::string_view& text, CivilTime& civil) {
  const auto hour = TakeDigits(text, 2);
  if (!hour || !TakeChar(text, ':')) return false;
  const auto minute = TakeDigits(text, 2);
  if (!minute) return false;
  civil.hour = *hour;
  civil.minute = *minute;
  if (TakeChar(text, ':')) {
    const auto second = TakeDigits(text, 2);
    if (!second) return false;
    civil.second = *second;
    if (TakeChar(text, '.') || TakeChar(text, ',')) civil.ticks = TakeFraction(text);
  }
  return true;
}

}  // namespace

std::optional<Ticks> TicksFromCivil(const CivilTime& civil) {
  const std::chrono::year_month_day date{std::chrono::year{civil.year},
                                         std::chrono::month{static_cast<unsigned>(civil.month)},
                                         std::chrono::day{static_cast<unsigned>(civil.day)}};
  const bool in_range = civil.year >= 1601 && civil.year <= 9999 && date.ok() && civil.hour >= 0 &&
                        civil.hour < 24 && civil.minute >= 0 && civil.minute < 60 &&
                        civil.second >= 0 && civil.second < 60 && civil.ticks >= 0 &&
                        civil.ticks < kTicksPerSecond;
  if (!in_range) return std::nullopt;
  const std::int64_t seconds = DaysFromCivil(civil.year, civil.month, civil.day) * kSecondsPerDay +
                               civil.hour * 3600 + civil.minute * 60 + civil.second +
                               kSecondsFrom1601To1970;
  return Ticks{seconds * kTicksPerSecond + civil.ticks};
}

CivilTime CivilFromTicks(Ticks time) {
  std::int64_t seconds = time.value / kTicksPerSecond;
  std::int64_t ticks = time.value % kTicksPerSecond;
  if (ticks < 0) {
    ticks += kTicksPerSecond;
    --seconds;
  }
  seconds -= kSecondsFrom1601To1970;
  std::int64_t days = seconds / kSecondsPerDay;
  std::int64_t of_day = seconds % kSecondsPerDay;
  if (of_day < 0) {
    of_day += kSecondsPerDay;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  CivilTime civil;
  civil.year = static_cast<int>(date.year());
  civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
  civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
  civil.hour = static_cast<int>(of_day / 3600);
  civil.minute = static_cast<int>(of_day / 60 % 60);
  civil.second = static_cast<int>(of_day % 60);
  civil.ticks = static_cast<int>(ticks);
  return civil;
}

std::optional<Ticks> TicksFromFileTime(std::uint64_t filetime) {
  constexpr std::uint64_t kFirstTickOfYear10000 = 2'650'467'744'000'000'000;
  if (filetime == 0 || filetime >= kFirstTickOfYear10000) return std::nullopt;
  return Ticks{static_cast<std::int64_t>(filetime)};
}

Ticks TicksFromUnix(std::int64_t seconds) {
  return {(seconds + kSecondsFrom1601To1970) * kTicksPerSecond};
}

std::string FormatTime(Ticks time, TimeBasis basis) {
  if (!time.known() || basis == TimeBasis::kNone) return {};
  const CivilTime civil = CivilFromTicks(time);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", civil.year, civil.month,
                                 civil.day, civil.hour, civil.minute, civil.second);
  if (civil.ticks != 0) {
    text += fmt::format(".{:07}", civil.ticks);
    text.erase(text.find_last_not_of('0') + 1);
  }
  if (basis != TimeBasis::kLocalUnknown) text += 'Z';
  return text;
}

std::string FormatTimeForPeople(Ticks time) {
  if (!time.known()) return "no time";
  const CivilTime civil = CivilFromTicks(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", civil.year, civil.month, civil.day,
                     civil.hour, civil.minute, civil.second);
}

std::optional<ParsedTime> ParseIsoTime(std::string_view text) {
  CivilTime civil;
  const auto year = TakeDigits(text, 4);
  if (!year || !TakeChar(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !TakeChar(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day) return std::nullopt;
  civil.year = *year;
  civil.month = *month;
  civil.day = *day;
  ParsedTime parsed;
  std::int64_t offset = 0;
  if (TakeChar(text, 'T') || TakeChar(text, ' ')) {
    if (!TakeTimeOfDay(text, civil)) return std::nullopt;
    if (TakeChar(text, 'Z')) {
      parsed.has_offset = true;
    } else if (!text.empty()) {
      const auto parsed_offset = ParseOffset(text);
      if (!parsed_offset) return std::nullopt;
      parsed.has_offset = true;
      offset = *parsed_offset;
      text = {};
    }
  }
  if (!text.empty()) return std::nullopt;
  const auto ticks = TicksFromCivil(civil);
  if (!ticks) return std::nullopt;
  parsed.ticks = *ticks - Duration::Seconds(offset);
  return parsed;
}

std::optional<Duration> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || end + 1 != text.data() + text.size()) {
    return std::nullopt;
  }
  constexpr std::int64_t kLongest = 1'000'000'000;  // 31 years; keeps the ticks within 64 bits
  std::int64_t unit = 0;
  switch (*end) {
    case 's':
      unit = 1;
      break;
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = kSecondsPerDay;
      break;
    default:
      return std::nullopt;
  }
  if (number > kLongest / unit) return std::nullopt;
  return Duration::Seconds(number * unit);
}

std::string FormatDuration(Duration duration) {
  const std::int64_t seconds = duration.ticks / kTicksPerSecond;
  if (seconds == 0) return "0 s";
  if (seconds % kSecondsPerDay == 0) return fmt::format("{} d", seconds / kSecondsPerDay);
  if (seconds % 3600 == 0) return fmt::format("{} h", seconds / 3600);
  if (seconds % 60 == 0) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} s", seconds);
}

std::optional<TimeZone> TimeZone::Find(std::string_view name) {
  TimeZone zone;
  zone.name_ = std::string(name);
  if (name == "UTC" || name == "Z") {
    zone.fixed_offset_seconds_ = 0;
    return zone;
  }
  if (const auto offset = ParseOffset(name)) {
    zone.fixed_offset_seconds_ = *offset;
    return zone;
  }
  cctz::time_zone found;
  if (!cctz::load_time_zone(zone.name_, &found)) return std::nullopt;
  return zone;
}

Ticks TimeZone::ToUtc(Ticks wall_clock) const {
  if (fixed_offset_seconds_) return wall_clock - Duration::Seconds(*fixed_offset_seconds_);
  cctz::time_zone zone;
  cctz::load_time_zone(name_, &zone);  // cached by cctz; Find() has proved that it exists
  const CivilTime civil = CivilFromTicks(wall_clock);
  const cctz::civil_second second(civil.year, civil.month, civil.day, civil.hour, civil.minute,
                                  civil.second);
  const auto looked_up = zone.lookup(second);
  const Ticks utc = TicksFromUnix(looked_up.pre.time_since_epoch().count());
  return {utc.value + civil.ticks};
}

}  // namespace exdiag
