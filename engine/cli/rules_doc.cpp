// exdiag rules doc: the manual of all causes.
#include "engine/cli/data.h"
#include "engine/cli/messages.h"
#include "engine/cli/output.h"
#include "engine/cli/rules.h"
#include "engine/report/rule_manual.h"

namespace exdiag {
namespace {

class RulesDocCommand final : public Command {
 public:
  std::string_view name() const override { return "doc"; }
  std::string_view summary() const override { return "write the manual of all causes"; }

  void Describe(Arguments arguments) override {
    output_.format = Format::kMarkdown;
    AddOutputOptions(arguments, output_, {Format::kText, Format::kMarkdown, Format::kHtml});
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    ProblemPrinter problems;
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    const auto written = WriteDocument(output_, RuleManual((*data)->rules, (*data)->knowledge));
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

 private:
  DataOptions data_;
  OutputOptions output_;
};

}  // namespace

std::unique_ptr<Command> MakeRulesDocCommand() { return std::make_unique<RulesDocCommand>(); }

}  // namespace exdiag
