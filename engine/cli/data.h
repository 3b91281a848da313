// Rules and knowledge: where they are, and loading them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/cli/arguments.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/rule_set.h"

namespace exdiag {

struct DataOptions {
  std::string rules;   // folder; "" = look for it
  std::string kbdata;  // folder; "" = look for it
};

// Adds --rules and --kbdata.
void AddDataOptions(Arguments arguments, DataOptions& options);

struct DataFolders {
  std::string rules;
  std::string kbdata;
};

// Each folder is the one given, else that of $EXDIAG_DATA, else ../share/exdiag beside the program,
// else (a program that lies in a build folder of a source tree) that of the source tree.  An Error
// names every place that was tried.
Result<DataFolders> FindData(const DataOptions& options);

// Does not move: rules point into knowledge and findings into rules.
struct Data {
  Knowledge knowledge;
  RuleSet rules;
};

// The knowledge alone, for commands that ask no rule.
Result<Knowledge> LoadKnowledge(const DataOptions& options, DiagnosticSink& problems);

Result<std::unique_ptr<Data>> LoadData(const DataOptions& options, DiagnosticSink& problems);
// The same with no more rules than RuleFolder::Naming gives, for commands that ask about one event.
Result<std::unique_ptr<Data>> LoadDataNaming(std::uint16_t event_id, const DataOptions& options,
                                             DiagnosticSink& problems);

}  // namespace exdiag
