#include "importers/host/file_dates.h"

#include <array>

#include "engine/base/text.h"
#include "engine/base/time.h"

namespace exdiag::host {
namespace {

std::optional<int> DigitsOf(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> MonthOfName(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.size() >= 3 && StartsWithIgnoreCase(text, kMonths[i])) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

// Windows reads two digits as 1930 ... 2029.
int FullYear(int year) {
  if (year >= 100) return year;
  return year < 30 ? 2000 + year : 1900 + year;
}

}  // namespace

std::optional<DateParts> ParseDate(std::string_view text) {
  const std::size_t at = text.find_first_of("/.-");
  if (at == std::string_view::npos) return std::nullopt;
  DateParts date;
  date.separator = text[at];
  auto parts = Split(text, date.separator);
  if (parts.size() == 4 && parts.back().empty()) parts.pop_back();  // "24. 03. 2021."
  if (parts.size() != 3) return std::nullopt;
  const auto first = DigitsOf(parts[0]), third = DigitsOf(parts[2]);
  auto second = DigitsOf(parts[1]);
  if (!second) {
    second = MonthOfName(parts[1]);
    date.order = DateOrder::kDayFirst;
  }
  if (!first || !second || !third) return std::nullopt;
  date.first = *first;
  date.second = *second;
  date.third = *third;
  if (parts[0].size() == 4) {
    date.order = DateOrder::kYearFirst;
  } else if (parts[0].size() > 2 || parts[2].size() == 3 || parts[2].size() < 2) {
    return std::nullopt;
  }
  return date;
}

void DateOrderVote::Add(const DateParts& date, bool twelve_hour_clock) {
  if (date.order != DateOrder::kUnknown) return;
  if (date.first > 12) day_first_ = true;
  if (date.second > 12) month_first_ = true;
  if (date.separator == '.') dots_ = true;
  if (date.separator == '-' && date.third < 100) two_digit_dashes_ = true;
  if (twelve_hour_clock) twelve_hours_ = true;
}

DateOrder DateOrderVote::Decide() const {
  if (month_first_ != day_first_)
    return month_first_ ? DateOrder::kMonthFirst : DateOrder::kDayFirst;
  if (dots_) return DateOrder::kDayFirst;
  if (twelve_hours_ || two_digit_dashes_) return DateOrder::kMonthFirst;
  return DateOrder::kDayFirst;
}

std::string IsoDate(const DateParts& date, DateOrder order) {
  if (date.order != DateOrder::kUnknown) order = date.order;
  CivilTime civil;
  switch (order) {
    case DateOrder::kYearFirst:
      civil.year = date.first;
      civil.month = date.second;
      civil.day = date.third;
      break;
    case DateOrder::kDayFirst:
      civil.day = date.first;
      civil.month = date.second;
      civil.year = FullYear(date.third);
      break;
    case DateOrder::kMonthFirst:
    case DateOrder::kUnknown:
      civil.month = date.first;
      civil.day = date.second;
      civil.year = FullYear(date.third);
      break;
  }
  const auto ticks = TicksFromCivil(civil);
  return ticks ? FormatTime(*ticks, TimeBasis::kLocalUnknown).substr(0, 10) : std::string();
}

}  // namespace exdiag::host
