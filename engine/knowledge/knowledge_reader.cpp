#include "engine/knowledge/knowledge_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "engine/base/text.h"
#include "engine/yaml/map.h"

namespace exdiag {
namespace {

bool IsVersion(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool IsArticleNumber(std::string_view text) {
  return text.size() > 1 && text.front() == 'Q' &&
         text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// Items of the list under `key`, which is all that such a file may hold beside `more`.
template <typename Read>
void ForEachItem(YamlMap& map, std::string_view key, YamlProblems& problems, Read read) {
  const YamlNode* list = map.Need(key);
  if (list == nullptr) return;
  if (list->kind != YamlNode::Kind::kList) {
    problems.Error("yaml.type", list->place, fmt::format("\"{}\" must be a list", key));
  }
  for (const YamlNode& item : list->items) {
    const std::size_t before = problems.errors();
    read(item, [&] { return problems.errors() == before; });
  }
}

std::optional<std::uint32_t> ReadCode(YamlMap& map, YamlProblems& problems) {
  const YamlNode* node = map.Get("code");
  if (node == nullptr) return std::nullopt;
  // Written as 5, -1017 or 0x8009030c; all are one 32-bit number.
  const auto value = ReadInteger(*node, "code", -0x8000'0000LL, 0xffff'ffffLL, problems);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

// Takes `value` for `field` unless the article says something else already.
void Merge(std::string& field, std::string value, const Place& place, std::string_view what,
           std::string_view number, YamlProblems& problems) {
  if (value.empty() || value == field) return;
  if (field.empty()) {
    field = std::move(value);
    return;
  }
  problems.Error(
      "kbdata.contradiction", place,
      fmt::format("{} has the {} \"{}\" in another file", number, what, Printable(field)));
}

std::optional<std::uint16_t> ReadEventId(const YamlEntry& pair, YamlProblems& problems) {
  const auto id = ParseInteger(pair.key);
  if (id && *id >= 0 && *id <= 0xffff) return static_cast<std::uint16_t>(*id);
  problems.Error("yaml.value", pair.key_place,
                 fmt::format("\"{}\" is no event ID; it must be 0 to 65535", Printable(pair.key)));
  return std::nullopt;
}

// Names that differ, and at least two: one alone needs no order.
bool AreDataNames(const DataNames& names) {
  std::set<std::string_view> different;
  for (const DataName& data : names) different.insert(data.name);
  return names.size() > 1 && different.size() == names.size() && !different.contains("");
}

// "LogonId", "LogonGuid:guid"
DataName ReadDataName(std::string_view text) {
  constexpr std::string_view kGuid = ":guid";
  const bool is_guid = text.ends_with(kGuid);
  if (is_guid) text.remove_suffix(kGuid.size());
  return {std::string(text), is_guid};
}

// The versions of one event, the shortest first.
std::vector<DataNames> ReadVersions(const YamlEntry& pair, YamlProblems& problems) {
  std::vector<DataNames> versions;
  if (pair.value.kind != YamlNode::Kind::kList || pair.value.items.empty()) {
    problems.Error("yaml.type", pair.value.place,
                   fmt::format("event {} must be a list of lists of names, one for each version",
                               Printable(pair.key)));
  }
  for (const YamlNode& item : pair.value.items) {
    DataNames& names = versions.emplace_back();
    for (const std::string& text : ReadTexts(item, "the names of a version", problems)) {
      names.push_back(ReadDataName(text));
    }
    if (AreDataNames(names)) continue;
    problems.Error("kbdata.data_names", item.place,
                   "a version needs two names or more, none of them empty and no name twice");
  }
  std::stable_sort(versions.begin(), versions.end(),
                   [](const DataNames& a, const DataNames& b) { return a.size() < b.size(); });
  return versions;
}

void ReadDataNames(const std::string& provider, const YamlEntry& pair, YamlProblems& problems,
                   DataNamesOfEvents& events) {
  const std::size_t before = problems.errors();
  const std::optional<std::uint16_t> id = ReadEventId(pair, problems);
  std::vector<DataNames> versions = ReadVersions(pair, problems);
  if (problems.errors() != before) return;
  if (events.try_emplace({ToLower(provider), *id}, std::move(versions)).second) return;
  problems.Error("kbdata.contradiction", pair.key_place,
                 fmt::format("event {} of {} stands in another place", *id, Printable(provider)));
}

}  // namespace

void ReadErrorFile(const YamlNode& root, YamlProblems& problems, std::vector<ErrorCode>& errors) {
  problems.set_consequence("entry left out");
  YamlMap file(root, "an error code file", problems);
  const std::string component = file.Text("component");
  ForEachItem(file, "errors", problems, [&](const YamlNode& item, const auto& sound) {
    YamlMap map(item, "an error code", problems);
    ErrorCode error;
    error.code = ReadCode(map, problems);
    error.status = map.Text("status");
    error.name = map.Text("name");
    error.meaning = map.NeedText("meaning");
    error.component = map.Text("component");
    if (error.component.empty()) error.component = component;
    error.seen_in = map.Texts("seen_in");
    map.Finish();
    if (map.ok() && !map.Has("code") && error.status.empty() && error.name.empty()) {
      problems.Error("yaml.missing_key", item.place,
                     "an error code needs a \"code\", a \"status\" or a \"name\"");
    }
    if (sound()) errors.push_back(std::move(error));
  });
  file.Finish();
}

void ReadArticleFile(const YamlNode& root, YamlProblems& problems,
                     std::map<std::string, Article, std::less<>>& articles) {
  problems.set_consequence("entry left out");
  YamlMap file(root, "an article file", problems);
  const YamlNode* list = file.Need("articles");
  file.Finish();
  if (list == nullptr) return;
  const YamlMap checked(*list, "\"articles\"", problems);
  for (const YamlEntry& pair : list->entries) {
    const std::size_t before = problems.errors();
    if (!IsArticleNumber(pair.key)) {
      problems.Error("yaml.value", pair.key_place,
                     fmt::format("\"{}\" is no article number; it must be Q and digits, such as "
                                 "Q217142",
                                 Printable(pair.key)));
    }
    const auto known = articles.find(pair.key);
    Article article = known == articles.end() ? Article() : known->second;
    article.number = pair.key;
    YamlMap map(pair.value, "an article", problems);
    const auto merge = [&](std::string& field, std::string_view key) {
      const std::string value = map.Text(key);
      Merge(field, value, pair.key_place, key, pair.key, problems);
    };
    merge(article.title, "title");
    merge(article.applies_to, "applies_to");
    merge(article.fixed_in, "fixed_in");
    map.Finish();
    if (problems.errors() == before) articles[pair.key] = std::move(article);
  }
}

void ReadBuildFile(const YamlNode& root, YamlProblems& problems, std::vector<Build>& builds) {
  problems.set_consequence("entry left out");
  YamlMap file(root, "a build file", problems);
  const YamlNode* list = file.Need("builds");
  file.Finish();
  if (list == nullptr) return;
  const YamlMap checked(*list, "\"builds\"", problems);
  for (const YamlEntry& pair : list->entries) {
    const std::size_t before = problems.errors();
    if (!IsVersion(pair.key)) {
      problems.Error("yaml.value", pair.key_place,
                     fmt::format("\"{}\" is no build number; it must be numbers with full stops "
                                 "between, such as 2653.23",
                                 Printable(pair.key)));
    }
    const auto product = ReadText(pair.value, pair.key, problems);
    if (problems.errors() == before) builds.push_back({pair.key, *product});
  }
}

void ReadFingerprintFile(const YamlNode& root, YamlProblems& problems,
                         std::vector<FileFingerprint>& files) {
  problems.set_consequence("entry left out");
  YamlMap file(root, "a file of fingerprints", problems);
  ForEachItem(file, "files", problems, [&](const YamlNode& item, const auto& sound) {
    YamlMap map(item, "a fingerprint", problems);
    FileFingerprint print;
    print.name = map.NeedText("name");
    if (const auto size = map.Integer("size", 0, std::numeric_limits<std::int64_t>::max())) {
      print.size = static_cast<std::uint64_t>(*size);
    }
    print.date = map.Text("date");
    print.version = map.Text("version");
    if (const YamlNode* gives = map.Need("gives")) {
      const YamlMap checked(*gives, "\"gives\"", problems);
      for (const YamlEntry& pair : gives->entries) {
        if (auto value = ReadText(pair.value, pair.key, problems)) {
          print.gives[pair.key] = std::move(*value);
        }
      }
    }
    map.Finish();
    if (sound()) files.push_back(std::move(print));
  });
  file.Finish();
}

void ReadDataNamesFile(const YamlNode& root, YamlProblems& problems, DataNamesOfEvents& events) {
  problems.set_consequence("entry left out");
  YamlMap file(root, "a file of data names", problems);
  const YamlNode* providers = file.Need("providers");
  file.Finish();
  if (providers == nullptr) return;
  const YamlMap checked(*providers, "\"providers\"", problems);
  for (const YamlEntry& provider : providers->entries) {
    const YamlMap checked_events(provider.value, "the events of a provider", problems);
    for (const YamlEntry& event : provider.value.entries) {
      ReadDataNames(provider.key, event, problems, events);
    }
  }
}

}  // namespace exdiag
