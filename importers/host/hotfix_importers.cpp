// systeminfo, and tables of hotfixes: wmic qfe, Get-HotFix.
//
// systeminfo is translated, but its lines always come in the same order, and a list item
// "[01]: KB893803v2 - Update" is the same everywhere.  wmic pads its columns to a width of its own
// in each file; cells are found below their headings.
#include <algorithm>
#include <map>
#include <vector>

#include "engine/base/text.h"
#include "importers/host/host_facts.h"
#include "importers/host/host_importers.h"
#include "importers/text/csv_row.h"
#include "importers/text/lines.h"
#include "importers/text/printed_rows.h"

namespace exdiag {
namespace {

using host::Hotfix;
using host::ReadHotfix;

struct Labelled {
  std::string_view label;
  std::string_view value;
};

// "OS Name:                   Microsoft ...": not indented.
std::optional<Labelled> ReadLabelled(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return std::nullopt;
  // "Page File: Max Size:       2,491 MB": the label ends where blanks follow.
  std::size_t colon = line.find(": ");
  const std::size_t padded = line.find(":  ");
  if (padded != std::string_view::npos) colon = padded;
  if (colon == std::string_view::npos && line.ends_with(':')) colon = line.size() - 1;
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return Labelled{Trim(line.substr(0, colon)), Trim(line.substr(colon + 1))};
}

// "5.2.3790" of "5.2.3790 Service Pack 1 Build 3790"; "" when it begins with no such number.
std::string_view VersionOf(std::string_view text) {
  const std::string_view number = text.substr(0, text.find_first_not_of("0123456789."));
  return std::count(number.begin(), number.end(), '.') >= 2 ? number : std::string_view();
}

std::string_view ServicePackOf(std::string_view text) {
  constexpr std::string_view kWords = "Service Pack ";
  const std::size_t at = text.find(kWords);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + kWords.size());
  return rest.substr(0, rest.find_first_not_of("0123456789"));
}

// "[01]: KB2919355", in French "[01] : KB2919355".
std::optional<Hotfix> ReadListedHotfix(std::string_view line) {
  const std::string_view item = Trim(line);
  const std::size_t end = item.find(']');
  if (!item.starts_with('[') || end == std::string_view::npos || end > 5) return std::nullopt;
  std::string_view rest = Trim(item.substr(end + 1));
  if (!rest.starts_with(':')) return std::nullopt;
  return ReadHotfix(rest.substr(1));
}

// The name of the system, in the second line; the first when the host was left out.
bool IsSystemName(const Labelled& line) {
  return line.value.starts_with("Microsoft") &&
         line.value.find("Windows") != std::string_view::npos;
}

bool IsSystemInfo(std::string_view text) {
  std::vector<Labelled> lines;
  ForEachLine(text, [&](std::string_view line, std::uint64_t) {
    if (lines.size() >= 3 || Trim(line).empty()) return;
    if (const auto labelled = ReadLabelled(line)) lines.push_back(*labelled);
  });
  if (lines.size() < 3) return false;
  if (IsSystemName(lines[0])) return !VersionOf(lines[1].value).empty();
  return lines[1].value.find("Windows") != std::string_view::npos &&
         !VersionOf(lines[2].value).empty();
}

class SystemInfo final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override {
    if (const auto labelled = ReadLabelled(line)) {
      // The outputs of several hosts may stand in one file.
      if (!values_.empty() && EqualsIgnoreCase(labelled->label, first_label_)) Finish();
      if (values_.empty()) Begin(*labelled, number);
      labels_.emplace_back(labelled->label);
      values_.emplace_back(labelled->value);
    } else if (const auto hotfix = ReadListedHotfix(line)) {
      if (hotfixes_++ == 0) list_ = values_.size();
      Put(Value(0), "hotfix", number, {{"id", hotfix->id}, {"article", hotfix->article}});
    }
  }

