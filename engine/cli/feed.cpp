#include "engine/cli/feed.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/cli/progress_line.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

constexpr const char* kPortOption = "--tpkt-port";

std::uint64_t Rejected(const ImportSummary& fed) {
  std::uint64_t rejected = 0;
  for (const LedgerRow& row : fed.rows) rejected += row.rejected;
  return rejected;
}

std::string AddPort(const std::string& word, ImportOptions& options) {
  const auto port = ParseInteger(word);
  if (!port || *port < 1 || *port > 65'535) {
    return fmt::format("{}: \"{}\" is no TCP port; write a number from 1 to 65535", kPortOption,
                       Printable(word));
  }
  options.tpkt_ports.insert(static_cast<std::uint16_t>(*port));
  return {};
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

void AddReadingOptions(Arguments arguments, FeedOptions& options) {
  arguments
      .Add("--timezone", options.timezone, "zone of exports in local time: Europe/Paris, +01:00")
      .Called("ZONE");
  arguments
      .Add("--codepage", options.reading.codepage,
           "of exports that are no Unicode (default: the one that makes sense of the text)")
      .Called("NAME");
  arguments.AddFlag("--strict", options.strict, "exit with 3 when anything could not be read");
}

void AddFeedOptions(Arguments arguments, FeedOptions& options) {
  arguments.Add("INPUT", options.inputs, "exported logs: files, folders, patterns, - for stdin");
  AddReadingOptions(arguments, options);
  AddPortOption(arguments, options.reading);
  AddQuietOption(arguments, options.quiet);
}

Option AddPortOption(Arguments arguments, ImportOptions& options) {
  return arguments
      .AddReadEach(
          kPortOption, [&options](const std::string& word) { return AddPort(word, options); },
          "TCP port besides 102 on which X.400 or other TPKT (RFC 1006) connections of a network "
          "trace run; may be repeated")
      .Called("PORT");
}

void AddQuietOption(Arguments arguments, bool& quiet) {
  arguments.AddFlag("-q,--quiet", quiet, "neither progress nor notes; only results and complaints");
}

Result<ImportSummary> Feed(const FeedOptions& options, const Knowledge& knowledge, Store& store,
                           ProblemPrinter& problems, const StopSignals& stop) {
  ImportInputsOptions how;
  how.reading = options.reading;
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
