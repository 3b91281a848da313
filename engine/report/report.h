// The answer to "what is wrong": what was found, what was not explained, what was read.  One model;
// text, Markdown, JSON and CSV are renderers of it that lie beside each other and decide nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/ranking/ranking.h"
#include "engine/report/document.h"
#include "engine/site/site.h"
#include "engine/store/store.h"

namespace exdiag {

// What became of a cause since another report: "new", "worse", "cleared".  Logs that did not arrive
// stand here as well, without a cause.
struct ReportChange {
  std::string state;
  std::string title;
  std::string cause;  // id of the rule; "" for a log
  std::vector<std::string> hosts;
  std::string remark;
};

struct ReportChanges {
  Ticks since;  // when that other report was made, UTC; not known(): there is none
  std::vector<ReportChange> list;
};

// One kind of event that no finding explains, and what the catalogue says of it.
struct UnexplainedEvents : EventCount {
  bool in_catalogue = false;
  std::string meaning;  // "" when it is not there or says nothing
};

// Findings point to their rules, so a report does not outlive its RuleSet.
struct Report {
  Ranking ranking;
  SiteUse site;   // what the site acknowledges and changes, and which findings that is about
  Ticks made_at;  // for the age of these; not known() when there are none
  std::vector<UnexplainedEvents> unexplained;  // errors and warnings, most frequent first
  std::vector<Coverage> coverage;              // by host, channel, time
  std::vector<LedgerRow> inputs;               // in the order in which they were fed
  std::optional<ReportChanges> changes;        // where there is a report to compare with
};

// The basis of the times that are shown for a host: local-unknown as soon as one of its logs was
// read without its zone.
TimeBasis BasisOfHost(const Report& report, std::string_view host);

// Ranked causes, and what the site says of them.
struct Diagnosis {
  Ranking ranking;
  SiteUse site;
  Ticks made_at;
};

// Puts together what the store says beside the ranking.  Without a catalogue no event is known to
// it.  An Error is the store's.
Result<Report> MakeReport(Diagnosis diagnosis, const Store& store, const Catalogue* catalogue);

struct ReportOptions {
  bool verbose = false;  // every reason's evidence, all rivals, every input file
};

// The report for people: the leading cause first, then what to do, then why.  In parts for a
// DocumentRenderer, since there may be thousands of incidents; each begins with a heading.
using PartSink = std::function<void(Document)>;
void ReportParts(const Report& report, const ReportOptions& options, const PartSink& add);

// Only what was found: its title and the incidents.
void AddIncidents(Document& out, const Report& report, const ReportOptions& options);

struct Completeness;  // completeness.h

// Only what was read: coverage, what is missing in it, and import ledger.
Document ContentsDocument(const Report& report, const Completeness& completeness);
// docs/schema/store-info.schema.json describes it.
std::string ContentsJson(const Report& report, const Completeness& completeness);

// The import ledger, for `import`.
Document LedgerDocument(const std::vector<LedgerRow>& rows);
std::string LedgerJson(const std::vector<LedgerRow>& rows);  // {"inputs": [...]}

// docs/report.schema.json describes it.  Always valid UTF-8, ends with a line end.
void WriteReportJson(const Report& report, const TextSink& out);

// One line a finding, then one line a kind of unexplained event; RFC 4180.
void WriteReportCsv(const Report& report, const TextSink& out);

}  // namespace exdiag
