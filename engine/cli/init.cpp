// exdiag init: a configuration of the nightly job to begin with.
#include "engine/nightly/init.h"

#include <fmt/format.h>

#include "engine/cli/command.h"
#include "engine/cli/messages.h"
#include "engine/ranking/ask_next.h"

namespace exdiag {
namespace {

class InitCommand final : public Command {
 public:
  std::string_view name() const override { return "init"; }
  std::string_view summary() const override { return "write a configuration for exdiag nightly"; }

  void Describe(Arguments arguments) override {
    arguments.Add("FILE", file_, "where (default exdiag.yaml); must not exist");
  }

  ExitCode Run() override {
    if (file_.empty()) return Misused(name(), "FILE is empty");
    if (const auto written = WriteInitialConfig(file_); !written) {
      return Fail(written.error().message);
    }
    Remark(
        fmt::format("{}: written; look through it, then try exdiag nightly --config {} --dry-run",
                    file_, ShellWord(file_)));
    return ExitCode::kNothingFound;
  }

 private:
  std::string file_ = "exdiag.yaml";
};

}  // namespace

std::unique_ptr<Command> MakeInitCommand() { return std::make_unique<InitCommand>(); }

}  // namespace exdiag
