#include "engine/knowledge/kbdata_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace exdiag {
namespace {

Result<std::string> ReadWhole(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream.is_open() || stream.bad()) {
    return Error{
        fmt::format("{}: cannot be read; the knowledge base is not loaded", path.string())};
  }
  return text;
}

}  // namespace

Result<std::vector<KbdataFile>> ReadKbdataFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  std::vector<KbdataFile> files;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() != ".yaml") continue;
    files.push_back({entry->path().string(), {}});
  }
  if (error) {
    return Error{fmt::format("{}: cannot be read ({}); the knowledge base is not loaded", folder,
                             error.message())};
  }
  std::sort(files.begin(), files.end(),
            [](const KbdataFile& a, const KbdataFile& b) { return a.name < b.name; });
  for (KbdataFile& file : files) {
    auto text = ReadWhole(file.name);
    if (!text) return text.error();
    file.text = std::move(*text);
  }
  return files;
}

}  // namespace exdiag
