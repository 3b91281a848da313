#include "engine/base/time.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

TEST(TimeTest, FileTime) {
  const struct {
    const char* why;
    std::uint64_t filetime;
    std::string text;
  } kCases[] = {
      {"zero means never", 0, ""},
      {"the Unix epoch", 116'444'736'000'000'000, "1970-01-01T00:00:00Z"},
      {"sub-microsecond ticks survive", 116'444'736'000'000'001, "1970-01-01T00:00:00.0000001Z"},
      {"the last tick of 9999", 2'650'467'743'999'999'999, "9999-12-31T23:59:59.9999999Z"},
      {"the year 10000", 2'650'467'744'000'000'000, ""},
      {"largest damaged value", 0xffff'ffff'ffff'ffff, ""},
  };
  for (const auto& row : kCases) {
    const auto ticks = TicksFromFileTime(row.filetime);
    EXPECT_EQ(ticks ? FormatTime(*ticks, TimeBasis::kUtc) : "", row.text) << row.why;
  }
}

TEST(TimeTest, CivilTimesThatDoNotExistAreRefused) {
  EXPECT_TRUE(TicksFromCivil({2000, 2, 29, 23, 59, 59, 0}));
  EXPECT_FALSE(TicksFromCivil({1900, 2, 29, 0, 0, 0, 0}));
  EXPECT_FALSE(TicksFromCivil({1999, 13, 1, 0, 0, 0, 0}));
  EXPECT_FALSE(TicksFromCivil({1999, 1, 1, 24, 0, 0, 0}));
  EXPECT_FALSE(TicksFromCivil({1600, 1, 1, 0, 0, 0, 0}));
}

TEST(TimeTest, IsoTimes) {
  const struct {
    std::string_view text;
    std::string formatted;
    bool has_offset;
  } kCases[] = {
      {"1999-11-02T19:05:31", "1999-11-02T19:05:31", false},
      {"1999-11-02 19:05", "1999-11-02T19:05:00", false},
      {"1999-11-02", "1999-11-02T00:00:00", false},
      {"2021-06-04T08:41:47.982128Z", "2021-06-04T08:41:47.982128", true},
      {"2021-06-04T08:41:47.123456789Z", "2021-06-04T08:41:47.1234567", true},
      {"2026-05-31T16:36:21.3830000-04:00", "2026-05-31T20:36:21.383", true},
      {"2026-05-31T16:36:21+0530", "2026-05-31T11:06:21", true},
      {"1999-11-02 19", "", false},
      {"1999-11-02T19:05:31 PM", "", false},
      {"02/11/1999", "", false},
      {"", "", false},
  };
  for (const auto& row : kCases) {
    const auto parsed = ParseIsoTime(row.text);
    ASSERT_EQ(parsed.has_value(), !row.formatted.empty()) << row.text;
    if (!parsed) continue;
    EXPECT_EQ(FormatTime(parsed->ticks, TimeBasis::kLocalUnknown), row.formatted);
    EXPECT_EQ(parsed->has_offset, row.has_offset) << row.text;
  }
}

TEST(TimeTest, Durations) {
  EXPECT_EQ(ParseDuration("90s"), Duration::Seconds(90));
  EXPECT_EQ(ParseDuration("10m"), Duration::Seconds(600));
  EXPECT_EQ(ParseDuration("1h"), Duration::Seconds(3600));
  EXPECT_EQ(ParseDuration("7d"), Duration::Seconds(7 * 86400));
  for (const std::string_view bad :
       {"10", "m", "", "-5m", "10 m", "10w", "1h30m", "99999999999d"}) {
    EXPECT_FALSE(ParseDuration(bad)) << bad;
  }
  EXPECT_EQ(FormatDuration(Duration::Seconds(600)), "10 min");
  EXPECT_EQ(FormatDuration(Duration::Seconds(90)), "90 s");
  EXPECT_EQ(FormatDuration(Duration::Seconds(86400)), "1 d");
}

std::string ToUtc(std::string_view zone, std::string_view wall_clock) {
  return FormatTime(TimeZone::Find(zone)->ToUtc(ParseIsoTime(wall_clock)->ticks), TimeBasis::kUtc);
}

TEST(TimeTest, Zones) {
  EXPECT_EQ(ToUtc("Europe/Paris", "1999-11-02T19:05:31"), "1999-11-02T18:05:31Z");
  EXPECT_EQ(ToUtc("Europe/Paris", "1999-07-02T19:05:31"), "1999-07-02T17:05:31Z");
  EXPECT_EQ(ToUtc("America/New_York", "2003-01-15T12:00:00"), "2003-01-15T17:00:00Z");
  EXPECT_EQ(ToUtc("+05:30", "2003-01-15T12:00:00"), "2003-01-15T06:30:00Z");
  EXPECT_EQ(ToUtc("-0800", "2003-01-15T12:00:00"), "2003-01-15T20:00:00Z");
  EXPECT_EQ(ToUtc("UTC", "2003-01-15T12:00:00.5"), "2003-01-15T12:00:00.5Z");
  EXPECT_EQ(ToUtc("Europe/Paris", "1999-10-31T02:30:00"), "1999-10-31T00:30:00Z");  // occurs twice
  EXPECT_EQ(ToUtc("Europe/Paris", "1999-03-28T02:30:00"), "1999-03-28T01:30:00Z");  // skipped
  EXPECT_FALSE(TimeZone::Find("Mars/Olympus"));
  EXPECT_FALSE(TimeZone::Find("+25:00"));
}

}  // namespace
}  // namespace exdiag
