#include "importers/host/file_entries.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag::host {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kNarrowNoBreakSpace = "\xE2\x80\xAF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Takes words off the front of a line.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  std::string_view Next() {
    SkipBlanks();
    std::size_t end = 0;
    while (end < rest_.size() && !IsBlank(rest_[end])) ++end;
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

  std::string_view Peek() const { return Words(*this).Next(); }
  std::string_view rest() const { return rest_; }

  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  }

 private:
  std::string_view rest_;
};

// "15:15", "15:15:00", "07:38p", "03:15".
bool IsClock(std::string_view word) {
  if (!word.empty() && (word.back() == 'a' || word.back() == 'p')) word.remove_suffix(1);
  const std::size_t colon = word.find(':');
  if (colon == 0 || colon > 2 || word.size() < colon + 3) return false;
  return std::all_of(word.begin(), word.end(), [](char c) { return IsDigit(c) || c == ':'; });
}

bool IsHalfOfDay(std::string_view word) {
  return EqualsIgnoreCase(word, "AM") || EqualsIgnoreCase(word, "PM") ||
         EqualsIgnoreCase(word, "a.m.") || EqualsIgnoreCase(word, "p.m.");
}

// Date and time at the front; what follows them stays in `words`.
std::optional<FileEntry> TakeDateAndTime(Words& words) {
  FileEntry entry;
  entry.date = ParseDate(words.Next());
  if (!entry.date) return std::nullopt;
  const std::string_view clock = words.Next();
  if (!IsClock(clock)) return std::nullopt;
  entry.twelve_hour_clock = !IsDigit(clock.back());
  if (IsHalfOfDay(words.Peek())) {
    words.Next();
    entry.twelve_hour_clock = true;
  }
  return entry;
}

// Takes "54,784" or, where the thousands are set apart by blanks, "54 784".  Groups of three belong
// together only while the text is right-aligned, so a name such as "100 days.txt" is safe: sizes
// are followed by a name, never by the end of the line.
std::string TakeSize(Words& words) {
  Words ahead = words;
  std::string digits = SizeDigits(ahead.Next());
  if (digits.empty()) return {};
  if (digits.size() <= 3) {
    for (;;) {
      Words further = ahead;
      const std::string_view group = further.Next();
      const bool is_group = group.size() == 3 && std::all_of(group.begin(), group.end(), IsDigit);
      if (!is_group || Trim(further.rest()).empty()) break;
      digits += group;
      ahead = further;
    }
  }
  words = ahead;
  return digits;
}

// The name in what `dir` prints behind the size: `/q` puts the owner in front, `/x` the short name.
std::string_view NameOf(std::string_view text) {
  text = Trim(text);
  const std::size_t backslash = text.find('\\');
  if (backslash != std::string_view::npos) {
    Words behind_owner(text.substr(backslash));
    behind_owner.Next();
    text = Trim(behind_owner.rest());
  }
  Words words(text);
  const std::string_view first = words.Next();
  const std::size_t tilde = first.find('~');
  const bool is_short = tilde != std::string_view::npos && tilde + 1 < first.size() &&
                        IsDigit(first[tilde + 1]) && first.size() <= 12;
  const std::string_view rest = Trim(words.rest());
  return is_short && !rest.empty() ? rest : text;
}

