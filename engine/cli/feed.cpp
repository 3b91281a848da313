#include "engine/cli/feed.h"

#include <fmt/format.h>

#include "engine/cli/progress_line.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

std::uint64_t Rejected(const ImportSummary& fed) {
  std::uint64_t rejected = 0;
  for (const LedgerRow& row : fed.rows) rejected += row.rejected;
  return rejected;
}

void SumUp(const ImportSummary& fed) {
  if (fed.failed > 0) {
    Remark(
        fmt::format("{} of {} could not be read", fed.failed, Counted(fed.rows.size(), "input")));
  }
  if (const std::uint64_t rejected = Rejected(fed); rejected > 0) {
    Remark(fmt::format("{} could not be read; all others were", Counted(rejected, "record")));
  }
  if (!fed.not_imported.empty()) {
    Remark(fmt::format("not imported: {}", Joined(fed.not_imported, 10)));
  }
}

}  // namespace

void AddReadingOptions(CLI::App& app, FeedOptions& options) {
  app.add_option("--timezone", options.timezone,
                 "zone of exports in local time: Europe/Paris, +01:00")
      ->type_name("ZONE");
  app.add_option("--codepage", options.codepage,
                 "of exports that are no Unicode (default: the one that makes sense of the text)")
      ->type_name("NAME");
  app.add_flag("--strict", options.strict, "exit with 3 when anything could not be read");
}

void AddFeedOptions(CLI::App& app, FeedOptions& options) {
  app.add_option("INPUT", options.inputs, "exported logs: files, folders, patterns, - for stdin");
  AddReadingOptions(app, options);
  AddQuietOption(app, options.quiet);
}

void AddQuietOption(CLI::App& app, bool& quiet) {
  app.add_flag("-q,--quiet", quiet, "neither progress nor notes; only results and complaints");
}

Result<ImportSummary> Feed(const FeedOptions& options, const Knowledge& knowledge, Store& store,
                           ProblemPrinter& problems, const StopSignals& stop) {
  ImportInputsOptions how;
  how.codepage = options.codepage;
  how.cancelled = [&] { return stop.asked(); };
  if (!options.timezone.empty()) {
    how.zone = TimeZone::Find(options.timezone);
    if (!how.zone) {
      return Error{fmt::format("--timezone: there is no zone \"{}\"; write Europe/Paris or +01:00",
                               options.timezone)};
    }
  }
  if (options.quiet) problems.HideNotes();
  ProgressLine line(!options.quiet);
  how.progress = line.Watch();
  auto fed = ImportInputs(options.inputs, how, knowledge, store, problems);
  line.TakeAway();
  problems.Finish();
  if (fed) SumUp(*fed);
  return fed;
}

ExitCode Judge(ExitCode code, const ImportSummary& fed, bool strict) {
  const bool lost = fed.failed > 0 || Rejected(fed) > 0;
  return fed.all_failed() || (strict && lost) ? ExitCode::kFailed : code;
}

}  // namespace exdiag
