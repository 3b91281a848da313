// exdiag diagnose: what is wrong in these logs, or in this store.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/now.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/data_for_store.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/feed.h"
#include "engine/cli/open_store.h"
#include "engine/cli/operator.h"
#include "engine/cli/write_report.h"
#include "engine/ranking/ask_next.h"
#include "engine/report/report.h"
#include "engine/rule/answer_question.h"

namespace exdiag {
namespace {

class DiagnoseCommand final : public Command {
 public:
  std::string_view name() const override { return "diagnose"; }
  std::string_view summary() const override {
    return "say what is wrong, how sure, why, what to do";
  }

  void Describe(Arguments arguments) override {
    AddFeedOptions(arguments, feed_);
    arguments.Add("--store", store_, "diagnose this store; inputs are imported into it first")
        .Called("FILE");
    AddOutputOptions(arguments, output_, kReportFormats);
    arguments
        .Add("--answer", answers_,
             "what only you know, for this run: NAME=VALUE or NAME=VALUE@HOST, as the report "
             "gives it; with a store use exdiag answer")
        .Called("ANSWER")
        .OneEach();
    AddSiteOptions(arguments, site_);
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    if (feed_.inputs.empty() && store_.empty()) {
      return Misused(name(), "nothing to diagnose; give logs, or a store with --store");
    }
    if (!answers_.empty() && !store_.empty()) {
      return Misused(name(),
                     "--answer is for a run without a store; exdiag answer keeps it in one");
    }
    ProblemPrinter problems;
    auto store = OpenStoreAsItIs();
    if (!store) return Fail(store.error().message);
    // Answers and site files may name any rule.
    const bool all_rules = !answers_.empty() || HasSiteFile(site_, store_);
    auto opened = DataToFeed::Open(all_rules, data_, problems);
    if (!opened) return Fail(opened.error().message);
    if (*store == nullptr) store = OpenStoreToFeed(*opened);
    if (!store) return Fail(store.error().message);
    if (opened->rules() != nullptr) {
      if (const std::string wrong = AddAnswers(*opened->rules(), **store); !wrong.empty()) {
        return Misused(name(), wrong);
      }
    }
    const auto fed = Feed(feed_, opened->knowledge(), **store, problems);
    if (!fed) return Fail(fed.error().message);
    if (fed->cancelled) return Fail("interrupted; no report");
    const auto data = opened->Finish(**store, problems);
    if (!data) return Fail(data.error().message);
    auto diagnosis = Diagnose(**data, **store, site_, Commands(), problems);
    if (!diagnosis) return Fail(diagnosis.error().message);
    const auto report = MakeReport(std::move(*diagnosis), **store, &(*data)->knowledge.catalogue());
    if (!report) return Fail(report.error().message);
    problems.Finish();
    std::vector<std::string> inputs = feed_.inputs;
    if (!store_.empty()) inputs.push_back(store_);
    const auto written =
        WriteReport(output_, *report, **store, (*data)->knowledge.catalogue(), inputs);
    if (!written) return Fail(written.error().message);
    const bool found = AnythingToReport(report->ranking);
    return Judge(found ? ExitCode::kFindings : ExitCode::kNothingFound, *fed, feed_.strict);
  }

 private:
  // nullptr when something is fed first, to a store that need not be there yet.
  Result<std::unique_ptr<Store>> OpenStoreAsItIs() const {
    if (!feed_.inputs.empty()) return std::unique_ptr<Store>();
    return OpenStoreToKeep(store_);
  }

  // What is wrong with --answer, or "".
  std::string AddAnswers(const RuleSet& rules, Store& store) const {
    if (answers_.empty()) return {};
    const std::vector<AnswerQuestion> questions = AnswerQuestions(rules);
    for (const std::string& answer : answers_) {
      const std::size_t equals = answer.find('=');
      const std::size_t at = answer.rfind('@');
      const bool with_host = at != std::string::npos && equals != std::string::npos && at > equals;
      Note note;
      note.subject = answer.substr(0, equals);
      if (equals != std::string::npos)
        note.text = answer.substr(equals + 1, with_host ? at - equals - 1 : std::string::npos);
      if (with_host) note.host = CanonicalHost(answer.substr(at + 1));
      if (note.text.empty()) {
        return fmt::format("--answer: \"{}\" is not of the form NAME=VALUE or NAME=VALUE@HOST",
                           answer);
      }
      if (std::none_of(questions.begin(), questions.end(),
                       [&](const auto& question) { return question.name == note.subject; })) {
        return "--answer: " + NoQuestionWords(note.subject, questions);
      }
      note.noted_at = NowInSeconds();
      note.noted_by = LoginName();
      if (const auto added = store.AddNote(note); !added) return added.error().message;
    }
    return {};
  }

  // How what is found out is given back: to the store, or in a run like this one.
  FeedCommands Commands() const {
    if (!store_.empty()) return CommandsForStore(store_, data_);
    FeedCommands commands;
    commands.rerun = "exdiag diagnose";
    const auto add = [&](std::string_view option, const std::string& value) {
      if (!value.empty()) commands.rerun += fmt::format(" {} {}", option, ShellWord(value));
    };
    add("--timezone", feed_.timezone);
    add("--codepage", feed_.reading.codepage);
    for (const std::uint16_t port : feed_.reading.tpkt_ports) {
      add("--tpkt-port", std::to_string(port));
    }
    add("--site", site_.file);
    commands.rerun += DataWords(data_);
    for (const std::string& input : feed_.inputs) commands.rerun += " " + ShellWord(input);
    for (const std::string& answer : answers_) add("--answer", answer);
    return commands;
  }

  // Without a store only what some rule can use is kept, and what shows a host's diagnostics
  // levels; but a page draws all events over time.
  Result<std::unique_ptr<Store>> OpenStoreToFeed(const DataToFeed& data) const {
    if (!store_.empty()) return Store::Open(store_);
    StoreOptions options;
    if (output_.format != Format::kHtml) {
      options.keep_only = data.kinds_to_keep();
    }
    return Store::OpenTemporary(options);
  }

  FeedOptions feed_;
  std::string store_;
  std::vector<std::string> answers_;
  SiteOptions site_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeDiagnoseCommand() { return std::make_unique<DiagnoseCommand>(); }

}  // namespace exdiag
