#include "importers/event_text/pasted_words.h"

#include <algorithm>

#include "importers/text/local_time.h"

namespace exdiag::event_text {
namespace {

constexpr std::size_t kMostWords = 24;  // of a head

}  // namespace

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t line_ends = 0;
  for (std::size_t at = 0; at < text.size() && words.size() < kMostWords;) {
    const char c = text[at];
    if (c == '\n' && ++line_ends > 1) break;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      ++at;
      continue;
    }
    line_ends = 0;
    std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    const std::size_t close = c == '<' ? text.substr(at, 40).find('>') : std::string_view::npos;
    if (close != std::string_view::npos) end = std::max(end, at + close + 1);
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string_view Between(std::string_view first, std::string_view last) {
  return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
}

std::size_t TakeDateAndTime(const std::vector<std::string_view>& words, std::string_view& date,
                            std::string_view& time) {
  WallClock ignored;
  if (words.size() < 3 || !ReadDate(words[0], ignored)) return 0;
  date = words[0];
  // "4:15:31 PM" before "4:15:31".
  for (std::size_t last = 2; last >= 1; --last) {
    time = Between(words[1], words[last]);
    if (ReadTimeOfDay(time, ignored)) return last + 1;
  }
  return 0;
}

}  // namespace exdiag::event_text
