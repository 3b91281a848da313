// The rules that a store asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/cli/data.h"
#include "engine/rule/rule_folder.h"
#include "engine/store/store.h"
#include "engine/yaml/cache.h"

namespace exdiag {

// Says which rules are wanted, by id, as RuleFolder::Load takes them; nullopt for all.
using ChooseRules = std::function<std::optional<RuleIds>(const RuleFolder& rules)>;
Result<std::unique_ptr<Data>> LoadDataChosen(const ChooseRules& choose, const DataOptions& options,
                                             DiagnosticSink& problems);

// Knowledge now and rules once the events are in the store: making all rules takes most of a short
// run, and logs name few of them.
class DataToFeed {
 public:
  // All rules are made at once when `all_rules`, or when there may be a complaint about one of
  // them, which is then given before anything is fed.
  static Result<DataToFeed> Open(bool all_rules, const DataOptions& options,
                                 DiagnosticSink& problems);

  const Knowledge& knowledge() const { return data_->knowledge; }
  // The rules that were made; nullptr when they still wait for the events.
  const RuleSet* rules() const { return waits_ ? nullptr : &data_->rules; }
  // What KindsToKeep says of all rules in use.
  const std::vector<EventKind>& kinds_to_keep() const { return kinds_to_keep_; }

  // With the rules that the store asks for, or all.  They are as Open() found them: the
  // cache gives the trees that it had then.  An Error where it cannot, because a rule changed
  // since.
  Result<std::unique_ptr<Data>> Finish(const Store& store, DiagnosticSink& problems);

 private:
  DataToFeed() = default;
  void MakeAll(DiagnosticSink& problems);

  std::unique_ptr<Data> data_ = std::make_unique<Data>();
  std::unique_ptr<YamlCache> cache_;
  std::optional<RuleFolder> folder_;  // refers to data_ and cache_
  std::vector<EventKind> kinds_to_keep_;
  bool waits_ = false;
};

// The rules that the events of a store ask for, and one more event, that of a question: a diagnosis
// of the store as it is finds with these what it finds with all.
std::optional<RuleIds> RulesForStore(const RuleFolder& rules, const Store& store,
                                     std::optional<std::uint16_t> event_id = {});

}  // namespace exdiag
