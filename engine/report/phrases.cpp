#include "engine/report/phrases.h"

#include <fmt/format.h>

#include <cmath>

namespace exdiag {

std::string_view SureInWords(double confidence) {
  if (confidence >= 0.95) return "almost certain";
  if (confidence >= 0.80) return "very likely";
  if (confidence >= 0.65) return "likely";
  if (confidence >= 0.50) return "more likely than not";
  if (confidence >= 0.20) return "possible";
  return "unlikely";
}

std::string Percent(double share) {
  if (share > 0.99 && share < 1) return "over 99 %";
  if (share > 0 && share < 0.01) return "under 1 %";
  return fmt::format("{:.0f} %", share * 100);
}

std::string PointsText(double points) {
  const double rounded = std::round(points * 10) / 10;
  return fmt::format("{:+g}", rounded == 0 ? 0.0 : rounded);
}

std::string_view StrengthName(Strength strength) {
  switch (strength) {
    case Strength::kSure:
      return "sure";
    case Strength::kProbable:
      return "probable";
    case Strength::kPossible:
      return "possible";
    case Strength::kHint:
      return "hint";
  }
  return "";
}

std::string_view VerdictName(Verdict verdict) {
  return verdict == Verdict::kFault ? "fault" : "expected";
}

std::string_view StatusName(Status status) {
  switch (status) {
    case Status::kDraft:
      return "draft";
    case Status::kStable:
      return "stable";
    case Status::kRetired:
      return "retired";
  }
  return "";
}

std::string PeriodText(Ticks first, Ticks last, TimeBasis basis) {
  if (!first.known() || basis == TimeBasis::kNone) return "at no known time";
  const std::string from = FormatTimeForPeople(first), to = FormatTimeForPeople(last);
  const std::string zone =
      basis == TimeBasis::kLocalUnknown ? " (local time, zone not known)" : " UTC";
  if (from == to) return from + zone;
  const bool same_day = from.substr(0, 10) == to.substr(0, 10);
  return from + " to " + (same_day ? to.substr(11) : to) + zone;
}

std::string Digits(std::uint64_t count) {
  const std::string plain = std::to_string(count);
  std::string digits;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i > 0 && (plain.size() - i) % 3 == 0) digits += ',';
    digits += plain[i];
  }
  return digits;
}

std::string Counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", Digits(count), noun, count == 1 ? "" : "s");
}

std::string Joined(const std::vector<std::string>& parts, std::size_t most) {
  const bool cut = most > 0 && parts.size() > most;
  const std::size_t shown = cut ? most : parts.size();
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : ", ") + parts[i];
  if (cut) out += fmt::format(" and {} more", parts.size() - shown);
  return out;
}

}  // namespace exdiag
