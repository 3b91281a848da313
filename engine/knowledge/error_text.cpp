// Error codes as people write them.  The same 32 bits are met as a Win32 number (1722), as an
// HRESULT in hexadecimal with or without 0x, as a negative number where a tool printed them signed,
// and as four bytes in the Data of an event, lowest first ("0c 03 09 80").
#include <algorithm>
#include <charconv>

#include "engine/base/text.h"
#include "engine/knowledge/knowledge.h"

namespace exdiag {
namespace {

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool AllHex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsHexDigit);
}

std::optional<std::uint32_t> FromHex(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> FromDecimal(std::string_view text) {
  const auto value = ParseInteger(text);
  if (!value || *value < -0x8000'0000LL || *value > 0xffff'ffffLL) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::uint32_t Reversed(std::uint32_t value) {
  return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

// "05 00 07 80": exactly four bytes of two digits.  "0000: 05 00 07 80 00 00 00 00 ........": the
// first four bytes of a line as the Event Viewer shows the Data, with its offset.
std::optional<std::uint32_t> FromBytes(std::string_view text) {
  std::vector<std::string_view> words = Split(text, ' ');
  const bool line =
      words.front().ends_with(':') && AllHex(words.front().substr(0, words.front().size() - 1));
  if (line) words.erase(words.begin());
  if (line ? words.size() < 4 : words.size() != 4) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < 4; ++i) {
    if (words[i].size() != 2 || !AllHex(words[i])) return std::nullopt;
    digits += words[i];
  }
  return Reversed(*FromHex(digits));
}

// HRESULTs and NTSTATUS values of failures have the top bit set; read the other way round such a
// number has it at the end.
bool LooksLikeFailure(std::uint32_t value) { return (value & 0x8000'0000) != 0; }

// What a number read from four bytes can be: a failure or a code of Windows ("05000000").
bool LooksLikeCode(std::uint32_t value) { return LooksLikeFailure(value) || value <= 0xffff; }

}  // namespace

std::vector<std::uint32_t> ReadErrorCode(std::string_view text) {
  const std::string collapsed = CollapseSpace(text);
  std::string_view word = collapsed;
  std::vector<std::uint32_t> codes;
  const auto add = [&](std::optional<std::uint32_t> code) {
    if (code && std::find(codes.begin(), codes.end(), *code) == codes.end()) codes.push_back(*code);
  };
  if (word.starts_with("0x") || word.starts_with("0X")) {
    add(FromHex(word.substr(2)));
    return codes;
  }
  add(FromBytes(word));
  // The store's call stacks print ten digits: "0080070057".
  if (word.size() == 10 && word.starts_with("00") && AllHex(word)) word.remove_prefix(2);
  const bool eight_hex = word.size() == 8 && AllHex(word);
  const auto hex = eight_hex ? FromHex(word) : std::nullopt;
  if (hex && LooksLikeFailure(*hex)) add(hex);
  add(FromDecimal(word));
  add(hex);
  if (hex && LooksLikeCode(Reversed(*hex))) add(Reversed(*hex));
  // "2afc" cannot be a decimal number.
  if (codes.empty() && word.size() <= 8 && word.size() > 2 && AllHex(word)) add(FromHex(word));
  return codes;
}

}  // namespace exdiag
