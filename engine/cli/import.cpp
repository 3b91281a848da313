// exdiag import: exports into a store, and the ledger of what became of their records.
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/feed.h"
#include "engine/cli/output.h"
#include "engine/report/report.h"

namespace exdiag {
namespace {

class ImportCommand final : public Command {
 public:
  std::string_view name() const override { return "import"; }
  std::string_view summary() const override { return "read exports into a store"; }

  void Describe(Arguments arguments) override {
    arguments.Add("--store", store_, "the store; made when it does not exist")
        .Called("FILE")
        .Required();
    AddFeedOptions(arguments, feed_);
    AddOutputOptions(arguments, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    if (feed_.inputs.empty()) {
      return Misused(name(), "nothing to import; give files or folders, or - for standard input");
    }
    const StopSignals stop;
    bool done = false;
    const ExitCode code = Import(stop, done);
    // The store is closed by now, which may take its time too.
    if (done && stop.asked()) {
      Remark("interrupted when all files were done; the ledger says what is imported");
    }
    return code;
  }

 private:
  // `done` becomes true when every file was.
  ExitCode Import(const StopSignals& stop, bool& done) {
    ProblemPrinter problems;
    const auto knowledge = LoadKnowledge(data_, problems);
    if (!knowledge) return Fail(knowledge.error().message);
    const auto store = Store::Open(store_);
    if (!store) return Fail(store.error().message);
    const auto fed = Feed(feed_, *knowledge, **store, problems, stop);
    if (!fed) return Fail(fed.error().message);
    problems.Finish();
    if (const auto written = Write(fed->rows); !written) return Fail(written.error().message);
    done = fed->not_imported.empty();
    if (!done) return Fail("interrupted; the files in the ledger are imported whole");
    return Judge(ExitCode::kNothingFound, *fed, feed_.strict);
  }

  Result<void> Write(const std::vector<LedgerRow>& rows) const {
    if (output_.format == Format::kJson) return WriteOutput(output_, LedgerJson(rows));
    return WriteDocument(output_, LedgerDocument(rows));
  }

  std::string store_;
  FeedOptions feed_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeImportCommand() { return std::make_unique<ImportCommand>(); }

}  // namespace exdiag
