#include "engine/report/completeness.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/text.h"
#include "engine/report/record_numbers.h"

namespace exdiag {
namespace {

using LogKey = std::pair<std::string, std::string>;  // host and channel

// Between the last event of a log and the shutdown, or the start and the first one.
constexpr Duration kShutdown{15 * 60 * kTicksPerSecond};

constexpr const char* kEventLog = "EventLog";
constexpr const char* kKernel = "Microsoft-Windows-Kernel-General";
constexpr const char* kAuditing = "Microsoft-Windows-Security-Auditing";
constexpr const char* kLogService = "Microsoft-Windows-Eventlog";

// What the events of a host say of the host itself.
struct HostNews {
  struct TimeSet {
    HostEvent event;
    Ticks from, to;  // not known() when the event does not say it in a form that can be read
  };
  std::map<std::string, std::vector<HostEvent>> power;  // by host; by time
  std::map<std::string, std::vector<TimeSet>> time_set;
  std::vector<ClearedLog> cleared;
};

Ticks TimeOf(const std::string& text) {
  const auto time = ParseIsoTime(text);
  return time && time->has_offset ? time->ticks : Ticks{};
}

// The value of this name, or at this place where values have no names.
std::string ValueOf(const Event& event, std::string_view name, std::size_t place) {
  for (std::size_t i = 0; i < event.names.size() && i < event.strings.size(); ++i) {
    if (event.names[i] == name) return event.strings[i].value_or("");
  }
  return event.names.empty() && place < event.strings.size() ? event.strings[place].value_or("")
                                                             : "";
}

bool Is(const Event& event, const char* provider, std::uint16_t id) {
  return event.event_id == id && EqualsIgnoreCase(event.provider, provider);
}

void AddTimeSet(HostNews& news, const Event& event) {
  HostNews::TimeSet set{{{event.provider, event.event_id}, event.time}, {}, {}};
  if (event.event_id == 1) {
    set.to = TimeOf(ValueOf(event, "NewTime", 0));
    set.from = TimeOf(ValueOf(event, "OldTime", 1));
  } else if (event.event_id == 4616) {
    set.from = TimeOf(ValueOf(event, "PreviousTime", 4));
    set.to = TimeOf(ValueOf(event, "NewTime", 5));
  } else if (event.event_id == 577) {
    const bool time = std::any_of(event.strings.begin(), event.strings.end(), [](const auto& s) {
      return s && s->find("SeSystemtimePrivilege") != std::string::npos;
    });
    if (!time) return;
  }
  const bool known = set.from.known() && set.to.known();
  // Time services adjust the clock by fractions of a second all day long.
  const bool small =
      known && set.to - set.from <= kClockJitter && set.from - set.to <= kClockJitter;
  if (!small) news.time_set[event.host].push_back(set);
}

void AddCleared(HostNews& news, const Event& event) {
  if (event.event_id != 104) {
    news.cleared.push_back({event.host, "Security", event.time});
    return;
  }
  for (const auto& value : event.strings) {
    if (value && !value->empty()) news.cleared.push_back({event.host, *value, event.time});
  }
}

Result<HostNews> ReadHostNews(const Store& store) {
  EventQuery query;
  query.kinds = {{kEventLog, 6005},   {kEventLog, 6006}, {kEventLog, 6008}, {kEventLog, 6009},
                 {kKernel, 1},        {kKernel, 12},     {kKernel, 13},     {kLogService, 104},
                 {kLogService, 1102}, {"Security", 517}, {"Security", 520}, {"Security", 577},
                 {kAuditing, 4616}};
  HostNews news;
  const auto read = store.ForEachEvent(query, [&](const Event& event) {
    if (EqualsIgnoreCase(event.provider, kLogService) || Is(event, "Security", 517)) {
      AddCleared(news, event);
    } else if (EqualsIgnoreCase(event.provider, kEventLog) || Is(event, kKernel, 12) ||
               Is(event, kKernel, 13)) {
      news.power[event.host].push_back({{event.provider, event.event_id}, event.time});
    } else {
      AddTimeSet(news, event);
    }
    return true;
  });
  if (!read) return read.error();
  return news;
}

// Changes that several logs of a host show at the same time are one: the clock was changed by at
// least the most that one of them shows.
void MergeChanges(std::vector<ClockChange>& changes) {
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.host, a.time_basis, a.to, a.from) <
           std::tie(b.host, b.time_basis, b.to, b.from);
  });
  std::vector<ClockChange> merged;
  for (ClockChange& change : changes) {
    ClockChange* last = merged.empty() ? nullptr : &merged.back();
    const bool same = last != nullptr && last->host == change.host &&
                      last->time_basis == change.time_basis && change.to <= last->from &&
                      std::find(last->channels.begin(), last->channels.end(),
                                change.channels.front()) == last->channels.end();
    if (!same) {
      merged.push_back(std::move(change));
      continue;
    }
    std::vector<std::string> channels = last->channels;
    if (change.from - change.to > last->from - last->to) {
      channels.insert(channels.begin(), change.channels.front());
      *last = std::move(change);
    } else {
      channels.push_back(change.channels.front());
    }
    last->channels = std::move(channels);
  }
  changes = std::move(merged);
}

