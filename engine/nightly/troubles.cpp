#include "engine/nightly/troubles.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/report/phrases.h"
#include "engine/site/site.h"

namespace exdiag {
namespace {

using Key = std::pair<std::string, std::vector<std::string>>;  // rule, canonical hosts

// Events are counted over at most so much of an incident that goes on and on.
constexpr Duration kLookedAt = {14 * 86'400 * kTicksPerSecond};

// Worse: twice as many events as in the run before, and not just one or two.
constexpr std::uint64_t kWorseTimes = 2, kWorseBy = 5;

std::vector<std::string> Canonical(const std::vector<std::string>& hosts) {
  std::set<std::string> names;
  for (const std::string& host : hosts) names.insert(CanonicalHost(host));
  return {names.begin(), names.end()};
}

Key KeyOf(const Trouble& trouble) { return {trouble.rule, trouble.hosts}; }

// All incidents that a trouble leads, by the time of their last event.
struct Occurrences {
  std::vector<std::size_t> incidents;
  std::vector<std::string> shown;
};

int PlaceOf(TroubleState state) {
  switch (state) {
    case TroubleState::kNew:
      return 0;
    case TroubleState::kCameBack:
      return 1;
    case TroubleState::kWorse:
      return 2;
    case TroubleState::kCleared:
      return 3;
    case TroubleState::kOngoing:
      return 4;
  }
  return 5;
}

std::string Moment(Ticks time) { return FormatTimeForPeople(time); }

class Comparer {
 public:
  Comparer(const Ranking& ranking, const std::vector<Trouble>& before, const FixChecker& checker,
           const CompareOptions& options)
      : ranking_(ranking), checker_(checker), options_(options) {
    for (const Trouble& trouble : before) before_.emplace(KeyOf(trouble), &trouble);
    result_.present.assign(ranking.incidents.size(), false);
  }

  Result<Comparison> Run() {
    Collect();
    for (const auto& [key, found] : occurrences_) {
      if (auto done = Judge(key, found); !done) return done.error();
    }
    for (const auto& [key, trouble] : before_) {
      if (!occurrences_.contains(key)) Vanished(*trouble);
    }
    if (auto readable = SetBlocks::Readable(); !readable) return readable.error();
    std::stable_sort(result_.changes.begin(), result_.changes.end(),
                     [](const TroubleChange& a, const TroubleChange& b) {
                       return std::tuple(PlaceOf(a.state), !a.fault, -a.confidence) <
                              std::tuple(PlaceOf(b.state), !b.fault, -b.confidence);
                     });
    return std::move(result_);
  }

 private:
  const Finding& LeaderOf(std::size_t incident) const {
    return ranking_.findings[ranking_.incidents[incident].findings.front()];
  }

  void Collect() {
    for (std::size_t i = 0; i < ranking_.incidents.size(); ++i) {
      for (const auto& group : HostGroups(LeaderOf(i).signal.Read())) {
        Occurrences& found = occurrences_[{LeaderOf(i).signal.rule()->id, Canonical(group)}];
        found.incidents.push_back(i);
        found.shown = group;
      }
      for (std::size_t n = 1; n < ranking_.incidents[i].findings.size(); ++n) {
        const Signal rival = ranking_.findings[ranking_.incidents[i].findings[n]].signal.Read();
        for (const auto& group : HostGroups(rival)) {
          led_by_[{rival.rule->id, Canonical(group)}] = LeaderOf(i).signal.rule();
        }
      }
    }
    for (auto& [key, found] : occurrences_) {
      std::stable_sort(found.incidents.begin(), found.incidents.end(),
                       [&](std::size_t a, std::size_t b) {
                         return ranking_.incidents[a].last_seen < ranking_.incidents[b].last_seen;
                       });
    }
  }

  Result<void> Judge(const Key& key, const Occurrences& found) {
    const std::size_t latest = found.incidents.back();
    const Signal signal = LeaderOf(latest).signal.Read();
    CheckedTrouble checked{signal.rule, key.second, signal.first_seen, signal.last_seen,
                           signal.time_basis};
    checked.from = std::max(checked.from, checked.last_seen - kLookedAt);
    const auto events = checker_.EventsOf(checked, options_.last_event);
    if (!events) return events.error();
    const auto outcome = checker_.Check(checked, *events);
    if (!outcome) return outcome.error();
    const auto spell = SpellOf(checked, events->logged_by, found);
    if (!spell) return spell.error();

    const auto known = before_.find(key);
    const Trouble* before = known == before_.end() ? nullptr : known->second;
    Trouble now;
    now.rule = key.first;
    now.hosts = key.second;
    now.shown = found.shown;
    now.title = signal.rule->title;
    now.fault = signal.rule->verdict == Verdict::kFault;
    now.since = spell->begin;
    now.last_seen = events->last.value_or(signal.last_seen);
    now.events = events->count_new;
    now.confidence = LeaderOf(latest).confidence;
    now.acknowledged = LeaderOf(latest).acknowledged;
    const bool again = before != nullptr && before->open && spell->after_another &&
                       spell->begin > before->last_seen;
    Decide(now, before, again, *outcome, found);
    return {};
  }

  struct Spell {
    Ticks begin;
    bool after_another = false;  // it was over between two of its incidents
  };

  // The present spell begins with the first incident behind the last time that it was over.
  Result<Spell> SpellOf(const CheckedTrouble& checked, const std::vector<std::string>& logged_by,
                        const Occurrences& found) const {
    Spell spell{ranking_.incidents[found.incidents.back()].first_seen};
    for (std::size_t i = found.incidents.size() - 1; i > 0; --i) {
      const Incident& earlier = ranking_.incidents[found.incidents[i - 1]];
      const auto over = checker_.WasOver(checked, logged_by, earlier.last_seen, spell.begin);
      if (!over) return over.error();
      if (*over) {
        spell.after_another = true;
        break;
      }
      spell.begin = std::min(spell.begin, earlier.first_seen);
    }
    return spell;
  }

  // `again`: it was over and began anew since the last run.
  void Decide(Trouble& now, const Trouble* before, bool again, const CheckOutcome& outcome,
              const Occurrences& found) {
    const bool fixed = outcome.state == CheckOutcome::State::kFixed;
    const bool was_open = before != nullptr && before->open;
    const bool happened = options_.since.known() && now.events > 0 &&
                          (before == nullptr || now.last_seen > before->last_seen);
    now.open = !fixed || happened;
    if (!now.open && !was_open) {  // an old story, also for a first run
      now.cleared_at = before == nullptr ? options_.at : before->cleared_at;
      result_.troubles.push_back(std::move(now));
      return;
    }
    const bool came_back = before != nullptr && now.open && (!before->open || again);
    const bool worse = was_open && before->events > 0 &&
                       now.events >= kWorseTimes * before->events &&
                       now.events >= before->events + kWorseBy;
    const TroubleState state = before == nullptr ? TroubleState::kNew
                               : !now.open       ? TroubleState::kCleared
                               : came_back       ? TroubleState::kCameBack
                               : worse           ? TroubleState::kWorse
                                                 : TroubleState::kOngoing;
    // Incidents of before the store's oldest events are not there to be asked any more.
    if (was_open && !came_back) now.since = std::min(now.since, before->since);
    if (!now.open) now.cleared_at = options_.at;
    TroubleChange& change = AddChange(now, state);
    change.acknowledgement_ended = was_open && before->acknowledged && !now.acknowledged;
    change.remark = RemarkOn(now, before, state, outcome);
    if (change.acknowledgement_ended) {
      change.remark =
          "no longer acknowledged" + (change.remark.empty() ? "" : "; " + change.remark);
    }
    if (now.open) Show(found);
    result_.troubles.push_back(std::move(now));
  }

  void Show(const Occurrences& found) {
    result_.present[found.incidents.back()] = true;
    for (const std::size_t incident : found.incidents) {
      if (options_.since.known() && ranking_.incidents[incident].last_seen >= options_.since) {
        result_.present[incident] = true;
      }
    }
  }

  static std::string FixedWords(const CheckOutcome& outcome) {
    if (outcome.covered_from.known()) {
      return fmt::format("fixed, last seen {}: no {} for {} after {} although the log is covered",
                         Moment(outcome.quiet_since), outcome.what, FormatDuration(outcome.wanted),
                         Moment(outcome.covered_from));
    }
    return fmt::format("fixed since {}: no {} for {} although the log is covered",
                       Moment(outcome.quiet_since), outcome.what, FormatDuration(outcome.wanted));
  }

  static std::string RemarkOn(const Trouble& now, const Trouble* before, TroubleState state,
                              const CheckOutcome& outcome) {
    std::string remark;
    if (state == TroubleState::kWorse) {
      remark = fmt::format("{} since the last run, {} in the run before",
                           Counted(now.events, "event"), before->events);
    } else if (state == TroubleState::kCameBack) {
      remark = fmt::format("it had been away since {}", Moment(before->last_seen));
    }
    const auto add = [&](const std::string& text) {
      remark += (remark.empty() ? "" : "; ") + text;
    };
    if (outcome.state == CheckOutcome::State::kFixed) {
      add(FixedWords(outcome));
    } else if (now.events == 0 && outcome.state == CheckOutcome::State::kNotYet) {
      add(fmt::format("quiet since {}; over when there is no {} for {}",
                      Moment(outcome.quiet_since), outcome.what, FormatDuration(outcome.wanted)));
    } else if (now.events == 0 && outcome.state == CheckOutcome::State::kNotKnown) {
      add("not known whether it goes on: " + outcome.why);
    }
    return remark;
  }

  TroubleChange& AddChange(const Trouble& trouble, TroubleState state) {
    TroubleChange& change = result_.changes.emplace_back();
    change.state = state;
    change.rule = trouble.rule;
    change.title = trouble.title;
    change.hosts = trouble.shown;
    change.fault = trouble.fault;
    change.acknowledged = trouble.acknowledged;
    change.confidence = trouble.confidence;
    change.since = trouble.since;
    change.last_seen = trouble.last_seen;
    change.events = trouble.events;
    return change;
  }

  // A trouble that leads no incident any more.
  void Vanished(const Trouble& before) {
    Trouble now = before;
    now.events = 0;
    if (before.open) {
      now.open = false;
      now.cleared_at = options_.at;
      TroubleChange& change = AddChange(now, TroubleState::kCleared);
      const auto leader = led_by_.find(KeyOf(before));
      if (leader != led_by_.end()) {
        change.remark = fmt::format("now taken for \"{}\"", leader->second->title);
      } else if (options_.kept_from.known() && before.last_seen < options_.kept_from) {
        change.remark = fmt::format(
            "last seen {}; its events were removed, and nothing showed "
            "that it is fixed",
            Moment(before.last_seen));
      } else {
        change.remark = "the rules, the answers or the site file say otherwise now";
      }
    }
    result_.troubles.push_back(std::move(now));
  }

  const Ranking& ranking_;
  const FixChecker& checker_;
  const CompareOptions& options_;
  std::map<Key, const Trouble*> before_;
  std::map<Key, Occurrences> occurrences_;
  std::map<Key, const Rule*> led_by_;
  Comparison result_;
};

}  // namespace

Result<Comparison> CompareTroubles(const Ranking& ranking, const std::vector<Trouble>& before,
                                   const FixChecker& checker, const CompareOptions& options) {
  return Comparer(ranking, before, checker, options).Run();
}

}  // namespace exdiag
