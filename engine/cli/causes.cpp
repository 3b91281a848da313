// exdiag causes: what an event can mean; no log needed.
#include "engine/report/causes.h"

#include <fmt/format.h>

#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/data_for_store.h"
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
    const auto data = store == nullptr ? LoadDataNaming(event->event_id, data_, problems)
                                       : LoadDataFor(*store, data_, problems, event->event_id);
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
    return answer.findings.empty() ? ExitCode::kNothingFound : ExitCode::kFindings;
  }

 private:
  static Result<void> LookUp(const Data& data, Store& store, DiagnosticSink& problems,
                             CausesAnswer& answer) {
    const auto ranking = Diagnose(data, store, problems);
    if (!ranking) return ranking.error();
    return AddFound(*ranking, store, answer);
  }

  std::string event_;
  std::string store_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeCausesCommand() { return std::make_unique<CausesCommand>(); }

}  // namespace exdiag
