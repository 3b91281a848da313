// Events of several patterns in order of time, the first and the last no further apart than
// `within`.
//
// From the trigger outwards the nearest events are always the best choice: they leave most room for
// the others.  Places are filled time by time: at each time as many places in a row as its events
// can fill, an event for each.  Places with more filled are never worse off than places with fewer,
// so nothing has to be tried twice, and a sequence costs some binary searches however many events
// there are.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "engine/base/spill_file.h"
#include "engine/signal/question.h"

namespace exdiag {
namespace {

class SequenceQuestion final : public Question {
 public:
  SequenceQuestion(const RuleContext& context, const SequenceCondition& condition)
      : context_(context), world_(context.world), condition_(condition) {
    for (const std::size_t pattern : condition.patterns) absences_.emplace_back(context, pattern);
  }

  Outcome Ask(const Trigger& trigger, Evidence* evidence) override {
    chosen_.assign(condition_.patterns.size(), kNone);
    trigger_id_ = trigger.id;
    clock_ = world_[trigger.id].clock;
    const std::optional<bool> found = FindSequence(trigger);
    for (const Starts& starts : starts_) {
      if (!starts.end.ok() || !starts.next_start.ok()) world_.NoteUnreadable();
    }
    if (found.value_or(false)) {
      if (evidence != nullptr) Report(*evidence);
      return {Truth::kHolds, false};
    }
    if (!found) {
      if (evidence != nullptr) evidence->unknown.emplace_back(kTooMuchWork);
      return {Truth::kUnknown, false};
    }
    return {SawAll(trigger, evidence) ? Truth::kFails : Truth::kUnknown, false};
  }

  void Forget() override { starts_ = {}; }

 private:
  using Position = std::size_t;
  static constexpr Position kNone = std::numeric_limits<Position>::max();
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  const MatchList& ListOf(std::size_t place) const {
    return world_.Matches(context_.numbers[condition_.patterns[place]]);
  }
  std::size_t places() const { return condition_.patterns.size(); }

  // nullopt: too much work to tell.
  std::optional<bool> FindSequence(const Trigger& trigger) {
    bool named = false;
    for (std::size_t place = 0; place < places(); ++place) {
      if (!context_.IsTrigger(condition_.patterns[place])) continue;
      const Position position = ListOf(place).Find(trigger.id);
      if (position == ListOf(place).size()) continue;
      named = true;
      if (FindAround(trigger, place, position)) return true;
    }
    return named ? false : FindAnywhere(trigger);
  }

  std::int64_t EndOfWindow(std::int64_t start) const {
    return condition_.within.ticks >= kEver.ticks ? kNever : start + condition_.within.ticks;
  }

  std::int64_t StartOfWindow(std::int64_t end) const {
    return condition_.within.ticks >= kEver.ticks ? std::numeric_limits<std::int64_t>::min()
                                                  : end - condition_.within.ticks;
  }

  // ---- events of one time

  // Gives one event of `time` to `place`, moving those of other places of this time aside where
  // that makes room.  False when there is none for it.
  bool Fill(std::size_t place, std::int64_t time) {
    std::vector<ObservationId> tried;
    return Fill(place, time, tried);
  }

  bool Fill(std::size_t place, std::int64_t time, std::vector<ObservationId>& tried) {
    const MatchList& list = ListOf(place);
    const PositionRange at = list.Within(clock_, {time, time});
    // One of so many is always free; so no more need be looked at.
    const std::size_t enough = places() + 1;
    for (Position i = at.begin; i < std::min(at.end, at.begin + enough); ++i) {
      const ObservationId id = list[i];
      if (id == trigger_id_ || std::find(tried.begin(), tried.end(), id) != tried.end()) continue;
      tried.push_back(id);
      const std::size_t holder = HolderOf(id);
      if (holder != places() && !Fill(holder, time, tried)) continue;
      chosen_[place] = i;
      return true;
    }
    return false;
  }

