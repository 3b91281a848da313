#include "engine/ranking/incidents.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

namespace exdiag {
namespace {

// Sets of signals that belong together (union-find with path halving).
class Sets {
 public:
  explicit Sets(std::size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), std::size_t{0});
  }

  std::size_t Find(std::size_t i) {
    while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
    return i;
  }
  void Unite(std::size_t a, std::size_t b) { parents_[Find(a)] = Find(b); }

 private:
  std::vector<std::size_t> parents_;
};

// Whatever order signals come in, of equal ones the same is taken.
bool BetterSignal(const Signal& a, const Signal& b) {
  const double points_a = PointsOf(a);
  const double points_b = PointsOf(b);
  if (points_a != points_b) return points_a > points_b;
  if (a.last_seen != b.last_seen) return a.last_seen > b.last_seen;
  return std::tie(a.first_seen, a.hosts, a.trigger_count, a.cause) <
         std::tie(b.first_seen, b.hosts, b.trigger_count, b.cause);
}

template <typename T>
void Unite(std::vector<T>& into, const std::vector<T>& more) {
  into.insert(into.end(), more.begin(), more.end());
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
}

RowSet AllExplained(const std::vector<Signal>& signals) {
  RowSetBuilder rows;
  for (const Signal& signal : signals) rows.Add(signal.explained);
  return rows.Take();
}

// The rows that a signal explains, from where they have been looked at.
struct RowsLeft {
  std::int64_t window = 0;  // of the next one
  std::uint32_t signal = 0;
  RowSet::const_iterator next, end;
};

// Looks at one window of rows after the other, so that it needs no more memory for more rows.
class Overlaps {
 public:
  Overlaps(const std::vector<Signal>& signals, Sets& sets) : sets_(sets) {
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const RowSet& rows = signals[i].explained;
      Keep({0, static_cast<std::uint32_t>(i), rows.begin(), rows.end()});
    }
  }

  void Unite() {
    std::optional<std::int64_t> window;
    while (!left_.empty()) {
      std::pop_heap(left_.begin(), left_.end(), Later);
      RowsLeft rows = left_.back();
      left_.pop_back();
      if (window != rows.window) first_of_.clear();
      window = rows.window;
      for (; rows.next != rows.end && WindowOf(*rows.next) == rows.window; ++rows.next) {
        std::uint32_t& first = FirstOf(*rows.next);
        if (first == kNone) {
          first = rows.signal;
        } else {
          sets_.Unite(rows.signal, first);
        }
      }
      Keep(rows);
    }
  }

 private:
  static constexpr int kBits = 18;
  static constexpr std::int64_t kRows = std::int64_t{1} << kBits;
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  static std::int64_t WindowOf(std::int64_t row) { return row >> kBits; }
  static bool Later(const RowsLeft& a, const RowsLeft& b) {
    return std::tie(a.window, a.signal) > std::tie(b.window, b.signal);
  }

  std::uint32_t& FirstOf(std::int64_t row) {
    const auto place = static_cast<std::size_t>(row & (kRows - 1));
    if (place >= first_of_.size()) first_of_.resize(place + 1, kNone);
    return first_of_[place];
  }

  void Keep(RowsLeft rows) {
    if (rows.next == rows.end) return;
    rows.window = WindowOf(*rows.next);
    left_.push_back(rows);
    std::push_heap(left_.begin(), left_.end(), Later);
  }

  Sets& sets_;
  std::vector<RowsLeft> left_;           // a heap
  std::vector<std::uint32_t> first_of_;  // by row of the window, the first signal that explains it
};

// Returns how many of `more` were already there.
std::size_t AddReferences(std::vector<EvidenceReference>& into,
                          const std::vector<EvidenceReference>& more, std::size_t most) {
  const auto key = [](const EvidenceReference& reference) {
    return std::tuple(reference.event_row, std::string_view(reference.summary),
                      std::string_view(reference.where.file), reference.where.place.value);
  };
  into.reserve(into.size() + more.size());  // the keys look into it
  std::set<decltype(key(into.front()))> known;
  for (const EvidenceReference& reference : into) known.insert(key(reference));
  std::size_t repeated = 0;
  for (const EvidenceReference& reference : more) {
    if (known.contains(key(reference))) {
      ++repeated;
    } else if (into.size() < most) {
      known.insert(key(into.emplace_back(reference)));
    }
  }
  return repeated;
}

void AddEvidence(Signal& best, const Signal& other, std::size_t most) {
  for (Reason& reason : best.reasons) {
    for (const Reason& same : other.reasons) {
      if (same.line != reason.line || same.state != Truth::kHolds) continue;
      if (reason.state != Truth::kHolds) continue;
      const std::size_t known = AddReferences(reason.evidence, same.evidence, most);
      reason.evidence_count += same.evidence_count - known;
    }
  }
}

}  // namespace

double PointsOf(const Signal& signal) {
  double points = signal.start_points;
  for (const Reason& reason : signal.reasons) {
    if (reason.state == Truth::kHolds) points += reason.points;
  }
  return points;
}

std::vector<SignalGroup> GroupIntoIncidents(std::vector<Signal> signals) {
  Sets sets(signals.size());
  Overlaps(signals, sets).Unite();
  std::map<std::size_t, std::vector<std::size_t>> by_set;
  for (std::size_t i = 0; i < signals.size(); ++i) by_set[sets.Find(i)].push_back(i);
  std::vector<SignalGroup> groups;
  for (auto& [set, members] : by_set) {
    std::map<std::string, std::vector<Signal>> by_rule;
    for (const std::size_t i : members) {
      by_rule[signals[i].rule->id].push_back(std::move(signals[i]));
    }
    SignalGroup& group = groups.emplace_back();
    for (auto& [id, of_rule] : by_rule) group.rivals.push_back(MergeSignals(std::move(of_rule)));
    group.members = std::move(members);
  }
  return groups;
}

Signal MergeSignals(std::vector<Signal> signals, std::size_t shown_evidence) {
  std::sort(signals.begin(), signals.end(), BetterSignal);
  RowSet explained = AllExplained(signals);
  std::vector<std::vector<std::string>> host_groups;
  for (const Signal& signal : signals) host_groups.push_back(signal.hosts);
  Signal best = std::move(signals.front());
  best.explained = std::move(explained);
  for (std::size_t i = 1; i < signals.size(); ++i) {
    const Signal& other = signals[i];
    AddEvidence(best, other, shown_evidence);
    Unite(best.explained_kinds, other.explained_kinds);
    Unite(best.hosts, other.hosts);
    AddReferences(best.triggers, other.triggers, shown_evidence);
    best.trigger_count += other.trigger_count;
    if (other.first_seen.known() &&
        (!best.first_seen.known() || other.first_seen < best.first_seen)) {
      best.first_seen = other.first_seen;
    }
    best.last_seen = std::max(best.last_seen, other.last_seen);
    if (best.time_basis == TimeBasis::kNone) best.time_basis = other.time_basis;
  }
  if (host_groups.size() > 1) {
    Unite(host_groups, {});
    best.host_groups = std::move(host_groups);
  }
  return best;
}

std::vector<double> Confidences(const std::vector<double>& points) {
  // Taking the greatest out first keeps the powers in range and changes no share.
  double greatest = 0;
  for (const double each : points) greatest = std::max(greatest, each);
  std::vector<double> shares;
  double sum = std::exp2(-greatest);
  for (const double each : points) {
    shares.push_back(std::exp2(each - greatest));
    sum += shares.back();
  }
  shares.push_back(std::exp2(-greatest));
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace exdiag
