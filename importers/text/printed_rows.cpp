#include "importers/text/printed_rows.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::size_t kLongestName = 40;
// A value that goes on past this is no value any more.
constexpr std::size_t kLongestValue = std::size_t{1} << 20;
// Lists that people print have some thirty properties.
constexpr std::size_t kMostNames = 128;

bool IsBlank(std::string_view line) { return line.find_first_not_of(" \t") == kNone; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ' ' || c == '-';
}

// Where the colon behind a name at the margin is; npos when the line begins with none.
std::size_t ColonOf(std::string_view line) {
  const std::size_t colon = line.substr(0, kLongestName).find(':');
  if (colon == kNone || colon == 0 || line.front() == ' ') return kNone;
  const std::string_view name = line.substr(0, colon);
  if (!std::all_of(name.begin(), name.end(), IsNameCharacter)) return kNone;
  const bool ends = colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t';
  return ends ? colon : kNone;
}

// Between two places, counted in characters as a window shows them.
std::string_view Cell(std::string_view line, std::size_t from, std::size_t to) {
  const auto byte_of = [&](std::size_t characters) {
    std::size_t at = 0;
    for (; at < line.size(); ++at) {
      const bool begins = (static_cast<unsigned char>(line[at]) & 0xc0) != 0x80;
      if (begins && characters-- == 0) break;
    }
    return at;
  };
  const std::size_t begin = byte_of(from);
  return Trim(line.substr(begin, to == kNone ? kNone : byte_of(to) - begin));
}

// Where the columns below a line of dashes begin; none for any other line.
std::vector<std::size_t> RulerOf(std::string_view line) {
  std::vector<std::size_t> begins;
  if (line.find_first_not_of("-= ") != kNone) return begins;
  for (std::size_t at = line.find_first_not_of(' '); at != kNone;) {
    begins.push_back(at);
    const std::size_t end = line.find(' ', at);
    at = end == kNone ? kNone : line.find_first_not_of(' ', end);
  }
  return begins.size() < 3 ? std::vector<std::size_t>() : begins;
}

}  // namespace

void PrintedRows::Line(std::string_view line, std::uint64_t number) {
  if (shapes_ == Shapes::kListsAndTables && TakeRuler(line)) return;
  GiveHeld();
  if (!columns_.empty()) {
    GiveTableRow();
    if (!IsBlank(line)) return TakeTableRow(line, number);
    columns_.clear();
  }
  if (!IsBlank(line) && (TakeContinuation(line) || TakeProperty(line, number))) {
    blank_ = false;
    return;
  }
  blank_ = IsBlank(line);
  if (blank_) return on_other_(line, number);
  GiveList();
  if (shapes_ == Shapes::kLists) return on_other_(line, number);
  held_ = line;
  held_number_ = number;
}

void PrintedRows::Finish() {
  GiveHeld();
  GiveTableRow();
  GiveList();
}

// A page of a table repeats the head, which was taken for a row.
bool PrintedRows::TakeRuler(std::string_view line) {
  const std::vector<std::size_t> begins = RulerOf(line);
  if (begins.empty()) return false;
  if (held_.empty() && columns_.empty()) return false;
  table_row_ = {};
  if (!held_.empty()) {
    columns_.clear();
    for (std::size_t i = 0; i < begins.size(); ++i) {
      const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : kNone;
      columns_.push_back({begins[i], std::string(Cell(held_, begins[i], end))});
    }
    held_.clear();
  }
  return true;
}

// The same name again begins another list; so does any name behind a blank line when the colon
// stands elsewhere.
bool PrintedRows::TakeProperty(std::string_view line, std::uint64_t number) {
  const std::size_t colon = ColonOf(line);
  if (colon == kNone || list_.names.size() >= kMostNames) return false;
  const std::string_view name = Trim(line.substr(0, colon));
  const bool repeated =
      std::find(list_.names.begin(), list_.names.end(), name) != list_.names.end();
  if (repeated || (blank_ && colon != colon_)) GiveList();
  if (list_.names.empty()) {
    list_.line = number;
    colon_ = colon;
  }
  list_.names.emplace_back(name);
  list_.values.emplace_back(Trim(line.substr(colon + 1)));
  ++list_.lines;
  longest_ = std::max(longest_, line.size());
  last_line_ = line;
  return true;
}

// A line that the width of the window broke is put together: the next word had no room on it.
bool PrintedRows::TakeContinuation(std::string_view line) {
  constexpr std::size_t kNarrowest = 70;
  const bool indented = line.size() > 2 && line[0] == ' ' && line[1] == ' ';
  if (list_.names.empty() || !indented) return false;
  std::string& value = list_.values.back();
  const std::string_view text = Trim(line);
  const std::size_t word = std::min(text.find(' '), text.size());
  longest_ = std::max(longest_, line.size());
  const bool broken = !blank_ && longest_ >= kNarrowest && last_line_.size() + 1 + word > longest_;
  if (value.size() + line.size() < kLongestValue) {
    if (!value.empty()) value += blank_ ? "\n\n" : broken ? " " : "\n";
    value += text;
  }
  ++list_.lines;
  last_line_ = line;
  return true;
}

void PrintedRows::TakeTableRow(std::string_view line, std::uint64_t number) {
  table_row_.line = number;
  table_row_.lines = 1;
  table_row_.in_table = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t end = i + 1 < columns_.size() ? columns_[i + 1].begin : kNone;
    table_row_.names.push_back(columns_[i].name);
    table_row_.values.emplace_back(Cell(line, columns_[i].begin, end));
  }
}

void PrintedRows::GiveList() {
  if (!list_.names.empty()) on_row_(list_);
  list_ = {};
  longest_ = 0;
}

void PrintedRows::GiveTableRow() {
  if (!table_row_.names.empty()) on_row_(table_row_);
  table_row_ = {};
}

void PrintedRows::GiveHeld() {
  if (!held_.empty()) on_other_(held_, held_number_);
  held_.clear();
}

}  // namespace exdiag
