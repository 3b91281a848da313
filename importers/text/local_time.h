// Dates and times as Windows tools print them: in the format of whoever exported, without a zone.
// Which of the first two numbers is the month is a property of the file, not of a line.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/diagnostic.h"
#include "engine/evidence/record.h"
#include "importers/importer.h"

namespace exdiag {

enum class DateOrder : std::uint8_t { kMonthFirst, kDayFirst, kYearFirst };

// A date and a time of day, read but not yet understood.
struct WallClock {
  int number[3] = {0, 0, 0};  // of the date, in the order in which they stand
  int digits[3] = {0, 0, 0};
  char separator = '/';
  int hour = 0;  // 0..23, AM and PM applied
  int minute = 0;
  int second = 0;
  int ticks = 0;
  bool has_seconds = false;
  bool half_days = false;    // AM or PM was there
  std::optional<Ticks> utc;  // the text itself said its zone; the rest does not count
};

// "11/5/99", "27.10.2021", "2001/02/03", "19-07-2026"; nothing may stand behind it.
bool ReadDate(std::string_view text, WallClock& clock);
// "5:49:58 PM", "19:56:34", "19.56", "p.m." and Asian marks on either side included.
bool ReadTimeOfDay(std::string_view text, WallClock& clock);

// "1/11/2016 4:35:09 PM", ISO 8601 with or without zone.  A date alone is no time.
std::optional<WallClock> ReadWallClock(std::string_view text);
std::optional<WallClock> ReadWallClock(std::string_view date, std::string_view time);

// nullopt when the numbers make no date in this order.  Two-digit years: 70..99 are 19xx.
std::optional<Ticks> Resolve(const WallClock& clock, DateOrder order);

// Finds the order of day, month and year of one file from its dates in file order.
class DateOrderFinder {
 public:
  void Add(const WallClock& clock);

  // True when further dates cannot change the answer.
  bool decided() const;

  struct Answer {
    DateOrder order = DateOrder::kMonthFirst;
    bool guessed = false;  // the file would read as well the other way
  };
  Answer Decide() const;

 private:
  // What is known about reading all dates in one order.
  struct Hypothesis {
    DateOrder order;
    bool possible = true;
    bool rising = true;  // times never fall (but for a clock step)
    bool falling = true;
    Ticks last = {};

    void Add(const WallClock& clock);
    bool in_order() const { return rising || falling; }
  };

  Hypothesis month_first_{DateOrder::kMonthFirst};
  Hypothesis day_first_{DateOrder::kDayFirst};
  bool seen_ = false;
  bool orders_differ_ = false;  // some date means another day in the other order
  bool two_digit_year_first_ = false;
  bool half_days_ = false;
  bool padded_ = false;  // "03/04/2021"
  char separator_ = '/';
};

// Gives records their time by the order found, and keeps count of what was doubtful.
class LocalTimes {
 public:
  // Looks through the dates of the file.
  using FindOrder = std::function<DateOrderFinder()>;

  explicit LocalTimes(const DateOrderFinder& finder) : answer_(finder.Decide()) {}
  // `find` is asked once, and only when a date comes that the order changes: that takes a pass over
  // the file, and most of what newer tools write has the year in front.
  explicit LocalTimes(FindOrder find) : find_(std::move(find)) {}

  // `text` is what the export says, for the message; "" for a record without time.
  void Put(const std::optional<WallClock>& clock, std::string_view text, std::uint64_t line,
           Record& record);

  // At most one note of each kind for the file.
  void Report(const Export& input, DiagnosticSink& problems) const;

 private:
  DateOrderFinder::Answer answer_;
  FindOrder find_;     // empty once it was asked
  bool used_ = false;  // a date was read
  std::optional<std::uint64_t> other_order_line_;
  std::optional<std::uint64_t> unreadable_line_;
  std::string unreadable_text_;
  std::uint64_t unreadable_ = 0;
};

}  // namespace exdiag
