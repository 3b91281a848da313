#include "engine/rule/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "engine/base/content_hash.h"
#include "engine/base/packed.h"
#include "engine/base/text.h"
#include "engine/rule/cross_check.h"
#include "engine/rule/load_naming.h"
#include "engine/rule/rule_reader.h"
#include "engine/rule/shared_conditions.h"
#include "engine/yaml/cache.h"
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

// Passes complaints on and knows whether there were any.
class ComplaintCounter final : public DiagnosticSink {
 public:
  explicit ComplaintCounter(DiagnosticSink& sink) : sink_(sink) {}

  void Report(Diagnostic diagnostic) override {
    any_ = true;
    sink_.Report(std::move(diagnostic));
  }
  bool any() const { return any_; }

 private:
  DiagnosticSink& sink_;
  bool any_ = false;
};

// What is noted of a rule set without complaints: the IDs of the events that each file looks at.  A
// pattern without IDs, which looks at all of them, and a fact that triggers are noted as kAnyId.
constexpr std::string_view kNote = "events of rules";
constexpr std::uint64_t kAnyId = 0x10000;
using NamedIds = std::map<std::string, std::set<std::uint64_t>, std::less<>>;  // by file name

// Events that only raised diagnostics log, by canonical name of the provider: whether a host logs
// at that level is told by all of them, whichever a rule names (GatheredKinds).
using RaisedIds = std::map<std::string_view, std::vector<std::uint16_t>>;

RaisedIds RaisedIdsOf(const Catalogue& catalogue) {
  RaisedIds raised;
  for (const auto& entry : catalogue.entries()) {
    if (entry->logged_at.empty()) continue;
    raised[catalogue.CanonicalProvider(entry->provider)].push_back(entry->event_id);
  }
  return raised;
}

void AddIds(const EventPattern& pattern, const Catalogue& catalogue, const RaisedIds& raised,
            std::set<std::uint64_t>& ids) {
  ids.insert(pattern.ids.begin(), pattern.ids.end());
  for (const std::string& provider : pattern.providers) {
    const auto more = raised.find(catalogue.CanonicalProvider(provider));
    if (more != raised.end()) ids.insert(more->second.begin(), more->second.end());
  }
}

NamedIds IdsNamedBy(const std::vector<Rule>& rules, std::span<const YamlFile> files,
                    const Catalogue& catalogue) {
  const RaisedIds raised = RaisedIdsOf(catalogue);
  std::map<std::string_view, std::string_view> names;  // by path, which differs from run to run
  for (const YamlFile& file : files) names.emplace(file.path, file.name);
  NamedIds named;
  for (const Rule& rule : rules) {
    std::set<std::uint64_t>& ids = named[std::string(names[rule.where.file])];
    for (const EventPattern& pattern : rule.events) {
      AddIds(pattern, catalogue, raised, ids);
      if (pattern.ids.empty() && pattern.fact_kind.empty()) ids.insert(kAnyId);
    }
    for (const std::size_t trigger : rule.triggers) {
      if (!rule.events[trigger].fact_kind.empty()) ids.insert(kAnyId);
    }
  }
  return named;
}

std::string Pack(const NamedIds& named) {
  PackedWriter out;
  out.Number(named.size());
  for (const auto& [file, ids] : named) {
    out.Text(file);
    out.Number(ids.size());
    for (const std::uint64_t id : ids) out.Number(id);
  }
  return out.Take();
}

