#include "importers/text/event_xml_values.h"

#include <algorithm>
#include <charconv>

namespace exdiag {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int Base64Digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

}  // namespace

bool IsBlankLine(std::string_view text) {
  return Trim(text).empty() && text.find('\n') != std::string_view::npos;
}

std::uint16_t XmlNumber16(std::string_view text) {
  const std::uint64_t number = XmlNumber(text);
  return number <= 0xffff ? static_cast<std::uint16_t>(number) : std::uint16_t{0};
}

void EventXmlValues::Begin() {
  event = XmlEvent();
  strings.clear();
  names.clear();
  made.clear();
  binary.clear();
  has_number = false;
}

void EventXmlValues::TakeEventId(std::string_view text, std::string_view qualifiers) {
  has_number = !text.empty();
  const std::uint64_t number = XmlNumber(text);
  event.event_id = static_cast<std::uint16_t>(number & 0xffff);
  if (number <= 0xffff'ffff) event.qualifiers = static_cast<std::uint16_t>(number >> 16);
  if (!qualifiers.empty()) event.qualifiers = XmlNumber16(qualifiers);
}

// python-evtx leaves the Z out; it is UTC all the same.
void EventXmlValues::TakeTime(std::string_view text) {
  const auto time = ParseIsoTime(Trim(text));
  if (time) event.time = time->ticks;
}

void EventXmlValues::PutLeaf(std::string_view element, std::string_view name, std::string_view text,
                             bool gave_attributes) {
  if (IsBlankLine(text)) text = {};
  if (gave_attributes && text.empty()) return;
  if (name.empty() && element != "Data") name = element;
  Put(text, name);
}

void EventXmlValues::SplitStringArray() {
  constexpr std::string_view kOpen = "<string>";
  constexpr std::string_view kClose = "</string>";
  if (strings.size() != 1 || !names[0].empty() || !strings[0].starts_with(kOpen)) return;
  std::string_view rest = Trim(strings[0]);
  if (!rest.ends_with(kClose)) return;
  rest.remove_prefix(kOpen.size());
  strings.clear();
  names.clear();
  constexpr std::string_view kBetween = "</string>\n<string>";
  for (std::size_t end = 0; (end = rest.find(kBetween)) != std::string_view::npos;) {
    Put(rest.substr(0, end), {});
    rest.remove_prefix(end + kBetween.size());
  }
  Put(rest.substr(0, rest.size() - kClose.size()), {});
}

void EventXmlValues::ReadBinary(std::string_view text) {
  binary.clear();
  if (base64 && BytesFromBase64(text, binary)) return;
  BytesFromHex(text, binary);
}

void EventXmlValues::Publish() {
  const auto named = [](std::string_view name) { return !name.empty(); };
  event.strings = strings;
  if (std::any_of(names.begin(), names.end(), named)) event.names = names;
  event.binary = binary;
}

std::uint64_t XmlNumber(std::string_view text) {
  std::string_view digits = Trim(text);
  const bool hexadecimal = StartsWithIgnoreCase(digits, "0x");
  if (hexadecimal) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, hexadecimal ? 16 : 10);
  return read.ec == std::errc() && read.ptr == end ? value : 0;
}

void BytesFromHex(std::string_view hex, std::vector<std::byte>& bytes) {
  int high = -1;
  for (const char c : hex) {
    if (high < 0 && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) continue;
    const int digit = HexDigit(c);
    if (digit < 0) break;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::byte>(high << 4 | digit));
      high = -1;
    }
  }
}

bool BytesFromBase64(std::string_view text, std::vector<std::byte>& bytes) {
  const std::size_t before = bytes.size();
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const int digit = Base64Digit(c);
    padding += c == '=';
    if ((digit < 0 && c != '=') || (digit >= 0 && padding > 0)) {
      bytes.resize(before);
      return false;
    }
    if (digit < 0) continue;
    ++digits;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if ((count += 6) >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> count & 0xff));
    }
  }
  if ((digits + padding) % 4 == 0) return true;
  bytes.resize(before);
  return false;
}

}  // namespace exdiag
