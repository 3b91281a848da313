#include "importers/clipboard/header.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "engine/base/text.h"
#include "engine/evidence/languages.h"
#include "importers/text/fields.h"
#include "importers/text/find_bytes.h"
#include "importers/text/line_reader.h"
#include "importers/text/local_time.h"
#include "importers/text/word_table.h"

namespace exdiag::clipboard {
namespace {

struct Label {
  std::string_view text;
  Field field;
};

// English; the labels of other languages are in kbdata.
constexpr Label kLabels[] = {
    // 2000 to 2003, and NT's Event Detail window
    {"Event Type", Field::kType},
    {"Event Source", Field::kSource},
    {"Event Category", Field::kCategory},
    {"Event ID", Field::kEventId},
    {"Type", Field::kType},
    {"Category", Field::kCategory},
    {"Date", Field::kDate},
    {"Time", Field::kTime},
    {"User", Field::kUser},
    {"Computer", Field::kComputer},
    {"Description", Field::kDescription},
    // Vista and later
    {"Log Name", Field::kLog},
    {"Source", Field::kSource},
    {"Task Category", Field::kCategory},
    {"Level", Field::kLevel},
    {"Keywords", Field::kKeywords},
    {"OpCode", Field::kOther},
};

constexpr std::size_t kLongestLabel = kLongestWord;
// Ten labels, each perhaps with a blank line behind it, and room for what a page adds.
constexpr int kMostLines = 40;
constexpr std::string_view kWideColon = "：";
constexpr std::string_view kEventId = "Event ID";

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::size_t SkipBlanks(std::string_view text, std::size_t at) {
  while (at < text.size() && IsBlank(text[at])) ++at;
  return at;
}

// French puts a blank, often a no-break one, before the colon.
std::string_view WithoutTrailingBlanks(std::string_view text) {
  for (;;) {
    if (!text.empty() && IsBlank(text.back())) {
      text.remove_suffix(1);
    } else if (text.ends_with("\xc2\xa0")) {
      text.remove_suffix(2);
    } else if (text.ends_with("\xe2\x80\xaf")) {
      text.remove_suffix(3);
    } else {
      return text;
    }
  }
}

// The labels of all languages, as words, and by their last byte, of which all but a few are ruled
// out by it: most colons of a log stand behind a digit or a drive's letter.
class LabelIndex {
 public:
  LabelIndex() {
    for (const Label& label : kLabels) Add(label);
    for (const FieldWord& label : KnownLanguages().labels) Add({label.word, label.field});
  }

  std::optional<Field> Find(std::string_view label) const {
    const Field* const field = words_.Find(label);
    return field != nullptr ? std::optional(*field) : std::nullopt;
  }

  bool MayBeginWith(char c) const { return begins_[Folded(c)]; }
  // True when this may be the last byte of a label, or of a blank between it and its colon.
  bool MayStandBehind(char c) const {
    return IsBlank(c) || static_cast<unsigned char>(c) >= 0x80 || !by_end_[Folded(c)].empty();
  }

  // Those that `text`, which is not empty, may end in; English first.
  const std::vector<Label>& EndingLike(std::string_view text) const {
    return by_end_[Folded(text.back())];
  }

 private:
  void Add(const Label& label) {
    if (label.text.empty()) return;
    words_.Add(label.text, label.field);
    begins_[Folded(label.text.front())] = true;
    by_end_[Folded(label.text.back())].push_back(label);
  }

  static std::size_t Folded(char c) {
    return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }

