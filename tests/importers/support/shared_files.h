// Real and hostile files that lie beside the project and are not part of it.  Tests that use them
// skip, loudly, where they are not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "importers/importer.h"
#include "tests/importers/support/kept_evidence.h"

namespace exdiag::test {

inline std::filesystem::path SharedDir() { return EXDIAG_SHARED_DIR; }

// One file of the corpus, with how many records each of several readers finds in it.
struct CorpusFile {
  std::filesystem::path path;
  std::string name;
  std::size_t best = 0;  // the most that a reader finds in allocated space
};

// Those whose name ends in `extension`, in any case.
inline std::vector<CorpusFile> CorpusFiles(const std::string& extension) {
  std::vector<CorpusFile> files;
  std::ifstream table(SharedDir() / "evtx/corpus.tsv");
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::vector<std::string> columns;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) columns.push_back(cell);
    CorpusFile file{SharedDir() / "evtx/corpus" / columns.at(0), columns.at(0), 0};
    std::string tail = file.path.extension().string();
    for (char& c : tail) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (tail != extension || !std::filesystem::exists(file.path)) continue;
    // records_scan, records_libyal, evtxexport_xml, python_evtx
    for (const std::size_t column : {3U, 4U, 6U, 8U}) {
      if (column < columns.size() && !columns[column].empty() && columns[column] != "-") {
        file.best = std::max<std::size_t>(file.best, std::stoul(columns[column]));
      }
    }
    files.push_back(file);
  }
  return files;
}

// Writes the hostile files into a fresh folder; an empty path when that cannot be done here.
inline std::filesystem::path MakeDamagedFiles(const std::string& folder) {
  const auto tool = SharedDir() / "tools/make_damaged.py";
  if (!std::filesystem::exists(tool)) return {};
  const std::filesystem::path target = std::filesystem::path(::testing::TempDir()) / folder;
  std::filesystem::remove_all(target);
  const std::string command =
      "python3 -B '" + tool.string() + "' '" + target.string() + "' > /dev/null";
  return std::system(command.c_str()) == 0 ? target : std::filesystem::path();
}

// Imports one file under the name "test".
inline void ImportFile(const Importer& importer, const std::filesystem::path& file,
                       KeptEvidence& kept) {
  const auto source = OpenFile(file.string());
  ASSERT_TRUE(source.ok());
  const auto result = importer.Import({"test", **source, {}}, kept, kept);
  if (!result) kept.error = result.error().message;
}

}  // namespace exdiag::test
