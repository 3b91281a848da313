// A folder of rules of which no more are made than a question or a store asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_index.h"
#include "engine/rule/rule_set.h"
#include "engine/yaml/files.h"

namespace exdiag {

class RuleFolder {
 public:
  // Lists the files.  `knowledge` and `cache` must outlive this.  An Error when the folder cannot
  // be read.
  static Result<RuleFolder> Open(const std::string& folder, const Knowledge& knowledge,
                                 YamlCache& cache);

  // Of all files, whatever is loaded of them: RuleSet::content_hash, as long as no file changes.
  const std::string& content_hash() const { return content_hash_; }

  // At least the rules that can tell something of events with these IDs, or that a fact triggers:
  // over a store that holds no others they find what all rules find, to the names of hosts.
  // nullopt when this is only known once all are loaded, because no earlier Load of the very same
  // files, by the same program and with the same knowledge, had nothing to complain about.
  std::optional<RuleIds> Naming(const std::set<std::uint16_t>& event_ids) const;

  // As RuleSet::Load; of `wanted` no others than these.  Only for ids that Naming() gave, or that
  // are known in another way to be of these very files, when Naming() gave some.
  RuleSet Load(const std::optional<RuleIds>& wanted, DiagnosticSink& problems) const;

 private:
  RuleFolder(const Knowledge& knowledge, YamlCache& cache)
      : knowledge_(&knowledge), cache_(&cache) {}
  RuleSet LoadAll(DiagnosticSink& problems) const;

  const Knowledge* knowledge_;
  YamlCache* cache_;
  std::vector<YamlFile> files_;
  std::string content_hash_;
  std::optional<RuleIndex> index_;
};

}  // namespace exdiag
