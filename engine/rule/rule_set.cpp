#include "engine/rule/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "engine/base/content_hash.h"
#include "engine/base/text.h"
#include "engine/rule/cross_check.h"
#include "engine/rule/rule_folder.h"
#include "engine/rule/rule_reader.h"
#include "engine/rule/shared_conditions.h"
#include "engine/yaml/cache.h"
#include "engine/yaml/files.h"

namespace exdiag {
namespace {

constexpr std::string_view kLeftOut = "rule left out";
constexpr std::string_view kPatternLeftOut = "pattern left out";

bool IsShared(const std::string& name) {
  const std::size_t slash = name.find_last_of('/');
  return name[slash == std::string::npos ? 0 : slash + 1] == '_';
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

// The RuleIndex of a rule set without complaints.
constexpr std::string_view kNote = "events of rules";

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

  void AddSharedText(std::string_view yaml, const std::string& file) {
    YamlProblems problems(file, std::string(kPatternLeftOut), sink_);
    if (const auto root = ParseYaml(yaml, problems)) ReadShared(*root, problems);
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
    YamlProblems problems(file.path, std::string(kPatternLeftOut), sink_);
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
  const auto files = RuleFolder::Open(folder, knowledge, cache);
  if (!files) return files.error();
  return files->Load(std::nullopt, problems);
}

Result<RuleFolder> RuleFolder::Open(const std::string& folder, const Knowledge& knowledge,
                                    YamlCache& cache) {
  auto files = ListYamlFiles(folder);
  if (!files) return files.error();
  RuleFolder opened(knowledge, cache);
  opened.files_ = std::move(*files);
  opened.content_hash_ = HashOfAll(opened.files_, knowledge, cache);
  if (!opened.content_hash_.empty()) {
    const auto note = cache.Note(kNote, opened.content_hash_);
    if (note) opened.index_ = RuleIndex::Unpack(*note);
  }
  return opened;
}

std::optional<RuleIds> RuleFolder::Naming(const std::set<std::uint16_t>& event_ids) const {
  return index_ ? std::optional(index_->Naming(event_ids)) : std::nullopt;
}

RuleSet RuleFolder::Load(const std::optional<RuleIds>& wanted, DiagnosticSink& problems) const {
  if (!wanted || !index_) return LoadAll(problems);
  const auto files = index_->FilesOf(*wanted);
  RuleLoader loader(*knowledge_, problems, *cache_);
  loader.AddFiles(files_, [&](const YamlFile& file) { return files.contains(file.name); });
  return loader.Finish(false, cache_->steady() ? content_hash_ : std::string());
}

RuleSet RuleFolder::LoadAll(DiagnosticSink& problems) const {
  ComplaintCounter complaints(problems);
  RuleLoader loader(*knowledge_, complaints, *cache_);
  loader.AddFiles(files_, [](const YamlFile&) { return true; });
  // What was checked against each other before, and found sound, is so still.
  const bool known_sound = index_ && cache_->steady();
  RuleSet set = loader.Finish(!known_sound, cache_->steady() ? content_hash_ : std::string());
  if (!complaints.any() && !content_hash_.empty()) {
    const RuleIndex index(set.rules(), files_, knowledge_->catalogue());
    cache_->SetNote(kNote, content_hash_, index.Pack());
  }
  return set;
}

RuleSet RuleSet::Parse(std::string_view yaml, const std::string& file, const Knowledge& knowledge,
                       DiagnosticSink& problems, std::string_view shared) {
  YamlCache none;
  RuleLoader loader(knowledge, problems, none);
  if (!shared.empty()) loader.AddSharedText(shared, "_shared.yaml");
  loader.AddText(yaml, file);
  return loader.Finish(!shared.empty());
}

const Rule* RuleSet::Find(std::string_view id) const {
  const auto found =
      std::lower_bound(rules_.begin(), rules_.end(), id,
                       [](const Rule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != rules_.end() && found->id == id ? &*found : nullptr;
}

}  // namespace exdiag
