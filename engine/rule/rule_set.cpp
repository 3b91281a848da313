#include "engine/rule/rule_set.h"

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/rule/cross_check.h"
#include "engine/rule/rule_reader.h"
#include "engine/yaml/files.h"

namespace exdiag {
namespace {

constexpr std::string_view kLeftOut = "rule left out";

bool IsShared(const std::string& name) {
  const std::size_t slash = name.find_last_of('/');
  return name[slash == std::string::npos ? 0 : slash + 1] == '_';
}

bool Names(const EventPattern& pattern, const EventKind& kind) {
  return std::find(pattern.ids.begin(), pattern.ids.end(), kind.event_id) != pattern.ids.end() &&
         std::any_of(
             pattern.providers.begin(), pattern.providers.end(),
             [&](const std::string& name) { return EqualsIgnoreCase(name, kind.provider); });
}

// `indexes` are of the rule's patterns.
bool AnyNames(const Rule& rule, const std::vector<std::size_t>& indexes, const EventKind& kind) {
  return std::any_of(indexes.begin(), indexes.end(),
                     [&](std::size_t index) { return Names(rule.events[index], kind); });
}

bool InUse(const Rule& rule) { return rule.status != Status::kRetired; }

}  // namespace

std::optional<std::size_t> Rule::PatternIndex(std::string_view name) const {
  const auto found = std::find_if(events.begin(), events.end(), [&](const EventPattern& pattern) {
    return pattern.name == name;
  });
  if (found == events.end()) return std::nullopt;
  return static_cast<std::size_t>(found - events.begin());
}

// Gathers the rules of many files and checks them against each other at the end.
class RuleLoader {
 public:
  RuleLoader(const Knowledge& knowledge, DiagnosticSink& sink)
      : knowledge_(knowledge), sink_(sink) {}

  void AddSharedFile(const YamlFile& file) {
    YamlProblems problems(file.path, "pattern left out", sink_);
    if (const auto root = LoadYamlFile(file.path, problems)) {
      ReadSharedPatterns(*root, knowledge_.catalogue(), shared_, problems);
    }
  }

  void AddRuleFile(const YamlFile& file) {
    YamlProblems problems(file.path, std::string(kLeftOut), sink_);
    if (const auto root = LoadYamlFile(file.path, problems)) AddRule(*root, problems);
  }

  void AddText(std::string_view yaml, const std::string& file) {
    YamlProblems problems(file, std::string(kLeftOut), sink_);
    if (const auto root = ParseYaml(yaml, problems)) AddRule(*root, problems);
  }

  RuleSet Finish(bool complete) {
    const std::set<std::size_t> left_out =
        complete ? CrossCheck(rules_, ids_, sink_) : std::set<std::size_t>();
    RuleSet set;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (!left_out.contains(i)) set.rules_.push_back(std::move(rules_[i]));
    }
    std::sort(set.rules_.begin(), set.rules_.end(),
              [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return set;
  }

 private:
  void AddRule(const YamlNode& root, YamlProblems& problems) {
    std::optional<Rule> rule = ReadRule(root, knowledge_, shared_, problems);
    if (!rule) return;
    ids_.insert(rule->id);
    if (!problems.failed()) rules_.push_back(std::move(*rule));
  }

  const Knowledge& knowledge_;
  DiagnosticSink& sink_;
  SharedPatterns shared_;
  std::vector<Rule> rules_;
  std::set<std::string, std::less<>> ids_;  // of rules with errors too
};

Result<RuleSet> RuleSet::Load(const std::string& folder, const Knowledge& knowledge,
                              DiagnosticSink& problems) {
  const Result<std::vector<YamlFile>> files = ListYamlFiles(folder);
  if (!files) return files.error();
  RuleLoader loader(knowledge, problems);
  for (const YamlFile& file : *files) {
    if (IsShared(file.name)) loader.AddSharedFile(file);
  }
  for (const YamlFile& file : *files) {
    if (!IsShared(file.name)) loader.AddRuleFile(file);
  }
  return loader.Finish(true);
}

RuleSet RuleSet::Parse(std::string_view yaml, const std::string& file, const Knowledge& knowledge,
                       DiagnosticSink& problems) {
  RuleLoader loader(knowledge, problems);
  loader.AddText(yaml, file);
  return loader.Finish(false);
}

const Rule* RuleSet::Find(std::string_view id) const {
  const auto found =
      std::lower_bound(rules_.begin(), rules_.end(), id,
                       [](const Rule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != rules_.end() && found->id == id ? &*found : nullptr;
}

std::vector<const Rule*> RuleSet::Naming(const EventKind& kind) const {
  std::vector<const Rule*> explaining;
  std::vector<const Rule*> others;
  for (const Rule& rule : rules_) {
    if (!InUse(rule)) continue;
    if (AnyNames(rule, rule.explains, kind)) {
      explaining.push_back(&rule);
    } else if (std::any_of(rule.events.begin(), rule.events.end(),
                           [&](const EventPattern& pattern) { return Names(pattern, kind); })) {
      others.push_back(&rule);
    }
  }
  explaining.insert(explaining.end(), others.begin(), others.end());
  return explaining;
}

std::vector<EventKind> RuleSet::EventKinds() const {
  const auto before = [](const EventKind& a, const EventKind& b) {
    return std::pair(ToLower(a.provider), a.event_id) < std::pair(ToLower(b.provider), b.event_id);
  };
  std::set<EventKind, decltype(before)> kinds(before);
  for (const Rule& rule : rules_) {
    if (!InUse(rule)) continue;
    for (const EventPattern& pattern : rule.events) {
      for (const std::string& provider : pattern.providers) {
        for (const std::uint16_t id : pattern.ids) kinds.insert({provider, id});
      }
    }
  }
  return {kinds.begin(), kinds.end()};
}

}  // namespace exdiag