bool Near(Ticks a, Ticks b) { return a <= b + kClockJitter && b <= a + kClockJitter; }

// A record that was made before the clock was set forward, and written after others that were made
// then, looks as if the clock had gone back.
void DropMirrored(std::vector<ClockChange>& changes, const std::string& host,
                  const HostNews::TimeSet& set) {
  std::erase_if(changes, [&](const ClockChange& change) {
    return change.host == host && !change.told_by && Near(change.from, set.to) &&
           Near(change.to, set.from);
  });
}

// Gives changes the events that tell of them, and adds those of which events alone tell.
void AddTold(std::vector<ClockChange>& changes, const HostNews& news) {
  for (const auto& [host, sets] : news.time_set) {
    for (const HostNews::TimeSet& set : sets) {
      const bool known = set.from.known() && set.to.known();
      const auto shown = std::find_if(
          changes.begin(), changes.end(), [&, &name = host](const ClockChange& change) {
            return change.host == name && !change.told_by &&
                   set.event.time >= change.to - kClockJitter &&
                   set.event.time <= change.from + kClockJitter && (!known || set.to < set.from);
          });
      if (shown != changes.end()) {
        shown->told_by = set.event;
        shown->exact = known;
        if (known) {
          shown->from = set.from;
          shown->to = set.to;
        }
      } else if (known) {
        if (set.from < set.to) DropMirrored(changes, host, set);
        ClockChange change;
        change.host = host;
        change.from = set.from;
        change.to = set.to;
        change.exact = true;
        change.told_by = set.event;
        changes.push_back(std::move(change));
      }
    }
  }
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.host, a.to) < std::tie(b.host, b.to);
  });
}

bool IsStart(const HostEvent& event) {
  return event.kind.event_id == 6005 || event.kind.event_id == 6009 || event.kind.event_id == 12;
}

// 6008 is neither: it is written at the next start, before 6005, and says that there was no
// shutdown.
bool IsStop(const HostEvent& event) {
  return event.kind.event_id == 6006 || event.kind.event_id == 13;
}

// `power` is in order of time: the last word before the end of the period counts.
void Explain(SilentPeriod& period, const std::vector<HostEvent>& power) {
  bool stopped = false;
  for (const HostEvent& event : power) {
    if (event.time < period.from - kShutdown || event.time > period.to + kShutdown) continue;
    period.events.push_back(event);
    const bool at_end = event.time >= period.to - kShutdown;
    if (IsStart(event)) {
      period.down = period.down || (stopped && at_end);
      stopped = false;
    } else {
      stopped = IsStop(event) ? event.time <= period.from + kShutdown : at_end;
    }
  }
}

