// Events of several patterns in order of time, the first and the last no further apart than
// `within`.
//
// From the trigger outwards the nearest event is always the best choice: it leaves most room for
// the others.  Only when one event would have to stand for two places must more be tried, and of
// each place no more than there are places, since one of so many is always free.
#include <algorithm>

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
    chosen_.assign(condition_.patterns.size(), std::nullopt);
    if (FindSequence(trigger)) {
      if (evidence != nullptr) Report(*evidence);
      return {Truth::kHolds, false};
    }
    return {SawAll(trigger, evidence) ? Truth::kFails : Truth::kUnknown, false};
  }

 private:
  using Position = std::size_t;

  const MatchList& ListOf(std::size_t place) const {
    return world_.Matches(context_.numbers[condition_.patterns[place]]);
  }

  bool FindSequence(const Trigger& trigger) {
    bool named = false;
    for (std::size_t place = 0; place < condition_.patterns.size(); ++place) {
      if (!context_.IsTrigger(condition_.patterns[place])) continue;
      const Position position = ListOf(place).Find(trigger.id);
      if (position == ListOf(place).size()) continue;
      named = true;
      if (FindAround(trigger, place, position)) return true;
    }
    return !named && FindAnywhere(trigger);
  }

  // The trigger stands at `place`.
  bool FindAround(const Trigger& trigger, std::size_t place, Position position) {
    chosen_.assign(condition_.patterns.size(), std::nullopt);
    chosen_[place] = position;
    trigger_id_ = trigger.id;
    best_start_ = std::nullopt;
    std::vector<std::optional<Position>> best;
    SearchBackward(place, world_[trigger.id].time.value, best);
    if (!best_start_) return false;
    chosen_ = best;
    return SearchForward(place, world_[trigger.id].time.value, EndOfWindow(*best_start_));
  }

  std::int64_t EndOfWindow(std::int64_t start) const {
    return condition_.within.ticks >= kEver.ticks ? std::numeric_limits<std::int64_t>::max()
                                                  : start + condition_.within.ticks;
  }

  std::int64_t StartOfWindow(std::int64_t end) const {
    return condition_.within.ticks >= kEver.ticks ? std::numeric_limits<std::int64_t>::min()
                                                  : end - condition_.within.ticks;
  }

  bool Taken(ObservationId id) const {
    if (id == trigger_id_) return true;
    for (std::size_t place = 0; place < chosen_.size(); ++place) {
      if (chosen_[place] && ListOf(place)[*chosen_[place]] == id) return true;
    }
    return false;
  }

  // Fills the places before `place` so that the first begins as late as possible.
  void SearchBackward(std::size_t place, std::int64_t not_after,
                      std::vector<std::optional<Position>>& best) {
    if (place == 0) {
      if (!best_start_ || not_after > *best_start_) {
        best_start_ = not_after;
        best = chosen_;
      }
      return;
    }
    const MatchList& list = ListOf(place - 1);
    const Clock clock = world_[trigger_id_].clock;
    const PositionRange range =
        list.Within(clock, {StartOfWindow(world_[trigger_id_].time.value), not_after});
    std::size_t tried = 0;
    for (Position i = range.end; i > range.begin && tried < condition_.patterns.size(); --i) {
      const std::int64_t time = world_[list[i - 1]].time.value;
      if (best_start_ && time <= *best_start_) return;  // no better start can come of it
      if (Taken(list[i - 1])) continue;
      ++tried;
      chosen_[place - 1] = i - 1;
      SearchBackward(place - 1, time, best);
      chosen_[place - 1] = std::nullopt;
    }
  }

  // Fills the places behind `place`, none later than `end`.
  bool SearchForward(std::size_t place, std::int64_t not_before, std::int64_t end) {
    if (place + 1 == condition_.patterns.size()) return true;
    const MatchList& list = ListOf(place + 1);
    const PositionRange range = list.Within(world_[trigger_id_].clock, {not_before, end});
    std::size_t tried = 0;
    for (Position i = range.begin; i < range.end && tried < condition_.patterns.size(); ++i) {
      if (Taken(list[i])) continue;
      ++tried;
      chosen_[place + 1] = i;
      if (SearchForward(place + 1, world_[list[i]].time.value, end)) return true;
      chosen_[place + 1] = std::nullopt;
    }
    return false;
  }

  // The trigger has no place of its own: every event lies within `within` of it.
  bool FindAnywhere(const Trigger& trigger) {
    const Observation& event = world_[trigger.id];
    const Window window{condition_.within, condition_.within};
    const Interval around = ProjectWindow(window, event.clock, event.time, event.clock).certain;
    trigger_id_ = trigger.id;
    const MatchList& list = ListOf(0);
    const PositionRange range = list.Within(event.clock, around);
    for (Position i = range.begin; i < range.end; ++i) {
      if (list[i] == trigger.id) continue;
      chosen_.assign(condition_.patterns.size(), std::nullopt);
      chosen_[0] = i;
      const std::int64_t time = world_[list[i]].time.value;
      if (SearchForward(0, time, std::min(around.to, EndOfWindow(time)))) return true;
    }
    return false;
  }

  void Report(Evidence& evidence) const {
    for (std::size_t place = 0; place < chosen_.size(); ++place) {
      const Position position = *chosen_[place];
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
  std::vector<std::optional<Position>> chosen_;  // by place
  std::optional<std::int64_t> best_start_;
  ObservationId trigger_id_ = 0;
};

}  // namespace

std::unique_ptr<Question> MakeSequenceQuestion(const RuleContext& context,
                                               const SequenceCondition& condition) {
  return std::make_unique<SequenceQuestion>(context, condition);
}

}  // namespace exdiag