bool IsVersion(std::string_view word) {
  return std::count(word.begin(), word.end(), '.') >= 2 &&
         std::all_of(word.begin(), word.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

}  // namespace

std::string SizeDigits(std::string_view text) {
  text = Trim(text);
  std::string digits;
  while (!text.empty()) {
    if (IsDigit(text.front())) {
      digits += text.front();
      text.remove_prefix(1);
      continue;
    }
    std::size_t separator = 0;
    for (const std::string_view mark :
         {std::string_view(","), std::string_view("."), std::string_view("'"),
          std::string_view(" "), kNoBreakSpace, kNarrowNoBreakSpace, kReplacement}) {
      if (text.substr(0, mark.size()) == mark) separator = mark.size();
    }
    if (separator == 0 || digits.empty() || text.size() < separator + 3) return {};
    text.remove_prefix(separator);
    if (!IsDigit(text[0]) || !IsDigit(text[1]) || !IsDigit(text[2])) return {};
  }
  return digits.size() <= 18 ? digits : std::string();
}

std::string_view HostOfPath(std::string_view path) {
  if (path.substr(0, 2) != "\\\\") return {};
  path.remove_prefix(2);
  const std::string_view host = path.substr(0, path.find('\\'));
  return host == "?" || host == "." ? std::string_view() : host;
}

std::string_view ParseFolderLine(std::string_view line) {
  if (line.empty() || !IsBlank(line.front())) return {};  // an entry, or prose
  line = Trim(line);
  std::size_t at = line.find("\\\\");
  for (std::size_t i = 0; i + 2 < line.size() && i < at; ++i) {
    const bool own_word = i == 0 || !IsLetter(line[i - 1]);
    if (own_word && IsLetter(line[i]) && line[i + 1] == ':' && line[i + 2] == '\\') at = i;
  }
  if (at == std::string_view::npos || at > 40) return {};
  // Words in front of the path name it a folder; a drive's label or a prompt have other shapes.
  const std::string_view words = Trim(line.substr(0, at));
  if (words.find_first_of("0123456789>") != std::string_view::npos) return {};
  std::string_view path = line.substr(at);
  const std::size_t japanese = path.find(" \xE3\x81\xAE");  // " no", as in "C:\x no directory"
  return Trim(path.substr(0, japanese));
}

std::optional<FileEntry> ParseDirLine(std::string_view line) {
  Words words(line);
  auto entry = TakeDateAndTime(words);
  if (!entry) return std::nullopt;
  const std::string_view next = words.Peek();
  if (!next.empty() && next.front() == '<') {  // <DIR>, <REP>, <JUNCTION>
    entry->folder = true;
    words.Next();
  } else {
    entry->size = TakeSize(words);
    if (entry->size.empty()) return std::nullopt;
  }
  entry->name = NameOf(words.rest());
  return entry->name.empty() ? std::nullopt : entry;
}

std::optional<FileEntry> ParseGetChildItemLine(std::string_view line) {
  Words words(line);
  const std::string_view mode = words.Next();
  const bool is_mode = (mode.size() == 5 || mode.size() == 6) &&
                       mode.find_first_not_of("darhsl-") == std::string_view::npos;
  if (!is_mode) return std::nullopt;
  auto entry = TakeDateAndTime(words);
  if (!entry) return std::nullopt;
  if (mode.front() == 'd' || mode.front() == 'l') {
    entry->folder = true;
  } else {
    entry->size = SizeDigits(words.Next());
    if (entry->size.empty()) return std::nullopt;
  }
  entry->name = Trim(words.rest());
  return entry->name.empty() ? std::nullopt : entry;
}

std::vector<Column> ParseTableHeadline(std::string_view line) {
  std::vector<Column> columns;
  Words words(line);
  for (std::string_view word = words.Next(); !word.empty(); word = words.Next()) {
    if (EqualsIgnoreCase(word, "Date")) {
      columns.push_back(Column::kDate);
    } else if (EqualsIgnoreCase(word, "Time")) {
      columns.push_back(Column::kTime);
    } else if (EqualsIgnoreCase(word, "Version")) {
      columns.push_back(Column::kVersion);
    } else if (EqualsIgnoreCase(word, "Size")) {
      columns.push_back(Column::kSize);
    } else if (EqualsIgnoreCase(word, "File") && EqualsIgnoreCase(words.Peek(), "name")) {
      words.Next();
      columns.push_back(Column::kName);
    } else if (EqualsIgnoreCase(word, "Filename")) {
      columns.push_back(Column::kName);
    } else {
      columns.push_back(Column::kOther);
    }
  }
  const auto has = [&](Column column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  const bool is_table =
      has(Column::kDate) && has(Column::kName) && (has(Column::kSize) || has(Column::kVersion));
  return is_table ? columns : std::vector<Column>{};
}

std::optional<FileEntry> ParseTableLine(std::string_view line, const std::vector<Column>& columns) {
  FileEntry entry;
  Words words(line);
  for (const Column column : columns) {
    const std::string_view word = words.Peek();
    switch (column) {
      case Column::kDate:
        entry.date = ParseDate(word);
        if (!entry.date) return std::nullopt;
        break;
      case Column::kTime:
        if (!IsClock(word)) return std::nullopt;
        entry.twelve_hour_clock = !IsDigit(word.back());
        break;
      case Column::kVersion:
        if (!IsVersion(word)) continue;  // files without a version leave the column empty
        entry.version = word;
        break;
      case Column::kSize:
        entry.size = SizeDigits(word);
        if (entry.size.empty()) return std::nullopt;
        break;
      case Column::kName:
        entry.name = word;
        break;
      case Column::kOther:
        break;
    }
    words.Next();
    if (column == Column::kTime && IsHalfOfDay(words.Peek())) {
      words.Next();
      entry.twelve_hour_clock = true;
    }
  }
  const bool complete = entry.name.find('.') != std::string::npos && entry.date;
  return complete ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace exdiag::host
