#include "importers/host/file_csv.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag::host {
namespace {

std::optional<std::size_t> FindColumn(const std::vector<std::string_view>& names,
                                      std::initializer_list<std::string_view> wanted) {
  for (const std::string_view name : wanted) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (EqualsIgnoreCase(Trim(names[i]), name)) return i;
    }
  }
  return std::nullopt;
}

std::string_view FieldOf(const CsvRow& row, std::optional<std::size_t> column) {
  return column && *column < row.fields.size() ? Trim(row.fields[*column]) : std::string_view();
}

// The first word behind "FileVersion:" in the text that VersionInfo turns into.
std::string_view VersionIn(std::string_view version_info) {
  constexpr std::string_view kLabel = "FileVersion:";
  const std::size_t at = FindIgnoreCase(version_info, kLabel);
  if (at == std::string_view::npos) return {};
  std::string_view rest = version_info.substr(at + kLabel.size());
  rest = Trim(rest.substr(0, rest.find_first_of("\r\n")));
  return rest.substr(0, rest.find(' '));
}

// "C:\WINNT\system32" of "Microsoft.PowerShell.Core\FileSystem::C:\WINNT\system32".
std::string_view WithoutProvider(std::string_view path) {
  const std::size_t provider = path.find("::");
  return provider == std::string_view::npos ? path : path.substr(provider + 2);
}

void TakePath(std::string_view full_name, FileEntry& entry) {
  const std::size_t slash = full_name.rfind('\\');
  if (slash == std::string_view::npos) {
    if (entry.name.empty()) entry.name = full_name;
    return;
  }
  entry.name = full_name.substr(slash + 1);
  entry.path = full_name.substr(0, slash);
}

}  // namespace

std::optional<FileCsvHeader> FileHeaderOf(const std::vector<std::string_view>& names) {
  FileCsvHeader header;
  header.columns = names.size();
  header.name = FindColumn(names, {"Name", "PSChildName", "OriginalFilename"});
  header.full_name = FindColumn(names, {"FullName", "FileName", "PSPath", "Path"});
  header.folder = FindColumn(names, {"DirectoryName", "Directory", "PSParentPath"});
  header.size = FindColumn(names, {"Length", "Size"});
  header.written = FindColumn(names, {"LastWriteTime", "LastWriteTimeUtc", "Date"});
  header.version = FindColumn(names, {"FileVersion", "ProductVersion", "Version"});
  header.version_info = FindColumn(names, {"VersionInfo"});
  header.host = FindColumn(names, {"PSComputerName", "MachineName", "ComputerName", "Computer"});
  const bool names_files = header.name || header.full_name;
  const bool describes_files = (header.size && header.written) ||
                               (header.version && header.full_name) || header.version_info ||
                               FindColumn(names, {"FileVersion"});
  const bool is_event_log = FindColumn(names, {"Message", "EventID", "Source"}).has_value();
  return names_files && describes_files && !is_event_log ? std::optional(header) : std::nullopt;
}

std::optional<FileCsvHeader> ParseFileCsvHeader(std::string_view text) {
  if (text.substr(0, 6) == "#TYPE ") {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  const std::string_view headline = text.substr(0, text.find('\n'));
  for (const char delimiter : {',', ';', '\t'}) {
    CsvRow row;
    if (ParseCsvRow(headline, delimiter, true, row) != CsvParse::kRow || row.fields.size() < 2) {
      continue;
    }
    auto header = FileHeaderOf(row.fields);
    if (header) header->delimiter = delimiter;
    if (header) return header;
  }
  return std::nullopt;
}

std::optional<FileEntry> EntryOfRow(const CsvRow& row, const FileCsvHeader& header) {
  FileEntry entry;
  entry.name = FieldOf(row, header.name);
  entry.path = WithoutProvider(FieldOf(row, header.folder));
  const std::string_view full_name = WithoutProvider(FieldOf(row, header.full_name));
  if (!full_name.empty()) TakePath(full_name, entry);
  if (entry.name.empty()) return std::nullopt;
  entry.size = SizeDigits(FieldOf(row, header.size));
  entry.folder = header.size && FieldOf(row, header.size).empty() && header.written;
  std::string_view version = FieldOf(row, header.version);
  if (version.empty()) version = VersionIn(FieldOf(row, header.version_info));
  entry.version = version.substr(0, version.find(' '));
  const std::string_view written = FieldOf(row, header.written);
  entry.date = ParseDate(written.substr(0, written.find_first_of(" T")));
  entry.twelve_hour_clock = FindIgnoreCase(written, " AM") != std::string_view::npos ||
                            FindIgnoreCase(written, " PM") != std::string_view::npos;
  entry.host = FieldOf(row, header.host);
  return entry;
}

}  // namespace exdiag::host
