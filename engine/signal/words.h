// Conditions in words, for people who read why a finding is not certain.
#pragma once

#include <string>

#include "engine/rule/rule.h"

namespace exdiag {

// "3+ of mismatch within 10 min on another host", "no spn of EX1 with service, instance".
std::string DescribeCondition(const Rule& rule, const Condition& condition);

// "MSExchangeMTA 9301/9316 (mismatch)", "tpkt_frame (frame)".
std::string DescribePattern(const EventPattern& pattern);

}  // namespace exdiag