std::optional<NamedIds> Unpack(std::string_view note) {
  PackedReader in(note);
  NamedIds named;
  for (std::size_t files = in.Count(); files > 0 && in.ok(); --files) {
    std::set<std::uint64_t>& ids = named[std::string(in.Text())];
    for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
      ids.insert(ids.end(), in.Number());
    }
  }
  return in.ok() && in.at_end() ? std::optional(std::move(named)) : std::nullopt;
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
  RuleLoader(const Knowledge& knowledge, DiagnosticSink& sink, YamlCache& cache)
      : knowledge_(knowledge), sink_(sink), cache_(cache) {}

  // Shared files first.  `wanted` is asked for each of the others.
  template <typename Wanted>
  void AddFiles(std::span<const YamlFile> files, const Wanted& wanted) {
    for (const YamlFile& file : files) {
      if (IsShared(file.name)) AddSharedFile(file);
    }
    for (const YamlFile& file : files) {
      if (!IsShared(file.name) && wanted(file)) AddRuleFile(file);
    }
  }

  void AddText(std::string_view yaml, const std::string& file) {
    YamlProblems problems(file, std::string(kLeftOut), sink_);
    if (const auto root = ParseYaml(yaml, problems)) AddRule(*root, problems);
  }

  RuleSet Finish(bool complete, std::string content_hash = {}) {
    const std::set<std::size_t> left_out =
        complete ? CrossCheck(rules_, ids_, sink_) : std::set<std::size_t>();
    if (complete) ComplainUnusedGroups();
    RuleSet set;
    set.content_hash_ = std::move(content_hash);
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      if (!left_out.contains(i)) set.rules_.push_back(std::move(rules_[i]));
    }
    std::sort(set.rules_.begin(), set.rules_.end(),
              [](const Rule& a, const Rule& b) { return a.id < b.id; });
    return set;
  }

 private:
  void AddSharedFile(const YamlFile& file) {
    YamlProblems problems(file.path, "pattern left out", sink_);
    if (const auto root = cache_.Load(file.path, problems)) {
      ReadShared(*root, problems);
    }
  }

  // Such a group has never been checked: what it says is only read where it is used.
  void ComplainUnusedGroups() const {
    for (const auto& [name, group] : groups_) {
      if (group.used) continue;
      sink_.Report({Severity::kWarning, "rule.unused_shared", group.where,
                    fmt::format("no rule uses the shared conditions \"{}\"; they are not checked",
                                Printable(name))});
    }
  }

  void ReadShared(const YamlNode& root, YamlProblems& problems) {
    YamlMap map(root, "a file of shared patterns", problems);
    const YamlNode* events = map.Get("events");
    const YamlNode* conditions = map.Get("conditions");
    if (events == nullptr && conditions == nullptr) map.Need("events");
    map.Finish();
    if (events != nullptr) {
      ReadSharedPatterns(*events, knowledge_.catalogue(), shared_, problems);
    }
    if (conditions != nullptr) ReadSharedConditions(*conditions, groups_, problems);
  }

  void AddRuleFile(const YamlFile& file) {
    YamlProblems problems(file.path, std::string(kLeftOut), sink_);
    if (const auto root = cache_.Load(file.path, problems)) AddRule(*root, problems);
  }

  void AddRule(const YamlNode& root, YamlProblems& problems) {
    if (!UsesSharedConditions(root)) return AddWholeRule(root, {}, problems);
    YamlNode whole = root;
    const std::vector<std::string> patterns = PutInSharedConditions(whole, groups_, problems);
    AddWholeRule(whole, patterns, problems);
  }

  void AddWholeRule(const YamlNode& root, const std::vector<std::string>& shared_patterns,
                    YamlProblems& problems) {
    std::optional<Rule> rule = ReadRule(root, knowledge_, shared_, shared_patterns, problems);
    if (!rule) return;
    ids_.insert(rule->id);
    if (!problems.failed()) rules_.push_back(std::move(*rule));
  }

  const Knowledge& knowledge_;
  DiagnosticSink& sink_;
  YamlCache& cache_;
  SharedPatterns shared_;
  SharedConditions groups_;
  std::vector<Rule> rules_;
  std::set<std::string, std::less<>> ids_;  // of rules with errors too
};

namespace {

// "" when what was worked out from these files cannot be kept.
std::string HashOfAll(std::span<const YamlFile> files, const Knowledge& knowledge,
                      YamlCache& cache) {
  const std::string rules = cache.HashOf(files);
  if (rules.empty() || knowledge.content_hash().empty()) return {};
  ContentHash hash;
  hash.Add(rules);
  hash.Add(knowledge.content_hash());
  return hash.Hex();
}

}  // namespace

Result<RuleSet> RuleSet::Load(const std::string& folder, const Knowledge& knowledge,
                              DiagnosticSink& problems) {
  YamlCache none;
  return Load(folder, knowledge, problems, none);
}

Result<RuleSet> RuleSet::Load(const std::string& folder, const Knowledge& knowledge,
                              DiagnosticSink& problems, YamlCache& cache) {
  const Result<std::vector<YamlFile>> files = ListYamlFiles(folder);
  if (!files) return files.error();
  const std::string hash = HashOfAll(*files, knowledge, cache);
  ComplaintCounter complaints(problems);
  RuleLoader loader(knowledge, complaints, cache);
  loader.AddFiles(*files, [](const YamlFile&) { return true; });
  // What was checked against each other before, and found sound, is so still.
  const bool known_sound = !hash.empty() && cache.Note(kNote, hash).has_value();
  RuleSet set = loader.Finish(!known_sound, cache.steady() ? hash : std::string());
  if (!complaints.any() && !hash.empty()) {
    cache.SetNote(kNote, hash, Pack(IdsNamedBy(set.rules_, *files, knowledge.catalogue())));
  }
  return set;
}

Result<RuleSet> LoadNaming(const std::set<std::uint16_t>& event_ids, const std::string& folder,
                           const Knowledge& knowledge, DiagnosticSink& problems, YamlCache& cache) {
  const Result<std::vector<YamlFile>> files = ListYamlFiles(folder);
  if (!files) return files.error();
  const std::string hash = HashOfAll(*files, knowledge, cache);
  const auto note = cache.Note(kNote, hash);
  const auto named = note && !hash.empty() ? Unpack(*note) : std::nullopt;
  if (!named) return RuleSet::Load(folder, knowledge, problems, cache);
  RuleLoader loader(knowledge, problems, cache);
  loader.AddFiles(*files, [&](const YamlFile& file) {
    const auto ids = named->find(file.name);
    if (ids == named->end()) return false;
    return std::any_of(ids->second.begin(), ids->second.end(), [&](std::uint64_t id) {
      return id == kAnyId || event_ids.contains(static_cast<std::uint16_t>(id));
    });
  });
  return loader.Finish(false, cache.steady() ? hash : std::string());
}

Result<RuleSet> RuleSet::LoadNaming(std::uint16_t event_id, const std::string& folder,
                                    const Knowledge& knowledge, DiagnosticSink& problems,
                                    YamlCache& cache) {
  return exdiag::LoadNaming({event_id}, folder, knowledge, problems, cache);
}

RuleSet RuleSet::Parse(std::string_view yaml, const std::string& file, const Knowledge& knowledge,
                       DiagnosticSink& problems) {
  YamlCache none;
  RuleLoader loader(knowledge, problems, none);
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
