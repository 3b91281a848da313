#include "importers/host/file_dates.h"

#include <gtest/gtest.h>

namespace exdiag::host {
namespace {

struct Case {
  const char* why;
  std::vector<const char*> dates;
  bool twelve_hours;
  const char* last;  // ISO, of the last one; "" when it is no date
};

TEST(FileDates, TheOrderIsDecidedByTheWholeListing) {
  const std::vector<Case> cases = {
      {"a day above 12 in the second place", {"03/24/2021", "07/08/2001"}, false, "2001-07-08"},
      {"a day above 12 in the first place", {"24/03/2021", "07/08/2001"}, true, "2001-08-07"},
      {"a 12-hour clock goes with the month first", {"07/08/2001"}, true, "2001-07-08"},
      {"a 24-hour clock with the day first", {"07/08/2001"}, false, "2001-08-07"},
      {"dots go with the day first", {"07.08.2001"}, true, "2001-08-07"},
      {"NT's dashes with two digits", {"09-08-98"}, false, "1998-09-08"},
      {"the year first needs no decision", {"2021-03-24"}, false, "2021-03-24"},
      {"the same with slashes", {"2021/03/24"}, false, "2021-03-24"},
      {"a month by name", {"16-Jul-2001"}, true, "2001-07-16"},
      {"two digits from 30 on are of the last century", {"11/30/30"}, true, "1930-11-30"},
      {"and below of this one", {"11/30/29"}, true, "2029-11-30"},
      {"no month 13", {"13/13/2001"}, true, ""},
  };
  for (const Case& c : cases) {
    DateOrderVote vote;
    std::optional<DateParts> last;
    for (const char* text : c.dates) {
      last = ParseDate(text);
      ASSERT_TRUE(last) << c.why;
      vote.Add(*last, c.twelve_hours);
    }
    EXPECT_EQ(IsoDate(*last, vote.Decide()), c.last) << c.why;
  }
}

TEST(FileDates, OtherWordsAreNoDates) {
  for (const char* text : {"", "10.1.0.1", "1/2", "1/2/3/4", "a/b/c", "12-Foo-2001", "1/2/345",
                           "123/1/2001", "5.0.2195.1", "2001/1"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

}  // namespace
}  // namespace exdiag::host
