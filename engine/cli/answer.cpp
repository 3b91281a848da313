// exdiag answer: what only the operator knows.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/base/now.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/operator.h"
#include "engine/cli/output.h"
#include "engine/report/notes_render.h"
#include "engine/rule/answer_question.h"

namespace exdiag {
namespace {

std::string ForWhom(const std::string& host) { return host.empty() ? "all hosts" : host; }

class AnswerCommand final : public Command {
 public:
  std::string_view name() const override { return "answer"; }
  std::string_view summary() const override { return "answer a question that a report asked"; }

  void Describe(Arguments arguments) override {
    arguments.Add("NAME", question_, "the question's name, as the report gives it");
    arguments.Add("VALUE", value_, "the answer: yes, no, ...");
    AddNoteOptions(arguments);
    list_ = arguments.AddCommand("list", "the answers given, and what is still asked");
    list_.AddFlag("--all", all_, "also answers that were changed or withdrawn");
    list_.Add("--store", store_, "the store").Called("FILE");
    AddOutputOptions(list_, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddDataOptions(list_, data_);
    withdraw_ = arguments.AddCommand("withdraw", "take an answer back");
    withdraw_.Add("NAME", question_, "the question's name");
    AddNoteOptions(withdraw_);
    arguments.AllowCommand();
  }

  ExitCode Run() override {
    const std::string path = Path();
    if (store_.empty()) return Misused(path, "--store is required");
    if (!list_.given() && question_.empty()) return Misused(path, "NAME is required");
    const bool answering = !list_.given() && !withdraw_.given();
    if (answering && value_.empty()) return Misused(path, "VALUE is required");
    ProblemPrinter problems;
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    const auto store = OpenExistingStore(store_, list_.given());
    if (!store) return Fail(store.error().message);
    if (list_.given()) return List(**data, **store, problems);
    return withdraw_.given() ? Withdraw(**store) : Answer(**data, **store, problems);
  }

 private:
  std::string Path() const {
    return list_.given() ? "answer list" : withdraw_.given() ? "answer withdraw" : "answer";
  }

  void AddNoteOptions(Arguments arguments) {
    arguments.Add("--host", host_, "the host it is about; without it, all hosts");
    arguments.Add("--by", by_, "who says so (default: the login name)");
    arguments.Add("--store", store_, "the store").Called("FILE");
    AddDataOptions(arguments, data_);
  }

  std::string By() const { return by_.empty() ? LoginName() : by_; }

  ExitCode Answer(const Data& data, Store& store, DiagnosticSink& problems) {
    if (const std::string wrong = Check(data, store, problems); !wrong.empty()) {
      return Misused(name(), wrong);
    }
    Note note;
    note.kind = NoteKind::kAnswer;
    note.subject = question_;
    note.host = CanonicalHost(host_);
    note.text = value_;
    note.noted_at = NowInSeconds();
    note.noted_by = By();
    const auto replaced = store.AddNote(note);
    if (!replaced) return Fail(replaced.error().message);
    Remark(fmt::format("noted for {}: {} is {}{}", ForWhom(host_), question_, value_,
                       Before(*replaced)));
    return ExitCode::kNothingFound;
  }

  static std::string Before(const std::optional<Note>& replaced) {
    if (!replaced) return {};
    return fmt::format("; before it was {}{}, {} UTC", replaced->text,
                       replaced->noted_by.empty() ? "" : ", by " + replaced->noted_by,
                       FormatTimeForPeople(replaced->noted_at));
  }

  // What is wrong with the question or the answer, or "".  An answer that no rule looks for is
  // taken, where the rules ask for more than yes and no: it counts as none of those.
  std::string Check(const Data& data, Store& store, DiagnosticSink& problems) const {
    const std::vector<AnswerQuestion> questions = AnswerQuestions(data.rules);
    const auto known = std::find_if(questions.begin(), questions.end(),
                                    [&](const auto& q) { return q.name == question_; });
    if (known == questions.end()) return NoSuchQuestion(questions, data, store, problems);
    const bool yes_or_no =
        known->only_values && known->values.size() == 2 && known->values.contains("yes");
    if (!known->only_values || known->values.contains(ToLower(value_))) return {};
    if (yes_or_no) {
      return fmt::format("\"{}\" is no answer to {}; write yes or no", value_, question_);
    }
    Remark(fmt::format("no rule looks for \"{}\"; it counts as none of: {}", value_,
                       fmt::join(known->values, ", ")));
    return {};
  }

  std::string NoSuchQuestion(const std::vector<AnswerQuestion>& questions, const Data& data,
                             Store& store, DiagnosticSink& problems) const {
    const std::string text = NoQuestionWords(question_, questions);
    const auto diagnosis = Diagnose(data, store, {}, CommandsForStore(store_, data_), problems);
    if (!diagnosis) return text;
    std::set<std::string> open;
    for (const OpenQuestion& question : OpenQuestions(diagnosis->ranking))
      open.insert(question.name);
    return text + (open.empty() ? " (this store leaves no question open)"
                                : fmt::format(" (open for this store: {})", fmt::join(open, ", ")));
  }

  ExitCode Withdraw(Store& store) {
    const auto ended = store.WithdrawNotes(NoteKind::kAnswer, question_, CanonicalHost(host_),
                                           NowInSeconds(), By());
    if (!ended) return Fail(ended.error().message);
    if (ended->empty()) {
      return Misused("answer withdraw", NothingToWithdraw(store));
    }
    Remark(
        fmt::format("withdrawn for {}: {} was {}", ForWhom(host_), question_, ended->back().text));
    return ExitCode::kNothingFound;
  }

  std::string NothingToWithdraw(const Store& store) const {
    std::string text = fmt::format("{} has no answer for {}", question_, ForWhom(host_));
    const auto notes = store.Notes(NoteKind::kAnswer);
    if (!notes || notes->empty()) return text + "; this store has no answers";
    std::set<std::string> given;
    for (const Note& note : *notes) {
      given.insert(note.host.empty() ? note.subject : note.subject + " --host " + note.host);
    }
    return text + fmt::format("; answered are: {}", fmt::join(given, ", "));
  }

  ExitCode List(const Data& data, Store& store, DiagnosticSink& problems) const {
    const auto notes = store.Notes(NoteKind::kAnswer, all_);
    if (!notes) return Fail(notes.error().message);
    const FeedCommands commands = CommandsForStore(store_, data_);
    const auto diagnosis = Diagnose(data, store, {}, commands, problems);
    if (!diagnosis) return Fail(diagnosis.error().message);
    const auto open = OpenQuestions(diagnosis->ranking, commands);
    const auto written = output_.format == Format::kJson
                             ? WriteOutput(output_, AnswersJson(*notes, open), {store_})
                             : WriteDocument(output_, AnswersDocument(*notes, open), {store_});
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  Arguments list_;
  Arguments withdraw_;
  std::string question_, value_, host_, by_, store_;
  bool all_ = false;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeAnswerCommand() { return std::make_unique<AnswerCommand>(); }

}  // namespace exdiag
