#include "engine/mail/mime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kLine = 76;  // RFC 2045 6.7 and 6.8, RFC 2047 2; RFC 5322 wants 78
// Bytes of one encoded word.  With "=?UTF-8?B?" and "?=" they are 64 letters, which leaves room for
// the name of a header before the first.
constexpr std::size_t kWordBytes = 39;

// `bytes` without line ends, with padding.
std::string Base64(std::string_view bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kLetters[group >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return out;
}

bool IsPlain(std::string_view text) {
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  return std::all_of(text.begin(), text.end(), printable);
}

// At most `most` bytes, cut between characters of UTF-8.
std::string_view WholeCharacters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

// RFC 2047: one encoded word a line.  White space between two of them is not shown, so it belongs
// into the words.
std::string EncodedWords(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view head = WholeCharacters(text, kWordBytes);
    out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : "\r\n ", Base64(head));
    text.remove_prefix(head.size());
  }
  return out;
}

// Whether text may stand in a header as it is: no words that a reader would decode, none that is
// too long to fold around.
bool NeedsNoEncoding(std::string_view text) {
  if (!IsPlain(text) || text.find("=?") != std::string_view::npos) return false;
  const auto words = Split(text, ' ');
  return std::all_of(words.begin(), words.end(),
                     [](std::string_view word) { return word.size() <= kLine - 16; });
}

std::string Folded(std::string line) {
  std::string out;
  while (line.size() > kLine) {
    std::size_t blank = line.rfind(' ', kLine);
    if (blank == 0 || blank == std::string::npos) blank = line.find(' ', kLine);
    if (blank == std::string::npos) break;
    out += line.substr(0, blank) + "\r\n";
    line.erase(0, blank);
  }
  return out + line;
}

// One line, printable, UTF-8.
std::string OneLine(std::string_view text) { return Printable(CollapseSpace(text)); }

std::string NameOf(const MailAddress& address) {
  const std::string name = OneLine(address.name);
  if (!NeedsNoEncoding(name)) return EncodedWords(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// How the first byte of `rest`, the rest of a line, stands in quoted-printable.
std::string QuotedByte(std::string_view rest, bool begins_line) {
  const char c = rest.front();
  const bool blank_inside = (c == ' ' || c == '\t') && rest.size() > 1;
  const bool plain = (c > ' ' && c <= '~' && c != '=') || blank_inside;
  const bool mistaken = begins_line && (c == '.' || rest.starts_with("From "));
  if (plain && !mistaken) return {c};
  return fmt::format("={:02X}", static_cast<unsigned char>(c));
}

std::string QuotedLine(std::string_view line) {
  std::string out;
  std::size_t column = 0;
  for (; !line.empty(); line.remove_prefix(1)) {
    std::string letter = QuotedByte(line, column == 0);
    // A soft line end needs a place too.
    if (column + letter.size() > (line.size() == 1 ? kLine : kLine - 1)) {
      out += "=\r\n";
      column = 0;
      letter = QuotedByte(line, true);
    }
    out += letter;
    column += letter.size();
  }
  return out + "\r\n";
}

}  // namespace

std::string TextHeader(std::string_view name, std::string_view text) {
  const std::string line = OneLine(text);
  if (NeedsNoEncoding(line)) return Folded(fmt::format("{}: {}", name, line)) + "\r\n";
  return fmt::format("{}: {}\r\n", name, EncodedWords(line));
}

std::string AddressHeader(std::string_view name, const std::vector<MailAddress>& addresses) {
  std::string out = fmt::format("{}: ", name);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (i > 0) out += ",\r\n ";
    if (addresses[i].name.empty()) {
      out += addresses[i].mailbox;
    } else {
      out += fmt::format("{}\r\n <{}>", NameOf(addresses[i]), addresses[i].mailbox);
    }
  }
  return out + "\r\n";
}

std::string MailDate(Ticks time) {
  constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu",
                                                     "Fri", "Sat", "Sun"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime civil = CivilFromTicks(time);
  // 1601-01-01 was a Monday.
  const auto day = static_cast<std::size_t>(time.seconds() / 86'400 % 7);
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000", kDays[day], civil.day,
                     kMonths[static_cast<std::size_t>(civil.month - 1)], civil.year, civil.hour,
                     civil.minute, civil.second);
}

std::string Base64Lines(std::string_view bytes) {
  const std::string letters = Base64(bytes);
  std::string out;
  out.reserve(letters.size() / kLine * 2 + letters.size() + 2);
  for (std::size_t i = 0; i < letters.size(); i += kLine) {
    out.append(letters, i, kLine);
    out += "\r\n";
  }
  return out;
}

std::string QuotedPrintable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += QuotedLine(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace exdiag
