#include "importers/mta_log/entry.h"

#include <algorithm>

#include "engine/base/text.h"
#include "importers/text/local_time.h"

namespace exdiag::mta_log {
namespace {

constexpr std::size_t kLongestHead = 400;
// A line that is at least this wide was broken because it was full, in the middle of its value.
constexpr std::size_t kFullLine = 60;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsSpace(char c) { return IsBlank(c) || c == '\r' || c == '\n'; }
bool IsInk(char c) { return !IsSpace(c); }

// Where the first character from `at` on stands that is not as `Is` says.
template <bool (*Is)(char)>
std::size_t Skip(std::string_view text, std::size_t at) {
  while (at < text.size() && Is(text[at])) ++at;
  return at;
}

std::size_t IndentOf(std::string_view line) { return Skip<IsBlank>(line, 0); }

class Cursor {
 public:
  explicit Cursor(std::string_view text) : all_(text), at_(0) {}

  std::string_view rest() const { return all_.substr(at_); }
  std::size_t at() const { return at_; }
  void GoTo(std::size_t at) { at_ = at; }

  void SkipSpace() { at_ = Skip<IsSpace>(all_, at_); }
  void SkipBlanks() { at_ = Skip<IsBlank>(all_, at_); }

  bool Take(std::string_view what) {
    if (!StartsWithIgnoreCase(rest(), what)) return false;
    at_ += what.size();
    return true;
  }

  // Up to five digits; nullopt when there are none.
  std::optional<int> Number() {
    const std::size_t end = Skip<IsDigit>(all_, at_);
    const std::string_view digits = all_.substr(at_, end - at_);
    if (digits.empty() || digits.size() > 5) return std::nullopt;
    at_ = end;
    return static_cast<int>(*ParseInteger(digits));
  }

 private:
  std::string_view all_;
  std::size_t at_;
};

// "message NMI9236: facility, severity 12"
bool TakeMessageLine(Cursor& at, EntryHead& head) {
  const std::size_t start = at.at();
  at.Take("message ");
  at.SkipBlanks();
  const bool marked = at.Take("NMI");
  const auto number = marked ? at.Number() : std::nullopt;
  if (!number || *number > 0xffff || !at.Take(":")) {
    at.GoTo(start);
    return false;
  }
  const std::string_view behind = at.rest().substr(0, kLongestHead);
  const std::size_t word = FindIgnoreCase(behind, "severity");
  const std::string_view before = behind.substr(0, word);
  if (word == std::string_view::npos || before.find("\n\n") != std::string_view::npos ||
      before.find("\r\n\r\n") != std::string_view::npos) {
    at.GoTo(start);
    return false;
  }
  std::string_view facility = Trim(behind.substr(0, word));
  while (!facility.empty() && (facility.back() == ',' || facility.back() == ';')) {
    facility.remove_suffix(1);
  }
  head.number = static_cast<std::uint16_t>(*number);
  head.facility = facility;
  at.GoTo(at.at() + word + std::string_view("severity").size());
  at.SkipBlanks();
  head.severity = at.Number();
  return true;
}

// As CollapseSpace() gives it; `text` is trimmed.
void AppendCollapsed(std::string_view text, std::string& out) {
  for (const char c : text) {
    const bool space = IsSpace(c) || c == '\v' || c == '\f';
    if (!space || out.back() != ' ') out += space ? ' ' : c;
  }
}

// "(BASE IL TCP/IP DRVR(22) Proc 262)", read from the right, since class and thread hold blanks.
bool TakeTag(Cursor& at, EntryHead& head) {
  const std::string_view text = at.rest();
  if (!text.starts_with('(')) return false;
  const std::string_view line = text.substr(0, std::min(text.find('\n'), kLongestHead));
  const std::size_t proc = FindIgnoreCase(line, ") Proc ");
  if (proc == std::string_view::npos) return false;
  const std::size_t open = line.rfind('(', proc);
  const std::size_t close = line.find(')', proc + 1);
  if (open == 0 || open == std::string_view::npos || close == std::string_view::npos) return false;
  const std::string_view thread = Trim(line.substr(1, open - 1));
  const std::string_view number = Trim(line.substr(open + 1, proc - open - 1));
  const std::string_view procedure = Trim(line.substr(proc + 7, close - proc - 7));
  if (!ParseInteger(number) || !ParseInteger(procedure)) return false;
  AppendCollapsed(thread, head.tag);
  head.tag.append(" ").append(number).append(" ").append(procedure);
  at.GoTo(at.at() + close + 1);
  return true;
}

// "04-10-96 05:52:10pm", or the same in letters, as an article prints it.
void TakeTime(Cursor& at, EntryHead& head) {
  const std::string_view text = at.rest();
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return;
  const std::size_t end = Skip<IsInk>(text, blank + 1);
  if (end == blank + 1) return;
  const std::string_view both = text.substr(0, end);
  const auto clock = ReadWallClock(both);
  const bool letters = StartsWithIgnoreCase(both, "mm-dd-yy ");
  if (!clock && !letters) return;
  if (clock) head.time = Resolve(*clock, DateOrder::kMonthFirst);
  head.time_text = both;
  at.GoTo(at.at() + end);
}

}  // namespace

bool ReadEntryHead(std::string_view text, EntryHead& head) {
  Cursor at(text);
  at.SkipBlanks();
  // Most lines begin otherwise.
  const char first = at.rest().empty() ? '\0' : at.rest().front();
  if (first != '(' && (first | 0x20) != 'm' && (first | 0x20) != 'n') return false;
  head.Clear();
  head.indent = at.at();
  const bool message = TakeMessageLine(at, head);
  const std::size_t behind_message = at.at();
  if (message) at.SkipSpace();
  const bool tag = TakeTag(at, head);
  if (!message && !tag) return false;
  if (tag) {
    const std::size_t behind_tag = at.at();
    at.SkipSpace();
    TakeTime(at, head);
    if (head.time_text.empty()) at.GoTo(behind_tag);
  } else {
    at.GoTo(behind_message);
  }
  // A tag alone may stand in any text; with its time it is ours.
  if (!message && head.time_text.empty()) return false;
  head.size = at.at();
  return true;
}

void EntryHead::Clear() {
  number.reset();
  facility = {};
  severity.reset();
  tag.clear();
  time.reset();
  time_text = {};
  indent = 0;
  size = 0;
}

void EntryText::Clear() {
  text_.clear();
  lines_ = 0;
  title_indent_ = 0;
  last_width_ = 0;
}

void EntryText::AddBehindHead(std::string_view text, std::size_t indent) {
  Add(text);
  title_indent_ = indent;
}

void EntryText::Add(std::string_view line) {
  const std::size_t indent = IndentOf(line);
  const std::string_view text = Trim(line);
  if (lines_ == 0) {
    title_indent_ = indent;
    text_ = text;
  } else if (indent < title_indent_) {
    const bool broken_inside = last_width_ >= kFullLine || text_.ends_with('-');
    if (!broken_inside) text_ += ' ';
    text_ += text;
  } else {
    text_ += '\n';
    text_.append(indent - title_indent_, ' ');
    text_ += text;
  }
  ++lines_;
  last_width_ = indent + text.size();
}

bool EntryText::Continues(std::string_view line) const {
  return title_indent_ > 0 && IndentOf(line) >= title_indent_;
}

}  // namespace exdiag::mta_log
