// exdiag causes: what an event can mean; no log needed.
#include "engine/report/causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/output.h"
#include "engine/cli/time_option.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

class CausesCommand final : public Command {
 public:
  std::string_view name() const override { return "causes"; }
  std::string_view summary() const override { return "say what an event can mean"; }

  void Describe(Arguments arguments) override {
    arguments.Add("EVENT", event_, "an event ID, or PROVIDER/ID").Required();
    arguments.Add("--store", store_, "also say what this store holds of it").Called("FILE");
    arguments
        .Add("--host", hosts_, "only what the store holds of these hosts: EX1, ex1.corp.example")
        .Called("HOST");
    arguments
        .Add("--since", since_,
             "only what it holds since this time: 1999-11-02, 1999-11-02T19:05:31Z")
        .Called("TIME");
    AddOutputOptions(arguments, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddSiteOptions(arguments, site_);
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    const auto event = ParseEventName(event_);
    if (!event) {
      return Misused(name(),
                     fmt::format("\"{}\" is no event; write 9322 or MSExchangeMTA/9322", event_));
    }
    const auto scope = ReadScope();
    if (!scope) return Misused(name(), scope.error().message);
    ProblemPrinter problems;
    std::unique_ptr<Store> store;
    if (!store_.empty()) {
      auto opened = OpenStoreToKeep(store_);
      if (!opened) return Fail(opened.error().message);
      store = std::move(*opened);
    }
    auto found = store == nullptr ? Known(event->event_id, problems)
                                  : DiagnoseEvent(event->event_id, *store, site_,
                                                  CommandsForStore(store_, data_), data_, problems);
    if (!found) return Fail(found.error().message);
    CausesAnswer answer = AnswerCauses(event_, *event, found->data->knowledge, found->data->rules);
    if (store != nullptr) {
      const auto added = AddFound(found->diagnosis.ranking, *store, *scope, answer);
      if (!added) return Fail(added.error().message);
      const auto told = TellUnknownHosts(*scope, found->diagnosis.ranking, *store);
      if (!told) return Fail(told.error().message);
    }
    const bool anything = AnythingToReport(answer, found->diagnosis.ranking);
    const auto written =
        output_.format == Format::kJson
            ? WriteOutput(output_, CausesJson(answer))
            : WriteDocument(output_,
                            CausesDocument(answer, {.verbose = output_.verbose ||
                                                               output_.format == Format::kHtml}));
    if (!written) return Fail(written.error().message);
    if (auto readable = SetBlocks::Readable(); !readable) return Fail(readable.error().message);
    return anything ? ExitCode::kFindings : ExitCode::kNothingFound;
  }

 private:
  Result<CausesScope> ReadScope() const {
    CausesScope scope;
    for (const std::string& host : hosts_) scope.hosts.push_back(CanonicalHost(host));
    const auto since = ReadTimeOption("--since", since_, OfDay::kFirst);
    if (!since) return since.error();
    scope.since = *since;
    const bool asked = !scope.hosts.empty() || scope.since;
    if (asked && store_.empty()) {
      return Error{"--host and --since ask about a store; name it with --store"};
    }
    return scope;
  }

  // "No such event" is little help where a host's name has a typing mistake.  A host is known by
  // its logs, by its facts, and as the peer of another in a finding.
  Result<void> TellUnknownHosts(const CausesScope& scope, const Ranking& ranking,
                                const Store& store) const {
    if (scope.hosts.empty()) return {};
    const auto coverage = store.CoverageRows();
    if (!coverage) return coverage.error();
    const auto facts = store.Facts();
    if (!facts) return facts.error();
    std::set<std::string> known;
    for (const Coverage& row : *coverage) known.insert(row.host);
    for (const Fact& fact : *facts) known.insert(CanonicalHost(fact.host));
    for (const Finding& finding : ranking.findings) {
      const Signal signal = finding.signal.Read();
      for (const std::string& host : signal.hosts) known.insert(CanonicalHost(host));
    }
    known.erase("");
    const std::vector<std::string> names(known.begin(), known.end());
    for (const std::string& host : scope.hosts) {
      if (known.contains(host)) continue;
      const std::string nearest = DidYouMean(host, names);
      const std::string others = names.empty() ? "none" : Joined(names, 10);
      Remark(fmt::format("{}: knows no host \"{}\"{} {}", store_, host,
                         nearest.empty() ? "; it knows" : nearest + " It knows", others));
    }
    return {};
  }

  // Without a store.
  Result<EventDiagnosis> Known(std::uint16_t event_id, DiagnosticSink& problems) const {
    auto data = LoadDataNaming(event_id, data_, problems);
    if (!data) return data.error();
    return EventDiagnosis{std::move(*data), {}, false};
  }

  static bool AnythingToReport(const CausesAnswer& answer, const Ranking& ranking) {
    return std::any_of(answer.findings.begin(), answer.findings.end(), [&](const Finding& finding) {
      return std::any_of(
          ranking.incidents.begin(), ranking.incidents.end(), [&](const Incident& incident) {
            return incident.id == finding.incident && !IsAcknowledged(incident, ranking);
          });
    });
  }

  std::string event_;
  std::string store_;
  std::vector<std::string> hosts_;
  std::string since_;
  OutputOptions output_;
  SiteOptions site_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeCausesCommand() { return std::make_unique<CausesCommand>(); }

}  // namespace exdiag
