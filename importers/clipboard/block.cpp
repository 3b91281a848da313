#include "importers/clipboard/block.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "engine/base/text.h"

namespace exdiag::clipboard {
namespace {

// An event holds some 64 KiB of text; what is longer is no longer that event.
constexpr std::size_t kLongestText = std::size_t{1} << 20;

bool IsHex(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string_view TakeWord(std::string_view& text) {
  text = text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

// "0000:" before the bytes of a row.
bool IsOffset(std::string_view word) {
  return word.size() >= 5 && word.back() == ':' && IsHex(word.substr(0, word.size() - 1));
}

unsigned HexByte(std::string_view two) {
  return static_cast<unsigned>(ParseInteger("0x" + std::string(two)).value_or(0));
}

// The Event Viewer shows 8 bytes a row, or four 4-byte words, and behind them the bytes as
// characters, which may themselves look like hexadecimal digits.
constexpr std::size_t kBytesInRow = 8;
constexpr std::size_t kWordsInRow = 4;

// One row while it is read.
struct HexRow {
  std::size_t bytes = 0;
  std::size_t words = 0;
  bool ended = false;

  // False when `text` is no longer part of the numbers.
  bool Takes(std::string_view text, std::span<const std::byte> data) {
    const bool byte = text.size() == 2 && words == 0 && bytes < kBytesInRow;
    const bool word = text.size() == 8 && bytes == 0 && words < kWordsInRow;
    ended = ended || !(byte || word) || !IsHex(text) || (bytes == 2 && IsShown(text, data));
    if (ended) return false;
    ++(byte ? bytes : words);
    return true;
  }

  // "41 42   AB": the two characters are those of the two bytes before.
  static bool IsShown(std::string_view text, std::span<const std::byte> data) {
    const auto last = data.last(2);
    return last[0] == static_cast<std::byte>(text[0]) && last[1] == static_cast<std::byte>(text[1]);
  }
};

// Rows of "0000: 05 00 07 80   ...", several to a line when line ends were lost.  False when the
// line does not begin with one.
bool TakeHexRows(std::string_view line, std::vector<std::byte>& data) {
  if (!IsOffset(TakeWord(line))) return false;
  HexRow row;
  while (!Trim(line).empty()) {
    const std::string_view word = TakeWord(line);
    if (IsOffset(word)) {
      row = HexRow();
    } else if (row.Takes(word, data)) {
      for (std::size_t i = word.size(); i >= 2; i -= 2) {  // words are little-endian
        data.push_back(static_cast<std::byte>(HexByte(word.substr(i - 2, 2))));
      }
    }
  }
  return true;
}

constexpr std::string_view kXmlLabels[] = {
    "Event Xml:",      "Ereignis-XML:", "イベント XML:",  "事件 Xml:",       "XML de evento:",
    "XML événement :", "XML evento:",   "XML do Evento:", "Gebeurtenis-XML:"};
constexpr std::string_view kDataLabels[] = {"Data:", "Daten:", "Données :", "Datos:"};
constexpr std::string_view kXmlStarts[] = {"<Event ", "<Event>"};
constexpr std::string_view kFence = "```";

// The bytes with which a line begins that may end a description, in either case.
constexpr std::array<bool, 256> kEndBytes = [] {
  std::array<bool, 256> bytes = {};
  const auto add = [&](std::string_view word) {
    const auto first = static_cast<unsigned char>(word.front());
    bytes[first] = true;
    if (first >= 'A' && first <= 'Z') bytes[first + ('a' - 'A')] = true;
  };
  for (const std::string_view label : kXmlLabels) add(label);
  for (const std::string_view label : kDataLabels) add(label);
  for (const std::string_view start : kXmlStarts) add(start);
  add(kFence);
  return bytes;
}();

// Most lines of a description do not.
bool MayEndDescription(std::string_view line) {
  if (line.empty()) return false;
  const auto first = static_cast<unsigned char>(line.front());
  return first <= ' ' || kEndBytes[first];
}

bool IsXmlLabel(std::string_view line) {
  const std::string_view trimmed = Trim(line);
  return std::any_of(std::begin(kXmlLabels), std::end(kXmlLabels),
                     [&](std::string_view label) { return EqualsIgnoreCase(label, trimmed); });
}

bool BeginsXml(std::string_view line) {
  const std::string_view trimmed = Trim(line);
  return std::any_of(std::begin(kXmlStarts), std::end(kXmlStarts),
                     [&](std::string_view start) { return trimmed.starts_with(start); });
}

bool IsFence(std::string_view line) { return Trim(line).starts_with(kFence); }

// What stands behind "Data:" when that is the label of binary data.
std::optional<std::string_view> BehindDataLabel(std::string_view line) {
  const std::string_view trimmed = Trim(line);
  for (const std::string_view label : kDataLabels) {
    if (StartsWithIgnoreCase(trimmed, label)) return Trim(trimmed.substr(label.size()));
  }
  return std::nullopt;
}

void AppendLine(std::string_view line, std::string& text, bool& cut) {
  if (text.size() + line.size() > kLongestText) {
    cut = true;
    return;
  }
  text += line;
  text += '\n';
}

}  // namespace

const Block* BlockScanner::Next() {
  now_ = 1 - now_;
  if (!std::exchange(begun_, false) && !FindHeader()) return nullptr;
  ReadBody(blocks_[now_]);
  return &blocks_[now_];
}

bool BlockScanner::FindHeader() {
  while (lines_.Next()) {
    head_ = ReadHeader(lines_.ahead().substr(0, LineReader::kAhead));
    if (!IsEvent(head_, Context::kOutside)) {
      if (!IsFence(lines_.line())) outside_.Add(lines_.line(), lines_.number());
      continue;
    }
    Begin(head_, blocks_[now_]);
    return true;
  }
  return false;
}

// At the line on which `header` begins.
void BlockScanner::Begin(const Header& header, Block& block) {
  block.line = lines_.number();
  block.has_number = header.has_number();
  const std::string_view text = lines_.ahead().substr(0, header.size);
  block.header = text;
  for (std::size_t i = 0; i < block.value.size(); ++i) {
    const std::string_view value = header.value[i];
    block.value[i] = {};
    if (value.empty()) continue;
    const auto place = static_cast<std::size_t>(value.data() - text.data());
    block.value[i] = std::string_view(block.header).substr(place, value.size());
  }
  block.description.clear();
  block.xml.clear();
  block.data.clear();
  block.cut = false;
  lines_.SkipTo(header.size, header.line_ends);
}

// A line inside an event that begins another one, which is begun then.
bool BlockScanner::StartsNext(Part part) {
  if (!LabelAt(WithoutMargin(lines_.line(), head_))) return false;
  // Without a "Description:" nothing says that labels are text.
  const bool text = part == Part::kDescription && head_.has(Field::kDescription);
  const Header next = ReadHeader(lines_.ahead().substr(0, LineReader::kAhead));
  if (!IsEvent(next, text ? Context::kDescription : Context::kOutside)) return false;
  Begin(next, blocks_[1 - now_]);
  begun_ = true;
  head_ = next;
  return true;
}

// An event that stands indented or quoted in an article ends where the article goes on at the
// margin, behind a blank line.
bool BlockScanner::LeavesMargin() const {
  const std::string_view line = lines_.line();
  // Most events stand at the margin themselves.
  if (head_.quoted == 0 && head_.indent == 0) return false;
  const std::string_view text = Trim(line);
  if (text.empty() || IsXmlLabel(text) || BeginsXml(text) || IsFence(text)) return false;
  if (head_.quoted > 0) return QuoteMarks(line) < head_.quoted;
  return static_cast<std::size_t>(text.data() - line.data()) < head_.indent;
}

void BlockScanner::ReadBody(Block& block) {
  Part part = Part::kDescription;
  bool blank = false;  // the line before
  // What follows "Description:" on its line is text whatever it looks like.
  bool first = head_.has(Field::kDescription);
  while (part != Part::kNone && lines_.Next()) {
    if (!first && StartsNext(part)) return;
    if (!first && blank && LeavesMargin()) {
      lines_.Repeat();
      return;
    }
    const std::string_view line = first ? lines_.line() : WithoutMargin(lines_.line(), head_);
    blank = IsBlankText(line);
    first = false;
    part = TakeLine(part, line, block);
  }
}

BlockScanner::Part BlockScanner::TakeLine(Part part, std::string_view line, Block& block) {
  switch (part) {
    case Part::kDescription:
      return TakeDescription(line, block);
    case Part::kXml:
      return TakeXml(line, block);
    case Part::kData:
      if (TakeHexRows(line, block.data) || Trim(line).empty()) return Part::kData;
      if (IsXmlLabel(line) || BeginsXml(line)) return TakeXml(line, block);
      lines_.Repeat();
      return Part::kNone;
    case Part::kNone:
      break;
  }
  return Part::kNone;
}

BlockScanner::Part BlockScanner::TakeDescription(std::string_view line, Block& block) {
  if (!MayEndDescription(line)) {
    AppendLine(line, block.description, block.cut);
    return Part::kDescription;
  }
  if (IsXmlLabel(line)) return Part::kXml;
  if (BeginsXml(line)) return TakeXml(line, block);
  if (IsFence(line)) return Part::kNone;
  if (const auto behind = BehindDataLabel(line)) {
    if (TakeHexRows(*behind, block.data)) return Part::kData;
    std::string_view next = lines_.ahead();
    exdiag::TakeLine(next);
    std::vector<std::byte> ignored;
    const std::string_view row = WithoutMargin(exdiag::TakeLine(next), head_);
    if (behind->empty() && TakeHexRows(row, ignored)) return Part::kData;
  }
  AppendLine(line, block.description, block.cut);
  return Part::kDescription;
}

BlockScanner::Part BlockScanner::TakeXml(std::string_view line, Block& block) {
  if (block.xml.empty() && !BeginsXml(line)) {
    // Between the label and the element a page may put blank lines and a code fence.
    if (Trim(line).empty() || IsFence(line) || IsXmlLabel(line)) return Part::kXml;
    lines_.Repeat();
    return Part::kNone;
  }
  AppendLine(line, block.xml, block.cut);
  return line.find("</Event>") == std::string_view::npos ? Part::kXml : Part::kNone;
}

}  // namespace exdiag::clipboard
