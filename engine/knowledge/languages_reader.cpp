#include "engine/knowledge/languages_reader.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "engine/base/text.h"
#include "engine/yaml/files.h"
#include "engine/yaml/map.h"

namespace exdiag {
namespace {

constexpr std::pair<std::string_view, LogField> kLabels[] = {
    {"log", LogField::kLog},           {"source", LogField::kSource},
    {"event_id", LogField::kEventId},  {"type", LogField::kType},
    {"level", LogField::kLevel},       {"category", LogField::kCategory},
    {"keywords", LogField::kKeywords}, {"date", LogField::kDate},
    {"time", LogField::kTime},         {"user", LogField::kUser},
    {"computer", LogField::kComputer}, {"description", LogField::kDescription},
};

// A table has a level and no type, and one column for date and time.
bool IsColumn(LogField field) { return field != LogField::kType && field != LogField::kTime; }

struct TypeName {
  std::string_view key;
  Level level;
  std::uint64_t keywords;
};

constexpr TypeName kEventTypes[] = {
    {"critical", Level::kCritical, 0},
    {"error", Level::kError, 0},
    {"warning", Level::kWarning, 0},
    {"information", Level::kInformation, 0},
    {"verbose", Level::kVerbose, 0},
    {"audit_success", Level::kLogAlways, kKeywordAuditSuccess},
    {"audit_failure", Level::kLogAlways, kKeywordAuditFailure},
};

// The words under one key.
std::vector<std::string> ReadWords(YamlMap& map, std::string_view key, YamlProblems& problems) {
  const YamlNode* node = map.Get(key);
  if (node == nullptr) return {};
  std::vector<std::string> words = ReadTexts(*node, key, problems);
  for (std::string& word : words) {
    word = std::string(Trim(word));
    const bool sound = !word.empty() && word.size() <= kLongestWord &&
                       word.find_first_of(":\r\n\t") == std::string::npos;
    if (sound) continue;
    problems.Error("kbdata.language", node->place,
                   fmt::format("\"{}\": \"{}\" is no word of a language; it needs 1 to {} bytes, "
                               "without colon, tab and line end",
                               key, Printable(word), kLongestWord));
  }
  return words;
}

void ReadFields(YamlMap& file, std::string_view key, bool columns, std::vector<FieldWord>& into,
                YamlProblems& problems) {
  const YamlNode* node = file.Get(key);
  if (node == nullptr) return;
  YamlMap map(*node, fmt::format("\"{}\"", key), problems);
  for (const auto& [name, field] : kLabels) {
    if (columns && !IsColumn(field)) continue;
    for (std::string& word : ReadWords(map, name, problems)) {
      into.push_back({std::move(word), field});
    }
  }
  map.Finish();
}

void ReadTypes(YamlMap& file, std::vector<TypeWord>& into, YamlProblems& problems) {
  const YamlNode* node = file.Get("types");
  if (node == nullptr) return;
  YamlMap map(*node, "\"types\"", problems);
  for (const TypeName& type : kEventTypes) {
    for (std::string& word : ReadWords(map, type.key, problems)) {
      into.push_back({std::move(word), type.level, type.keywords});
    }
  }
  map.Finish();
}

template <typename T>
void Append(std::vector<T>& to, std::vector<T> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void ReadLanguageFile(const YamlNode& root, YamlProblems& problems, Languages& all) {
  YamlMap file(root, "a language", problems);
  file.NeedText("language");
  Languages one;
  ReadFields(file, "labels", false, one.labels, problems);
  ReadFields(file, "columns", true, one.columns, problems);
  ReadTypes(file, one.types, problems);
  one.no_category = ReadWords(file, "no_category", problems);
  one.no_user = ReadWords(file, "no_user", problems);
  file.Finish();
  if (problems.errors() > 0) return;
  Append(all.labels, std::move(one.labels));
  Append(all.columns, std::move(one.columns));
  Append(all.types, std::move(one.types));
  Append(all.no_category, std::move(one.no_category));
  Append(all.no_user, std::move(one.no_user));
}

}  // namespace

Result<Languages> LoadLanguages(const std::string& folder, DiagnosticSink& problems,
                                YamlCache& cache) {
  Languages languages;
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) return languages;
  const auto files = ListYamlFiles(folder);
  if (!files) return files.error();
  for (const YamlFile& file : *files) {
    YamlProblems file_problems(file.path, "file not used", problems);
    const auto root = cache.Load(file.path, file_problems);
    if (root && !file_problems.failed()) ReadLanguageFile(*root, file_problems, languages);
  }
  return languages;
}

}  // namespace exdiag
