// Small things about text that more than one folder needs.  Text is UTF-8; letters are folded in
// ASCII only, which is what provider names, host names and keys consist of.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

std::string ToLower(std::string_view text);
// `size` characters that are the same but for the case of ASCII letters.
bool SameLetters(const char* a, const char* b, std::size_t size);
// Most comparisons end with the sizes or the first character, so those are looked at right here.
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  return a.empty() || (((a.front() ^ b.front()) & ~('a' - 'A')) == 0 &&
                       SameLetters(a.data(), b.data(), a.size()));
}
inline bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}
// Position of the first occurrence of `part`, or npos.
std::size_t FindIgnoreCase(std::string_view text, std::string_view part, std::size_t from = 0);

// Without white space (blank, tab, CR, LF, VT, FF) at both ends.
std::string_view Trim(std::string_view text);
// Every run of white space becomes one blank, both ends trimmed.
std::string CollapseSpace(std::string_view text);
std::vector<std::string_view> Split(std::string_view text, char separator);

// A whole number, decimal or 0x-hexadecimal, with an optional sign; nullopt for anything else,
// surrounding blanks included.
std::optional<std::int64_t> ParseInteger(std::string_view text);

// The one of `known` that is most like `word`, for "did you mean"; empty when none is near: more
// than a third of its letters would have to change.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> known);

// The name by which we know a host: first label, lower case, without leading backslashes.  NetBIOS
// and FQDN forms of one host so become one: "EX1.corp.example" -> "ex1".  An IP address stays
// whole.
std::string CanonicalHost(std::string_view name);

// Appends UTF-16LE `units` bytes as UTF-8; a lone surrogate becomes U+FFFD.  `bytes` beyond an even
// count are ignored.  Returns false when something had to be replaced.
bool AppendUtf16(std::span<const std::byte> bytes, std::string& out);

// True when `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

// Printable form of text from a log: control characters, escapes and ill-formed UTF-8 become \xNN,
// what turns the reading direction or is invisible \uNNNN; line ends are kept when `keep_lines`.
std::string Printable(std::string_view text, bool keep_lines = false);

}  // namespace exdiag