// Whether the clock was changed from one end of the period to the other.
bool WasSetOver(const SilentPeriod& period, const std::vector<ClockChange>& changes) {
  return std::any_of(changes.begin(), changes.end(), [&](const ClockChange& change) {
    return change.host == period.host &&
           std::min(change.from, change.to) <= period.from + kShutdown &&
           std::max(change.from, change.to) >= period.to - kShutdown;
  });
}

// The rows of one log.
template <typename Row>
std::map<LogKey, std::vector<Row>> ByLog(std::vector<Row> rows) {
  std::map<LogKey, std::vector<Row>> logs;
  for (Row& row : rows) {
    const LogKey key{row.host, row.channel};
    logs[key].push_back(std::move(row));
  }
  return logs;
}

// Rows of coverage end at events, so a period without events is in one of them as a whole or not.
const Coverage* Covering(const std::vector<Coverage>& rows, const LogRhythm::Pause& pause) {
  const Duration second = Duration::Seconds(1);
  for (const Coverage& row : rows) {
    if (row.from < pause.from + second && row.to >= pause.to) return &row;
  }
  return nullptr;
}

bool IsMissing(const LogNumbers* log, const LogRhythm::Pause& pause) {
  if (log == nullptr) return false;
  if (log->selection) return true;
  return std::any_of(log->gaps.begin(), log->gaps.end(), [&](const NumberGap& gap) {
    return std::max(gap.before.time, pause.from) < std::min(gap.after.time, pause.to);
  });
}

// Adds the pauses that an export covers and in which no record is missing.
void AddSilence(Completeness& out, const std::vector<LogRhythm>& rhythms,
                const std::map<LogKey, std::vector<Coverage>>& covered, const HostNews& news) {
  std::map<LogKey, const LogNumbers*> numbers;
  for (const LogNumbers& log : out.numbers) numbers[{log.host, log.channel}] = &log;
  for (const LogRhythm& log : rhythms) {
    const LogKey key{log.host, log.channel};
    const auto rows = covered.find(key);
    if (rows == covered.end()) continue;
    const auto numbers_of = numbers.find(key);
    for (const LogRhythm::Pause& pause : log.pauses) {
      const Coverage* row = Covering(rows->second, pause);
      const LogNumbers* shown = numbers_of == numbers.end() ? nullptr : numbers_of->second;
      if (row == nullptr || IsMissing(shown, pause)) continue;
      SilentPeriod& period = out.silent.emplace_back();
      period.host = log.host;
      period.channel = log.channel;
      period.time_basis = row->time_basis;
      period.from = pause.from;
      period.to = pause.to;
      period.usual = log.usual;
      const auto power = news.power.find(log.host);
      if (power != news.power.end()) Explain(period, power->second);
      period.clock_changed = WasSetOver(period, out.clock);
    }
  }
}

}  // namespace

Result<Completeness> MakeCompleteness(const Store& store) {
  auto stretches = store.NumberStretches();
  if (!stretches) return stretches.error();
  auto rhythms = store.Rhythms(kSilence);
  if (!rhythms) return rhythms.error();
  auto coverage = store.CoverageRows();
  if (!coverage) return coverage.error();
  const auto news = ReadHostNews(store);
  if (!news) return news.error();

  Completeness out;
  const auto covered = ByLog(std::move(*coverage));
  const auto numbered = ByLog(std::move(*stretches));
  for (const auto& [key, rows] : numbered) {
    NumberFindings found = FindMissingNumbers(rows, news->cleared);
    out.numbers.push_back(std::move(found.numbers));
    for (ClockChange& change : found.clock) out.clock.push_back(std::move(change));
  }
  for (const auto& [key, rows] : covered) out.unnumbered_logs += numbered.contains(key) ? 0 : 1;
  MergeChanges(out.clock);
  AddTold(out.clock, *news);
  AddSilence(out, *rhythms, covered, *news);
  return out;
}

}  // namespace exdiag
