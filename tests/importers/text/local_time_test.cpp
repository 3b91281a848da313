#include "importers/text/local_time.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

std::string Show(std::string_view text, DateOrder order) {
  const auto clock = ReadWallClock(text);
  if (!clock) return "no";
  const auto ticks = Resolve(*clock, order);
  if (!ticks) return "no date";
  return FormatTime(*ticks, clock->utc ? TimeBasis::kUtc : TimeBasis::kLocalUnknown);
}

TEST(LocalTimeTest, Texts) {
  constexpr auto kMdy = DateOrder::kMonthFirst;
  constexpr auto kDmy = DateOrder::kDayFirst;
  const struct {
    std::string_view why;
    std::string_view text;
    DateOrder order;
    std::string_view time;
  } kCases[] = {
      {"American, NT", "11/5/99 11:57:22 AM", kMdy, "1999-11-05T11:57:22"},
      {"British", "31/12/96 19:56:34", kDmy, "1996-12-31T19:56:34"},
      {"noon", "1/2/2001 12:00:00 PM", kMdy, "2001-01-02T12:00:00"},
      {"midnight", "1/2/2001 12:00:00 AM", kMdy, "2001-01-02T00:00:00"},
      {"without seconds", "1/2/2001 4:05 PM", kMdy, "2001-01-02T16:05:00"},
      {"German", "27.10.2021 12:28:26", kDmy, "2021-10-27T12:28:26"},
      {"Dutch", "19-07-2026 09:58:57", kDmy, "2026-07-19T09:58:57"},
      {"Japanese", "2001/02/03 04:05:06", kMdy, "2001-02-03T04:05:06"},
      {"Japanese half days", "2001/02/03 午後 3:47:00", kMdy, "2001-02-03T15:47:00"},
      {"Spanish half days", "3/2/2001 3:47:00 p. m.", kDmy, "2001-02-03T15:47:00"},
      {"narrow no-break space before AM", "7/17/2021 10:31:05\xe2\x80\xafPM", kMdy,
       "2021-07-17T22:31:05"},
      {"Hungarian", "2001. 02. 03. 4:05:06", kMdy, "2001-02-03T04:05:06"},
      {"Finnish times", "3.2.2001 14.05.06", kDmy, "2001-02-03T14:05:06"},
      {"the MTA", "04-10-96 05:52:10pm", kMdy, "1996-04-10T17:52:10"},
      {"years from 70 on are 19xx", "1/1/70 1:00:00", kMdy, "1970-01-01T01:00:00"},
      {"years below are 20xx", "1/1/69 1:00:00", kMdy, "2069-01-01T01:00:00"},
      {"two-digit year first", "99-11-05 4:05:06", kMdy, "1999-11-05T04:05:06"},
      {"ISO without zone", "2021-10-27T12:28:26.123", kMdy, "2021-10-27T12:28:26.123"},
      {"ISO with Z", "2021-10-27T12:28:26.123Z", kMdy, "2021-10-27T12:28:26.123Z"},
      {"ISO with offset", "2021-10-27T12:28:26+02:00", kMdy, "2021-10-27T10:28:26Z"},
      {"no such day", "2/30/2001 1:00:00", kMdy, "no date"},
      {"13th month", "13/1/2001 1:00:00", kMdy, "no date"},
      {"date alone", "1/2/2001", kMdy, "no"},
      {"time alone", "4:05:06 PM", kMdy, "no"},
      {"a word", "Date", kMdy, "no"},
      {"empty", "", kMdy, "no"},
      {"something behind it", "1/2/2001 4:05:06 PM x", kMdy, "no"},
      {"hour 24", "1/2/2001 24:05:06", kMdy, "no"},
      {"minute 60", "1/2/2001 4:60:06", kMdy, "no"},
      {"two separators", "1/2-2001 4:05:06", kMdy, "no"},
      {"three-digit year", "1/2/201 4:05:06", kMdy, "no"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(Show(row.text, row.order), row.time) << row.why;
  }
}

TEST(LocalTimeTest, PrecisionIsWhatTheTextShows) {
  DateOrderFinder finder;
  LocalTimes times(finder);
  const struct {
    std::string_view text;
    TimePrecision precision;
  } kCases[] = {
      {"1/2/2001 4:05 PM", TimePrecision::kMinute},
      {"1/2/2001 4:05:06 PM", TimePrecision::kSecond},
      {"2001-01-02T04:05:06.5", TimePrecision::kTicks},
      {"2001-01-02T04:05:06.5Z", TimePrecision::kTicks},
  };
  for (const auto& row : kCases) {
    Record record;
    times.Put(ReadWallClock(row.text), row.text, 1, record);
    EXPECT_EQ(record.time_precision, row.precision) << row.text;
  }
}

TEST(LocalTimeTest, TheOrderIsFoundOnceAndOnlyWhenADateNeedsIt) {
  int asked = 0;
  LocalTimes times([&asked] {
    ++asked;
    DateOrderFinder finder;
    finder.Add(*ReadWallClock("31/12/1996 19:56:34"));
    return finder;
  });
  const struct {
    std::string_view text;
    std::string_view time;
    int asked;
  } kCases[] = {
      {"2001-02-03T04:05:06", "2001-02-03T04:05:06", 0},
      {"2001-02-03T04:05:06Z", "2001-02-03T04:05:06Z", 0},
      {"99-11-05 4:05:06", "1999-11-05T04:05:06", 0},
      {"no time", "", 0},
      {"3/2/2001 4:05:06", "2001-02-03T04:05:06", 1},
      {"4/2/2001 4:05:06", "2001-02-04T04:05:06", 1},
  };
  for (const auto& row : kCases) {
    Record record;
    times.Put(ReadWallClock(row.text), row.text, 1, record);
    EXPECT_EQ(FormatTime(record.time, record.time_basis), row.time) << row.text;
    EXPECT_EQ(asked, row.asked) << row.text;
  }
}

// A log is listed in one direction; an hour back is a clock that was set, not another order.
TEST(LocalTimeTest, OrderByDirectionSurvivesAClockStep) {
  DateOrderFinder finder;
  for (const std::string_view text :
       {"9/3/99 1:00:00", "9/3/99 1:30:00", "8/3/99 1:00:00", "10/2/99 1:00:00"}) {
    finder.Add(*ReadWallClock(text));
  }
  EXPECT_FALSE(finder.decided());
  EXPECT_EQ(finder.Decide().order, DateOrder::kDayFirst);
  EXPECT_FALSE(finder.Decide().guessed);
}

}  // namespace
}  // namespace exdiag