  WordTable<Field> words_;
  std::array<bool, 256> begins_ = {};
  std::array<std::vector<Label>, 256> by_end_;
};

const LabelIndex& Labels() {
  static const LabelIndex kIndex;
  return kIndex;
}

struct Colon {
  std::size_t at;
  std::size_t size;
};

std::optional<Colon> FindColon(std::string_view line, std::size_t from) {
  for (std::size_t at = from;; ++at) {
    at = FindAnyOf<':', kWideColon.front()>(line, at);
    if (at == line.size()) return std::nullopt;
    if (line[at] == ':') return Colon{at, 1};
    if (line.substr(at).starts_with(kWideColon)) return Colon{at, kWideColon.size()};
  }
}

// True when no label can stand in `text`: it has no colon behind what a label may end in, and no
// word that begins like "Event ID".
bool IsPlainValue(std::string_view text) {
  const LabelIndex& labels = Labels();
  char before = '\0';
  for (const char c : text) {
    const bool label = c == kWideColon.front() || (c == ':' && labels.MayStandBehind(before));
    if (label || (before == ' ' && (c == 'E' || c == 'e'))) return false;
    before = c;
  }
  return true;
}

// "Event ID 1706": where the number begins, when it is one.
std::optional<std::size_t> NumberBehindEventId(std::string_view line, std::size_t begin) {
  const std::size_t number = SkipBlanks(line, begin + kEventId.size());
  std::size_t end = number;
  while (end < line.size() && IsDigit(line[end])) ++end;
  const bool alone = end == line.size() || IsBlank(line[end]);
  if (number == begin + kEventId.size() || end == number || !alone) return std::nullopt;
  return number;
}

std::optional<std::size_t> NumberBehind(std::string_view line, std::size_t begin) {
  // The letter that parts it from "Event Type" and most others.
  constexpr std::size_t kLetter = 6;
  if (line.size() <= begin + kLetter || (line[begin + kLetter] | 0x20) != 'i') return std::nullopt;
  if (!StartsWithIgnoreCase(line.substr(begin), kEventId)) return std::nullopt;
  return NumberBehindEventId(line, begin);
}

// "Data:" is the date in Italian and Portuguese, and in English the binary data behind an event.
bool IsDateLabel(std::string_view label, std::string_view value) {
  if (!EqualsIgnoreCase(label, "Data")) return true;
  const std::string_view trimmed = Trim(value);
  WallClock ignored;
  const std::string_view word = trimmed.substr(0, trimmed.find(' '));
  return ReadDate(word, ignored);
}

// The longest label that ends where `text` does, with a blank or nothing before it.
std::optional<LabelHit> LabelAtEnd(std::string_view text, std::size_t end) {
  std::optional<LabelHit> best;
  if (text.empty()) return best;
  for (const Label& row : Labels().EndingLike(text)) {
    if (text.size() <= row.text.size()) continue;
    const std::size_t begin = text.size() - row.text.size();
    if (!IsBlank(text[begin - 1]) || !EqualsIgnoreCase(text.substr(begin), row.text)) continue;
    if (!best || begin < best->begin) best = LabelHit{row.field, begin, end};
  }
  return best;
}

std::uint32_t Bit(Field field) { return 1u << static_cast<unsigned>(field); }

// Reads one header after the other out of a text.
class Parser {
 public:
  explicit Parser(std::string_view text) : all_(text), rest_(text) {}

  Header Parse() {
    for (int lines = 0; !rest_.empty() && lines < kMostLines; ++lines) {
      const std::size_t begin = all_.size() - rest_.size();
      std::string_view after = rest_;
      const std::string_view line = TakeLine(after);
      if (!TakeHeaderLine(line, begin)) break;
      rest_ = after;
      if (done_) break;
      header_.size = all_.size() - rest_.size();
      header_.line_ends += all_[header_.size - 1] == '\n';
    }
    return header_;
  }

 private:
  // False when the line belongs to no header, or to the next one.
  bool TakeHeaderLine(std::string_view line, std::size_t begin) {
    std::size_t at = Margin(line);
    const std::string_view text = line.substr(at);
    if (IsBlankText(text)) {
      last_is_open_ = false;
      return header_.seen != 0;
    }
    const auto label = LabelAt(text);
    if (!label) return TakeContinuation(text, begin + at);
    if (StartsNextHeader(text, *label)) return false;
    const std::size_t indent = at + label->begin;
    header_.indent = header_.seen == 0 ? indent : std::min(header_.indent, indent);
    TakeFields(text, *label, begin + at);
    return true;
  }

  // Behind the ">" marks of a quoted mail.
  std::size_t Margin(std::string_view line) {
    std::size_t at = SkipBlanks(line, 0);
    if (at >= line.size() || line[at] != '>') return 0;
    if (header_.seen != 0 && header_.quoted == 0) return 0;
    if (header_.seen == 0) header_.quoted = QuoteMarks(line);
    while (at < line.size() && (line[at] == '>' || IsBlank(line[at]))) ++at;
    return at;
  }

  // "Type:", line end, "Warning Source: ...": the value of a label stands on the next line.
  bool TakeContinuation(std::string_view text, std::size_t begin) {
    if (!last_is_open_) return false;
    const auto next = NextLabel(text);
    if (!next) return false;
    header_.value[static_cast<std::size_t>(last_)] = Trim(text.substr(0, next->begin));
    TakeFields(text, *next, begin);
    return true;
  }

  // The same label again, with another value, belongs to another event.
  bool StartsNextHeader(std::string_view text, const LabelHit& label) const {
    if (!header_.has(label.field) || label.field == Field::kOther) return false;
    return ValueOf(text, label).text != header_[label.field];
  }

  // The value of a label and the label behind it on the line.
  struct Value {
    std::string_view text;
    std::optional<LabelHit> next;
  };
  static Value ValueOf(std::string_view text, const LabelHit& label) {
    auto next = NextLabel(text.substr(label.end));
    const std::size_t end = next ? next->begin : std::string_view::npos;
    if (next) {
      next->begin += label.end;
      next->end += label.end;
    }
    return {Trim(text.substr(label.end, end)), next};
  }