  std::size_t HolderOf(ObservationId id) const {
    for (std::size_t place = 0; place < places(); ++place) {
      if (chosen_[place] != kNone && ListOf(place)[chosen_[place]] == id) return place;
    }
    return places();
  }

  std::int64_t TimeOf(std::size_t place) const { return ListOf(place).TimeAt(chosen_[place]); }

  // ---- events of many times

  // Fills `place` and those behind it as early as can be; the time of the last, or nullopt when it
  // would be later than `until`.
  std::optional<std::int64_t> FillForward(std::size_t place, std::int64_t not_before,
                                          std::int64_t until) {
    std::int64_t time = not_before;
    while (place < places()) {
      const MatchList& list = ListOf(place);
      const PositionRange range = list.Within(clock_, {not_before, until});
      Position next = range.begin;
      while (next < range.end && list[next] == trigger_id_) ++next;
      if (next == range.end) return std::nullopt;
      time = list.TimeAt(next);
      while (place < places() && Fill(place, time)) ++place;
      not_before = time + 1;
    }
    return time;
  }

  // Fills the places before `place` as late as can be; the time of the first, or nullopt when it
  // would be earlier than `since`.
  std::optional<std::int64_t> FillBackward(std::size_t place, std::int64_t not_after,
                                           std::int64_t since) {
    std::int64_t time = not_after;
    while (place > 0) {
      const MatchList& list = ListOf(place - 1);
      const PositionRange range = list.Within(clock_, {since, not_after});
      Position next = range.end;
      while (next > range.begin && list[next - 1] == trigger_id_) --next;
      if (next == range.begin) return std::nullopt;
      time = list.TimeAt(next - 1);
      while (place > 0 && Fill(place - 1, time)) --place;
      not_after = time - 1;
    }
    return time;
  }

  // ---- around the trigger

  // The trigger stands at `place`.  Its neighbours may be of its time too: first as many of those
  // before it as can be, so that the sequence starts late, then fewer, which leaves more events of
  // that time to those behind it.
  bool FindAround(const Trigger& trigger, std::size_t place, Position position) {
    const std::int64_t time = world_.times().TimeAt(trigger.id);
    for (std::size_t before = place + 1; before > 0; --before) {
      if (FindAround(time, place, position, before - 1)) return true;
    }
    return false;
  }

  bool FindAround(std::int64_t time, std::size_t place, Position position, std::size_t before) {
    chosen_.assign(places(), kNone);
    chosen_[place] = position;
    for (std::size_t i = 1; i <= before; ++i) {
      if (!Fill(place - i, time)) return false;
    }
    std::size_t next = place + 1;
    while (next < places() && Fill(next, time)) ++next;
    const bool starts_here = before == place;
    const auto start = starts_here ? std::optional(time)
                                   : FillBackward(place - before, time - 1, StartOfWindow(time));
    if (!start) return false;
    const std::int64_t until = EndOfWindow(*start);
    return next == places() || FillForward(next, time + 1, until).has_value();
  }

  // ---- without the trigger

  // All sequences of one clock by where they begin, the trigger not left out.
  struct Starts {
    static constexpr std::size_t kMemory = std::size_t{256} << 10;

    bool known = false;
    // Of the sequence from this position of the first list on.
    SpilledList<std::int64_t> end{kMemory};
    // This position or the next from which there is one.
    SpilledList<Position> next_start{kMemory};
  };

