// How numbers and states are said to people, the same everywhere.
#pragma once

#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/evidence/record.h"
#include "engine/ranking/ranking.h"

namespace exdiag {

// "almost certain", "very likely", "likely", "more likely than not", "possible", "unlikely".
std::string_view SureInWords(double confidence);
// "87 %"; never "100 %" or "0 %" for what is neither.
std::string Percent(double share);
// "+3", "-1.5".
std::string PointsText(double points);
// "sure", "probable", "possible", "hint".
std::string_view StrengthName(Strength strength);
std::string_view VerdictName(Verdict verdict);
std::string_view StatusName(Status status);

// "1999-11-02 19:05:04 to 19:05:31 UTC"; names what is not known about the zone; "at no known time"
// when there is none.
std::string PeriodText(Ticks first, Ticks last, TimeBasis basis);

// "1,234".
std::string Digits(std::uint64_t count);
// "1 event", "1,234 events".
std::string Counted(std::uint64_t count, std::string_view noun);
// "a, b, c"; with `most` given, "a, b and 7 more".
std::string Joined(const std::vector<std::string>& parts, std::size_t most = 0);

}  // namespace exdiag
