#include "engine/ranking/kept_incidents.h"

#include <algorithm>
#include <map>

#include "engine/base/packed.h"

namespace exdiag {
namespace {

constexpr std::string_view kName = "incidents";
constexpr std::string_view kFormat = "incidents 1";

// Ascending numbers: the steps between them are small.
void PackSteps(const std::vector<std::size_t>& numbers, PackedWriter& out) {
  out.Number(numbers.size());
  std::size_t before = 0;
  for (const std::size_t number : numbers) {
    out.Number(number - before);
    before = number;
  }
}

std::vector<std::size_t> UnpackSteps(PackedReader& in) {
  std::vector<std::size_t> numbers(in.Count());
  std::size_t before = 0;
  for (std::size_t& number : numbers) number = before += in.Number();
  return numbers;
}

}  // namespace

void KeepIncidents(const Ranking& ranking, const std::string& signals_hash, Store& store) {
  PackedWriter out;
  out.Text(kFormat);
  out.Text(signals_hash);
  out.Number(ranking.incidents.size());
  for (const Incident& incident : ranking.incidents) {
    PackSteps(incident.signals, out);
    std::vector<std::size_t> ranks;
    for (const std::size_t finding : incident.findings) {
      ranks.push_back(ranking.findings[finding].rank);
    }
    PackSteps(ranks, out);
  }
  if (store.Kept(kName) != out.bytes()) (void)store.Keep(kName, out.bytes());
}

std::optional<std::vector<KeptIncidents::Place>> KeptIncidents::Unpack(std::string_view bytes,
                                                                       const KeptSignals& signals) {
  PackedReader in(bytes);
  if (in.Text() != kFormat || in.Text() != signals.hash()) return std::nullopt;
  std::vector<Place> places(in.Count());
  std::size_t in_use = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = {i + 1, UnpackSteps(in), UnpackSteps(in)};
    in_use += places[i].signals.size();
    const bool fits = !places[i].signals.empty() && places[i].signals.back() < signals.size();
    if (!fits) in.Fail();
  }
  if (!in.ok() || !in.at_end() || in_use != signals.size()) return std::nullopt;
  return places;
}

std::optional<KeptIncidents> KeptIncidents::Find(const Store& store, const std::string& key,
                                                 const RuleIds& rules) {
  auto signals = KeptSignals::Current(store, key);
  if (!signals) return std::nullopt;
  auto places = Unpack(store.Kept(kName), *signals);
  if (!places) return std::nullopt;
  KeptIncidents kept(std::move(*signals));
  for (Place& place : *places) {
    const bool asked = std::any_of(
        place.signals.begin(), place.signals.end(),
        [&](std::size_t signal) { return rules.contains(kept.signals_.RuleOf(signal)); });
    if (asked) kept.places_.push_back(std::move(place));
  }
  return kept;
}

RuleIds KeptIncidents::Rules() const {
  RuleIds rules;
  for (const Place& place : places_) {
    for (const std::size_t signal : place.signals) rules.emplace(signals_.RuleOf(signal));
  }
  return rules;
}

std::optional<Ranking> KeptIncidents::Rank(std::span<const Rule* const> rules) const {
  std::map<std::string_view, const Rule*> by_id;
  for (const Rule* rule : rules) by_id.emplace(rule->id, rule);
  std::vector<std::size_t> numbers;
  for (const Place& place : places_) {
    numbers.insert(numbers.end(), place.signals.begin(), place.signals.end());
  }
  std::sort(numbers.begin(), numbers.end());
  SignalList signals;
  for (const std::size_t number : numbers) {
    const auto rule = by_id.find(signals_.RuleOf(number));
    auto signal = rule == by_id.end() ? std::nullopt : signals_.Get(number, *rule->second);
    if (!signal) return std::nullopt;
    signals.Add(std::move(*signal));
  }
  Ranking ranking = RankCauses(signals);
  ranking.ask_next.clear();
  if (!PutInPlace(places_, numbers, ranking) || !SetBlocks::OfThread().ok()) return std::nullopt;
  return ranking;
}

// Incidents and findings come in the same order among some as among all, so the n-th one stands
// where the n-th of the kept ones stood.
bool KeptIncidents::PutInPlace(const std::vector<Place>& places,
                               const std::vector<std::size_t>& numbers, Ranking& ranking) {
  if (ranking.incidents.size() != places.size()) return false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    Incident& incident = ranking.incidents[i];
    for (std::size_t& signal : incident.signals) signal = numbers[signal];
    if (incident.signals != place.signals || incident.findings.size() != place.ranks.size()) {
      return false;
    }
    incident.id = "i" + std::to_string(place.number);
    for (std::size_t k = 0; k < place.ranks.size(); ++k) {
      Finding& finding = ranking.findings[incident.findings[k]];
      finding.rank = place.ranks[k];
      finding.incident = incident.id;
    }
  }
  return std::is_sorted(ranking.findings.begin(), ranking.findings.end(),
                        [](const Finding& a, const Finding& b) { return a.rank < b.rank; });
}

}  // namespace exdiag
