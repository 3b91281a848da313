// exdiag store: what a store holds, and whether it is sound.
#include "engine/store/store.h"

#include "engine/cli/command.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/output.h"
#include "engine/report/completeness.h"
#include "engine/report/report.h"

namespace exdiag {
namespace {

class StoreCommand final : public Command {
 public:
  std::string_view name() const override { return "store"; }
  std::string_view summary() const override { return "look into a store: info, verify"; }

  void Describe(Arguments arguments) override {
    arguments.RequireCommand();
    info_ = arguments.AddCommand("info",
                                 "what was fed, which logs it covers, and what is missing there");
    verify_ = arguments.AddCommand("verify", "whether the store is sound");
    for (Arguments command : {info_, verify_}) {
      command.Add("STORE,--store", store_, "the store").Called("FILE").Required();
    }
    AddOutputOptions(info_, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
  }

  ExitCode Run() override {
    const auto store = OpenExistingStore(store_);
    if (!store) return Fail(store.error().message);
    return info_.given() ? Info(**store) : Verify(**store);
  }

 private:
  ExitCode Info(const Store& store) const {
    const auto report = MakeReport({}, store, nullptr);
    if (!report) return Fail(report.error().message);
    const auto completeness = MakeCompleteness(store);
    if (!completeness) return Fail(completeness.error().message);
    const auto written =
        output_.format == Format::kJson
            ? WriteOutput(output_, ContentsJson(*report, *completeness), {store_})
            : WriteDocument(output_, ContentsDocument(*report, *completeness), {store_});
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  ExitCode Verify(const Store& store) const {
    const auto complaints = store.Verify();
    if (!complaints) return Fail(complaints.error().message);
    for (const std::string& complaint : *complaints) Remark(store_ + ": " + complaint);
    if (!complaints->empty()) return ExitCode::kFindings;
    const auto written = WriteOutput({}, store_ + ": sound\n");
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  Arguments info_;
  Arguments verify_;
  std::string store_;
  OutputOptions output_;
};

}  // namespace

std::unique_ptr<Command> MakeStoreCommand() { return std::make_unique<StoreCommand>(); }

}  // namespace exdiag
