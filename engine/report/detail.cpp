#include "engine/report/detail.h"

#include <algorithm>

namespace exdiag {
namespace {

constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;

// Lengths of a bar that a reader can name.
constexpr std::int64_t kSteps[] = {kMinute,    5 * kMinute, 10 * kMinute, 30 * kMinute,
                                   kHour,      2 * kHour,   3 * kHour,    6 * kHour,
                                   12 * kHour, kDay,        2 * kDay,     7 * kDay,
                                   14 * kDay,  28 * kDay,   91 * kDay,    364 * kDay};

// The shortest one with which the period has at most `most` bars.
Duration StepFor(Duration period, std::size_t most) {
  for (const std::int64_t seconds : kSteps) {
    if (period.ticks / Duration::Seconds(seconds).ticks < static_cast<std::int64_t>(most)) {
      return Duration::Seconds(seconds);
    }
  }
  return Duration::Seconds(kSteps[std::size(kSteps) - 1] * 10);
}

Result<void> Quote(const EvidenceReference& reference, const Store& store,
                   const Catalogue& catalogue, ReportDetail& detail) {
  if (reference.event_row <= 0 || detail.events.contains(reference.event_row)) return {};
  auto event = store.GetEvent(reference.event_row);
  if (!event) return event.error();
  QuotedEvent quoted{.event = std::move(*event), .message = {}, .fields = {}};
  quoted.message = MessageOf(quoted.event, catalogue);
  quoted.fields = FieldsOf(quoted.event, catalogue);
  detail.events.emplace(reference.event_row, std::move(quoted));
  return {};
}

Result<void> QuoteFinding(const Finding& finding, const Store& store, const Catalogue& catalogue,
                          ReportDetail& detail) {
  const Signal signal = finding.signal.Read();
  for (const EvidenceReference& trigger : signal.triggers) {
    if (auto quoted = Quote(trigger, store, catalogue, detail); !quoted) return quoted;
  }
  for (const Reason& reason : signal.reasons) {
    for (const EvidenceReference& evidence : reason.evidence) {
      if (auto quoted = Quote(evidence, store, catalogue, detail); !quoted) return quoted;
    }
  }
  return {};
}

Result<std::string> LoggedBy(const Finding& leader, const Store& store,
                             const ReportDetail& detail) {
  const std::vector<EvidenceReference> triggers = leader.signal.Read().triggers;
  if (triggers.empty()) return std::string();
  const std::int64_t row = triggers.front().event_row;
  if (row <= 0) return std::string();
  const auto quoted = detail.events.find(row);
  if (quoted != detail.events.end()) return quoted->second.event.computer;
  auto event = store.GetEvent(row);
  if (!event) return event.error();
  return event->computer;
}

struct Period {
  Ticks from, to;

  void Include(Ticks time) {
    if (!time.known()) return;
    if (!from.known() || time < from) from = time;
    to = std::max(to, time);
  }
};

// The days between which all but one in two hundred events lie.
Period BusyDays(const std::vector<VolumeCount>& by_day) {
  std::map<Ticks, std::uint64_t> days;
  std::uint64_t all = 0;
  for (const VolumeCount& count : by_day) {
    const std::uint64_t events = count.errors + count.warnings + count.others;
    days[count.from] += events;
    all += events;
  }
  Period period;
  std::uint64_t before = 0;
  for (const auto& [day, events] : days) {
    const std::uint64_t after = all - before - events;
    before += events;
    if (before > all / 400 && !period.from.known()) period.from = day;
    if (after >= all / 400 || !period.to.known()) period.to = day + Duration::Seconds(kDay - 1);
  }
  return period;
}

Period WholePeriod(const Report& report, const std::vector<VolumeCount>& by_day) {
  Period whole;
  for (const Coverage& row : report.coverage) {
    whole.Include(row.from);
    whole.Include(row.to);
  }
  for (const Incident& incident : report.ranking.incidents) {
    whole.Include(incident.first_seen);
    whole.Include(incident.last_seen);
  }
  const Period busy = BusyDays(by_day);
  if (!busy.from.known() || !whole.from.known()) return whole;
  // Stragglers are left out only when they would take most of the picture.
  const Period cut{std::max(whole.from, busy.from), std::min(whole.to, busy.to)};
  const bool straggling = (whole.to - whole.from).ticks > 4 * (cut.to - cut.from).ticks;
  return straggling && cut.from < cut.to ? cut : whole;
}

Result<void> AddVolume(const Report& report, const Store& store, std::size_t steps,
                       ReportDetail& detail) {
  const auto by_day = store.CountByTime(Duration::Seconds(kDay));
  if (!by_day) return by_day.error();
  const Period period = WholePeriod(report, *by_day);
  if (!period.from.known()) return {};
  detail.step = StepFor(period.to - period.from, steps);
  const std::int64_t step = detail.step.ticks;
  detail.from = {period.from.value / step * step};
  detail.to = {period.to.value / step * step + step};
  auto volume = store.CountByTime(detail.step);
  if (!volume) return volume.error();
  for (VolumeCount& count : *volume) {
    if (count.from >= detail.from && count.from < detail.to) {
      detail.volume.push_back(std::move(count));
    } else {
      detail.outside += count.errors + count.warnings + count.others;
    }
  }
  return {};
}

}  // namespace

Result<ReportDetail> MakeReportDetail(const Report& report, const Store& store,
                                      const Catalogue& catalogue, const DetailOptions& options) {
  ReportDetail detail;
  const std::vector<Incident>& incidents = report.ranking.incidents;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const Finding& leader = report.ranking.findings[incidents[i].findings.front()];
    if (i < options.incidents_quoted) {
      const auto quoted = QuoteFinding(leader, store, catalogue, detail);
      if (!quoted) return quoted.error();
    }
    auto logged_by = LoggedBy(leader, store, detail);
    if (!logged_by) return logged_by.error();
    detail.logged_by.push_back(std::move(*logged_by));
  }
  if (auto added = AddVolume(report, store, options.steps, detail); !added) return added.error();
  return detail;
}

}  // namespace exdiag
