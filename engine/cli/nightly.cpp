// exdiag nightly: what arrived in the inboxes, the report of the day, and what is different.
#include "engine/nightly/nightly_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/did_you_mean.h"
#include "engine/base/now.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/feed.h"
#include "engine/cli/messages.h"
#include "engine/cli/output.h"
#include "engine/cli/progress_line.h"
#include "engine/cli/stop_signals.h"
#include "engine/nightly/plan.h"
#include "engine/nightly/run_mail.h"
#include "engine/nightly/tell.h"
#include "engine/report/phrases.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

class NightlyCommand final : public Command {
 public:
  std::string_view name() const override { return "nightly"; }
  std::string_view summary() const override {
    return "read the inboxes, write the report of the day, say what changed";
  }

  void Describe(Arguments arguments) override {
    arguments.Add("--config", config_, "the configuration; exdiag init writes a first one")
        .Called("FILE")
        .Required();
    arguments.Add("--site", sites_, "only this site of the configuration; may be repeated")
        .Called("NAME")
        .OneEach();
    arguments.AddFlag("--dry-run", dry_run_, "say what would be done, and change nothing");
    arguments.AddFlag("--test-mail", test_mail_, "only send a mail that says that it arrived");
    arguments
        .Add("--at", at_,
             "the moment that the run is about instead of now, to make up for a night that "
             "was missed: 2026-11-21, 2026-11-21T02:00:00Z")
        .Called("TIME");
    AddQuietOption(arguments, quiet_);
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    NightlyMoment moment{NowInSeconds(), NowInSeconds()};
    if (!at_.empty()) {
      const auto at = ParseMoment(at_, OfDay::kLast);
      if (!at) {
        return Misused(name(), fmt::format("--at: \"{}\" is no time; write 2026-11-21 or "
                                           "2026-11-21T02:00:00Z",
                                           at_));
      }
      moment.at = *at;
    }
    ProblemPrinter problems;
    const auto config = LoadNightlyConfig(config_, problems);
    if (!config) return Fail(config.error().message);
    const auto chosen = Chosen(*config);
    if (!chosen) return Misused(name(), chosen.error().message);
    if (test_mail_) return TestMail(*chosen, moment.now);
    return dry_run_ ? Plan(*chosen, moment) : RunAll(*config, *chosen, moment, problems);
  }

 private:
  Result<std::vector<const SiteConfig*>> Chosen(const NightlyConfig& config) const {
    std::vector<const SiteConfig*> chosen;
    std::vector<std::string_view> names;
    for (const SiteConfig& site : config.sites) {
      names.push_back(site.name);
      const bool wanted =
          sites_.empty() || std::find(sites_.begin(), sites_.end(), site.name) != sites_.end();
      if (wanted) chosen.push_back(&site);
    }
    for (const std::string& site : sites_) {
      if (std::find(names.begin(), names.end(), site) != names.end()) continue;
      return Error{
          fmt::format("--site: {} has no site \"{}\"{}", config_, site, DidYouMean(site, names))};
    }
    return chosen;
  }

  static ExitCode Plan(const std::vector<const SiteConfig*>& sites, const NightlyMoment& moment) {
    std::string text;
    for (const SiteConfig* site : sites) {
      const auto lines = PlanNightly(*site, moment);
      if (!lines) return Fail(lines.error().message);
      for (const std::string& line : *lines) text += Printable(line) + "\n";
    }
    const auto written = WriteOutput({}, text);
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  static ExitCode TestMail(const std::vector<const SiteConfig*>& sites, Ticks now) {
    ExitCode code = ExitCode::kNothingFound;
    for (const SiteConfig* site : sites) {
      const auto sent = SendTestMail(*site, now);
      if (!sent) {
        code = Fail(sent.error().message);
        continue;
      }
      for (const std::string& refused : sent->refused) code = Fail(refused);
      std::vector<std::string> to;
      for (const MailAddress& address : site->mail.to) to.push_back(address.mailbox);
      Remark(fmt::format("{}: the mail to {} was taken", site->name, Joined(to)));
    }
    return code;
  }

  ExitCode RunAll(const NightlyConfig& config, const std::vector<const SiteConfig*>& sites,
                  const NightlyMoment& moment, ProblemPrinter& problems) {
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    if (quiet_) problems.HideNotes();
    const StopSignals stop;
    NightlyTools tools{
        .knowledge = (*data)->knowledge,
        .diagnose =
            [&](const SiteConfig& site, Store& store, Ticks at) {
              return Diagnose(**data, store, {site.site_file}, CommandsForStore(site.store, data_),
                              problems, at);
            },
        .cancelled = [&] { return stop.asked(); },
        .progress = {},
        .send = [&](const SiteConfig& site, const UnsentMail& mail,
                    bool late) { return SendRunMail(mail, late, site, config, problems); },
        .say = {},
        .problems = problems};
    if (!quiet_) tools.say = Remark;
    bool failed = false, findings = false;
    for (const SiteConfig* site : sites) {
      ProgressLine line(!quiet_);
      tools.progress = line.Watch();
      auto result = RunNightly(*site, tools, moment);
      line.TakeAway();
      if (!result || result->cancelled) {
        const std::string reason =
            result ? "interrupted; the next run does the rest" : result.error().message;
        Fail(site->name + ": " + reason);
        TellOfFailedRun(reason, moment.at, *site, config, problems);
        problems.Finish();
        failed = true;
        if (stop.asked()) break;
        continue;
      }
      findings = findings || result->findings;
      WriteRunMetrics(result->summary, *site, config, problems);
      problems.Finish();
      const auto told = WriteOutput({}, MailText(result->summary, false));
      if (!told) return Fail(told.error().message);
    }
    return failed ? ExitCode::kFailed : findings ? ExitCode::kFindings : ExitCode::kNothingFound;
  }

  std::string config_, at_;
  std::vector<std::string> sites_;
  bool dry_run_ = false;
  bool test_mail_ = false;
  bool quiet_ = false;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeNightlyCommand() { return std::make_unique<NightlyCommand>(); }

}  // namespace exdiag
