// Every code page gets points for what the bytes would mean in it.  Pages of one byte a character
// are judged by how letters stand beside each other, those of two bytes by whether the pairs are
// characters of everyday use.
#include "importers/text/codepage_guess.h"

#include <array>
#include <string>

#include "engine/base/text.h"
#include "importers/text/encoding.h"

namespace exdiag {
namespace {

constexpr std::string_view kDefault = "windows-1252";

// What a character in the upper half of a page is to its neighbours.
enum class Kind : std::uint8_t { kNone, kSmall, kCapital, kQuote, kSign, kParagraph, kOdd };
// Letters of two scripts do not stand in one word.
enum class Script : std::uint8_t { kNone, kLatin, kCyrillic };

struct Character {
  Kind kind = Kind::kNone;
  Script script = Script::kNone;
};

using Page = std::array<Character, 256>;

char32_t FirstCharacter(std::string_view utf8) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  if (utf8.empty()) return 0;
  if (byte(0) < 0x80) return byte(0);
  if (byte(0) < 0xe0) return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
  return (byte(0) & 0xfu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
}

// Of the characters that pages of one byte have above ASCII.
Character CharacterOf(char32_t c) {
  // Old Nordic letters count as signs: far more text has what stands in their places elsewhere.
  constexpr std::u32string_view kOdd = U"\u00d0\u00dd\u00de\u00f0\u00fe\u00a4\u00a6\u00b6\u00b8";
  if (c < 0xa0 || c == 0xfffd || kOdd.find(c) != kOdd.npos) return {Kind::kOdd};
  if (c == 0x2019) return {Kind::kQuote};
  if (c == 0xa7) return {Kind::kParagraph};            // the MTA puts it behind names
  if (c >= 0x2500 && c < 0x2600) return {Kind::kOdd};  // frames
  if (c >= 0x410 && c < 0x430) return {Kind::kCapital, Script::kCyrillic};
  if (c >= 0x430 && c < 0x450) return {Kind::kSmall, Script::kCyrillic};
  if (c == 0x401) return {Kind::kCapital, Script::kCyrillic};
  if (c == 0x451) return {Kind::kSmall, Script::kCyrillic};
  if (c >= 0xc0 && c < 0xdf && c != 0xd7) return {Kind::kCapital, Script::kLatin};
  if (c >= 0xdf && c < 0x100 && c != 0xf7) return {Kind::kSmall, Script::kLatin};
  if (c >= 0x100 && c < 0x180) {
    // Capital and small take turns, the other way round in two stretches.
    const bool turned = (c >= 0x139 && c <= 0x148) || c >= 0x179;
    const bool small = (c % 2 == 1) != turned || c == 0x17f;
    return {small ? Kind::kSmall : Kind::kCapital, Script::kLatin};
  }
  return {Kind::kSign};
}

Character AsciiCharacter(unsigned char c) {
  if (c >= 'a' && c <= 'z') return {Kind::kSmall, Script::kLatin};
  if (c >= 'A' && c <= 'Z') return {Kind::kCapital, Script::kLatin};
  return {};
}

Page PageOf(const char* name) {
  Page page;
  for (unsigned byte = 0; byte < 0x80; ++byte) {
    page[byte] = AsciiCharacter(static_cast<unsigned char>(byte));
  }
  auto decoder = CodepageDecoder::Open(name);
  for (unsigned byte = 0x80; byte < 0x100; ++byte) {
    const char raw = static_cast<char>(byte);
    std::string utf8;
    const bool known = decoder && decoder->Append({&raw, 1}, utf8);
    page[byte] = known ? CharacterOf(FirstCharacter(utf8)) : Character{Kind::kOdd};
  }
  return page;
}

bool IsLetter(const Character& c) { return c.script != Script::kNone; }
bool IsHigh(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }

// A character above ASCII with what stands beside it.
struct Neighbours {
  Character two_before, before, here, behind;
  bool crowded = false;  // those beside it are above ASCII too
};

int PointsOf(const Neighbours& n) {
  constexpr int kWrong = -3;
  const Character& c = n.here;
  const bool inside = IsLetter(n.before) && IsLetter(n.behind);
  if (c.kind == Kind::kOdd) return kWrong;
  if (c.kind == Kind::kParagraph) return 0;
  if (c.kind == Kind::kQuote && inside) return 2;
  if (!IsLetter(c)) return inside ? -2 : 0;
  const bool mixed = (IsLetter(n.before) && n.before.script != c.script) ||
                     (IsLetter(n.behind) && n.behind.script != c.script);
  if (mixed) return kWrong;
  if (c.kind == Kind::kCapital && n.before.kind == Kind::kSmall) return kWrong;
  if (c.kind == Kind::kSmall && n.behind.kind == Kind::kCapital) return kWrong;
  const bool capitals = n.two_before.kind == Kind::kCapital && n.before.kind == Kind::kCapital;
  if (c.kind == Kind::kSmall && capitals) return kWrong;
  // No word of Latin letters has three in a row that ASCII lacks.
  if (c.script == Script::kLatin && n.crowded) return kWrong;
  return IsLetter(n.before) || IsLetter(n.behind) ? 2 : 0;
}

int PointsIn(const Page& page, std::string_view text) {
  int points = 0;
  const auto at = [&](std::size_t i) {
    return i < text.size() ? page[static_cast<unsigned char>(text[i])] : Character{};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsHigh(text[i])) continue;
    const bool crowded = i > 0 && i + 1 < text.size() && IsHigh(text[i - 1]) && IsHigh(text[i + 1]);
    points += PointsOf({at(i - 2), at(i - 1), at(i), at(i + 1), crowded});
  }
  return points;
}

// Points of the pair that a lead byte and the next one make.
using PairPoints = int (*)(unsigned lead, unsigned trail);
constexpr int kNoPair = -8;

int ShiftJisPair(unsigned lead, unsigned trail) {
  if (trail < 0x40 || trail == 0x7f || trail > 0xfc) return kNoPair;
  if (lead == 0x81) return 0;                  // signs
  if (lead == 0x82 || lead == 0x83) return 4;  // kana
  if (lead >= 0x88 && lead <= 0x97) return 1;  // everyday kanji
  return lead <= 0x9f || lead >= 0xe0 ? -1 : kNoPair;
}

int KoreanPair(unsigned lead, unsigned trail) {
  if (trail < 0x41) return kNoPair;
  if (trail < 0xa1) return -3;  // rare syllables
  if (lead >= 0xb0 && lead <= 0xc8) return 4;
  return lead < 0xb0 ? 0 : -4;  // signs; Chinese characters
}

int SimplifiedPair(unsigned lead, unsigned trail) {
  if (trail < 0x40 || trail == 0x7f) return kNoPair;
  if (trail < 0xa1 || lead < 0xa1) return -3;  // rare characters
  if (lead >= 0xb0 && lead <= 0xd7) return 4;  // everyday ones
  return lead < 0xb0 ? 0 : -1;
}

int TraditionalPair(unsigned lead, unsigned trail) {
  if (trail < 0x40 || (trail > 0x7e && trail < 0xa1) || lead < 0xa1) return kNoPair;
  if (lead >= 0xa4 && lead <= 0xc6) return trail <= 0x7e ? 5 : 3;
  return lead < 0xa4 ? 0 : -3;
}

int PointsInPairs(PairPoints points_of, bool half_width_kana, std::string_view text) {
  // Such text stands in runs; a pair alone is a letter above ASCII and its neighbour.
  constexpr int kAlone = -4;
  int points = 0;
  std::size_t end_of_last = std::string_view::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsHigh(text[i])) continue;
    const unsigned lead = static_cast<unsigned char>(text[i]);
    if (half_width_kana && lead >= 0xa1 && lead <= 0xdf) {
      points -= 2;
      continue;
    }
    if (i + 1 == text.size()) return points + kNoPair;
    points += points_of(lead, static_cast<unsigned char>(text[i + 1]));
    const bool follows = end_of_last == i;
    const bool leads = i + 2 < text.size() && IsHigh(text[i + 2]);
    if (!follows && !leads) points += kAlone;
    end_of_last = i + 2;
    ++i;
  }
  return points;
}

