#include "engine/cli/data.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace exdiag {
namespace {

namespace fs = std::filesystem;

// How far below its source tree a build folder may lie: build/release, and one more.
constexpr int kBuildDepth = 3;

bool IsFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// Folders that may hold rules/ and kbdata/, most particular first.
std::vector<fs::path> Places() {
  const char* chosen = std::getenv("EXDIAG_DATA");
  if (chosen != nullptr && *chosen != '\0') return {chosen};  // who names one wants no other
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  std::vector<fs::path> places = {program.parent_path().parent_path() / "share" / "exdiag"};
  fs::path folder = program.parent_path();
  for (int depth = 0; depth < kBuildDepth; ++depth) {
    folder = folder.parent_path();
    if (fs::exists(folder / "CMakePresets.json", error)) places.push_back(folder);
  }
  return places;
}

Result<std::string> Find(const std::string& given, const char* name) {
  if (!given.empty()) {
    if (IsFolder(given)) return given;
    return Error{fmt::format("{}: no such folder; give another with --{}", given, name)};
  }
  std::string tried;
  for (const fs::path& place : Places()) {
    const fs::path folder = place / name;
    if (IsFolder(folder)) return folder.string();
    tried += (tried.empty() ? "" : ", ") + folder.string();
  }
  return Error{
      fmt::format("no folder \"{}\" found (tried {}); name it with --{}, or its parent in "
                  "EXDIAG_DATA",
                  name, tried.empty() ? "nothing" : tried, name)};
}

}  // namespace

void AddDataOptions(CLI::App& app, DataOptions& options) {
  app.add_option("--rules", options.rules, "folder with the rules")->type_name("FOLDER");
  app.add_option("--kbdata", options.kbdata, "folder with the event catalogue")
      ->type_name("FOLDER");
}

Result<DataFolders> FindData(const DataOptions& options) {
  auto kbdata = Find(options.kbdata, "kbdata");
  if (!kbdata) return kbdata.error();
  auto rules = Find(options.rules, "rules");
  if (!rules) return rules.error();
  return DataFolders{std::move(*rules), std::move(*kbdata)};
}

Result<Knowledge> LoadKnowledge(const DataOptions& options, DiagnosticSink& problems) {
  const auto kbdata = Find(options.kbdata, "kbdata");
  if (!kbdata) return kbdata.error();
  return Knowledge::Load(*kbdata, problems);
}

Result<std::unique_ptr<Data>> LoadData(const DataOptions& options, DiagnosticSink& problems) {
  const auto folders = FindData(options);
  if (!folders) return folders.error();
  auto knowledge = Knowledge::Load(folders->kbdata, problems);
  if (!knowledge) return knowledge.error();
  auto data = std::make_unique<Data>();
  data->knowledge = std::move(*knowledge);
  auto rules = RuleSet::Load(folders->rules, data->knowledge, problems);
  if (!rules) return rules.error();
  data->rules = std::move(*rules);
  return data;
}

}  // namespace exdiag
