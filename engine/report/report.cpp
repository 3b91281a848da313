#include "engine/report/report.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/base/text.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

using KindKey = std::pair<std::string, std::uint16_t>;

KindKey KeyOf(const EventKind& kind) { return {ToLower(kind.provider), kind.event_id}; }

// Every kind of event that a rule with a finding accounts for.
std::vector<EventKind> ExplainableKinds(const Ranking& ranking) {
  std::map<KindKey, EventKind> kinds;
  for (const Finding& finding : ranking.findings) {
    const Rule& rule = *finding.signal.rule();
    for (const std::size_t pattern : rule.explains) {
      for (const std::string& provider : rule.events[pattern].providers) {
        for (const std::uint16_t id : rule.events[pattern].ids) {
          kinds.emplace(KindKey{ToLower(provider), id}, EventKind{provider, id});
        }
      }
    }
  }
  std::vector<EventKind> list;
  for (auto& [key, kind] : kinds) list.push_back(std::move(kind));
  return list;
}

const std::vector<Level> kTroubleLevels = {Level::kCritical, Level::kError, Level::kWarning};

// Of kinds that some finding explains, those events that it does not: another error code, another
// host.  They are walked one by one; all other kinds the store counts.
Result<std::vector<EventCount>> LeftOver(const Ranking& ranking,
                                         const std::vector<EventKind>& kinds, const Store& store) {
  std::map<std::tuple<KindKey, Level, std::string>, EventCount> counts;
  const RowSet explained = ExplainedRows(ranking);
  EventQuery query;
  query.kinds = kinds;
  query.levels = kTroubleLevels;
  const Result<void> walked = store.ForEachEvent(query, [&](const Event& event) {
    if (explained.Contains(event.id)) return true;
    const EventKind kind{event.provider, event.event_id};
    EventCount& count = counts[{KeyOf(kind), event.level, event.host}];
    if (count.count++ == 0) {
      count = {kind, event.level, event.host, 1, event.time, event.time};
    }
    count.first = std::min(count.first, event.time);
    count.last = std::max(count.last, event.time);
    return true;
  });
  if (!walked) return walked.error();
  if (auto readable = SetBlocks::Readable(); !readable) return readable.error();
  std::vector<EventCount> list;
  for (auto& [key, count] : counts) list.push_back(std::move(count));
  return list;
}

// One sentence for each generation that has such an event.
std::string MeaningOf(const std::vector<const CatalogueEntry*>& entries) {
  std::vector<std::string> sentences;
  for (const CatalogueEntry* entry : entries) {
    if (entry->meaning.empty()) continue;
    const bool named = entries.size() > 1 && !entry->generation.empty();
    sentences.push_back(named ? entry->generation + ": " + entry->meaning : entry->meaning);
  }
  return Joined(sentences);
}

void LookUp(const Catalogue& catalogue, std::vector<UnexplainedEvents>& unexplained) {
  for (UnexplainedEvents& events : unexplained) {
    const auto entries = catalogue.Find(events.kind.provider, events.kind.event_id);
    events.in_catalogue = !entries.empty();
    events.meaning = MeaningOf(entries);
  }
}

Result<std::vector<UnexplainedEvents>> Unexplained(const Ranking& ranking, const Store& store) {
  const std::vector<EventKind> kinds = ExplainableKinds(ranking);
  std::vector<EventCount> list;
  std::set<KindKey> walked;
  if (!kinds.empty()) {
    auto left = LeftOver(ranking, kinds, store);
    if (!left) return left.error();
    list = std::move(*left);
    for (const EventKind& kind : kinds) walked.insert(KeyOf(kind));
  }
  EventQuery query;
  query.levels = kTroubleLevels;
  auto counted = store.CountEvents(query);
  if (!counted) return counted.error();
  for (EventCount& count : *counted) {
    if (!walked.contains(KeyOf(count.kind))) list.push_back(std::move(count));
  }
  std::sort(list.begin(), list.end(), [](const EventCount& a, const EventCount& b) {
    return std::tie(b.count, a.kind, a.host, a.level) < std::tie(a.count, b.kind, b.host, b.level);
  });
  std::vector<UnexplainedEvents> unexplained;
  for (EventCount& count : list) unexplained.push_back({std::move(count), false, {}});
  return unexplained;
}

}  // namespace

TimeBasis BasisOfHost(const Report& report, std::string_view host) {
  TimeBasis basis = TimeBasis::kNone;
  for (const Coverage& row : report.coverage) {
    if (row.host != host) continue;
    if (row.time_basis == TimeBasis::kLocalUnknown) return TimeBasis::kLocalUnknown;
    basis = TimeBasis::kUtc;
  }
  return basis == TimeBasis::kNone ? TimeBasis::kLocalUnknown : basis;
}

Result<Report> MakeReport(Diagnosis diagnosis, const Store& store, const Catalogue* catalogue) {
  Report report;
  auto unexplained = Unexplained(diagnosis.ranking, store);
  if (!unexplained) return unexplained.error();
  auto coverage = store.CoverageRows();
  if (!coverage) return coverage.error();
  auto ledger = store.Ledger();
  if (!ledger) return ledger.error();
  if (catalogue != nullptr) LookUp(*catalogue, *unexplained);
  report.ranking = std::move(diagnosis.ranking);
  report.site = std::move(diagnosis.site);
  report.made_at = diagnosis.made_at;
  report.unexplained = std::move(*unexplained);
  report.coverage = std::move(*coverage);
  report.inputs = std::move(*ledger);
  std::sort(report.coverage.begin(), report.coverage.end(),
            [](const Coverage& a, const Coverage& b) {
              return std::tie(a.host, a.channel, a.time_basis, a.from, a.to, a.file) <
                     std::tie(b.host, b.channel, b.time_basis, b.from, b.to, b.file);
            });
  return report;
}

}  // namespace exdiag