  void TakeFields(std::string_view text, const LabelHit& first, std::size_t begin) {
    if (!TakeLabel(first, begin)) return;
    const std::string_view behind = text.substr(first.end);
    // Most lines hold one.
    if (IsPlainValue(behind)) return TakeValue(Trim(behind));
    for (Value value = ValueOf(text, first);; value = ValueOf(text, *value.next)) {
      TakeValue(value.text);
      if (!value.next || !TakeLabel(*value.next, begin)) return;
    }
  }

  // False when the description begins behind it.
  bool TakeLabel(const LabelHit& label, std::size_t begin) {
    header_.seen |= Bit(label.field);
    last_ = label.field;
    done_ = label.field == Field::kDescription;
    if (done_) header_.size = begin + label.end;
    return !done_;
  }

  // Of the last label.
  void TakeValue(std::string_view value) {
    header_.value[static_cast<std::size_t>(last_)] = value;
    last_is_open_ = value.empty();
  }

  std::string_view all_;
  std::string_view rest_;
  Header header_;
  Field last_ = Field::kOther;
  bool last_is_open_ = false;  // the last label had no value
  bool done_ = false;
};

}  // namespace

std::optional<LabelHit> LabelAt(std::string_view line) {
  const std::size_t begin = SkipBlanks(line, 0);
  // Most lines of a description end here.
  if (begin == line.size() || !Labels().MayBeginWith(line[begin])) return std::nullopt;
  if (const auto number = NumberBehind(line, begin)) {
    return LabelHit{Field::kEventId, begin, *number};
  }
  const auto colon = FindColon(line.substr(0, begin + kLongestLabel), begin);
  if (!colon) return std::nullopt;
  const std::string_view label = WithoutTrailingBlanks(line.substr(begin, colon->at - begin));
  const std::size_t end = colon->at + colon->size;
  const auto field = Labels().Find(label);
  if (!field || !IsDateLabel(label, line.substr(end))) return std::nullopt;
  return LabelHit{*field, begin, end};
}

std::optional<LabelHit> NextLabel(std::string_view line) {
  std::optional<LabelHit> found;
  if (IsPlainValue(line)) return found;
  for (auto colon = FindColon(line, 0); colon && !found;
       colon = FindColon(line, colon->at + colon->size)) {
    const std::string_view before = WithoutTrailingBlanks(line.substr(0, colon->at));
    found = LabelAtEnd(before, colon->at + colon->size);
    if (found && !IsDateLabel(before.substr(found->begin), line.substr(found->end))) found.reset();
  }
  // In front of that one.
  for (std::size_t at = line.find(' '); at != std::string_view::npos; at = line.find(' ', at + 1)) {
    if (found && at >= found->begin) break;
    if (at + 1 < line.size() && line[at + 1] != 'E' && line[at + 1] != 'e') continue;
    if (const auto number = NumberBehind(line, at + 1)) {
      return LabelHit{Field::kEventId, at + 1, *number};
    }
  }
  return found;
}

int Header::fields() const { return std::popcount(seen); }

bool Header::has_number() const {
  const std::string_view number = (*this)[Field::kEventId];
  return std::all_of(number.begin(), number.end(), IsDigit) && EventIdOf(number).has_value();
}

Header ReadHeader(std::string_view text) { return Parser(text).Parse(); }

bool IsEvent(const Header& header, Context context) {
  if (header.has_number()) return header.fields() >= (context == Context::kOutside ? 2 : 3);
  // Without a number it is still an event when the labels are those of an event and no others; it
  // will be a reject.
  const bool source = header.has(Field::kSource);
  const bool kind = header.has(Field::kLog) || header.has(Field::kType);
  return source && kind && header.fields() >= 3;
}

std::size_t QuoteMarks(std::string_view line) {
  std::size_t marks = 0;
  for (const char c : line) {
    if (c != '>' && !IsBlank(c)) break;
    marks += c == '>';
  }
  return marks;
}

std::string_view WithoutMargin(std::string_view line, const Header& header) {
  std::size_t at = 0;
  if (header.quoted > 0) {
    for (std::size_t i = 0; i < header.quoted; ++i) {
      const std::size_t mark = SkipBlanks(line, at);
      if (mark < line.size() && line[mark] == '>') at = mark + 1;
    }
    if (at > 0 && at < line.size() && line[at] == ' ') ++at;
    return line.substr(at);
  }
  while (at < header.indent && at < line.size() && IsBlank(line[at])) ++at;
  return line.substr(at);
}

}  // namespace exdiag::clipboard
