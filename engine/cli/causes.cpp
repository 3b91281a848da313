// exdiag causes: what an event can mean; no log needed.
#include "engine/report/causes.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/output.h"

namespace exdiag {
namespace {

class CausesCommand final : public Command {
 public:
  std::string_view name() const override { return "causes"; }
  std::string_view summary() const override { return "say what an event can mean"; }

  void Describe(CLI::App& app) override {
    app.add_option("EVENT", event_, "an event ID, or PROVIDER/ID")->required();
    app.add_option("--store", store_, "also say what this store holds of it")->type_name("FILE");
    AddOutputOptions(app, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddSiteOptions(app, site_);
    AddDataOptions(app, data_);
  }

  ExitCode Run() override {
    const auto event = ParseEventName(event_);
    if (!event) {
      return Misused(name(),
                     fmt::format("\"{}\" is no event; write 9322 or MSExchangeMTA/9322", event_));
    }
    ProblemPrinter problems;
    std::unique_ptr<Store> store;
    if (!store_.empty()) {
      auto opened = OpenStoreToKeep(store_);
      if (!opened) return Fail(opened.error().message);
      store = std::move(*opened);
    }
    // What a store holds is weighed against all causes.
    const auto data = store == nullptr
                          ? LoadDataNaming(event->event_id, data_, problems)
                          : LoadDataToDiagnose(*store, site_, data_, problems, event->event_id);
    if (!data) return Fail(data.error().message);
    CausesAnswer answer = AnswerCauses(event_, *event, (*data)->knowledge, (*data)->rules);
    if (store != nullptr) {
      const auto found = LookUp(**data, *store, problems, answer);
      if (!found) return Fail(found.error().message);
    }
    const auto written = output_.format == Format::kJson
                             ? WriteOutput(output_, CausesJson(answer))
                             : WriteDocument(output_, CausesDocument(answer));
    if (!written) return Fail(written.error().message);
    return anything_to_report_ ? ExitCode::kFindings : ExitCode::kNothingFound;
  }

 private:
  Result<void> LookUp(const Data& data, Store& store, DiagnosticSink& problems,
                      CausesAnswer& answer) {
    const auto diagnosis = Diagnose(data, store, site_, CommandsForStore(store_, data_), problems);
    if (!diagnosis) return diagnosis.error();
    if (auto added = AddFound(diagnosis->ranking, store, answer); !added) return added;
    anything_to_report_ =
        std::any_of(answer.findings.begin(), answer.findings.end(), [&](const Finding& finding) {
          const auto& incidents = diagnosis->ranking.incidents;
          return std::any_of(incidents.begin(), incidents.end(), [&](const Incident& incident) {
            return incident.id == finding.incident && !IsAcknowledged(incident, diagnosis->ranking);
          });
        });
    return {};
  }

  bool anything_to_report_ = false;
  std::string event_;
  std::string store_;
  OutputOptions output_;
  SiteOptions site_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeCausesCommand() { return std::make_unique<CausesCommand>(); }

}  // namespace exdiag
