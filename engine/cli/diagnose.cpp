// exdiag diagnose: what is wrong in these logs, or in this store.
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/data_for_store.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/feed.h"
#include "engine/cli/open_store.h"
#include "engine/cli/write_report.h"
#include "engine/signal/signal.h"

namespace exdiag {
namespace {

class DiagnoseCommand final : public Command {
 public:
  std::string_view name() const override { return "diagnose"; }
  std::string_view summary() const override {
    return "say what is wrong, how sure, why, what to do";
  }

  void Describe(CLI::App& app) override {
    AddFeedOptions(app, feed_);
    app.add_option("--store", store_, "diagnose this store; inputs are imported into it first")
        ->type_name("FILE");
    AddOutputOptions(app, output_, kReportFormats);
    AddDataOptions(app, data_);
  }

  ExitCode Run() override {
    if (feed_.inputs.empty() && store_.empty()) {
      return Misused(name(), "nothing to diagnose; give logs, or a store with --store");
    }
    ProblemPrinter problems;
    auto store = OpenStoreAsItIs();
    if (!store) return Fail(store.error().message);
    const auto data =
        *store == nullptr ? LoadData(data_, problems) : LoadDataFor(**store, data_, problems);
    if (!data) return Fail(data.error().message);
    if (*store == nullptr) store = OpenStoreToFeed(**data);
    if (!store) return Fail(store.error().message);
    const auto fed = Feed(feed_, (*data)->knowledge, **store, problems);
    if (!fed) return Fail(fed.error().message);
    if (fed->cancelled) return Fail("interrupted; no report");
    auto ranking = Diagnose(**data, **store, problems);
    if (!ranking) return Fail(ranking.error().message);
    const auto report = MakeReport(std::move(*ranking), **store);
    if (!report) return Fail(report.error().message);
    problems.Finish();
    std::vector<std::string> inputs = feed_.inputs;
    if (!store_.empty()) inputs.push_back(store_);
    const auto written =
        WriteReport(output_, *report, **store, (*data)->knowledge.catalogue(), inputs);
    if (!written) return Fail(written.error().message);
    const bool found = !report->ranking.findings.empty();
    return Judge(found ? ExitCode::kFindings : ExitCode::kNothingFound, *fed, feed_.strict);
  }

 private:
  // nullptr when something is fed first, which any rule may look at.
  Result<std::unique_ptr<Store>> OpenStoreAsItIs() const {
    if (!feed_.inputs.empty()) return std::unique_ptr<Store>();
    return OpenStoreToKeep(store_);
  }

  // Without a store only what some rule can use is kept, and what shows a host's diagnostics
  // levels; but a page draws all events over time.
  Result<std::unique_ptr<Store>> OpenStoreToFeed(const Data& data) const {
    if (!store_.empty()) return Store::Open(store_);
    StoreOptions options;
    if (output_.format != Format::kHtml) {
      options.keep_only = KindsToKeep(RulesInUse(data.rules), data.knowledge);
    }
    return Store::OpenTemporary(options);
  }

  FeedOptions feed_;
  std::string store_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeDiagnoseCommand() { return std::make_unique<DiagnoseCommand>(); }

}  // namespace exdiag
