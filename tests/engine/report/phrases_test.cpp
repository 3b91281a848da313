#include "engine/report/phrases.h"

#include <gtest/gtest.h>

#include "tests/engine/report/sample_report.h"

namespace exdiag {
namespace {

TEST(PhrasesTest, Percent) {
  EXPECT_EQ(Percent(0), "0 %");
  EXPECT_EQ(Percent(0.004), "under 1 %");
  EXPECT_EQ(Percent(0.8712), "87 %");
  EXPECT_EQ(Percent(0.9999), "over 99 %");
  EXPECT_EQ(Percent(1), "100 %");
}

TEST(PhrasesTest, SureInWords) {
  EXPECT_EQ(SureInWords(0.95), "almost certain");
  EXPECT_EQ(SureInWords(0.94), "very likely");
  EXPECT_EQ(SureInWords(0.65), "likely");
  EXPECT_EQ(SureInWords(0.5), "more likely than not");
  EXPECT_EQ(SureInWords(0.49), "possible");
  EXPECT_EQ(SureInWords(0.1), "unlikely");
}

TEST(PhrasesTest, Points) {
  EXPECT_EQ(PointsText(3), "+3");
  EXPECT_EQ(PointsText(-1.5), "-1.5");
  EXPECT_EQ(PointsText(-0.01), "+0");
}

TEST(PhrasesTest, Periods) {
  const Ticks first = At("1999-11-02T19:05:04"), later = At("1999-11-02T19:41:00"),
              next = At("1999-11-03T00:00:00");
  EXPECT_EQ(PeriodText(first, first, TimeBasis::kUtc), "1999-11-02 19:05:04 UTC");
  EXPECT_EQ(PeriodText(first, later, TimeBasis::kUtc), "1999-11-02 19:05:04 to 19:41:00 UTC");
  EXPECT_EQ(PeriodText(first, next, TimeBasis::kLocalUnknown),
            "1999-11-02 19:05:04 to 1999-11-03 00:00:00 (local time, zone not known)");
  EXPECT_EQ(PeriodText({}, {}, TimeBasis::kNone), "at no known time");
}

TEST(PhrasesTest, Lists) {
  EXPECT_EQ(Counted(1, "event"), "1 event");
  EXPECT_EQ(Counted(1234567, "event"), "1,234,567 events");
  EXPECT_EQ(Joined({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(Joined({"a", "b", "c"}, 2), "a, b and 1 more");
}

}  // namespace
}  // namespace exdiag