constexpr struct {
  const char* name;
  PairPoints points;
} kPairPages[] = {
    {"CP932", ShiftJisPair},
    {"CP949", KoreanPair},
    {"CP936", SimplifiedPair},
    {"CP950", TraditionalPair},
};

// Where two make equal sense the first one counts.
constexpr const char* kPages[] = {"windows-1252", "CP850",        "windows-1251",
                                  "CP866",        "windows-1250", "CP852"};

const std::array<Page, std::size(kPages)>& Pages() {
  static const auto kAll = [] {
    std::array<Page, std::size(kPages)> pages;
    for (std::size_t i = 0; i < pages.size(); ++i) pages[i] = PageOf(kPages[i]);
    return pages;
  }();
  return kAll;
}

// The lines that are no UTF-8, no more than `most` bytes of them.
std::string Sample(std::string_view text, std::size_t most) {
  std::string sample;
  while (!text.empty() && sample.size() < most) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    text.remove_prefix(line.size());
    if (!IsAscii(line) && !IsUtf8(line)) sample += line.substr(0, most);
  }
  return sample;
}

}  // namespace

std::string_view GuessCodepage(std::string_view text) {
  constexpr std::size_t kEnough = 4096;
  // A lone sign must not outweigh what most text is written in.
  constexpr int kClearly = 4;
  const std::string sample = Sample(text, kEnough);
  std::string_view best = kDefault;
  int most = PointsIn(Pages()[0], sample) + kClearly - 1;
  const auto offer = [&](const char* name, int points) {
    if (points <= most) return;
    best = name;
    most = points;
  };
  for (std::size_t i = 1; i < std::size(kPages); ++i)
    offer(kPages[i], PointsIn(Pages()[i], sample));
  for (const auto& page : kPairPages) {
    offer(page.name, PointsInPairs(page.points, page.points == ShiftJisPair, sample));
  }
  return best;
}

}  // namespace exdiag
