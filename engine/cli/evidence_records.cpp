#include "engine/cli/evidence_records.h"

#include <algorithm>
#include <map>

#include "engine/base/sort_unique.h"
#include "engine/cli/read_again.h"
#include "engine/ranking/incidents.h"
#include "engine/signal/signal_list.h"

namespace exdiag {
namespace {

class Reader {
 public:
  Reader(const Knowledge& knowledge, const Store& store, const EvidenceOptions& options)
      : knowledge_(knowledge), store_(store), options_(options) {}

  Result<std::vector<FindingRecords>> Read(const std::vector<const Finding*>& findings) {
    if (auto evaluated = Evaluate(findings); !evaluated) return evaluated.error();
    for (const Finding* finding : findings) {
      if (auto added = Add(*finding); !added) return added.error();
    }
    if (auto readable = SetBlocks::Readable(); !readable) return readable.error();
    std::map<std::string, std::vector<EvidenceRecord*>> by_file;
    for (FindingRecords& of_finding : result_) {
      for (ReasonRecords& reason : of_finding.reasons) {
        for (EvidenceRecord& record : reason.records) {
          if (record.reference.where.place.unit == Place::Unit::kNone) {
            record.why_not = "it stands in no export";  // an answer
          } else {
            by_file[record.reference.where.file].push_back(&record);
          }
        }
      }
    }
    for (const auto& [file, records] : by_file) {
      ReadAgain(file, records, knowledge_, options_.reading);
    }
    return std::move(result_);
  }

 private:
  Result<void> Evaluate(const std::vector<const Finding*>& findings) {
    std::vector<const Rule*> rules;
    for (const Finding* finding : findings) rules.push_back(finding->signal.rule());
    SortUnique(rules);
    DiagnosticList ignored;  // said by the diagnosis
    auto signals = EvaluateRules(rules, knowledge_, store_, ignored, options_.most);
    if (!signals) return signals.error();
    signals_ = std::move(*signals);
    return {};
  }

  // The finding's signal with all its evidence.
  Signal Complete(const Finding& finding) const {
    std::vector<std::size_t> parts;
    for (std::size_t i = 0; i < signals_.size(); ++i) {
      const RowSet& explained = signals_.ExplainedBy(i);
      const bool part = &signals_.RuleOf(i) == finding.signal.rule() && !explained.empty() &&
                        finding.signal.explained().Contains(explained.front());
      if (part) parts.push_back(i);
    }
    if (parts.empty()) return finding.signal.Read();
    return MergeSignals(signals_, std::move(parts), options_.most);
  }

  Result<void> Add(const Finding& finding) {
    const Signal shown = finding.signal.Read();
    const Signal complete = Complete(finding);
    FindingRecords& of_finding = result_.emplace_back();
    of_finding.finding = &finding;
    auto done = AddReason(of_finding, shown.start_points, "what opened the incident",
                          complete.triggers, complete.trigger_count);
    // The site may have changed the points, so those of the finding are shown.
    for (const Reason& reason : shown.reasons) {
      if (!done) return done;
      if (reason.state != Truth::kHolds) continue;
      const auto same =
          std::find_if(complete.reasons.begin(), complete.reasons.end(),
                       [&](const Reason& other) { return other.line == reason.line; });
      const Reason& whole = same == complete.reasons.end() ? reason : *same;
      done = AddReason(of_finding, reason.points, reason.because, whole.evidence,
                       whole.evidence_count);
    }
    return done;
  }

  Result<void> AddReason(FindingRecords& of_finding, double points, const std::string& because,
                         const std::vector<EvidenceReference>& evidence, std::uint64_t count) {
    ReasonRecords& reason = of_finding.reasons.emplace_back();
    reason.points = points;
    reason.because = because;
    reason.count = count;
    for (const EvidenceReference& reference : evidence) {
      EvidenceRecord& record = reason.records.emplace_back();
      record.reference = reference;
      if (reference.event_row <= 0) continue;
      auto event = store_.GetEvent(reference.event_row);
      if (!event) return event.error();
      record.stored = std::move(*event);
    }
    return {};
  }

  const Knowledge& knowledge_;
  const Store& store_;
  const EvidenceOptions& options_;
  SignalList signals_;
  std::vector<FindingRecords> result_;
};

}  // namespace

Result<std::vector<FindingRecords>> ReadEvidence(const std::vector<const Finding*>& findings,
                                                 const Knowledge& knowledge, const Store& store,
                                                 const EvidenceOptions& options) {
  return Reader(knowledge, store, options).Read(findings);
}

}  // namespace exdiag
