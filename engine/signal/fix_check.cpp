#include "engine/signal/fix_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/signal/event_fields.h"

namespace exdiag {
namespace {

bool Contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Tests whose text holds {name.field} need the trigger of an incident; without it they do not hold,
// and would make every check pass.  Left out they can only keep a trouble open for longer.
std::vector<FieldCondition> WithoutTemplates(const std::vector<FieldCondition>& conditions) {
  std::vector<FieldCondition> plain;
  for (FieldCondition condition : conditions) {
    std::erase_if(condition.tests, [](const FieldTest& test) { return test.has_template; });
    if (!condition.tests.empty()) plain.push_back(std::move(condition));
  }
  return plain;
}

EventQuery QueryFor(const EventPattern& pattern, const Catalogue& catalogue) {
  EventQuery query;
  query.levels = pattern.levels;
  for (const std::string& provider : pattern.providers) {
    const std::string canonical(catalogue.CanonicalProvider(provider));
    if (pattern.ids.empty()) query.providers.push_back(canonical);
    for (const std::uint16_t id : pattern.ids) query.kinds.push_back({canonical, id});
  }
  if (pattern.providers.empty()) query.event_ids = pattern.ids;
  return query;
}

// Of a trouble between two hosts an event that names a third one is another trouble's.
bool IsAbout(const CheckedTrouble& trouble, const Event& event, const EventFields& fields) {
  if (!Contains(trouble.hosts, event.host)) return false;
  if (trouble.rule->between.empty() || trouble.hosts.size() < 2) return true;
  const auto named = fields.NamedHosts();
  return named.empty() || std::any_of(named.begin(), named.end(), [&](std::string_view name) {
           const std::string host = CanonicalHost(Trim(name));
           return host != event.host && Contains(trouble.hosts, host);
         });
}

std::string WhatIsLookedFor(const Rule& rule, const std::vector<std::size_t>& patterns) {
  std::set<std::string> kinds;
  for (const std::size_t pattern : patterns) {
    const EventPattern& one = rule.events[pattern];
    const std::string provider = one.providers.empty() ? "" : one.providers.front() + " ";
    kinds.insert(provider + fmt::format("{}", fmt::join(one.ids, ", ")));
  }
  return fmt::format("{}", fmt::join(kinds, " or "));
}

bool IsEventPattern(const Rule& rule, std::size_t pattern) {
  return rule.events[pattern].fact_kind.empty();
}

}  // namespace

std::vector<FixChecker::Wanted> FixChecker::WantedOf(const Rule& rule) const {
  std::vector<Wanted> wanted;
  for (const FixStep& step : rule.fix) {
    if (!step.check_absent || !IsEventPattern(rule, *step.check_absent)) continue;
    wanted.push_back({{*step.check_absent}, step.check_for});
  }
  if (!wanted.empty()) return wanted;
  Wanted triggers{{}, quiet_};
  for (const std::size_t trigger : rule.triggers) {
    if (IsEventPattern(rule, trigger)) triggers.patterns.push_back(trigger);
  }
  if (!triggers.patterns.empty()) wanted.push_back(std::move(triggers));
  return wanted;
}

Result<TroubleEvents> FixChecker::EventsOf(const CheckedTrouble& trouble,
                                           std::int64_t above_row) const {
  TroubleEvents found;
  const Rule& rule = *trouble.rule;
  std::set<std::size_t> patterns(rule.triggers.begin(), rule.triggers.end());
  for (const Wanted& wanted : WantedOf(rule)) {
    patterns.insert(wanted.patterns.begin(), wanted.patterns.end());
  }
  std::set<std::int64_t> new_rows;
  std::set<std::string> logged_by;
  EventFields fields(knowledge_.catalogue());
  for (const std::size_t pattern : patterns) {
    if (!IsEventPattern(rule, pattern)) continue;
    const auto tests = WithoutTemplates(rule.events[pattern].where_all);
    const bool is_trigger =
        std::find(rule.triggers.begin(), rule.triggers.end(), pattern) != rule.triggers.end();
    EventQuery query = QueryFor(rule.events[pattern], knowledge_.catalogue());
    query.hosts = trouble.hosts;
    if (trouble.from.known()) query.since = trouble.from;
    const auto walked = store_.ForEachEvent(query, [&](const Event& event) {
      fields.Bind(event);
      if (!IsAbout(trouble, event, fields) || !TestsHold(tests, fields)) return true;
      logged_by.insert(event.host);
      if (event.time.known()) found.last = std::max(found.last.value_or(event.time), event.time);
      if (is_trigger && event.id > above_row) new_rows.insert(event.id);
      return true;
    });
    if (!walked) return walked.error();
  }
  found.count_new = new_rows.size();
  found.logged_by.assign(logged_by.begin(), logged_by.end());
  return found;
}

Result<CheckOutcome> FixChecker::Check(const CheckedTrouble& trouble,
                                       const TroubleEvents& events) const {
  CheckOutcome outcome;
  outcome.quiet_since = events.last.value_or(trouble.last_seen);
  const std::vector<Wanted> all = WantedOf(*trouble.rule);
  if (all.empty()) {
    outcome.why = "only facts show it; feed them again";
    return outcome;
  }
  if (!outcome.quiet_since.known()) {
    outcome.why = "its events have no time";
    return outcome;
  }
  for (const Wanted& wanted : all) {
    outcome.wanted = wanted.time;
    outcome.what = WhatIsLookedFor(*trouble.rule, wanted.patterns);
    const auto& hosts = events.logged_by.empty() ? trouble.hosts : events.logged_by;
    const auto quiet = QuietFrom(trouble, wanted, hosts, outcome.quiet_since, {});
    if (!quiet) return quiet.error();
    if (*quiet) {
      if (**quiet > outcome.quiet_since) outcome.covered_from = **quiet;
      continue;
    }
    const Interval whole{outcome.quiet_since.value, outcome.quiet_since.value + wanted.time.ticks};
    const auto why = NotCovered(trouble, wanted, hosts, whole);
    if (!why) return why.error();
    outcome.why = why->value_or("");
    outcome.state = ReadOfLate(trouble, wanted, hosts) ? CheckOutcome::State::kNotYet
                                                       : CheckOutcome::State::kNotKnown;
    return outcome;
  }
  outcome.state = CheckOutcome::State::kFixed;
  return outcome;
}

Result<bool> FixChecker::WasOver(const CheckedTrouble& trouble,
                                 const std::vector<std::string>& logged_by, Ticks from,
                                 Ticks to) const {
  const std::vector<Wanted> all = WantedOf(*trouble.rule);
  for (const Wanted& wanted : all) {
    const auto quiet =
        QuietFrom(trouble, wanted, logged_by.empty() ? trouble.hosts : logged_by, from, to);
    if (!quiet) return quiet.error();
    if (!*quiet) return false;
  }
  return !all.empty();
}

std::vector<Interval> FixChecker::PeriodsOf(const CheckedTrouble& trouble, const Wanted& wanted,
                                            const std::string& host) const {
  std::vector<Interval> periods;
  const Clock clock = ClockOf(trouble.last_seen, trouble.time_basis);
  for (const std::size_t pattern : wanted.patterns) {
    for (const EventKind& kind :
         QueryFor(trouble.rule->events[pattern], knowledge_.catalogue()).kinds) {
      const std::string channel = LoggingOf(knowledge_.catalogue(), kind).channel;
      const auto more = coverage_.PeriodsOf(host, channel, clock);
      periods.insert(periods.end(), more.begin(), more.end());
    }
  }
  return periods;
}

// The quiet time need not follow the last event at once: where a log was missing for a while, what
// was read afterwards tells as well that it is over.
Result<std::optional<Ticks>> FixChecker::QuietFrom(const CheckedTrouble& trouble,
                                                   const Wanted& wanted,
                                                   const std::vector<std::string>& hosts,
                                                   Ticks from, std::optional<Ticks> to) const {
  std::set<Ticks> begins = {from};
  for (const std::string& host : hosts) {
    for (const Interval& period : PeriodsOf(trouble, wanted, host)) {
      if (period.from > from.value) begins.insert({period.from});
    }
  }
  for (const Ticks begin : begins) {
    const Ticks end = begin + wanted.time;
    if (to && end >= *to) break;
    const auto why = NotCovered(trouble, wanted, hosts, {begin.value, end.value});
    if (!why) return why.error();
    if (!*why) return std::optional(begin);
  }
  return std::optional<Ticks>();
}

bool FixChecker::ReadOfLate(const CheckedTrouble& trouble, const Wanted& wanted,
                            const std::vector<std::string>& hosts) const {
  const Ticks day_before{at_.value - 86'400 * kTicksPerSecond};
  return std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    const auto periods = PeriodsOf(trouble, wanted, host);
    return std::any_of(periods.begin(), periods.end(),
                       [&](const Interval& period) { return period.to > day_before.value; });
  });
}

