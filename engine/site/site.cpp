#include "engine/site/site.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {
namespace {

bool NamesOneOf(const Acknowledgement& acknowledgement, const std::vector<std::string>& hosts) {
  if (acknowledgement.hosts.empty()) return true;
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    return std::any_of(
        acknowledgement.hosts.begin(), acknowledgement.hosts.end(),
        [&](const std::string& named) { return CanonicalHost(named) == CanonicalHost(host); });
  });
}

bool IsAbout(const Acknowledgement& acknowledgement, const Finding& finding) {
  return acknowledgement.rule == finding.signal.rule()->id &&
         NamesOneOf(acknowledgement, finding.signal.Read().hosts);
}

}  // namespace

std::vector<std::vector<std::string>> HostGroups(const Signal& signal) {
  if (signal.host_groups.empty()) return {signal.hosts};
  return signal.host_groups;
}

std::vector<Acknowledgement> AcknowledgementsOf(const std::vector<Note>& notes,
                                                const std::string& store) {
  std::vector<Acknowledgement> acknowledgements;
  for (const Note& note : notes) {
    Acknowledgement& one = acknowledgements.emplace_back();
    one.rule = note.subject;
    if (!note.host.empty()) one.hosts = {note.host};
    one.since = note.noted_at;
    one.until = note.until;
    one.reason = note.text;
    one.by = note.noted_by;
    one.where.file = store;
  }
  return acknowledgements;
}

void ApplyOverrides(std::span<const PointsOverride> overrides, Signal& signal) {
  for (const PointsOverride& change : overrides) {
    if (signal.rule->id != change.rule) continue;
    const SitePoints note{change.of_rule, change.reason, change.by, change.since};
    if (change.line == 0) {
      // A difference, since what is not known still costs its point.
      signal.start_points += change.points - change.of_rule;
      signal.site = note;
    }
    for (Reason& reason : signal.reasons) {
      if (reason.line + 1 != change.line) continue;
      reason.points = change.points;
      reason.site = note;
    }
  }
}

void ApplyOverrides(std::span<const PointsOverride> overrides, SignalList& signals) {
  if (overrides.empty()) return;
  signals.Adjust([overrides](Signal& signal) { ApplyOverrides(overrides, signal); });
}

SiteUse ApplyAcknowledgements(const Site& site, Ticks now, Ranking& ranking) {
  SiteUse use;
  for (const Acknowledgement& one : site.acknowledgements) {
    AcknowledgementUse& used = use.acknowledgements.emplace_back();
    used.acknowledgement = one;
    used.expired = one.until < now;
    for (std::size_t i = 0; i < ranking.findings.size(); ++i) {
      if (IsAbout(one, ranking.findings[i])) used.findings.push_back(i);
    }
  }
  for (const PointsOverride& change : site.overrides) {
    OverrideUse& used = use.overrides.emplace_back();
    used.change = change;
    for (std::size_t i = 0; i < ranking.findings.size(); ++i) {
      if (ranking.findings[i].signal.rule()->id == change.rule) used.findings.push_back(i);
    }
  }
  if (use.acknowledgements.empty()) return use;
  for (Finding& finding : ranking.findings) {
    const auto groups = HostGroups(finding.signal.Read());
    finding.acknowledged = std::all_of(groups.begin(), groups.end(), [&](const auto& hosts) {
      return std::any_of(use.acknowledgements.begin(), use.acknowledgements.end(),
                         [&](const AcknowledgementUse& used) {
                           return !used.expired &&
                                  used.acknowledgement.rule == finding.signal.rule()->id &&
                                  NamesOneOf(used.acknowledgement, hosts);
                         });
    });
  }
  return use;
}

bool IsAcknowledged(const Incident& incident, const Ranking& ranking) {
  return ranking.findings[incident.findings.front()].acknowledged;
}

bool AnythingToReport(const Ranking& ranking) {
  return std::any_of(ranking.incidents.begin(), ranking.incidents.end(),
                     [&](const Incident& incident) { return !IsAcknowledged(incident, ranking); });
}

}  // namespace exdiag
