#include "engine/ranking/ranking.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include "engine/base/sort_unique.h"
#include "engine/ranking/ask_next.h"
#include "engine/ranking/incidents.h"

namespace exdiag {
namespace {

// One incident while its place in the report is not known yet.
struct Draft {
  std::vector<Finding> findings;  // best first
  double unknown_cause = 1;
  std::vector<std::string> hosts;
  Ticks first_seen, last_seen;
  TimeBasis time_basis = TimeBasis::kNone;
  RowSet explained;
  std::vector<std::size_t> signals;
};

void WidenPeriod(const Signal& signal, Draft& draft) {
  if (!signal.first_seen.known()) return;
  const bool is_first = !draft.first_seen.known();
  if (is_first) draft.time_basis = signal.time_basis;
  if (is_first || signal.first_seen < draft.first_seen) draft.first_seen = signal.first_seen;
  draft.last_seen = std::max(draft.last_seen, signal.last_seen);
}

// Rivals by points, equal ones by rule id; then the sums are the same in every run.
Draft MakeDraft(SignalGroup group, const std::shared_ptr<const SignalList>& merged) {
  std::vector<std::size_t>& rivals = group.rivals;
  std::sort(rivals.begin(), rivals.end(), [&](std::size_t a, std::size_t b) {
    const double points_a = merged->PointsAt(a);
    const double points_b = merged->PointsAt(b);
    return points_a != points_b ? points_a > points_b : merged->RuleOf(a).id < merged->RuleOf(b).id;
  });
  std::vector<double> points;
  for (const std::size_t rival : rivals) points.push_back(merged->PointsAt(rival));
  const std::vector<double> shares = Confidences(points);

  Draft draft;
  draft.signals = std::move(group.members);
  draft.unknown_cause = shares.back();
  RowSetBuilder explained;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    const Signal rival = merged->WithoutRows(rivals[i]);
    WidenPeriod(rival, draft);
    draft.hosts.insert(draft.hosts.end(), rival.hosts.begin(), rival.hosts.end());
    explained.Add(merged->ExplainedBy(rivals[i]));
    Finding& finding = draft.findings.emplace_back();
    finding.points = points[i];
    finding.confidence = shares[i];
    finding.signal = {merged, rivals[i]};
  }
  SortUnique(draft.hosts);
  draft.explained = explained.Take();
  return draft;
}

// Orders findings of all incidents; see docs/ranking.md, "The order of the report".
bool FindingBefore(const Finding& a, const Draft& of_a, const Finding& b, const Draft& of_b) {
  if (a.confidence != b.confidence) return a.confidence > b.confidence;
  if (a.points != b.points) return a.points > b.points;
  if (of_a.last_seen != of_b.last_seen) return of_a.last_seen > of_b.last_seen;
  return std::tie(a.signal.rule()->id, of_a.hosts, of_a.first_seen, of_a.explained) <
         std::tie(b.signal.rule()->id, of_b.hosts, of_b.first_seen, of_b.explained);
}

Incident MakeIncident(Draft& draft, std::size_t number) {
  Incident incident;
  incident.id = "i" + std::to_string(number);
  incident.signals = std::move(draft.signals);
  incident.unknown_cause = draft.unknown_cause;
  incident.hosts = std::move(draft.hosts);
  incident.first_seen = draft.first_seen;
  incident.last_seen = draft.last_seen;
  incident.time_basis = draft.time_basis;
  incident.events = draft.explained.size();
  return incident;
}

std::vector<Draft> DraftsOf(const SignalList& signals) {
  SignalGroups all = GroupIntoIncidents(signals);
  const auto merged = std::make_shared<const SignalList>(std::move(all.merged));
  std::vector<Draft> drafts;
  for (SignalGroup& group : all.groups) drafts.push_back(MakeDraft(std::move(group), merged));
  return drafts;
}

Ranking InOrder(std::vector<Draft> drafts) {
  std::sort(drafts.begin(), drafts.end(), [](const Draft& a, const Draft& b) {
    return FindingBefore(a.findings.front(), a, b.findings.front(), b);
  });

  struct Place {
    std::size_t incident, finding;
  };
  std::vector<Place> order;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    for (std::size_t k = 0; k < drafts[i].findings.size(); ++k) order.push_back({i, k});
  }
  std::sort(order.begin(), order.end(), [&drafts](const Place& a, const Place& b) {
    return FindingBefore(drafts[a.incident].findings[a.finding], drafts[a.incident],
                         drafts[b.incident].findings[b.finding], drafts[b.incident]);
  });

  Ranking ranking;
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    ranking.incidents.push_back(MakeIncident(drafts[i], i + 1));
  }
  for (const Place& place : order) {
    Incident& incident = ranking.incidents[place.incident];
    incident.findings.push_back(ranking.findings.size());
    Finding& finding =
        ranking.findings.emplace_back(std::move(drafts[place.incident].findings[place.finding]));
    finding.rank = ranking.findings.size();
    finding.incident = incident.id;
  }
  return ranking;
}

}  // namespace

Ranking RankCauses(const SignalList& signals, const FeedCommands& commands) {
  Ranking ranking = InOrder(DraftsOf(signals));
  ranking.ask_next = AskNextFor(ranking, commands);
  return ranking;
}

RowSet ExplainedRows(const Ranking& ranking) {
  RowSetBuilder rows;
  for (const Finding& finding : ranking.findings) {
    for (const std::int64_t row : finding.signal.explained()) {
      if (row > 0) rows.Add(row);
    }
  }
  return rows.Take();
}

}  // namespace exdiag
