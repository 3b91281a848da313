#include "importers/text/local_time.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// What lies between two rows of one log when the clock was set back.
constexpr Duration kClockStep = {3600 * kTicksPerSecond};

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool digit() const { return peek() >= '0' && peek() <= '9'; }

  // Blanks, and the no-break and narrow no-break space that newer Windows puts before AM.
  void SkipBlanks() {
    for (;;) {
      if (peek() == ' ' || peek() == '\t') {
        rest_.remove_prefix(1);
      } else if (static_cast<unsigned char>(peek()) < 0x80) {
        return;
      } else if (!Take("\xc2\xa0") && !Take("\xe2\x80\xaf")) {
        return;
      }
    }
  }

  bool Take(char what) {
    if (peek() != what || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool Take(std::string_view what) {
    if (!StartsWithIgnoreCase(rest_, what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  // Any letter, and "m" in either case.
  bool TakeLetterAndM() {
    if (rest_.size() < 2 || (rest_[1] | 0x20) != 'm') return false;
    rest_.remove_prefix(2);
    return true;
  }

  // How many digits there were; 0 when there are none or more than `most`.
  int Number(int most, int& value) {
    int count = 0;
    value = 0;
    while (digit() && count < most) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++count;
    }
    return digit() ? 0 : count;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

bool TakeDate(Cursor& at, WallClock& clock) {
  clock.digits[0] = at.Number(4, clock.number[0]);
  if (clock.digits[0] == 0 || clock.digits[0] == 3) return false;
  const char separator = at.peek();
  if (separator != '/' && separator != '.' && separator != '-') return false;
  clock.separator = separator;
  for (int i = 1; i < 3; ++i) {
    if (!at.Take(separator)) return false;
    at.SkipBlanks();  // "2001. 02. 03."
    clock.digits[i] = at.Number(4, clock.number[i]);
  }
  if (separator == '.') at.Take('.');
  const bool year_first = clock.digits[0] == 4;
  const int last = clock.digits[2];
  return clock.digits[1] >= 1 && clock.digits[1] <= 2 &&
         (year_first ? last == 1 || last == 2 : last == 2 || last == 4);
}

enum class HalfDay : std::uint8_t { kNone, kMorning, kAfternoon };

HalfDay TakeHalfDay(Cursor& at) {
  constexpr struct {
    std::string_view mark;
    HalfDay half;
  } kMarks[] = {
      {"a.m.", HalfDay::kMorning},    {"p.m.", HalfDay::kAfternoon}, {"a. m.", HalfDay::kMorning},
      {"p. m.", HalfDay::kAfternoon}, {"午前", HalfDay::kMorning},   {"午後", HalfDay::kAfternoon},
      {"上午", HalfDay::kMorning},    {"下午", HalfDay::kAfternoon}, {"오전", HalfDay::kMorning},
      {"오후", HalfDay::kAfternoon},
  };
  const char first = at.peek();
  const bool letter = first == 'A' || first == 'P' || first == 'a' || first == 'p';
  if (!letter && static_cast<unsigned char>(first) < 0x80) return HalfDay::kNone;
  if (letter && at.TakeLetterAndM()) {
    return (first | 0x20) == 'a' ? HalfDay::kMorning : HalfDay::kAfternoon;
  }
  for (const auto& row : kMarks) {
    if (at.Take(row.mark)) return row.half;
  }
  return HalfDay::kNone;
}

void TakeFraction(Cursor& at, WallClock& clock) {
  int scale = 1'000'000;
  while (at.digit()) {
    clock.ticks += (at.peek() - '0') * scale;
    scale /= 10;
    at.Take(at.peek());
  }
}

bool ApplyHalfDay(HalfDay half, WallClock& clock) {
  if (half == HalfDay::kNone) return true;
  clock.half_days = true;
  if (half == HalfDay::kMorning && clock.hour == 12) clock.hour = 0;
  if (half == HalfDay::kAfternoon && clock.hour < 12) clock.hour += 12;
  return true;
}

bool TakeTimeOfDay(Cursor& at, WallClock& clock) {
  HalfDay half = TakeHalfDay(at);
  at.SkipBlanks();
  if (at.Number(2, clock.hour) == 0) return false;
  const bool colons = at.peek() == ':';
  if (!colons && at.peek() != '.') return false;
  const char mark = colons ? ':' : '.';
  at.Take(mark);
  if (at.Number(2, clock.minute) != 2) return false;
  if (at.Take(mark)) {
    if (at.Number(2, clock.second) != 2) return false;
    clock.has_seconds = true;
    if (colons && (at.Take('.') || at.Take(','))) TakeFraction(at, clock);
  }
  at.SkipBlanks();
  if (half == HalfDay::kNone) half = TakeHalfDay(at);
  return clock.hour < 24 && clock.minute < 60 && clock.second < 60 && ApplyHalfDay(half, clock);
}

int FullYear(int year, int digits) {
  if (digits == 4) return year;
  return year >= 70 ? 1900 + year : 2000 + year;
}

bool IsYearFirst(const WallClock& clock) { return clock.digits[0] == 4; }

// "99-11-05": no month and no day is that high.
bool IsTwoDigitYearFirst(const WallClock& clock) {
  return clock.digits[0] == 2 && clock.number[0] > 31 && clock.digits[2] == 2;
}

bool DependsOnOrder(const WallClock& clock) {
  return !clock.utc && !IsYearFirst(clock) && !IsTwoDigitYearFirst(clock);
}

}  // namespace

bool ReadDate(std::string_view text, WallClock& clock) {
  Cursor at(Trim(text));
  return TakeDate(at, clock) && at.done();
}

bool ReadTimeOfDay(std::string_view text, WallClock& clock) {
  Cursor at(Trim(text));
  return TakeTimeOfDay(at, clock) && at.done();
}

std::optional<WallClock> ReadWallClock(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  WallClock clock;
  if (trimmed.size() > 10 && trimmed[4] == '-') {
    const auto iso = ParseIsoTime(trimmed);
    if (iso && iso->has_offset) {
      clock.utc = iso->ticks;
      clock.has_seconds = true;
      return clock;
    }
  }
  Cursor at(trimmed);
  if (!TakeDate(at, clock)) return std::nullopt;
  if (!at.Take('T') && !at.Take('t')) at.Take(',');
  at.SkipBlanks();
  if (!TakeTimeOfDay(at, clock) || !at.done()) return std::nullopt;
  return clock;
}

std::optional<WallClock> ReadWallClock(std::string_view date, std::string_view time) {
  WallClock clock;
  if (!ReadDate(date, clock) || !ReadTimeOfDay(time, clock)) return std::nullopt;
  return clock;
}

std::optional<Ticks> Resolve(const WallClock& clock, DateOrder order) {
  if (clock.utc) return clock.utc;
  if (IsYearFirst(clock) || IsTwoDigitYearFirst(clock)) order = DateOrder::kYearFirst;
  int year = 2;
  int month = 0;
  int day = 1;
  if (order == DateOrder::kDayFirst) std::swap(month, day);
  if (order == DateOrder::kYearFirst) {
    year = 0;
    month = 1;
    day = 2;
  }
  return TicksFromCivil({FullYear(clock.number[year], clock.digits[year]), clock.number[month],
                         clock.number[day], clock.hour, clock.minute, clock.second, clock.ticks});
}

void DateOrderFinder::Hypothesis::Add(const WallClock& clock) {
  const auto ticks = Resolve(clock, order);
  if (!ticks) {
    possible = false;
    return;
  }
  if (last.known()) {
    rising = rising && *ticks + kClockStep >= last;
    falling = falling && *ticks <= last + kClockStep;
  }
  last = *ticks;
}

void DateOrderFinder::Add(const WallClock& clock) {
  if (clock.utc || IsYearFirst(clock)) return;
  if (IsTwoDigitYearFirst(clock)) {
    two_digit_year_first_ = true;
    return;
  }
  seen_ = true;
  separator_ = clock.separator;
  half_days_ = half_days_ || clock.half_days;
  for (int i = 0; i < 2; ++i) {
    padded_ = padded_ || (clock.digits[i] == 2 && clock.number[i] < 10);
  }
  orders_differ_ = orders_differ_ || clock.number[0] != clock.number[1];
  month_first_.Add(clock);
  day_first_.Add(clock);
}

bool DateOrderFinder::decided() const {
  return two_digit_year_first_ || month_first_.possible != day_first_.possible;
}

// In this order: what the numbers allow, what the separator means everywhere, what leaves the rows
// in the order in which every viewer lists them, and last what is most common.
DateOrderFinder::Answer DateOrderFinder::Decide() const {
  if (two_digit_year_first_) return {DateOrder::kYearFirst};
  if (month_first_.possible != day_first_.possible) {
    return {month_first_.possible ? DateOrder::kMonthFirst : DateOrder::kDayFirst};
  }
  if (!seen_ || !orders_differ_) return {DateOrder::kMonthFirst};
  if (separator_ != '/') return {DateOrder::kDayFirst};
  if (month_first_.in_order() != day_first_.in_order()) {
    return {month_first_.in_order() ? DateOrder::kMonthFirst : DateOrder::kDayFirst};
  }
  const bool american = half_days_ || !padded_;
  return {american ? DateOrder::kMonthFirst : DateOrder::kDayFirst, true};
}

void LocalTimes::Put(const std::optional<WallClock>& clock, std::string_view text,
                     std::uint64_t line, Record& record) {
  if (find_ && clock && DependsOnOrder(*clock)) answer_ = std::exchange(find_, {})().Decide();
  auto ticks = clock ? Resolve(*clock, answer_.order) : std::nullopt;
  if (clock && !ticks) {
    const bool month_first = answer_.order == DateOrder::kMonthFirst;
    ticks = Resolve(*clock, month_first ? DateOrder::kDayFirst : DateOrder::kMonthFirst);
    if (ticks && !other_order_line_) other_order_line_ = line;
  }
  if (!ticks) {
    if (Trim(text).empty()) return;
    ++unreadable_;
    if (!unreadable_line_) {
      unreadable_line_ = line;
      unreadable_text_ = text;
    }
    return;
  }
  used_ = true;
  record.time = *ticks;
  record.time_basis = clock->utc ? TimeBasis::kUtc : TimeBasis::kLocalUnknown;
  record.time_precision = clock->ticks != 0 || clock->utc ? TimePrecision::kTicks
                          : clock->has_seconds            ? TimePrecision::kSecond
                                                          : TimePrecision::kMinute;
}

void LocalTimes::Report(const Export& input, DiagnosticSink& problems) const {
  const auto note = [&](const char* id, Place place, std::string reason) {
    problems.Report({Severity::kNote, id, {input.name, place}, std::move(reason)});
  };
  if (used_ && answer_.guessed) {
    const bool month_first = answer_.order == DateOrder::kMonthFirst;
    note("text.date-order", {},
         fmt::format("day and month cannot be told apart in any date; read as {}",
                     month_first ? "month/day/year" : "day/month/year"));
  }
  if (other_order_line_) {
    note("text.date-order", Place::Line(*other_order_line_),
         "a date that makes sense only with day and month the other way round than in the rest of "
         "the file; read so");
  }
  if (unreadable_line_) {
    note("text.time", Place::Line(*unreadable_line_),
         fmt::format("\"{}\" is no date and time; {} record{} kept without time",
                     Printable(unreadable_text_), unreadable_, unreadable_ == 1 ? "" : "s"));
  }
}

}  // namespace exdiag
