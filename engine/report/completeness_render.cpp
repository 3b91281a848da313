#include <fmt/format.h>

#include "engine/report/completeness.h"
#include "engine/report/phrases.h"
#include "engine/report/report_json.h"

namespace exdiag {
namespace {

constexpr std::size_t kShown = 20;     // of each list
constexpr std::size_t kGapsOfLog = 5;  // of one log
constexpr std::size_t kEventsShown = 4;

std::string LogName(const std::string& host, const std::string& channel) {
  return fmt::format("{}, {}", host.empty() ? "(no host)" : host,
                     channel.empty() ? "(log not named)" : channel);
}

// "3 d 4 h", "59 min 40 s": the two largest units.
std::string LengthText(Duration length) {
  const struct {
    std::int64_t seconds;
    const char* name;
  } units[] = {{86'400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
  std::int64_t rest = length.ticks / kTicksPerSecond;
  std::string text;
  for (std::size_t i = 0; i < std::size(units); ++i) {
    const std::int64_t count = rest / units[i].seconds;
    if (count == 0) continue;
    text = fmt::format("{} {}", count, units[i].name);
    rest -= count * units[i].seconds;
    const bool next = i + 1 < std::size(units) && rest >= units[i + 1].seconds;
    if (next) text += fmt::format(" {} {}", rest / units[i + 1].seconds, units[i + 1].name);
    return text;
  }
  return "0 s";
}

std::string ZoneText(TimeBasis basis) {
  return basis == TimeBasis::kLocalUnknown ? " (local time, zone not known)" : " UTC";
}

std::string RecordText(const NumberedTime& place) {
  return place.time.known()
             ? fmt::format("{} ({})", Digits(place.record), FormatTimeForPeople(place.time))
             : Digits(place.record);
}

void AddMore(Document& out, std::size_t all, std::size_t shown) {
  if (all <= shown) return;
  out.Add(Item{0, "-", fmt::format("and {} more; --format json has all", Digits(all - shown))});
}

// What there is to say of one log's numbers, a line each.
std::vector<std::string> NumberLines(const LogNumbers& log) {
  if (log.selection) {
    return {
        fmt::format("only a selection was fed, {} of which {} lie between; neither gaps nor "
                    "silence can be told",
                    Counted(log.present, "record number"), Counted(log.missing, "other"))};
  }
  std::vector<std::string> lines;
  // Exports that do not name their log may be of several ones, with numbers of their own.
  if (log.numberings.size() > 1 && !log.channel.empty()) {
    std::vector<std::string> parts;
    for (const Numbering& one : log.numberings) {
      parts.push_back(fmt::format("{} to {}", RecordText(one.first), RecordText(one.last)));
    }
    std::string text = "the numbers began again, as after the log was cleared: " + parts[0];
    for (std::size_t i = 1; i < parts.size() && i < kGapsOfLog; ++i) text += ", then " + parts[i];
    if (parts.size() > kGapsOfLog) {
      text += fmt::format(" and {} times more", parts.size() - kGapsOfLog);
    }
    lines.push_back(std::move(text));
  }
  for (std::size_t i = 0; i < log.gaps.size() && i < kGapsOfLog; ++i) {
    const NumberGap& gap = log.gaps[i];
    lines.push_back(fmt::format("{} missing between {} and {}", Counted(gap.missing, "record"),
                                RecordText(gap.before), RecordText(gap.after)));
  }
  if (log.gaps.size() > kGapsOfLog) {
    lines.push_back(fmt::format("and {} more, {} missing in all",
                                Counted(log.gaps.size() - kGapsOfLog, "gap"),
                                Counted(log.missing, "record")));
  }
  if (log.cleared > 0) {
    lines.push_back(fmt::format("{} where an event says that the log was cleared",
                                Counted(log.cleared, "gap")));
  }
  return lines;
}

void AddNumbers(Document& out, const Completeness& completeness) {
  out.Add(Heading{2, "Gaps in record numbers"});
  std::size_t all = 0, whole = 0;
  for (const LogNumbers& log : completeness.numbers) {
    const std::vector<std::string> lines = NumberLines(log);
    if (lines.empty()) {
      ++whole;
      continue;
    }
    if (++all > kShown) continue;
    Phrase text(LogName(log.host, log.channel), Role::kStrong);
    if (lines.size() == 1) text.Add(": " + lines[0]);
    out.Add(Item{0, "-", text});
    for (const std::string& line : lines) {
      if (lines.size() > 1) out.Add(Item{1, "-", line});
    }
  }
  AddMore(out, all, kShown);
  std::string rest;
  if (whole > 0) rest = Counted(whole, all > 0 ? "other log" : "log") + " without gaps.";
  if (completeness.unnumbered_logs > 0) {
    rest += fmt::format("{}{} fed by exports that carry no record numbers.", whole > 0 ? " " : "",
                        completeness.unnumbered_logs == 1
                            ? "1 log was"
                            : Digits(completeness.unnumbered_logs) + " logs were");
  }
  if (rest.empty() && all == 0) rest = "None.";
  if (!rest.empty()) out.Add(Paragraph{rest});
}

std::string EventsText(const SilentPeriod& period) {
  if (period.events.empty()) return "";
  std::vector<std::string> events;
  for (const HostEvent& event : period.events) {
    events.push_back(fmt::format("{} {} at {}", event.kind.provider, event.kind.event_id,
                                 FormatTimeForPeople(event.time)));
  }
  return (period.down ? "; the computer was off: " : "; meanwhile ") + Joined(events, kEventsShown);
}

void AddSilence(Document& out, const Completeness& completeness) {
  out.Add(Heading{2, "Silent periods"});
  for (std::size_t i = 0; i < completeness.silent.size() && i < kShown; ++i) {
    const SilentPeriod& period = completeness.silent[i];
    Phrase text(LogName(period.host, period.channel), Role::kStrong);
    text.Add(fmt::format(": nothing for {}, {}", LengthText(period.to - period.from),
                         PeriodText(period.from, period.to, period.time_basis)));
    text.Add(period.usual == Duration{}
                 ? "; else within a minute"
                 : fmt::format("; else within {}", LengthText(period.usual)));
    text.Add(EventsText(period));
    if (period.clock_changed) text.Add("; the clock was set over it, so it may have been shorter");
    out.Add(Item{0, "-", text});
  }
  AddMore(out, completeness.silent.size(), kShown);
  if (completeness.silent.empty()) out.Add(Paragraph{"None."});
}

std::string ChangeText(const ClockChange& change) {
  const bool back = change.to < change.from;
  const Duration by = back ? change.from - change.to : change.to - change.from;
  std::string text =
      fmt::format("{} by {}{}, from {} to {}{}", back ? "back" : "forward",
                  change.exact ? "" : "at least ", LengthText(by), FormatTimeForPeople(change.from),
                  FormatTimeForPeople(change.to), ZoneText(change.time_basis));
  if (change.told_by) {
    text += fmt::format("; told by {} {} at {}", change.told_by->kind.provider,
                        change.told_by->kind.event_id, FormatTimeForPeople(change.told_by->time));
  }
  if (change.before.record != 0) {
    text += fmt::format("; {} record {} and {}",
                        change.channels[0].empty() ? "(log not named)" : change.channels[0],
                        Digits(change.before.record), Digits(change.after.record));
  }
  if (change.channels.size() > 1) {
    text += fmt::format(", also in {}",
                        Joined({change.channels.begin() + 1, change.channels.end()}, 3));
  }
  if (change.returned != 0) {
    text += fmt::format("; from record {} on as before", Digits(change.returned));
  }
  constexpr Duration kSummerTime{65 * 60 * kTicksPerSecond};
  if (change.time_basis == TimeBasis::kLocalUnknown && by <= kSummerTime) {
    text += "; this may be the end of summer time";
  }
  return text;
}

void AddClock(Document& out, const Completeness& completeness) {
  out.Add(Heading{2, "Clock changes"});
  for (std::size_t i = 0; i < completeness.clock.size() && i < kShown; ++i) {
    const ClockChange& change = completeness.clock[i];
    Phrase text(change.host.empty() ? "(no host)" : change.host, Role::kStrong);
    text.Add(": " + ChangeText(change));
    out.Add(Item{0, "-", text});
  }
  AddMore(out, completeness.clock.size(), kShown);
  if (completeness.clock.empty()) out.Add(Paragraph{"None."});
}

Json PlaceJson(const NumberedTime& place, TimeBasis basis) {
  return {{"record", place.record}, {"time", TimeJson(place.time, basis)}};
}

Json NumbersJson(const LogNumbers& log) {
  const auto gap = [&](const NumberGap& one) {
    return Json{{"missing", one.missing},
                {"before", PlaceJson(one.before, log.time_basis)},
                {"after", PlaceJson(one.after, log.time_basis)}};
  };
  const auto numbering = [&](const Numbering& one) {
    return Json{{"first", PlaceJson(one.first, log.time_basis)},
                {"last", PlaceJson(one.last, log.time_basis)}};
  };
  return {{"host", log.host},           {"channel", log.channel},
          {"selection", log.selection}, {"present", log.present},
          {"missing", log.missing},     {"gaps", List(log.gaps, gap)},
          {"cleared", log.cleared},     {"numberings", List(log.numberings, numbering)}};
}

Json HostEventJson(const HostEvent& event, TimeBasis basis) {
  return {{"provider", event.kind.provider},
          {"event_id", event.kind.event_id},
          {"time", TimeJson(event.time, basis)}};
}

Json SilenceJson(const SilentPeriod& period) {
  const auto event = [&](const HostEvent& one) { return HostEventJson(one, period.time_basis); };
  return {{"host", period.host},
          {"channel", period.channel},
          {"from", TimeJson(period.from, period.time_basis)},
          {"to", TimeJson(period.to, period.time_basis)},
          {"seconds", (period.to - period.from).ticks / kTicksPerSecond},
          {"usual_seconds", period.usual.ticks / kTicksPerSecond},
          {"down", period.down},
          {"clock_changed", period.clock_changed},
          {"events", List(period.events, event)}};
}

Json ChangeJson(const ClockChange& change) {
  Json json = {{"host", change.host},
               {"from", TimeJson(change.from, change.time_basis)},
               {"to", TimeJson(change.to, change.time_basis)},
               {"seconds", (change.to - change.from).ticks / kTicksPerSecond},
               {"exact", change.exact},
               {"channels", change.channels}};
  if (change.before.record != 0) {
    json["before"] = PlaceJson(change.before, change.time_basis);
    json["after"] = PlaceJson(change.after, change.time_basis);
  }
  if (change.returned != 0) json["returned"] = change.returned;
  if (change.told_by) json["told_by"] = HostEventJson(*change.told_by, change.time_basis);
  return json;
}

}  // namespace

Json CompletenessJson(const Completeness& completeness) {
  return {{"record_numbers", List(completeness.numbers, NumbersJson)},
          {"unnumbered_logs", completeness.unnumbered_logs},
          {"silent_periods", List(completeness.silent, SilenceJson)},
          {"clock_changes", List(completeness.clock, ChangeJson)}};
}

void AddCompleteness(Document& out, const Completeness& completeness) {
  AddNumbers(out, completeness);
  AddSilence(out, completeness);
  AddClock(out, completeness);
}

}  // namespace exdiag
