// exdiag report: what is wrong in a store that is fed by others; nothing is imported.
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/write_report.h"

namespace exdiag {
namespace {

class ReportCommand final : public Command {
 public:
  std::string_view name() const override { return "report"; }
  std::string_view summary() const override { return "write the report on a store"; }

  void Describe(Arguments arguments) override {
    arguments.Add("--store", store_, "the store").Called("FILE").Required();
    AddOutputOptions(arguments, output_, kReportFormats);
    AddSiteOptions(arguments, site_);
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    ProblemPrinter problems;
    const auto store = OpenStoreToKeep(store_);
    if (!store) return Fail(store.error().message);
    const auto data = LoadDataToDiagnose(**store, site_, data_, problems);
    if (!data) return Fail(data.error().message);
    auto diagnosis = Diagnose(**data, **store, site_, CommandsForStore(store_, data_), problems);
    if (!diagnosis) return Fail(diagnosis.error().message);
    const auto report = MakeReport(std::move(*diagnosis), **store, &(*data)->knowledge.catalogue());
    if (!report) return Fail(report.error().message);
    problems.Finish();
    const auto written =
        WriteReport(output_, *report, **store, (*data)->knowledge.catalogue(), {store_});
    if (!written) return Fail(written.error().message);
    return AnythingToReport(report->ranking) ? ExitCode::kFindings : ExitCode::kNothingFound;
  }

 private:
  std::string store_;
  SiteOptions site_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeReportCommand() { return std::make_unique<ReportCommand>(); }

}  // namespace exdiag
