// Regular expressions of rules: Boost.Regex, Perl syntax, case-insensitive, anywhere in the value.
//
// The values come from logs, and a log is hostile: the number of states that one search may visit
// is bounded, so that the worst regex on the worst value costs some hundredths of a second.  Boost
// is met in regex.cpp only, and its exceptions stop there.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace exdiag {

struct CompiledRegex;

enum class RegexMatch : std::uint8_t { kNo, kYes, kTooComplex };

// The Error is the reason in Boost's words and where in the pattern.
Result<std::shared_ptr<const CompiledRegex>> CompileRegex(std::string_view pattern);

// Searches `text`.  On kYes `captures` (when given) gets the named captures of the first match, in
// the order of CaptureNames; one that took no part is "".  They point into `text`.
RegexMatch SearchRegex(const CompiledRegex& regex, std::string_view text,
                       std::vector<std::string_view>* captures = nullptr);

// Names of (?<name>...) groups in order.
std::vector<std::string> CaptureNames(std::string_view pattern);

// A text (lower case) that every match contains, the longest that is easily seen; "" when there is
// none.  A value without it need not be searched.
std::string RequiredLiteral(std::string_view pattern);

// True when some value made of the pattern's own letters takes the search past its bound.
bool BacktracksBadly(const CompiledRegex& regex);

}  // namespace exdiag
