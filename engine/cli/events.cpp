// exdiag events: the events of a store, filtered.
#include "engine/cli/command.h"
#include "engine/cli/data.h"
#include "engine/cli/diagnosis.h"
#include "engine/cli/evidence_records.h"
#include "engine/cli/feed.h"
#include "engine/cli/messages.h"
#include "engine/cli/open_store.h"
#include "engine/cli/output.h"
#include "engine/cli/time_option.h"
#include "engine/report/events_render.h"
#include "engine/report/phrases.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// Events are written in pieces of this size.
constexpr std::size_t kPiece = 1 << 16;

class EventsCommand final : public Command {
 public:
  std::string_view name() const override { return "events"; }
  std::string_view summary() const override { return "list the events of a store"; }

  void Describe(Arguments arguments) override {
    arguments.Add("--store", store_, "the store").Called("FILE").Required();
    arguments.Add("--provider", providers_, "only of these providers (sources)");
    arguments.Add("--id", query_.event_ids, "only with these event IDs");
    arguments.Add("--host", hosts_, "only of these hosts");
    arguments.Add("--level", levels_, "only of these levels: error, warning, information ...");
    arguments.Add("--since", since_, "not before this time: 1999-11-02, 1999-11-02T19:05:31Z")
        .Called("TIME");
    arguments.Add("--until", until_, "not after this time").Called("TIME");
    arguments.Add("--text", query_.text, "only with this text in strings or message");
    arguments.Add("--limit", query_.limit,
                  "at most so many; with --evidence for each reason (default there: 1000)");
    arguments
        .Add("--evidence", evidence_,
             "the records behind a finding, by reason, as they stand in the exports: an "
             "incident (i1), a rank (3) or a cause")
        .Called("WHAT");
    arguments.Add("--codepage", evidence_options_.reading.codepage,
                  "with --evidence: as for the import, of text that is not UTF-8");
    AddPortOption(arguments, evidence_options_.reading)
        .Saying("with --evidence: as for the import, of network traces");
    arguments.AddFlag("--newest-first", query_.newest_first, "latest event first");
    AddOutputOptions(arguments, output_, {Format::kText, Format::kJson, Format::kCsv});
    AddSiteOptions(arguments, site_);
    AddDataOptions(arguments, data_);
  }

  ExitCode Run() override {
    ProblemPrinter problems;
    if (evidence_) return ShowEvidence(problems);
    const auto knowledge = LoadKnowledge(data_, problems);
    if (!knowledge) return Fail(knowledge.error().message);
    if (const auto read = ReadFilters(*knowledge); !read) {
      return Misused(name(), read.error().message);
    }
    const auto store = OpenExistingStore(store_);
    if (!store) return Fail(store.error().message);
    const auto written = Write(**store, knowledge->catalogue());
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

 private:
  ExitCode ShowEvidence(ProblemPrinter& problems) {
    if (output_.format == Format::kCsv) {
      return Misused(name(), "--evidence gives no CSV; choose text or json");
    }
    const auto data = LoadData(data_, problems);
    if (!data) return Fail(data.error().message);
    const auto store = OpenExistingStore(store_);
    if (!store) return Fail(store.error().message);
    const auto diagnosis =
        Diagnose(**data, **store, site_, CommandsForStore(store_, data_), problems);
    if (!diagnosis) return Fail(diagnosis.error().message);
    std::vector<const Finding*> findings;
    for (const Finding& finding : diagnosis->ranking.findings) {
      const bool meant = finding.incident == *evidence_ ||
                         finding.signal.rule()->id == *evidence_ ||
                         std::to_string(finding.rank) == *evidence_;
      if (meant) findings.push_back(&finding);
    }
    if (findings.empty()) return Misused(name(), NoSuchFinding(diagnosis->ranking));
    if (query_.limit != 0) evidence_options_.most = query_.limit;
    const auto records = ReadEvidence(findings, (*data)->knowledge, **store, evidence_options_);
    if (!records) return Fail(records.error().message);
    const Catalogue& catalogue = (*data)->knowledge.catalogue();
    const auto written =
        output_.format == Format::kJson
            ? WriteOutput(output_, EvidenceRecordsJson(*records, catalogue), {store_})
            : WriteDocument(output_, EvidenceDocument(*records, catalogue), {store_});
    return written ? ExitCode::kNothingFound : Fail(written.error().message);
  }

  std::string NoSuchFinding(const Ranking& ranking) const {
    if (ranking.incidents.empty()) return "--evidence: this store has no findings";
    std::vector<std::string> incidents;
    for (const Incident& incident : ranking.incidents) incidents.push_back(incident.id);
    return fmt::format("--evidence: \"{}\" is no finding here; incidents are {}, ranks 1 to {}",
                       *evidence_, Joined(incidents, 10), ranking.findings.size());
  }

  Result<void> ReadFilters(const Knowledge& knowledge) {
    for (const std::string& provider : providers_) {
      query_.providers.emplace_back(knowledge.catalogue().CanonicalProvider(provider));
    }
    for (const std::string& host : hosts_) query_.hosts.push_back(CanonicalHost(host));
    for (const std::string& level : levels_) {
      const Level known = LevelFromName(level);
      if (known == Level::kUnknown) {
        return Error{fmt::format("--level: there is no level \"{}\"", level)};
      }
      query_.levels.push_back(known);
    }
    const auto since = ReadTimeOption("--since", since_, OfDay::kFirst);
    if (!since) return since.error();
    const auto until = ReadTimeOption("--until", until_, OfDay::kLast);
    if (!until) return until.error();
    query_.since = *since;
    query_.until = *until;
    return {};
  }

  Result<void> Write(const Store& store, const Catalogue& catalogue) const {
    auto output = Output::Open(output_, {store_});
    if (!output) return output.error();
    const auto writer = MakeEventListWriter(output_.format, catalogue, output->colour());
    std::string piece;
    writer->Begin(piece);
    const auto walked = store.ForEachEvent(query_, [&](const Event& event) {
      writer->Add(event, piece);
      if (piece.size() < kPiece) return true;
      const bool going = output->Write(piece);
      piece.clear();
      return going;
    });
    if (!walked) return walked.error();
    writer->End(piece);
    output->Write(piece);
    return output->Close();
  }

  std::string store_;
  std::optional<std::string> evidence_;
  EvidenceOptions evidence_options_;
  SiteOptions site_;
  EventQuery query_;
  std::vector<std::string> providers_, hosts_, levels_;
  std::string since_, until_;
  OutputOptions output_;
  DataOptions data_;
};

}  // namespace

std::unique_ptr<Command> MakeEventsCommand() { return std::make_unique<EventsCommand>(); }

}  // namespace exdiag
