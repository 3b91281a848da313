// Loading and checking rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule.h"
#include "engine/store/store.h"

namespace exdiag {

class RuleSet {
 public:
  // Reads every .yaml file below `folder`, shared files first.  Every complaint of every file goes
  // to `problems`; a rule with an error is left out, the others are used.  An Error only when the
  // folder cannot be read.  Rules are checked against `knowledge`: fields, articles.
  static Result<RuleSet> Load(const std::string& folder, const Knowledge& knowledge,
                              DiagnosticSink& problems);
  static Result<RuleSet> Load(const std::string& folder, const Knowledge& knowledge,
                              DiagnosticSink& problems, YamlCache& cache);
  // For tests: one rule out of YAML text.  Where `shared` is the text of a shared file
  // ("_shared.yaml"), the two are checked as a folder with these files is.
  static RuleSet Parse(std::string_view yaml, const std::string& file, const Knowledge& knowledge,
                       DiagnosticSink& problems, std::string_view shared = {});

  // Hash of all files that were read and of the knowledge, for who keeps what was worked out with
  // them; "" without a cache.
  const std::string& content_hash() const { return content_hash_; }

  const std::vector<Rule>& rules() const { return rules_; }  // by id; retired ones included
  const Rule* Find(std::string_view id) const;

 private:
  friend class RuleLoader;

  std::string content_hash_;
  std::vector<Rule> rules_;
};

}  // namespace exdiag
