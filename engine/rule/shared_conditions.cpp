#include "engine/rule/shared_conditions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"

namespace exdiag {
namespace {

bool IsGroup(std::string_view key) { return key == "no" || key == "any" || key == "all"; }

// Calls `visit` for every map that is a condition, at any depth of `no`, `any` and `all`.
template <typename Node, typename Visit>
void ForEachCondition(Node& node, const Visit& visit) {
  for (auto& item : node.items) ForEachCondition(item, visit);
  if (node.kind != YamlNode::Kind::kMap) return;
  visit(node);
  for (auto& entry : node.entries) {
    if (IsGroup(entry.key)) ForEachCondition(entry.value, visit);
  }
}

// Calls `visit` for the list of `when` and of `unless`, and for the condition of each line of
// evidence.
template <typename Node, typename Visit>
void ForEachRoot(Node& rule, const Visit& visit) {
  for (auto& entry : rule.entries) {
    if (entry.key == "when" || entry.key == "unless") visit(entry.value);
    if (entry.key != "evidence") continue;
    for (auto& line : entry.value.items) {
      for (auto& part : line.entries) {
        if (part.key == "if") visit(part.value);
      }
    }
  }
}

// So that a rule is no more than so many times as long as what is written.
constexpr std::size_t kMostUses = 100;
constexpr std::size_t kLongestTrigger = 200;

class GroupPutter {
 public:
  GroupPutter(YamlNode& rule, SharedConditions& shared, YamlProblems& problems)
      : rule_(rule), shared_(shared), problems_(problems) {
    const YamlNode* trigger = rule.Find("trigger");
    if (trigger == nullptr) return;
    if (trigger->kind == YamlNode::Kind::kText) trigger_ = trigger->text;
    if (!trigger->items.empty()) trigger_ = trigger->items.front().text;
    if (trigger_.size() > kLongestTrigger) trigger_ = "trigger";  // which is complained about
  }

  std::vector<std::string> Run() {
    ForEachRoot(rule_, [this](YamlNode& conditions) { PutIn(conditions); });
    return std::move(patterns_);
  }

 private:
  void PutIn(YamlNode& conditions) {
    ForEachCondition(conditions, [this](YamlNode& condition) {
      for (YamlEntry& entry : condition.entries) {
        if (entry.key == "use") PutIn(entry);
      }
    });
  }

  // {use: NAME} becomes {all: [...]}, every part of it in the place of the use.
  void PutIn(YamlEntry& use) {
    const auto found = shared_.find(use.value.text);
    if (found == shared_.end()) {
      std::vector<std::string_view> known;
      for (const auto& [name, group] : shared_) known.push_back(name);
      problems_.Error("rule.unknown_name", use.value.place,
                      fmt::format("no shared conditions \"{}\"{}", Printable(use.value.text),
                                  DidYouMean(use.value.text, known)));
      return;
    }
    found->second.used = true;
    if (++uses_ > kMostUses) {
      if (uses_ > kMostUses + 1) return;  // said already
      problems_.Error("rule.condition", use.value.place,
                      fmt::format("more than {} uses of shared conditions", kMostUses));
      return;
    }
    const Place place = use.value.place;
    use.key = "all";
    use.value = found->second.conditions;
    Settle(use.value, place);
    NotePatterns(use.value);
  }

  void Settle(YamlNode& node, const Place& place) const {
    node.place = place;
    constexpr std::string_view kTrigger = "{trigger.";
    for (std::size_t at = node.text.find(kTrigger); at != std::string::npos;
         at = node.text.find(kTrigger, at + trigger_.size() + 1)) {
      node.text.replace(at + 1, kTrigger.size() - 2, trigger_);
    }
    for (YamlNode& item : node.items) Settle(item, place);
    for (YamlEntry& entry : node.entries) {
      entry.key_place = place;
      Settle(entry.value, place);
    }
  }

  void Note(const std::string& name) {
    if (name.find('.') != std::string::npos) patterns_.push_back(name);
  }

  void NotePatterns(const YamlNode& conditions) {
    const auto note_texts = [this](const YamlNode& list) {
      for (const YamlNode& item : list.items) Note(item.text);
    };
    note_texts(conditions);
    ForEachCondition(conditions, [&](const YamlNode& condition) {
      for (const YamlEntry& entry : condition.entries) {
        if (entry.key == "sequence" || IsGroup(entry.key)) {
          note_texts(entry.value);
          Note(entry.value.text);
        } else {
          Note(entry.key);
          if (const YamlNode* of = entry.value.Find("of")) Note(of->text);
        }
      }
    });
  }

  YamlNode& rule_;
  SharedConditions& shared_;
  YamlProblems& problems_;
  std::string trigger_;
  std::size_t uses_ = 0;
  std::vector<std::string> patterns_;
};

}  // namespace

void ReadSharedConditions(const YamlNode& node, SharedConditions& shared, YamlProblems& problems) {
  if (!YamlMap(node, "\"conditions\"", problems).ok()) return;
  for (const YamlEntry& entry : node.entries) {
    const std::size_t before = problems.errors();
    SharedGroup group{entry.value, problems.At(entry.key_place), false};
    if (entry.value.kind != YamlNode::Kind::kList) {
      group.conditions = {};
      group.conditions.kind = YamlNode::Kind::kList;
      group.conditions.items = {entry.value};
    }
    ForEachCondition(group.conditions, [&](const YamlNode& condition) {
      if (condition.Find("use") == nullptr) return;
      problems.Error("rule.condition", condition.place,
                     fmt::format("the shared conditions \"{}\" use others, which only rules may",
                                 Printable(entry.key)));
    });
    const auto found = shared.find(entry.key);
    if (found != shared.end()) {
      problems.Error("rule.duplicate_shared", entry.key_place,
                     fmt::format("the shared conditions \"{}\" are in {} already",
                                 Printable(entry.key), ToString(found->second.where)));
    } else if (problems.errors() == before) {
      shared.emplace(entry.key, std::move(group));
    }
  }
}

bool UsesSharedConditions(const YamlNode& rule) {
  bool uses = false;
  ForEachRoot(rule, [&uses](const YamlNode& conditions) {
    ForEachCondition(conditions, [&uses](const YamlNode& condition) {
      uses = uses || condition.Find("use") != nullptr;
    });
  });
  return uses;
}

std::vector<std::string> PutInSharedConditions(YamlNode& rule, SharedConditions& shared,
                                               YamlProblems& problems) {
  return GroupPutter(rule, shared, problems).Run();
}

}  // namespace exdiag
