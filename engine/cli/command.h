// One command of the program.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/arguments.h"
#include "engine/cli/exit_code.h"

namespace exdiag {

class Command {
 public:
  virtual ~Command() = default;

  virtual std::string_view name() const = 0;
  virtual std::string_view summary() const = 0;  // one line for --help

  // Adds the command's arguments; they are bound to members.
  virtual void Describe(Arguments arguments) = 0;

  // Called when this command was given and its arguments were read.
  virtual ExitCode Run() = 0;
};

// All commands, in the order of --help: the one list.
std::vector<std::unique_ptr<Command>> AllCommands();

std::unique_ptr<Command> MakeDiagnoseCommand();
std::unique_ptr<Command> MakeImportCommand();
std::unique_ptr<Command> MakeReportCommand();
std::unique_ptr<Command> MakeNightlyCommand();
std::unique_ptr<Command> MakeInitCommand();
std::unique_ptr<Command> MakeCausesCommand();
std::unique_ptr<Command> MakeExplainCommand();
std::unique_ptr<Command> MakeEventsCommand();
std::unique_ptr<Command> MakeAnswerCommand();
std::unique_ptr<Command> MakeAckCommand();
std::unique_ptr<Command> MakeRulesCommand();
std::unique_ptr<Command> MakeStoreCommand();

}  // namespace exdiag