// The reason, or nothing when each log was read in which such events would stand.
Result<std::optional<std::string>> FixChecker::NotCovered(const CheckedTrouble& trouble,
                                                          const Wanted& wanted,
                                                          const std::vector<std::string>& hosts,
                                                          const Interval& window) const {
  const Clock clock = ClockOf({window.from}, trouble.time_basis);
  for (const std::string& host : hosts) {
    for (const std::size_t pattern : wanted.patterns) {
      for (const EventKind& kind :
           QueryFor(trouble.rule->events[pattern], knowledge_.catalogue()).kinds) {
        const KindLogging logging = LoggingOf(knowledge_.catalogue(), kind);
        if (!coverage_.Covers(host, logging.channel, clock, window)) {
          return std::optional(fmt::format("the {} log of {} was not read for the whole time",
                                           logging.channel, host));
        }
        const auto logs = LogsAt(host, kind.provider, logging.logged_at, window);
        if (!logs) return logs.error();
        if (!*logs) {
          return std::optional(
              fmt::format("{} may not log it: {} shows no sign of raised diagnostics logging", host,
                          kind.provider));
        }
      }
    }
  }
  return std::optional<std::string>();
}

// As CoverageMap::LogsAt, which knows of levels only what was gathered for rules.
Result<bool> FixChecker::LogsAt(const std::string& host, const std::string& provider,
                                LoggedAt level, const Interval& window) const {
  if (level == LoggedAt::kAlways) return true;
  constexpr std::int64_t kDay = 86'400 * kTicksPerSecond;
  EventQuery query;
  for (const auto& entry : knowledge_.catalogue().entries()) {
    if (EqualsIgnoreCase(entry->provider, provider) &&
        LoggedAtFromName(entry->logged_at) >= level) {
      query.kinds.push_back({entry->provider, entry->event_id});
    }
  }
  query.hosts = {host};
  query.since = Ticks{window.from - kDay};
  query.until = Ticks{window.to + kDay};
  query.limit = 1;
  bool found = false;
  const auto walked = store_.ForEachEvent(query, [&](const Event&) {
    found = true;
    return false;
  });
  if (!walked) return walked.error();
  return found;
}

}  // namespace exdiag
