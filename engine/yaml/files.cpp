#include "engine/yaml/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace exdiag {
namespace {

namespace fs = std::filesystem;

bool IsYamlName(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// "rules" of "rules", "/a/rules/" and "./rules/."; the folder itself when it has no name.
fs::path BaseName(const std::string& folder) {
  fs::path path = fs::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.filename() == "." || path.filename() == ".." ? fs::path() : path.filename();
}

}  // namespace

Result<std::vector<YamlFile>> ListYamlFiles(const std::string& folder) {
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, error);
  const fs::path base = BaseName(folder);
  std::vector<YamlFile> files;
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    const fs::path& path = walk->path();
    std::error_code ignored;
    if (path.filename().native().starts_with('.')) {
      if (walk->is_directory(ignored)) walk.disable_recursion_pending();
    } else if (IsYamlName(path) && !walk->is_directory(ignored)) {
      const fs::path name = base / path.lexically_relative(folder);
      files.push_back({path.string(), name.lexically_normal().generic_string()});
    }
  }
  if (error) return Error{fmt::format("{}: {}; nothing read from it", folder, error.message())};
  std::sort(files.begin(), files.end(),
            [](const YamlFile& a, const YamlFile& b) { return a.name < b.name; });
  return files;
}

std::optional<std::string> ReadYamlText(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text;
  std::string block(std::size_t{64} << 10, '\0');
  while (text.size() <= kMaxYamlBytes && stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return std::nullopt;
  return text;
}

std::optional<YamlNode> ParseYamlText(const std::optional<std::string>& text,
                                      YamlProblems& problems) {
  if (text) return ParseYaml(*text, problems);
  problems.Error(
      "yaml.unreadable", {},
      fmt::format("cannot be read: {}", errno == 0 ? "I/O error" : std::strerror(errno)));
  return std::nullopt;
}

std::optional<YamlNode> LoadYamlFile(const std::string& path, YamlProblems& problems) {
  return ParseYamlText(ReadYamlText(path), problems);
}

}  // namespace exdiag
