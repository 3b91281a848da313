#include "engine/cli/data.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "engine/cli/cache_file.h"
#include "engine/cli/data_for_store.h"
#include "engine/knowledge/languages_reader.h"
#include "engine/yaml/cache.h"

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

void AddDataOptions(Arguments arguments, DataOptions& options) {
  arguments.Add("--rules", options.rules, "folder with the rules").Called("FOLDER");
  arguments.Add("--kbdata", options.kbdata, "folder with the event catalogue").Called("FOLDER");
}

Result<DataFolders> FindData(const DataOptions& options) {
  auto kbdata = Find(options.kbdata, "kbdata");
  if (!kbdata) return kbdata.error();
  auto rules = Find(options.rules, "rules");
  if (!rules) return rules.error();
  return DataFolders{std::move(*rules), std::move(*kbdata)};
}

namespace {

Result<Knowledge> LoadKnowledgeFrom(const std::string& folder, DiagnosticSink& problems) {
  YamlCache cache(CacheFileFor(folder), ProgramIdentity());
  auto languages = LoadLanguages(folder + "/languages", problems, cache);
  if (!languages) return languages.error();
  UseLanguages(std::move(*languages));
  auto knowledge = Knowledge::Load(folder, problems, cache);
  if (knowledge) cache.Save();
  return knowledge;
}

}  // namespace

Result<Knowledge> LoadKnowledge(const DataOptions& options, DiagnosticSink& problems) {
  const auto kbdata = Find(options.kbdata, "kbdata");
  if (!kbdata) return kbdata.error();
  return LoadKnowledgeFrom(*kbdata, problems);
}

Result<std::unique_ptr<Data>> LoadDataChosen(const ChooseRules& choose, const DataOptions& options,
                                             DiagnosticSink& problems) {
  const auto folders = FindData(options);
  if (!folders) return folders.error();
  auto knowledge = LoadKnowledgeFrom(folders->kbdata, problems);
  if (!knowledge) return knowledge.error();
  auto data = std::make_unique<Data>();
  data->knowledge = std::move(*knowledge);
  YamlCache cache(CacheFileFor(folders->rules), ProgramIdentity());
  const auto rules = RuleFolder::Open(folders->rules, data->knowledge, cache);
  if (!rules) return rules.error();
  data->rules = rules->Load(choose(*rules), problems);
  cache.Save();
  return data;
}

Result<std::unique_ptr<Data>> LoadData(const DataOptions& options, DiagnosticSink& problems) {
  return LoadDataChosen([](const RuleFolder&) { return std::nullopt; }, options, problems);
}

Result<std::unique_ptr<Data>> LoadDataNaming(std::uint16_t event_id, const DataOptions& options,
                                             DiagnosticSink& problems) {
  return LoadDataChosen([&](const RuleFolder& rules) { return rules.Naming({event_id}); }, options,
                        problems);
}

std::optional<RuleIds> RulesForStore(const RuleFolder& rules, const Store& store,
                                     std::optional<std::uint16_t> event_id) {
  const auto all = store.ChangesSince(0);
  if (!all) return std::nullopt;  // it does not know
  std::set<std::uint16_t> event_ids;
  for (const EventKind& kind : all->kinds) event_ids.insert(kind.event_id);
  if (event_id) event_ids.insert(*event_id);
  return rules.Naming(event_ids);
}

}  // namespace exdiag
