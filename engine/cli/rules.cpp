// exdiag rules: check, test, list, show; the others have files of their own.
#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/messages.h"
#include "engine/cli/output.h"
#include "engine/cli/rules.h"
#include "engine/ranking/rule_tests.h"
#include "engine/report/phrases.h"
#include "engine/report/rule_render.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

class RulesCommand final : public Command {
 public:
  std::string_view name() const override { return "rules"; }
  std::string_view summary() const override { return "check, test, show, explain or begin rules"; }

  void Describe(Arguments arguments) override {
    arguments.RequireCommand();
    check_ = arguments.AddCommand("check", "read all rules and say what is wrong with them");
    test_ = arguments.AddCommand("test", "run the tests that stand in the rules");
    test_.Add("ID", id_, "only this rule");
    list_ = arguments.AddCommand("list", "all rules, one line each");
    show_ = arguments.AddCommand("show", "one rule in words");
    show_.Add("ID", id_, "the rule").Required();
    for (Arguments command : {check_, test_, list_, show_}) AddDataOptions(command, data_);
    for (Arguments command : {list_, show_}) {
      AddOutputOptions(command, output_,
                       {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    }
    others_.push_back({.command = MakeRulesWhyCommand()});
    others_.push_back({.command = MakeRulesDocCommand()});
    others_.push_back({.command = MakeRulesNewCommand()});
    for (Other& other : others_) {
      other.arguments = arguments.AddCommand(other.command->name(), other.command->summary());
      other.command->Describe(other.arguments);
    }
  }

  ExitCode Run() override {
    for (const Other& other : others_) {
      if (other.arguments.given()) return other.command->Run();
    }
    ProblemPrinter problems(check_.given() ? ProblemPrinter::Show::kAllWithIds
                                           : ProblemPrinter::Show::kFirst);
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    if (check_.given()) return Check(**data, problems);
    if (list_.given()) return List((*data)->rules);
    if (test_.given() && id_.empty()) return Test(**data, InUse((*data)->rules));
    const Rule* rule = (*data)->rules.Find(id_);
    if (rule == nullptr) return NoSuchRule(id_, (*data)->rules);
    return show_.given() ? Show(*rule) : Test(**data, {rule});
  }

 private:
  struct Other {
    std::unique_ptr<Command> command;
    Arguments arguments = {};
  };

  static ExitCode Check(const Data& data, ProblemPrinter& problems) {
    problems.Finish();
    const std::uint64_t complaints = problems.Count(Severity::kWarning);
    const auto written = WriteOutput(
        {}, fmt::format("{}, {}\n", Counted(data.rules.rules().size(), "rule"),
                        complaints == 0 ? "no complaints" : Counted(complaints, "complaint")));
    if (!written) return Fail(written.error().message);
    return complaints == 0 ? ExitCode::kNothingFound : ExitCode::kFindings;
  }

  static std::vector<const Rule*> InUse(const RuleSet& rules) {
    std::vector<const Rule*> in_use;
    for (const Rule& rule : rules.rules()) {
      if (rule.status != Status::kRetired) in_use.push_back(&rule);
    }
    return in_use;
  }

  // Prints each test that fails, "file: place: what was expected and what came out".
  static ExitCode Test(const Data& data, const std::vector<const Rule*>& tested) {
    const std::vector<const Rule*> rivals = InUse(data.rules);
    std::uint64_t run = 0, failed = 0;
    std::string out;
    for (const Rule* rule : tested) {
      for (const RuleTestResult& result : RunRuleTests(*rule, rivals, data.knowledge)) {
        ++run;
        if (result.passed) continue;
        ++failed;
        out += Printable(fmt::format("{}: {}, test \"{}\": expected {}, got {}",
                                     ToString(result.where), result.rule, result.test,
                                     result.expected, result.got)) +
               "\n";
      }
    }
    out += fmt::format("{}, {}, {} failed\n", Counted(tested.size(), "rule"), Counted(run, "test"),
                       failed);
    const auto written = WriteOutput({}, out);
    if (!written) return Fail(written.error().message);
    return failed == 0 ? ExitCode::kNothingFound : ExitCode::kFindings;
  }

  ExitCode List(const RuleSet& rules) const {
    const auto written = output_.format == Format::kJson
                             ? WriteOutput(output_, RuleListJson(rules.rules()))
                             : WriteDocument(output_, RuleListDocument(rules.rules()));
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  ExitCode Show(const Rule& rule) const {
    const auto written = output_.format == Format::kJson
                             ? WriteOutput(output_, RuleJsonText(rule))
                             : WriteDocument(output_, RuleDocument(rule));
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  std::vector<Other> others_;
  Arguments check_, test_, list_, show_;
  std::string id_;
  DataOptions data_;
  OutputOptions output_;
};

}  // namespace

ExitCode NoSuchRule(const std::string& id, const RuleSet& rules) {
  const std::string words = NoRuleWords(id, rules);
  const bool offers = words.ends_with('?');
  return Misused("rules", words + (offers ? "" : "; exdiag rules list shows them all"));
}

std::unique_ptr<Command> MakeRulesCommand() { return std::make_unique<RulesCommand>(); }

}  // namespace exdiag