  void Finish() override {
    if (values_.size() >= 3) {
      const std::string& version = Value(2);
      Put(Value(0), "system_info", first_line_,
          {{"os", Value(1)},
           {"version", VersionOf(version)},
           {"service_pack", ServicePackOf(version)},
           {"configuration", Value(4)},
           {"domain", Domain()},
           {"time_zone", Labelled("Time Zone")}});
      if (hotfixes_ > 0 || HasHotfixLabel()) {
        Put(Value(0), "hotfix_listing", first_line_,
            {{"source", "systeminfo"}, {"count", std::to_string(hotfixes_)}});
      }
    }
    labels_.clear();
    values_.clear();
    hotfixes_ = 0;
    list_ = 0;
  }

 private:
  void Begin(const struct Labelled& first, std::uint64_t number) {
    first_line_ = number;
    first_label_ = first.label;
    if (!IsSystemName(first)) return;
    labels_.emplace_back();
    values_.emplace_back();
  }

  const std::string& Value(std::size_t at) const {
    static const std::string kNone;
    return at < values_.size() ? values_[at] : kNone;
  }

  const std::string& Labelled(std::string_view label) const {
    const auto at = std::find_if(labels_.begin(), labels_.end(), [&](const std::string& known) {
      return EqualsIgnoreCase(known, label);
    });
    return Value(static_cast<std::size_t>(at - labels_.begin()));
  }

  bool HasHotfixLabel() const {
    return std::any_of(labels_.begin(), labels_.end(), [](const std::string& label) {
      return StartsWithIgnoreCase(label, "Hotfix");
    });
  }

  // Stands before the logon server, which stands before the hotfixes.
  const std::string& Domain() const {
    const std::string& english = Labelled("Domain");
    return english.empty() && list_ >= 3 ? Value(list_ - 3) : english;
  }

  std::vector<std::string> labels_;
  std::vector<std::string> values_;
  std::size_t hotfixes_ = 0;
  std::size_t list_ = 0;  // behind the label of the hotfixes
  std::string first_label_;
  std::uint64_t first_line_ = 0;
};

// ---- tables ---------------------------------------------------------------------------------

constexpr std::string_view kHotfixId = "HotFixID";
// Headings that may come first.  In front of the table XP can print a sentence without a line end.
constexpr std::string_view kFirstHeadings[] = {"Node",           "Caption", "CSName",
                                               "PSComputerName", "Source",  "Description",
                                               "HotFixID",       "__GENUS", "FixComments"};

bool HasHotfixHeading(std::string_view line) {
  return line.find(kHotfixId) != std::string_view::npos &&
         (line.find("InstalledOn") != std::string_view::npos ||
          line.find("Description") != std::string_view::npos ||
          line.find("InstalledBy") != std::string_view::npos);
}

// Get-HotFix | Format-List.
bool IsHotfixList(const PrintedRow& row) {
  const auto has = [&](std::string_view name) {
    return std::find(row.names.begin(), row.names.end(), name) != row.names.end();
  };
  return has(kHotfixId) && (has("InstalledOn") || has("Description") || has("InstalledBy"));
}

bool IsHotfixTable(std::string_view text) {
  if (text.find(kHotfixId) == std::string_view::npos) return false;
  bool found = false;
  PrintedRows rows(
      PrintedRows::Shapes::kLists,
      [&](const PrintedRow& row) { found = found || IsHotfixList(row); },
      [&](std::string_view line, std::uint64_t) { found = found || HasHotfixHeading(line); });
  ForEachLine(text, [&](std::string_view line, std::uint64_t number) { rows.Line(line, number); });
  rows.Finish();
  return found;
}

// Where each character of `line` begins.
std::vector<std::size_t> CharactersOf(std::string_view line) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if ((static_cast<unsigned char>(line[i]) & 0xc0) != 0x80) starts.push_back(i);
  }
  return starts;
}

class HotfixTable final : public host::LineReader {
 public:
  using LineReader::LineReader;

  void Line(std::string_view line, std::uint64_t number) override { rows_.Line(line, number); }

  void Finish() override {
    rows_.Finish();
    FinishTable();
  }

 private:
  void TableLine(std::string_view line, std::uint64_t number) {
    if (HasHotfixHeading(line)) {
      FinishTable();
      ReadHeader(line, number);
    } else if (header_line_ != 0 && !Trim(line).empty() && !line.starts_with("---")) {
      ReadRow(line, number);
    }
  }

