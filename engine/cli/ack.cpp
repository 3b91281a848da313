// exdiag ack: trouble that is known and lived with for a time.
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
#include "engine/rule/rule_words.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

class AckCommand final : public Command {
 public:
  std::string_view name() const override { return "ack"; }
  std::string_view summary() const override { return "acknowledge a finding for a time"; }

  void Describe(Arguments arguments) override {
    arguments.Add("RULE", rule_, "the cause, as the report gives it in brackets");
    arguments.Add("--until", until_, "last day, or moment, UTC: 2026-12-31").Called("TIME");
    arguments.Add("--reason", reason_, "why it is lived with");
    AddNoteOptions(arguments);
    list_ = arguments.AddCommand("list", "what is acknowledged, in the store and in the site file");
    list_.AddFlag("--all", all_, "also what was changed or withdrawn");
    list_.Add("--store", store_, "the store").Called("FILE");
    AddOutputOptions(list_, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddSiteOptions(list_, site_);
    AddDataOptions(list_, data_);
    withdraw_ = arguments.AddCommand("withdraw", "take an acknowledgement back");
    withdraw_.Add("RULE", rule_, "the cause");
    AddNoteOptions(withdraw_);
    arguments.AllowCommand();
  }

  ExitCode Run() override {
    const std::string path = list_.given()       ? "ack list"
                             : withdraw_.given() ? "ack withdraw"
                                                 : "ack";
    if (store_.empty()) return Misused(path, "--store is required");
    if (!list_.given() && rule_.empty()) return Misused(path, "RULE is required");
    if (withdraw_.given()) return Withdraw();
    if (!list_.given()) {
      if (until_.empty()) return Misused(path, "--until is required");
      if (Trim(reason_).empty()) return Misused(path, "--reason is required");
    }
    ProblemPrinter problems;
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    return list_.given() ? List(**data, problems) : Acknowledge((*data)->rules);
  }

 private:
  void AddNoteOptions(Arguments arguments) {
    arguments.Add("--host", hosts_, "the host where; may be repeated; without it, all hosts")
        .OneEach();
    arguments.Add("--by", by_, "who says so (default: the login name)");
    arguments.Add("--store", store_, "the store").Called("FILE");
    AddDataOptions(arguments, data_);
  }

  std::string By() const { return by_.empty() ? LoginName() : by_; }

  std::vector<std::string> Hosts() const {
    return hosts_.empty() ? std::vector<std::string>{""} : hosts_;
  }

  std::string Where() const {
    return hosts_.empty() ? "all hosts" : fmt::format("{}", fmt::join(hosts_, ", "));
  }

  ExitCode Acknowledge(const RuleSet& rules) {
    const auto until = ParseMoment(until_, OfDay::kLast);
    if (!until) {
      return Misused(name(), fmt::format("--until: \"{}\" is no time; write 2026-12-31 or "
                                         "2026-12-31T18:00:00Z",
                                         until_));
    }
    if (*until < NowInSeconds()) {
      return Misused(name(), fmt::format("--until: {} is over; nothing acknowledged", until_));
    }
    if (rules.Find(rule_) == nullptr) return Misused(name(), NoRuleWords(rule_, rules));
    const auto store = OpenExistingStore(store_, false);
    if (!store) return Fail(store.error().message);
    for (const std::string& host : Hosts()) {
      Note note;
      note.kind = NoteKind::kAcknowledgement;
      note.subject = rule_;
      note.host = CanonicalHost(host);
      note.text = reason_;
      note.until = *until;
      note.noted_at = NowInSeconds();
      note.noted_by = By();
      if (const auto added = (*store)->AddNote(note); !added) return Fail(added.error().message);
    }
    Remark(fmt::format("acknowledged on {} until {} UTC: {}", Where(), FormatTimeForPeople(*until),
                       rule_));
    return ExitCode::kNothingFound;
  }

  ExitCode Withdraw() {
    const auto store = OpenExistingStore(store_, false);
    if (!store) return Fail(store.error().message);
    std::size_t ended = 0;
    for (const std::string& host : Hosts()) {
      const auto notes = (*store)->WithdrawNotes(NoteKind::kAcknowledgement, rule_,
                                                 CanonicalHost(host), NowInSeconds(), By());
      if (!notes) return Fail(notes.error().message);
      ended += notes->size();
    }
    if (ended == 0) {
      return Misused("ack withdraw", fmt::format("{} is not acknowledged on {} in this store{}",
                                                 rule_, Where(), Acknowledged(**store)));
    }
    Remark(fmt::format("no longer acknowledged on {}: {}", Where(), rule_));
    return ExitCode::kNothingFound;
  }

  static std::string Acknowledged(const Store& store) {
    const auto notes = store.Notes(NoteKind::kAcknowledgement);
    if (!notes || notes->empty()) return "; nothing is";
    std::set<std::string> words;
    for (const Note& note : *notes) {
      words.insert(note.host.empty() ? note.subject : note.subject + " --host " + note.host);
    }
    return fmt::format("; what is: {}", fmt::join(words, ", "));
  }

  ExitCode List(const Data& data, DiagnosticSink& problems) const {
    const auto store = OpenExistingStore(store_);
    if (!store) return Fail(store.error().message);
    const auto notes = (*store)->Notes(NoteKind::kAcknowledgement, all_);
    if (!notes) return Fail(notes.error().message);
    auto site = LoadSiteOf(site_, data, **store, problems);
    if (!site) return Fail(site.error().message);
    // Those of the store are shown from its notes, with their history.
    std::erase_if(site->acknowledgements,
                  [&](const auto& one) { return one.where.file == (*store)->file(); });
    const auto written =
        output_.format == Format::kJson
            ? WriteOutput(output_,
                          AcknowledgementsJson(*notes, site->acknowledgements, NowInSeconds()),
                          {store_})
            : WriteDocument(
                  output_, AcknowledgementsDocument(*notes, site->acknowledgements, NowInSeconds()),
                  {store_});
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  Arguments list_;
  Arguments withdraw_;
  std::string rule_, until_, reason_, by_, store_;
  std::vector<std::string> hosts_;
  bool all_ = false;
  SiteOptions site_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeAckCommand() { return std::make_unique<AckCommand>(); }

}  // namespace exdiag
