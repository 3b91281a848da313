// PowerShell's CSV of files: Get-ChildItem or Get-Item, whole or a selection of properties.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/host/file_entries.h"
#include "importers/text/csv_row.h"

namespace exdiag::host {

// Which column holds what; columns that a CSV lacks are nullopt.
struct FileCsvHeader {
  char delimiter = ',';
  std::size_t columns = 0;
  std::optional<std::size_t> name, full_name, folder, size, written, version, version_info, host;
};

// nullopt when these are not the properties of files.
std::optional<FileCsvHeader> FileHeaderOf(const std::vector<std::string_view>& names);

// nullopt when the text does not begin with the headline of such a CSV (a #TYPE line in front of it
// allowed).
std::optional<FileCsvHeader> ParseFileCsvHeader(std::string_view text);

// nullopt when the row names no file.  `row` has as many fields as the header has columns.
std::optional<FileEntry> EntryOfRow(const CsvRow& row, const FileCsvHeader& header);

}  // namespace exdiag::host
