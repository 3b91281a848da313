// One line of a listing of files, in each of the layouts that `dir`, PowerShell and KB articles
// use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/host/file_dates.h"

namespace exdiag::host {

struct FileEntry {
  std::string name;
  std::string path;  // folder, "" when the listing does not say
  std::string host;  // "" when the listing does not say
  std::string size;  // digits only, "" when not shown
  std::string version;
  std::optional<DateParts> date;
  bool twelve_hour_clock = false;
  bool folder = false;
  std::uint64_t line = 0;
};

// The folder that the lines behind are in: " Directory of C:\WINNT\system32", "    Directory:
// C:\x", in any language; "" when the line is something else.
std::string_view ParseFolderLine(std::string_view line);

// "03/24/2021  03:15 PM            54,784 hmmapi.dll", "09/22/98  07:38p      11,331 Security.dll".
std::optional<FileEntry> ParseDirLine(std::string_view line);

// "-a----        3/24/2021   3:15 PM          54784 hmmapi.dll".
std::optional<FileEntry> ParseGetChildItemLine(std::string_view line);

// Columns of a table of files, in the order of its headline; empty when the line is no such
// headline.
enum class Column { kDate, kTime, kVersion, kSize, kName, kOther };
std::vector<Column> ParseTableHeadline(std::string_view line);
// "16-Jul-2001 12:05 5.0.2195.3649 36,112 Ntlmssps.dll I386".
std::optional<FileEntry> ParseTableLine(std::string_view line, const std::vector<Column>& columns);

// "54,784" "54.784" "54 784" -> "54784"; "" when it is no number.
std::string SizeDigits(std::string_view text);

// "EX1" of "\\EX1\c$\WINNT"; "" for a path that is local.
std::string_view HostOfPath(std::string_view path);

}  // namespace exdiag::host
