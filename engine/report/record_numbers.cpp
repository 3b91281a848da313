#include "engine/report/record_numbers.h"

#include <algorithm>
#include <cstdlib>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kMostOpen = 64;  // numberings that are tried for a stretch: the last ones
constexpr Duration kAnyZone{26 * 3600 * kTicksPerSecond};

// How far apart times of one moment may be.  A wall clock of an unknown zone is off by hours.
std::optional<Duration> Tolerance(TimeBasis a, TimeBasis b) {
  if (a == TimeBasis::kNone || b == TimeBasis::kNone) return std::nullopt;
  return a == b ? kClockJitter : kAnyZone;
}

// Whether `later` may be later than `earlier`, or the same.
bool InOrder(Ticks earlier, Ticks later, std::optional<Duration> tolerance) {
  return !tolerance || later >= earlier - *tolerance;
}

class Chain {
 public:
  explicit Chain(const NumberStretch& first) { Append(first); }

  const NumberStretch& last() const { return *parts_[longest_]; }
  const NumberStretch& first() const { return *parts_.front(); }
  std::uint64_t present() const { return present_; }
  std::vector<NumberGap>& gaps() { return gaps_; }
  std::vector<ClockChange>& clock() { return clock_; }
  bool sparse() const { return sparse_; }
  // Numbers that its sparse stretches do not show.
  std::uint64_t left_out() const { return left_out_; }

  // Whether numbers of the stretch that the chain has already have the same times here.
  bool Overlaps(const NumberStretch& stretch) const {
    if (stretch.first_record > last().last_record) return false;
    const NumberStretch& at = PartWith(stretch.first_record);
    const auto tolerance = Tolerance(at.time_basis, stretch.time_basis);
    if (!InOrder(at.from, stretch.from, tolerance) || !InOrder(stretch.from, at.to, tolerance)) {
      return false;
    }
    if (at.first_record == stretch.first_record && !InOrder(stretch.from, at.from, tolerance)) {
      return false;
    }
    const bool inside = stretch.last_record <= last().last_record;
    const NumberStretch& end = inside ? PartWith(stretch.last_record) : stretch;
    const Ticks to = inside ? stretch.to : last().to;
    const auto end_tolerance = Tolerance(last().time_basis, stretch.time_basis);
    return InOrder(end.from, to, end_tolerance) && InOrder(to, end.to, end_tolerance);
  }

  // How far from the chain's end the stretch that begins behind it is in time; nullopt when it
  // does not belong there.
  std::optional<Duration> Distance(const NumberStretch& stretch) const {
    if (stretch.first_record <= last().last_record) return std::nullopt;
    const auto tolerance = Tolerance(last().time_basis, stretch.time_basis);
    const bool next = stretch.first_record == last().last_record + 1;
    if (!InOrder(last().to, stretch.from, tolerance) && !next) return std::nullopt;
    return Duration{std::abs((stretch.from - last().to).ticks)};
  }

  void Append(const NumberStretch& stretch) {
    const std::uint64_t further = stretch.last_record - stretch.first_record;
    sparse_ = sparse_ || stretch.events <= further;
    if (stretch.events <= further) left_out_ += further + 1 - stretch.events;
    if (parts_.empty()) {
      present_ = stretch.events;
    } else {
      Continue(stretch);
    }
    parts_.push_back(&stretch);
    if (stretch.last_record >= last().last_record) longest_ = parts_.size() - 1;
  }

 private:
  const NumberStretch& PartWith(std::uint64_t record) const {
    const auto behind = std::upper_bound(parts_.begin(), parts_.end(), record,
                                         [](std::uint64_t number, const NumberStretch* part) {
                                           return number < part->first_record;
                                         });
    return behind == parts_.begin() ? *parts_.front() : **std::prev(behind);
  }

  void Continue(const NumberStretch& stretch) {
    const NumberStretch& end = last();
    const NumberedTime before{end.last_record, end.to};
    const NumberedTime after{stretch.first_record, stretch.from};
    if (after.record <= before.record) {
      const std::uint64_t more =
          stretch.last_record > before.record ? stretch.last_record - before.record : 0;
      present_ += std::min(more, stretch.events);
      return;
    }
    present_ += stretch.events;
    const std::uint64_t missing = after.record - before.record - 1;
    if (missing > 0) gaps_.push_back({before, after, missing});
    const bool comparable =
        end.time_basis == stretch.time_basis && end.time_basis != TimeBasis::kNone;
    if (comparable && !InOrder(before.time, after.time, kClockJitter)) {
      AddChange(stretch, before, after);
    } else if (comparable && !clock_.empty()) {
      Return(before, after);
    }
  }

