// The words of a row whose tabs became blanks.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace exdiag::event_text {

// Those in front of the first blank line, as many as a row has in front of its text;
// "<MACHINE NAME>" is one.
std::vector<std::string_view> WordsOf(std::string_view text);

// From the beginning of one word to the end of another one.
std::string_view Between(std::string_view first, std::string_view last);

// How many words at the front are a date and a time; 0 when they are not.
std::size_t TakeDateAndTime(const std::vector<std::string_view>& words, std::string_view& date,
                            std::string_view& time);

}  // namespace exdiag::event_text
