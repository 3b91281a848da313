// Dates as file listings print them: every locale its own order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag::host {

enum class DateOrder { kUnknown, kMonthFirst, kDayFirst, kYearFirst };

// A date taken apart; a month given by its name is a number already, and the order then known.
struct DateParts {
  int first = 0;
  int second = 0;
  int third = 0;
  char separator = '/';
  DateOrder order = DateOrder::kUnknown;  // as far as this date alone tells
};

// "03/24/2021", "24.03.2021", "2021-03-24", "09-22-98", "16-Jul-2001"; nullopt for anything else.
std::optional<DateParts> ParseDate(std::string_view text);

// Decides month or day first for a whole listing: by a date that can only be read one way; else by
// the habits that go with the separator and with a 12-hour clock.
class DateOrderVote {
 public:
  void Add(const DateParts& date, bool twelve_hour_clock);
  DateOrder Decide() const;

 private:
  bool month_first_ = false;
  bool day_first_ = false;
  bool dots_ = false;
  bool twelve_hours_ = false;
  bool two_digit_dashes_ = false;
};

// "1999-09-23"; "" when there is no such day.
std::string IsoDate(const DateParts& date, DateOrder order);

}  // namespace exdiag::host
