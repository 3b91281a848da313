#include "engine/rule/pattern_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"
#include "engine/rule/fact_kinds.h"
#include "engine/rule/field_test_reader.h"
#include "engine/rule/rule_scope.h"

namespace exdiag {
namespace {

constexpr std::string_view kReserved[] = {"no",       "fact",     "any",    "all",
                                          "sequence", "coverage", "within", "use"};

class PatternReader {
 public:
  PatternReader(const Catalogue& catalogue, const SharedPatterns& shared, YamlProblems& problems)
      : catalogue_(catalogue), shared_(shared), problems_(problems) {}

  EventPattern Read(const YamlEntry& entry) {
    EventPattern pattern;
    YamlMap map(entry.value, fmt::format("the event pattern \"{}\"", entry.key), problems_);
    if (map.Has("use")) {
      ReadUse(map, pattern);
    } else if (map.Has("fact")) {
      ReadFact(map, pattern);
    } else {
      ReadEvent(map, pattern);
    }
    if (const YamlNode* where = map.Get("where")) {
      std::vector<FieldCondition> tests = ReadWhere(*where, problems_);
      std::move(tests.begin(), tests.end(), std::back_inserter(pattern.where_all));
    }
    map.Finish();
    pattern.name = entry.key;
    pattern.where = problems_.At(entry.key_place);
    return pattern;
  }

 private:
  void ReadUse(YamlMap& map, EventPattern& pattern) {
    const std::string name = map.NeedText("use");
    const auto found = shared_.find(name);
    if (found != shared_.end()) {
      pattern = found->second;
    } else if (!name.empty()) {
      ComplainNoShared(*map.Get("use"));
    }
    ReadLevels(map, pattern);
  }

  void ComplainNoShared(const YamlNode& use) {
    std::vector<std::string_view> known;
    for (const auto& [name, pattern] : shared_) known.push_back(name);
    problems_.Error("rule.unknown_name", use.place,
                    fmt::format("no shared pattern \"{}\"{}", Printable(use.text),
                                DidYouMean(use.text, known)));
  }

  void ReadFact(YamlMap& map, EventPattern& pattern) {
    pattern.fact_kind = map.NeedText("fact");
    CheckFactKind(*map.Get("fact"));
  }

  void CheckFactKind(const YamlNode& node) {
    if (node.text.empty() || FindFactKind(node.text) != nullptr) return;
    std::vector<std::string_view> known;
    for (const FactKind& kind : FactKinds()) known.push_back(kind.name);
    problems_.Error("rule.fact_kind", node.place,
                    fmt::format("no facts of the kind \"{}\"{}", Printable(node.text),
                                DidYouMean(node.text, known)));
  }

  void ReadEvent(YamlMap& map, EventPattern& pattern) {
    for (const std::string& name : map.NeedTexts("provider")) {
      if (Trim(name).empty()) {
        problems_.Error("yaml.value", map.Get("provider")->place, "\"provider\" is empty");
      }
      pattern.providers.emplace_back(catalogue_.CanonicalProvider(name));
    }
    for (const std::int64_t id : map.NeedIntegers("id", 0, 65535)) {
      pattern.ids.push_back(static_cast<std::uint16_t>(id));
    }
    ReadLevels(map, pattern);
    map.Get("use");  // possible here, so that a misspelt one is offered
    map.Get("fact");
  }

  void ReadLevels(YamlMap& map, EventPattern& pattern) {
    const YamlNode* node = map.Get("level");
    if (node == nullptr) return;
    pattern.levels.clear();
    constexpr std::string_view kNames[] = {"critical", "error", "warning", "information",
                                           "verbose"};
    for (const std::string& name : ReadTexts(*node, "level", problems_)) {
      if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
        ComplainNotOneOf(node->place, "level", name, kNames, problems_);
      } else {
        pattern.levels.push_back(LevelFromName(name));
      }
    }
    CheckLevels(*node, pattern);
  }

  // The catalogue says which level an event usually has; an event that it does not know may have
  // any.
  void CheckLevels(const YamlNode& node, const EventPattern& pattern) {
    std::set<Level> known;
    for (const std::string& provider : pattern.providers) {
      for (const std::uint16_t id : pattern.ids) {
        const auto entries = catalogue_.Find(provider, id);
        if (entries.empty()) return;
        for (const CatalogueEntry* entry : entries) known.insert(entry->level);
      }
    }
    const auto wanted = [&](Level level) {
      return std::find(pattern.levels.begin(), pattern.levels.end(), level) != pattern.levels.end();
    };
    if (known.empty() || known.contains(Level::kUnknown) || pattern.levels.empty()) return;
    if (std::any_of(known.begin(), known.end(), wanted)) return;
    std::vector<std::string_view> names;
    for (const Level level : known) names.push_back(LevelName(level));
    problems_.Warning(
        "rule.level", node.place,
        fmt::format("the catalogue knows {} {} at no such level, only as {}; the rule is used",
                    fmt::join(pattern.providers, "/"), fmt::join(pattern.ids, ", "),
                    fmt::join(names, ", ")));
  }

  const Catalogue& catalogue_;
  const SharedPatterns& shared_;
  YamlProblems& problems_;
};

std::vector<std::string_view> Reserved() { return {std::begin(kReserved), std::end(kReserved)}; }

void CheckName(const YamlEntry& entry, YamlProblems& problems) {
  if (IsPatternName(entry.key)) return;
  problems.Error("rule.event_name", entry.key_place,
                 fmt::format("\"{}\" cannot name an event pattern: a lower-case letter, then such "
                             "letters, digits, '_' and '-', and not one of {}",
                             Printable(entry.key), fmt::join(Reserved(), ", ")));
}

}  // namespace

bool IsPatternName(std::string_view name) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(
             name.begin(), name.end(),
             [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; }) &&
         std::find(std::begin(kReserved), std::end(kReserved), name) == std::end(kReserved);
}

std::vector<EventPattern> ReadEventPatterns(const YamlNode& node, const Catalogue& catalogue,
                                            const SharedPatterns& shared, YamlProblems& problems) {
  std::vector<EventPattern> patterns;
  const YamlMap map(node, "\"events\"", problems);
  for (const YamlEntry& entry : node.entries) {
    CheckName(entry, problems);
    patterns.push_back(PatternReader(catalogue, shared, problems).Read(entry));
  }
  if (map.ok() && patterns.empty()) {
    problems.Error("yaml.value", node.place, "\"events\" names no event pattern");
  }
  return patterns;
}

void ReadSharedPatterns(const YamlNode& events, const Catalogue& catalogue, SharedPatterns& shared,
                        YamlProblems& problems) {
  if (!YamlMap(events, "\"events\"", problems).ok()) return;
  const SharedPatterns none;  // a shared pattern does not use another
  for (const YamlEntry& entry : events.entries) {
    const std::size_t before = problems.errors();
    EventPattern pattern = PatternReader(catalogue, none, problems).Read(entry);
    CheckOwnFields(pattern, catalogue, problems);
    const auto found = shared.find(entry.key);
    if (found != shared.end()) {
      problems.Error("rule.duplicate_shared", entry.key_place,
                     fmt::format("the shared pattern \"{}\" is in {} already", Printable(entry.key),
                                 ToString(found->second.where)));
    } else if (problems.errors() == before) {
      shared.emplace(entry.key, std::move(pattern));
    }
  }
}

}  // namespace exdiag
