// "The description for Event ID ( N ) in Source ( S ) cannot be found ..." is what viewers show in
// place of a message when the program's message file is not on the computer that reads the log,
// which is the normal state of a log that somebody sent in.  The insertion strings stand behind the
// sentence, and each generation of Windows has its own words and its own way to separate them:
//
//   NT 3.x       ... could not be found. It contains the insertion string a
//   NT 3.5, 4.0  ... could not be found. It contains the following insertion string(s): a, b.
//   2000 - 2003  ... cannot be found. ... The following information is part of the event: a; b.
//   .NET         ... The following information is part of the event:'a', 'b'
//   Vista on     ... The following information was included with the event: (a line each, then a
//                blank line and the reason)
//   Splunk       ... Got the following information from this event: (a line each)
//
// Other languages keep the shape: the first sentence names number and source, since 2000 and up to
// 2003 as "( 57 )" and "( MSExchangeMTA )"; the strings stand behind a colon, since Vista the one
// at the end of a line with a blank line behind it.
#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/normalise/normaliser.h"

namespace exdiag {
namespace {

enum class Shape { kOne, kSeparated, kLines };

struct Wording {
  std::string_view marker;  // what stands right before the strings
  Shape shape;
};

constexpr std::array<Wording, 5> kWordings = {{
    {"It contains the following insertion string(s):", Shape::kSeparated},
    {"It contains the insertion string ", Shape::kOne},
    {"The following information is part of the event:", Shape::kSeparated},
    {"The following information was included with the event:", Shape::kLines},
    {"Got the following information from this event:", Shape::kLines},
}};

constexpr std::array<std::string_view, 3> kBeginnings = {
    "The description for Event ID", "Description for Event ID",
    "Splunk could not get the description for this event"};

using Strings = std::vector<std::string>;

std::size_t CountOf(std::string_view text, std::string_view separator) {
  std::size_t count = 1;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, at + separator.size())) {
    ++count;
  }
  return count;
}

// At most `most` pieces, the last of which takes the rest; 0 is no limit.
Strings SplitAt(std::string_view text, std::string_view separator, std::size_t most) {
  Strings pieces;
  while (most == 0 || pieces.size() + 1 < most) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) break;
    pieces.emplace_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  pieces.emplace_back(text);
  return pieces;
}

// "'a', 'b'": quotes inside a string are not doubled, so only the outer ones count.
std::optional<Strings> ReadQuoted(std::string_view text, std::size_t expected) {
  if (text.size() < 2 || !text.starts_with('\'') || !text.ends_with('\'')) return std::nullopt;
  return SplitAt(text.substr(1, text.size() - 2), "', '", expected);
}

// Windows 2000 and later put "; " between them, NT ", "; a log that was edited may have either.
Strings ReadSeparated(std::string_view text, std::size_t expected) {
  text = Trim(text);
  if (auto quoted = ReadQuoted(text, expected)) return std::move(*quoted);
  if (text.ends_with('.')) text.remove_suffix(1);  // of the sentence
  if (text.empty()) return {};
  const std::size_t semicolons = CountOf(text, "; ");
  const bool by_semicolon = expected == 0 ? semicolons > 1 : semicolons >= expected;
  if (by_semicolon || CountOf(text, ", ") == 1) return SplitAt(text, "; ", expected);
  return SplitAt(text, ", ", expected);
}

std::string_view WithoutLineEnd(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A line each; the reason stands behind the last blank line ("The message resource is present but
// the message is not found in the string/message table").
Strings ReadLines(std::string_view text, std::size_t expected) {
  std::vector<std::string_view> lines = Split(text, '\n');
  std::transform(lines.begin(), lines.end(), lines.begin(), WithoutLineEnd);
  const auto blank = [](std::string_view line) { return Trim(line).empty(); };
  lines.erase(lines.begin(), std::find_if_not(lines.begin(), lines.end(), blank));
  while (!lines.empty() && blank(lines.back())) lines.pop_back();
  if (lines.size() > 2 && blank(lines[lines.size() - 2]) && lines.size() != expected) {
    lines.pop_back();
    while (!lines.empty() && blank(lines.back()) && lines.size() > expected) lines.pop_back();
  }
  Strings strings;
  for (const std::string_view line : lines) {
    if (expected != 0 && strings.size() == expected) {
      strings.back().append("\n").append(line);
    } else {
      strings.emplace_back(line);
    }
  }
  return strings;
}

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

bool NamesNumber(std::string_view line, std::string_view number) {
  const auto digit = [&](std::size_t at) {
    return at < line.size() && line[at] >= '0' && line[at] <= '9';
  };
  for (std::size_t at = line.find(number); at != std::string_view::npos;
       at = line.find(number, at + 1)) {
    if ((at == 0 || !digit(at - 1)) && !digit(at + number.size())) return true;
  }
  return false;
}

bool EndsInColon(std::string_view line) {
  line = Trim(line);
  return line.ends_with(':') || line.ends_with("\xef\xbc\x9a");
}

// What stands behind the last line that ends in a colon and has a blank line behind it.
std::optional<std::string_view> BehindLastHeading(std::string_view text) {
  std::optional<std::string_view> found;
  bool heading = false;
  while (!text.empty()) {
    const std::string_view line = FirstLine(text);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (heading && Trim(line).empty() && !Trim(text).empty()) found = text;
    heading = EndsInColon(line);
  }
  return found;
}

std::optional<Strings> ReadForeign(std::string_view message, std::size_t expected,
                                   const NamedEvent& event) {
  const std::string number = std::to_string(event.number);
  const std::string_view sentence = FirstLine(message);
  const std::size_t source_at = sentence.find(event.source);
  if (event.source.empty() || source_at == std::string_view::npos ||
      !NamesNumber(sentence, number)) {
    return std::nullopt;
  }
  const std::string source = "( " + std::string(event.source) + " )";
  const std::size_t in_brackets = sentence.find(source);
  if (in_brackets != std::string_view::npos &&
      sentence.find("( " + number + " )") != std::string_view::npos) {
    const std::size_t colon = sentence.find(": ", in_brackets + source.size());
    if (colon == std::string_view::npos) return std::nullopt;
    return ReadSeparated(message.substr(colon + 2), expected);
  }
  const auto lines = BehindLastHeading(message.substr(sentence.size()));
  return lines ? std::optional(ReadLines(*lines, expected)) : std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> StringsFromMissingDescription(std::string_view message,
                                                                      std::size_t expected,
                                                                      const NamedEvent& event) {
  message = Trim(message);
  const bool begins = std::any_of(
      kBeginnings.begin(), kBeginnings.end(),
      [&](std::string_view beginning) { return StartsWithIgnoreCase(message, beginning); });
  if (!begins) return ReadForeign(message, expected, event);
  for (const auto& [marker, shape] : kWordings) {
    const std::size_t at = FindIgnoreCase(message, marker);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = message.substr(at + marker.size());
    switch (shape) {
      case Shape::kOne:
        return Strings{std::string(Trim(rest))};
      case Shape::kSeparated:
        return ReadSeparated(rest, expected);
      case Shape::kLines:
        return ReadLines(rest, expected);
    }
  }
  return std::nullopt;
}

}  // namespace exdiag
