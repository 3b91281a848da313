// exdiag rules why: why a rule fired or did not, condition by condition.
#include <fmt/format.h>

#include "engine/cli/data.h"
#include "engine/cli/feed.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/output.h"
#include "engine/cli/rules.h"
#include "engine/report/rule_trace.h"

namespace exdiag {
namespace {

constexpr const char* kCommand = "rules why";

class RulesWhyCommand final : public Command {
 public:
  std::string_view name() const override { return "why"; }
  std::string_view summary() const override { return "say why a rule fired or did not"; }

  void Describe(Arguments arguments) override {
    arguments.Add("ID", id_, "the rule").Required();
    AddFeedOptions(arguments, feed_);
    arguments.Add("--store", store_, "look into this store; inputs are imported into it first")
        .Called("FILE");
    arguments
        .Add("--at", at_,
             "only at this event: its time (1999-11-02T19:05:31), or its line, record or row "
             "number")
        .Called("EVENT");
    AddOutputOptions(arguments, output_,
                     {Format::kText, Format::kJson, Format::kHtml, Format::kMarkdown});
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    if (feed_.inputs.empty() && store_.empty()) {
      return Misused(kCommand, "nothing to look into; give logs, or a store with --store");
    }
    TraceOptions options;
    if (output_.verbose) options.most = std::numeric_limits<std::size_t>::max();
    if (!at_.empty()) options.at = ParseAtEvent(at_);
    if (!at_.empty() && !options.at) {
      return Misused(kCommand, fmt::format("--at: \"{}\" is neither a time such as "
                                           "1999-11-02T19:05:31 nor a number",
                                           at_));
    }
    ProblemPrinter problems;
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    const Rule* rule = (*data)->rules.Find(id_);
    if (rule == nullptr) return NoSuchRule(id_, (*data)->rules);
    if (rule->status == Status::kRetired) {
      return Misused(kCommand,
                     fmt::format("\"{}\" is retired and never looked at; it became \"{}\"", id_,
                                 rule->superseded_by));
    }
    const auto store = OpenStore(*rule, (*data)->knowledge);
    if (!store) return Fail(store.error().message);
    const auto fed = Feed(feed_, (*data)->knowledge, **store, problems);
    if (!fed) return Fail(fed.error().message);
    if (fed->cancelled) return Fail("interrupted; no answer");
    const auto trace = TraceRule(*rule, (*data)->knowledge, **store, options, problems);
    if (!trace) return Fail(trace.error().message);
    problems.Finish();
    const auto written = output_.format == Format::kJson
                             ? WriteOutput(output_, RuleTraceJson(*trace), feed_.inputs)
                             : WriteDocument(output_, RuleTraceDocument(*trace), feed_.inputs);
    if (!written) return Fail(written.error().message);
    return Judge(trace->firing_count > 0 ? ExitCode::kFindings : ExitCode::kNothingFound, *fed,
                 feed_.strict);
  }

 private:
  Result<std::unique_ptr<Store>> OpenStore(const Rule& rule, const Knowledge& knowledge) const {
    if (!store_.empty()) {
      return feed_.inputs.empty() ? OpenExistingStore(store_) : Store::Open(store_);
    }
    const Rule* const only[] = {&rule};
    StoreOptions options;
    options.keep_only = KindsToKeep(only, knowledge);
    return Store::OpenTemporary(options);
  }

  std::string id_, store_, at_;
  FeedOptions feed_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeRulesWhyCommand() { return std::make_unique<RulesWhyCommand>(); }

}  // namespace exdiag
