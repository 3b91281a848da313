#include "engine/base/text.h"

#include <fmt/format.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <numeric>

#include "engine/base/utf16.h"

namespace exdiag {
namespace {

char Fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

// Length of the well-formed UTF-8 sequence at the front of `text`, 0 when there is none
// (RFC 3629 section 4: no overlong forms, no surrogates, nothing past U+10FFFF).
std::size_t Utf8Length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (at(i) & 0xc0) == 0x80; };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && at(1) < 0xa0) return 0;
    if (lead == 0xed && at(1) > 0x9f) return 0;
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0;
    if (lead == 0xf4 && at(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (Fold(a[i - 1]) == Fold(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

// Where `folded`, or its capital letter, stands next; the end of `text` when it does not.
std::size_t FindFolded(std::string_view text, char folded, std::size_t at) {
#if defined(__SSE2__)
  const char capital = folded >= 'a' && folded <= 'z' ? static_cast<char>(folded - 32) : folded;
  const __m128i small = _mm_set1_epi8(folded);
  const __m128i large = _mm_set1_epi8(capital);
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, small), _mm_cmpeq_epi8(bytes, large));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)); mask != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
  }
#endif
  while (at < text.size() && Fold(text[at]) != folded) ++at;
  return at;
}

bool LooksLikeIpAddress(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789.:") == std::string_view::npos;
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), Fold);
  return out;
}

bool SameLetters(const char* a, const char* b, std::size_t size) {
  return std::memcmp(a, b, size) == 0 ||
         std::equal(a, a + size, b, [](char x, char y) { return Fold(x) == Fold(y); });
}

std::size_t FindIgnoreCase(std::string_view text, std::string_view part, std::size_t from) {
  if (from > text.size()) return std::string_view::npos;
  if (part.empty()) return from;
  const std::string_view tail = part.substr(1);
  for (std::size_t at = FindFolded(text, Fold(part.front()), from); text.size() - at >= part.size();
       at = FindFolded(text, Fold(part.front()), at + 1)) {
    if (EqualsIgnoreCase(text.substr(at + 1, tail.size()), tail)) return at;
  }
  return std::string_view::npos;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string CollapseSpace(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : Trim(text)) {
    if (!IsSpace(c)) {
      out.push_back(c);
    } else if (out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  constexpr std::uint64_t kLargest = 0x7fff'ffff'ffff'ffff;
  if (text.empty() || error != std::errc{} || stop != end || value > kLargest) return std::nullopt;
  const auto magnitude = static_cast<std::int64_t>(value);
  return negative ? -magnitude : magnitude;
}

std::string_view Nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best_distance || (distance == best_distance && best.empty() && distance <= 1)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string CanonicalHost(std::string_view name) {
  name = Trim(name);
  while (name.starts_with('\\')) name.remove_prefix(1);
  if (LooksLikeIpAddress(name)) return std::string(name);
  return ToLower(name.substr(0, name.find('.')));
}

bool AppendUtf16(std::span<const std::byte> bytes, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + bytes.size() / 2 * 3);
  bool clean = true;
  const char* const end = PutUtf16(bytes, out.data() + before, clean);
  out.resize(static_cast<std::size_t>(end - out.data()));
  return clean;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    if (std::uint64_t eight = 0; text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & 0x8080'8080'8080'8080) == 0) {
        text.remove_prefix(sizeof eight);
        continue;
      }
    }
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

namespace {

// Code points that turn the reading direction round, break lines or show nothing at all: with them
// text can look like what it is not.  (Unicode, UAX #9 and UTS #39; CVE-2021-42574.)
constexpr std::pair<std::uint32_t, std::uint32_t> kUnseen[] = {
    {0x061c, 0x061c}, {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e},
    {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};

// The code point when `character`, one well-formed UTF-8 sequence, is among those; else 0.
std::uint32_t UnseenCharacter(std::string_view character) {
  if (character.size() < 2) return 0;
  std::uint32_t code = static_cast<unsigned char>(character[0]) & (0x7fu >> character.size());
  for (const char c : character.substr(1))
    code = code << 6 | (static_cast<unsigned char>(c) & 0x3f);
  for (const auto& [first, last] : kUnseen) {
    if (code >= first && code <= last) return code;
  }
  return 0;
}

}  // namespace

std::string Printable(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = Utf8Length(text);
    const bool c1_control =
        length == 2 && lead == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    const bool line_end = lead == '\n' || lead == '\r';
    if (length == 1 && keep_lines && line_end) {
      if (lead == '\n') out.push_back('\n');
    } else if (length == 0 || lead == 0x7f || (lead < 0x20 && lead != '\t')) {
      out += fmt::format("\\x{:02x}", lead);
      text.remove_prefix(1);
      continue;
    } else if (const std::uint32_t hidden = UnseenCharacter(text.substr(0, length)); hidden != 0) {
      out += fmt::format("\\u{:04x}", hidden);
    } else if (c1_control) {
      out += fmt::format("\\x{:02x}\\x{:02x}", lead, static_cast<unsigned char>(text[1]));
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace exdiag