  void ListRow(const PrintedRow& row) {
    if (!IsHotfixList(row)) return;
    if (header_line_ == 0) header_line_ = row.line;
    names_ = row.names;
    cells_.assign(row.values.begin(), row.values.end());
    PutRow(row.line);
  }

  void FinishTable() {
    for (const auto& [name, count] : counts_) {
      Put(name, "hotfix_listing", header_line_,
          {{"source", "hotfix-table"}, {"count", std::to_string(count)}});
    }
    counts_.clear();
    header_line_ = 0;
  }

  void ReadHeader(std::string_view line, std::uint64_t number) {
    header_line_ = number;
    names_.clear();
    starts_.clear();
    delimiter_ = '\0';
    const std::string_view quoted = Trim(line);
    for (const char delimiter : {',', ';', '\t'}) {
      if (quoted.find(delimiter) != std::string_view::npos) delimiter_ = delimiter;
    }
    if (delimiter_ != '\0') {
      ParseCsvRow(quoted, delimiter_, true, row_);
      for (const std::string_view field : row_.fields) names_.emplace_back(Trim(field));
      return;
    }
    std::size_t first = line.size();
    for (const std::string_view heading : kFirstHeadings) {
      first = std::min(first, line.find(heading));
    }
    line.remove_prefix(first);
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      names_.emplace_back(line.substr(at, end - at));
      starts_.push_back(at);
      at = std::min(line.find_first_not_of(' ', end), line.size());
    }
  }

  std::string_view Cell(std::string_view name) const {
    const auto at =
        static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
    return at < cells_.size() ? cells_[at] : std::string_view();
  }

  void ReadRow(std::string_view line, std::uint64_t number) {
    cells_.clear();
    if (delimiter_ != '\0') {
      ParseCsvRow(line, delimiter_, true, row_);
      for (const std::string_view field : row_.fields) cells_.push_back(Trim(field));
    } else {
      const auto characters = CharactersOf(line);
      const auto byte = [&](std::size_t character) {
        return character < characters.size() ? characters[character] : line.size();
      };
      for (std::size_t i = 0; i < starts_.size(); ++i) {
        const std::size_t end = i + 1 < starts_.size() ? byte(starts_[i + 1]) : line.size();
        cells_.push_back(Trim(line.substr(byte(starts_[i]), end - byte(starts_[i]))));
      }
    }
    PutRow(number);
  }

  void PutRow(std::uint64_t number) {
    std::string_view name;
    for (const std::string_view column : {"CSName", "PSComputerName", "Source", "Node"}) {
      if (name.empty()) name = Cell(column);
    }
    const auto hotfix = ReadHotfix(Cell(kHotfixId));
    // "File 1": WMI's rows for the files of older updates, which name none.
    if (!hotfix) {
      if (Cell(kHotfixId).starts_with("File ")) counts_[std::string(name)] += 0;
      return;
    }
    ++counts_[std::string(name)];
    Put(name, "hotfix", number,
        {{"id", hotfix->id},
         {"article", hotfix->article},
         {"description", Cell("Description")},
         {"service_pack", Cell("ServicePackInEffect")},
         {"installed_on", host::ReadInstallDate(Cell("InstalledOn"))}});
  }

  PrintedRows rows_{
      PrintedRows::Shapes::kLists, [this](const PrintedRow& row) { ListRow(row); },
      [this](std::string_view line, std::uint64_t number) { TableLine(line, number); }};
  std::vector<std::string> names_;
  std::vector<std::size_t> starts_;  // in characters
  std::vector<std::string_view> cells_;
  char delimiter_ = '\0';
  CsvRow row_;
  std::uint64_t header_line_ = 0;
  std::map<std::string, std::size_t> counts_;
};

template <typename Reader>
std::unique_ptr<host::LineReader> Make(EvidenceSink& evidence) {
  return std::make_unique<Reader>(evidence);
}

}  // namespace

std::unique_ptr<Importer> MakeSystemInfoImporter() {
  return host::MakeLineImporter("systeminfo", IsSystemInfo, Make<SystemInfo>);
}

std::unique_ptr<Importer> MakeHotfixTableImporter() {
  return host::MakeLineImporter("hotfix-table", IsHotfixTable, Make<HotfixTable>);
}

}  // namespace exdiag