  // The trigger has no place of its own: every event lies within `within` of it.
  std::optional<bool> FindAnywhere(const Trigger& trigger) {
    const Observation& event = world_[trigger.id];
    const Window window{condition_.within, condition_.within};
    const Interval around = ProjectWindow(window, event.clock, event.time, event.clock).certain;
    const PositionRange range = ListOf(0).Within(clock_, around);
    if (range.size() == 0) return false;
    const Starts& starts = StartsOn(clock_);
    const Position first = ListOf(0).OfClock(clock_).begin;
    for (Position i = starts.next_start[range.begin - first];
         i != kNone && starts.end[i - first] <= around.to;
         i = starts.next_start[AfterTimeOf(i) - first]) {
      // Another try is only needed where the trigger itself took part.
      if (!context_.work.Spend(places())) return std::nullopt;
      chosen_.assign(places(), kNone);
      const std::int64_t time = ListOf(0).TimeAt(i);
      if (FillForward(0, time, std::min(around.to, EndOfWindow(time))) && TimeOf(0) == time) {
        return true;
      }
    }
    return false;
  }

  Position AfterTimeOf(Position i) const {
    const std::int64_t time = ListOf(0).TimeAt(i);
    return ListOf(0).Within(clock_, {time, time}).end;
  }

  const Starts& StartsOn(Clock clock) {
    Starts& starts = starts_[static_cast<std::size_t>(clock)];
    if (starts.known) return starts;
    starts.known = true;
    const ObservationId trigger = std::exchange(trigger_id_, kNobody);
    const PositionRange all = ListOf(0).OfClock(clock);
    starts.next_start.Append(all.size() + 1, kNone);
    for (Position i = all.begin; i < all.end; ++i) {
      const std::size_t at = i - all.begin;
      const std::int64_t time = ListOf(0).TimeAt(i);
      if (at > 0 && ListOf(0).TimeAt(i - 1) == time) {
        starts.end.push_back(starts.end[at - 1]);
        continue;
      }
      chosen_.assign(places(), kNone);
      starts.end.push_back(FillForward(0, time, EndOfWindow(time)).value_or(kNever));
    }
    for (std::size_t at = all.size(); at > 0; --at) {
      const bool is_start = starts.end[at - 1] != kNever;
      starts.next_start.Set(at - 1, is_start ? all.begin + at - 1 : starts.next_start[at]);
    }
    trigger_id_ = trigger;
    return starts;
  }

  void Report(Evidence& evidence) const {
    for (std::size_t place = 0; place < chosen_.size(); ++place) {
      const Position position = chosen_[place];
      const MatchList& list = ListOf(place);
      if (list[position] == trigger_id_) continue;
      evidence.events.push_back(
          {condition_.patterns[place], &list, {position, position + 1}, true});
    }
  }

  bool SawAll(const Trigger& trigger, Evidence* evidence) const {
    const Window window{condition_.within, condition_.within};
    auto* why = evidence != nullptr ? &evidence->unknown : nullptr;
    const Observation& event = world_[trigger.id];
    for (std::size_t place = 0; place < condition_.patterns.size(); ++place) {
      for (const Clock clock : {Clock::kUtc, Clock::kWall, Clock::kNone}) {
        if (clock == event.clock) continue;
        const Interval possible = ProjectWindow(window, event.clock, event.time, clock).possible;
        if (ListOf(place).Within(clock, possible).size() == 0) continue;
        if (why != nullptr) {
          why->push_back(
              "there are such events, but their time zone or that of the event is not known");
        }
        return false;
      }
    }
    return std::all_of(absences_.begin(), absences_.end(), [&](const AbsenceJudge& absence) {
      return absence.Known(trigger, trigger.hosts, window, why);
    });
  }

  const RuleContext& context_;
  const Observations& world_;
  const SequenceCondition& condition_;
  std::vector<AbsenceJudge> absences_;
  static constexpr ObservationId kNobody = std::numeric_limits<ObservationId>::max();

  std::vector<Position> chosen_;  // by place
  std::array<Starts, kClocks> starts_;
  ObservationId trigger_id_ = kNobody;  // of whom is asked; stands in no place but its own
  Clock clock_ = Clock::kNone;
};

}  // namespace

std::unique_ptr<Question> MakeSequenceQuestion(const RuleContext& context,
                                               const SequenceCondition& condition) {
  return std::make_unique<SequenceQuestion>(context, condition);
}

}  // namespace exdiag