  void AddChange(const NumberStretch& stretch, NumberedTime before, NumberedTime after) {
    ClockChange change;
    change.host = stretch.host;
    change.time_basis = stretch.time_basis;
    change.from = before.time;
    change.to = after.time;
    change.channels = {stretch.channel};
    change.before = before;
    change.after = after;
    clock_.push_back(std::move(change));
  }

  // After the last change times may take up again, in one step, where they were before it.
  void Return(NumberedTime before, NumberedTime after) {
    ClockChange& change = clock_.back();
    const Duration by = change.from - change.to;
    const bool late = after.time >= change.from - kClockJitter && after.time < change.from + by;
    const bool step = (after.time - before.time).ticks > by.ticks / 2;
    if (change.returned == 0 && late && step) change.returned = after.record;
  }

  std::vector<const NumberStretch*> parts_;  // by first number
  std::size_t longest_ = 0;                  // the one that reaches the greatest number
  std::uint64_t present_ = 0;
  std::uint64_t left_out_ = 0;
  bool sparse_ = false;
  std::vector<NumberGap> gaps_;
  std::vector<ClockChange> clock_;
};

// The chain that the stretch continues; nullptr when it begins one.
Chain* ChainOf(std::vector<Chain>& chains, const NumberStretch& stretch) {
  Chain* best = nullptr;
  Duration least{};
  const std::size_t from = chains.size() > kMostOpen ? chains.size() - kMostOpen : 0;
  for (std::size_t i = from; i < chains.size(); ++i) {
    if (chains[i].Overlaps(stretch)) return &chains[i];
    const auto distance = chains[i].Distance(stretch);
    if (!distance || (best != nullptr && least <= *distance)) continue;
    best = &chains[i];
    least = *distance;
  }
  return best;
}

// How many of the numbers between the ends of a gap were recovered, from damaged parts of a file or
// from what a log had given free.
std::uint64_t RecoveredIn(const NumberGap& gap,
                          const std::vector<const NumberStretch*>& recovered) {
  std::uint64_t found = 0, next = gap.before.record + 1;
  for (const NumberStretch* stretch : recovered) {
    const std::uint64_t first = std::max(stretch->first_record, next);
    const std::uint64_t last = std::min(stretch->last_record, gap.after.record - 1);
    if (first > last || stretch->to < gap.before.time - kClockJitter ||
        stretch->from > gap.after.time + kClockJitter) {
      continue;
    }
    found += std::min(last - first + 1, stretch->events);
    next = last + 1;
  }
  return found;
}

bool IsCleared(const NumberGap& gap, const LogNumbers& log,
               const std::vector<ClearedLog>& cleared) {
  return std::any_of(cleared.begin(), cleared.end(), [&](const ClearedLog& one) {
    return one.host == log.host && EqualsIgnoreCase(one.channel, log.channel) &&
           one.time >= gap.before.time - kClockJitter && one.time <= gap.after.time + kClockJitter;
  });
}

}  // namespace

NumberFindings FindMissingNumbers(const std::vector<NumberStretch>& stretches,
                                  const std::vector<ClearedLog>& cleared) {
  NumberFindings found;
  LogNumbers& log = found.numbers;
  std::vector<Chain> chains;
  std::vector<const NumberStretch*> recovered;
  for (const NumberStretch& stretch : stretches) {
    log.host = stretch.host;
    log.channel = stretch.channel;
    if (stretch.recovered) {
      recovered.push_back(&stretch);
    } else if (Chain* chain = ChainOf(chains, stretch)) {
      chain->Append(stretch);
    } else {
      chains.emplace_back(stretch);
    }
  }
  if (!chains.empty()) log.time_basis = chains.front().first().time_basis;
  for (Chain& chain : chains) {
    log.present += chain.present();
    log.missing += chain.left_out();
    log.selection = log.selection || chain.sparse();
    const NumberStretch &first = chain.first(), &last = chain.last();
    log.numberings.push_back({{first.first_record, first.from}, {last.last_record, last.to}});
    for (ClockChange& change : chain.clock()) found.clock.push_back(std::move(change));
    for (NumberGap& gap : chain.gaps()) {
      const std::uint64_t back = RecoveredIn(gap, recovered);
      log.present += back;
      gap.missing -= back;
      if (gap.missing == 0) continue;
      if (IsCleared(gap, log, cleared)) {
        ++log.cleared;
        continue;
      }
      log.missing += gap.missing;
      log.gaps.push_back(gap);
    }
  }
  const auto by_time = [](const Numbering& a, const Numbering& b) {
    return a.first.time < b.first.time;
  };
  std::stable_sort(log.numberings.begin(), log.numberings.end(), by_time);
  // On average fewer than twenty records from one gap to the next.
  constexpr std::size_t kManyGaps = 10;
  log.selection =
      log.selection || (log.gaps.size() >= kManyGaps && log.gaps.size() * 20 > log.present);
  return found;
}

}  // namespace exdiag
