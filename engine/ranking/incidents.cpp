#include "engine/ranking/incidents.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "engine/base/sort_unique.h"

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

// Best first.  Whatever order signals come in, of equal ones the same is taken.
class BestFirst {
 public:
  explicit BestFirst(const SignalList& signals) : signals_(signals) {}

  void Sort(std::vector<std::size_t>& which) const {
    std::sort(which.begin(), which.end(),
              [this](std::size_t a, std::size_t b) { return KeyOf(a) < KeyOf(b); });
    for (auto from = which.begin(); from != which.end();) {
      const auto same = [&, key = KeyOf(*from)](std::size_t other) { return KeyOf(other) == key; };
      const auto to = std::find_if_not(from, which.end(), same);
      if (to - from > 1) SortTies(from, to);
      from = to;
    }
  }

 private:
  using Place = std::vector<std::size_t>::iterator;

  std::tuple<double, std::int64_t, std::int64_t> KeyOf(std::size_t at) const {
    return {-signals_.PointsAt(at), -signals_.LastSeenAt(at).value, signals_.FirstSeenAt(at).value};
  }

  void SortTies(Place from, Place to) const {
    std::vector<std::tuple<std::vector<std::string>, std::uint64_t, std::string, std::size_t>> ties;
    for (Place at = from; at != to; ++at) {
      Signal signal = signals_.WithoutRows(*at);
      ties.emplace_back(std::move(signal.hosts), signal.trigger_count, std::move(signal.cause),
                        *at);
    }
    std::sort(ties.begin(), ties.end());
    for (const auto& tie : ties) *from++ = std::get<3>(tie);
  }

  const SignalList& signals_;
};

// The rows of a set from where they have been looked at.
struct RowsLeft {
  std::int64_t window = 0;  // of the next one
  std::uint32_t set = 0;
  RowSet::const_iterator next, end;
};

// Looks at one window of rows after the other, so that it needs no more memory for more rows.
class Overlaps {
 public:
  Overlaps(const std::vector<const RowSet*>& of_rows, Sets& sets) : sets_(sets) {
    for (std::size_t i = 0; i < of_rows.size(); ++i) {
      Keep({0, static_cast<std::uint32_t>(i), of_rows[i]->begin(), of_rows[i]->end()});
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
          first = rows.set;
        } else {
          sets_.Unite(rows.set, first);
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
    return std::tie(a.window, a.set) > std::tie(b.window, b.set);
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
  std::vector<std::uint32_t> first_of_;  // by row of the window, the first set that has it
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

std::vector<std::vector<std::size_t>> GroupOverlapping(const std::vector<const RowSet*>& of_rows) {
  Sets sets(of_rows.size());
  Overlaps(of_rows, sets).Unite();
  std::map<std::size_t, std::vector<std::size_t>> by_set;
  for (std::size_t i = 0; i < of_rows.size(); ++i) by_set[sets.Find(i)].push_back(i);
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [set, members] : by_set) groups.push_back(std::move(members));
  return groups;
}

SignalGroups GroupIntoIncidents(const SignalList& signals) {
  std::vector<const RowSet*> explained;
  for (std::size_t i = 0; i < signals.size(); ++i) explained.push_back(&signals.ExplainedBy(i));
  SignalGroups all;
  for (std::vector<std::size_t>& members : GroupOverlapping(explained)) {
    std::map<std::string_view, std::vector<std::size_t>> by_rule;
    for (const std::size_t i : members) by_rule[signals.RuleOf(i).id].push_back(i);
    SignalGroup& group = all.groups.emplace_back();
    for (auto& [id, of_rule] : by_rule) {
      group.rivals.push_back(all.merged.size());
      all.merged.Add(MergeSignals(signals, std::move(of_rule)));
    }
    group.members = std::move(members);
  }
  return all;
}

Signal MergeSignals(const SignalList& signals, std::vector<std::size_t> which,
                    std::size_t shown_evidence) {
  BestFirst(signals).Sort(which);
  if (which.size() == 1) return signals[which.front()];
  Signal best = signals.WithoutRows(which.front());
  RowSetBuilder explained;
  for (const std::size_t at : which) explained.Add(signals.ExplainedBy(at));
  std::vector<std::vector<std::string>> host_groups = {best.hosts};
  std::set<EventKind> kinds(best.explained_kinds.begin(), best.explained_kinds.end());
  for (std::size_t i = 1; i < which.size(); ++i) {
    Signal other = signals.WithoutRows(which[i]);
    AddEvidence(best, other, shown_evidence);
    kinds.insert(other.explained_kinds.begin(), other.explained_kinds.end());
    best.hosts.insert(best.hosts.end(), other.hosts.begin(), other.hosts.end());
    host_groups.push_back(std::move(other.hosts));
    AddReferences(best.triggers, other.triggers, shown_evidence);
    best.trigger_count += other.trigger_count;
    if (other.first_seen.known() &&
        (!best.first_seen.known() || other.first_seen < best.first_seen)) {
      best.first_seen = other.first_seen;
    }
    best.last_seen = std::max(best.last_seen, other.last_seen);
    if (best.time_basis == TimeBasis::kNone) best.time_basis = other.time_basis;
  }
  best.explained = explained.Take();
  best.explained_kinds.assign(kinds.begin(), kinds.end());
  SortUnique(best.hosts);
  SortUnique(host_groups);
  best.host_groups = std::move(host_groups);
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
