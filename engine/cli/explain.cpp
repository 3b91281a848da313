// exdiag explain: one pasted event, or an error code.
#include "engine/report/explain.h"

#include <fmt/format.h>

#include <filesystem>

#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/feed.h"
#include "engine/cli/output.h"
#include "engine/ranking/ask_next.h"

namespace exdiag {
namespace {

constexpr std::size_t kEventsExplained = 5;

class ExplainCommand final : public Command {
 public:
  std::string_view name() const override { return "explain"; }
  std::string_view summary() const override { return "explain a pasted event or an error code"; }

  void Describe(Arguments arguments) override {
    arguments
        .Add("WHAT", what_,
             "a file with an event, - for standard input (the default), or an error code: "
             "0x8009030c, 1722, \"550 5.7.1\", SEC_E_LOGON_DENIED")
        .Defaulting("-");
    AddReadingOptions(arguments, feed_);
    AddOutputOptions(arguments, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddSiteOptions(arguments, site_);
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    std::error_code ignored;
    const bool is_file = what_ == "-" || std::filesystem::exists(what_, ignored);
    ProblemPrinter problems;
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    if (!is_file && ReadErrorCode(what_).empty() &&
        (*data)->knowledge.FindErrorText(what_).empty()) {
      return Misused(name(), fmt::format("\"{}\" is neither a file nor an error code", what_));
    }
    return is_file ? ExplainEvents(**data, problems) : ExplainCode(**data);
  }

 private:
  ExitCode ExplainCode(const Data& data) const {
    const CodeAnswer answer = AnswerCode(what_, data.knowledge, data.rules);
    const auto written = output_.format == Format::kJson
                             ? WriteOutput(output_, CodeJson(answer))
                             : WriteDocument(output_, CodeDocument(answer));
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  ExitCode ExplainEvents(const Data& data, ProblemPrinter& problems) {
    const auto store = Store::OpenTemporary();
    if (!store) return Fail(store.error().message);
    feed_.inputs = {what_};
    const auto fed = Feed(feed_, data.knowledge, **store, problems);
    if (!fed) return Fail(fed.error().message);
    if (fed->cancelled) return Fail("interrupted; nothing explained");
    if (fed->failed > 0) return ExitCode::kFailed;  // Feed() said why
    const auto answer = AnswerEvents(data, **store, problems);
    if (!answer) return Fail(answer.error().message);
    if (answer->events.empty()) return Fail(what_ + ": no event in it; nothing explained");
    const auto written =
        output_.format == Format::kJson
            ? WriteOutput(output_, ExplainJson(*answer, data.knowledge.catalogue()), {what_})
            : WriteDocument(output_, ExplainDocument(*answer, {.verbose = output_.verbose}),
                            {what_});
    if (!written) return Fail(written.error().message);
    const bool found = AnythingToReport(answer->report.ranking);
    return Judge(found ? ExitCode::kFindings : ExitCode::kNothingFound, *fed, feed_.strict);
  }

  Result<ExplainAnswer> AnswerEvents(const Data& data, Store& store,
                                     DiagnosticSink& problems) const {
    FeedCommands commands;
    commands.rerun = "exdiag diagnose" + DataWords(data_) + " " + ShellWord(what_);
    auto diagnosis = Diagnose(data, store, site_, commands, problems);
    if (!diagnosis) return diagnosis.error();
    auto report = MakeReport(std::move(*diagnosis), store, &data.knowledge.catalogue());
    if (!report) return report.error();
    ExplainAnswer answer;
    const auto walked = store.ForEachEvent({}, [&](const Event& event) {
      if (answer.events.size() == kEventsExplained) {
        ++answer.more;
      } else {
        answer.events.push_back(ExplainEvent(event, report->ranking, data.knowledge, data.rules));
      }
      return true;
    });
    if (!walked) return walked.error();
    answer.report = std::move(*report);
    return answer;
  }

  std::string what_ = "-";
  FeedOptions feed_;
  OutputOptions output_;
  SiteOptions site_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeExplainCommand() { return std::make_unique<ExplainCommand>(); }

}  // namespace exdiag
