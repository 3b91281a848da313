// What became of things since the last report, and what the site says of them.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/report/html.h"
#include "engine/report/html_table.h"
#include "engine/report/phrases.h"
#include "engine/report/report_parts.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

constexpr std::size_t kChangesShown = 300;
constexpr std::size_t kHostsNamed = 8;  // of one row

// What is news stands first, what goes on as before last.
int OrderOf(std::string_view state) {
  constexpr std::string_view kOrder[] = {"new",     "came back",     "worse",        "missing",
                                         "cleared", "arrived again", "still missing"};
  const auto* found = std::find(std::begin(kOrder), std::end(kOrder), state);
  return static_cast<int>(found - std::begin(kOrder));
}

std::string_view ClassOfChange(std::string_view state) {
  if (state == "cleared" || state == "arrived again") return " good";
  if (state == "still missing") return " doubt";
  return state == "ongoing" ? "" : " trouble";
}

// A link to the incident that a cause leads on these hosts; "" when there is none.
std::string LinkToIncident(const ReportChange& change, const Report& report) {
  for (const Incident& incident : report.ranking.incidents) {
    const SignalInList& leader = report.ranking.findings[incident.findings.front()].signal;
    if (change.cause.empty() || leader.rule()->id != change.cause) continue;
    const std::vector<std::string> hosts = leader.Read().hosts;
    const bool same = std::any_of(change.hosts.begin(), change.hosts.end(), [&](const auto& host) {
      return std::find(hosts.begin(), hosts.end(), host) != hosts.end();
    });
    if (!same && !change.hosts.empty()) continue;
    return fmt::format(" <a href=\"#{0}\">{0}</a>", EscapeHtml(incident.id));
  }
  return "";
}

// "Title [id]" where this report has the cause, "id" where it has not.
std::string CauseName(const std::string& rule, const std::vector<std::size_t>& findings,
                      const Report& report) {
  if (findings.empty()) return rule;
  const Rule& found = *report.ranking.findings[findings.front()].signal.rule();
  return fmt::format("{} [{}]", found.title, rule);
}

std::string IncidentsOf(const std::vector<std::size_t>& findings, const Report& report) {
  std::vector<std::string> incidents;
  for (const std::size_t index : findings) {
    const std::string& id = report.ranking.findings[index].incident;
    if (std::find(incidents.begin(), incidents.end(), id) == incidents.end()) {
      incidents.push_back(id);
    }
  }
  return incidents.empty() ? "not found here" : Joined(incidents, kHostsNamed);
}

// A day where it is meant to its end, else a moment.
std::string UntilText(Ticks until) {
  const std::string text = FormatTimeForPeople(until);
  return text.ends_with(" 23:59:59") ? text.substr(0, 10) : text + " UTC";
}

std::string WhoAndSince(const std::string& by, Ticks since, const Report& report) {
  return (by.empty() ? "" : by + ", ") + AgeText(since, report.made_at);
}

}  // namespace

std::string ChangesTable(const Report& report) {
  if (!report.changes) return "";
  std::string out = fmt::format("<p>{}</p>\n", EscapeHtml(ComparedText(*report.changes)));
  if (report.changes->list.empty()) return out + "<p>Nothing changed.</p>\n";
  std::vector<const ReportChange*> rows;
  for (const ReportChange& change : report.changes->list) rows.push_back(&change);
  std::stable_sort(rows.begin(), rows.end(), [](const ReportChange* a, const ReportChange* b) {
    return OrderOf(a->state) < OrderOf(b->state);
  });
  TableWriter table("Changes", {{"State"}, {"What"}, {"Hosts"}, {"Remark"}});
  const std::size_t shown = std::min(rows.size(), kChangesShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const ReportChange& change = *rows[i];
    table.Row({change.state, change.title, Joined(change.hosts, kHostsNamed), change.remark}, "",
              fmt::format("<span class=\"nowrap\"><span class=\"badge{}\">{}</span>{}</span>",
                          ClassOfChange(change.state), EscapeHtml(change.state),
                          LinkToIncident(change, report)));
  }
  return out + table.Take() + NotListed(rows.size() - shown, "change");
}

// Whoever reads it must see at once what counts no longer, and what is about nothing.
std::string SiteTable(const Report& report) {
  const SiteUse& site = report.site;
  if (site.acknowledgements.empty() && site.overrides.empty()) return "";
  TableWriter table(
      "Acknowledged and changed by the site",
      {{"State"}, {"Cause"}, {"Hosts"}, {"What"}, {"Why"}, {"By"}, {"Incidents"}, {"Written in"}});
  for (const AcknowledgementUse& use : site.acknowledgements) {
    const Acknowledgement& one = use.acknowledgement;
    table.Row({"", CauseName(one.rule, use.findings, report),
               one.hosts.empty() ? "all" : Joined(one.hosts, kHostsNamed),
               "until " + UntilText(one.until), one.reason, WhoAndSince(one.by, one.since, report),
               IncidentsOf(use.findings, report), ToString(one.where)},
              "",
              use.expired ? "<span class=\"badge trouble\">Expired</span>"
                          : "<span class=\"badge\">Acknowledged</span>");
  }
  for (const OverrideUse& use : site.overrides) {
    const PointsOverride& one = use.change;
    table.Row({"", CauseName(one.rule, use.findings, report), "all",
               fmt::format("{} {} instead of {}",
                           one.line == 0 ? std::string("starts with")
                                         : fmt::format("evidence line {} counts", one.line),
                           PointsText(one.points), PointsText(one.of_rule)),
               one.reason, WhoAndSince(one.by, one.since, report),
               IncidentsOf(use.findings, report), ToString(one.where)},
              "", "<span class=\"badge\">Points changed</span>");
  }
  return table.Take();
}

}  // namespace exdiag
