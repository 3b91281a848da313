#include "engine/cli/data.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "engine/base/packed.h"
#include "engine/cli/cache_file.h"
#include "engine/cli/data_for_store.h"
#include "engine/knowledge/languages_reader.h"
#include "engine/signal/signal.h"
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

namespace {

// In the cache of the rules, under their content_hash: what KindsToKeep says of them all.
constexpr std::string_view kKindsNote = "kinds of events of rules";

std::string PackKinds(const std::vector<EventKind>& kinds) {
  PackedWriter out;
  out.Number(kinds.size());
  for (const EventKind& kind : kinds) {
    out.Text(kind.provider);
    out.Number(kind.event_id);
  }
  return out.Take();
}

std::optional<std::vector<EventKind>> UnpackKinds(std::string_view bytes) {
  PackedReader in(bytes);
  std::vector<EventKind> kinds;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    EventKind& kind = kinds.emplace_back();
    kind.provider = in.Text();
    kind.event_id = static_cast<std::uint16_t>(in.Number());
  }
  return in.ok() && in.at_end() ? std::optional(std::move(kinds)) : std::nullopt;
}

}  // namespace

Result<DataToFeed> DataToFeed::Open(bool all_rules, const DataOptions& options,
                                    DiagnosticSink& problems) {
  const auto folders = FindData(options);
  if (!folders) return folders.error();
  auto knowledge = LoadKnowledgeFrom(folders->kbdata, problems);
  if (!knowledge) return knowledge.error();
  DataToFeed opened;
  opened.data_->knowledge = std::move(*knowledge);
  opened.cache_ = std::make_unique<YamlCache>(CacheFileFor(folders->rules), ProgramIdentity());
  auto rules = RuleFolder::Open(folders->rules, opened.knowledge(), *opened.cache_);
  if (!rules) return rules.error();
  opened.folder_ = std::move(*rules);
  std::optional<std::vector<EventKind>> kinds;
  if (!all_rules && opened.folder_->Naming({})) {
    const auto note = opened.cache_->Note(kKindsNote, opened.folder_->content_hash());
    if (note) kinds = UnpackKinds(*note);
  }
  opened.waits_ = kinds.has_value();
  if (kinds) {
    opened.kinds_to_keep_ = std::move(*kinds);
  } else {
    opened.MakeAll(problems);
  }
  return opened;
}

void DataToFeed::MakeAll(DiagnosticSink& problems) {
  RuleSet& rules = data_->rules;
  rules = folder_->Load(std::nullopt, problems);
  kinds_to_keep_ = KindsToKeep(RulesInUse(rules), data_->knowledge);
  if (!rules.content_hash().empty()) {
    cache_->SetNote(kKindsNote, rules.content_hash(), PackKinds(kinds_to_keep_));
  }
  cache_->Save();
}

Result<std::unique_ptr<Data>> DataToFeed::Finish(const Store& store, DiagnosticSink& problems) {
  if (waits_) {
    data_->rules = folder_->Load(RulesForStore(*folder_, store), problems);
    if (!cache_->steady()) {
      return Error{"the rules changed while the logs were read; run the command again"};
    }
    cache_->Save();
  }
  return std::move(data_);
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
