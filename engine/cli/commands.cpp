#include "engine/cli/command.h"

namespace exdiag {

std::vector<std::unique_ptr<Command>> AllCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeDiagnoseCommand());
  commands.push_back(MakeImportCommand());
  commands.push_back(MakeReportCommand());
  commands.push_back(MakeNightlyCommand());
  commands.push_back(MakeInitCommand());
  commands.push_back(MakeCausesCommand());
  commands.push_back(MakeExplainCommand());
  commands.push_back(MakeEventsCommand());
  commands.push_back(MakeAnswerCommand());
  commands.push_back(MakeAckCommand());
  commands.push_back(MakeRulesCommand());
  commands.push_back(MakeStoreCommand());
  return commands;
}

}  // namespace exdiag
