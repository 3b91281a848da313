#include "engine/report/html_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "engine/base/text.h"
#include "engine/report/html.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

constexpr std::size_t kHostsDrawn = 30;
constexpr std::size_t kIncidentsDrawn = 200;
constexpr std::size_t kIncidentRows = 8;
constexpr double kWidth = 1000;  // of a lane, whatever its width on the page
constexpr double kHeight = 40;

// What a lane says of one host.
struct Lane {
  std::string host;  // canonical
  std::vector<const VolumeCount*> volume;
  std::vector<std::pair<Ticks, Ticks>> covered;  // apart, in order
  std::uint64_t errors = 0, warnings = 0, events = 0;
  std::size_t incidents = 0;
};

class TimeLineWriter {
 public:
  TimeLineWriter(const Report& report, const ReportDetail& detail, const HostNames& names)
      : report_(report), detail_(detail), names_(names) {}

  std::string Render() {
    MakeLanes();
    const bool local =
        std::any_of(report_.coverage.begin(), report_.coverage.end(),
                    [](const Coverage& row) { return row.time_basis == TimeBasis::kLocalUnknown; });
    out_ = fmt::format("<p>{} to {}{}. One bar is {}; each host has its own scale.</p>\n",
                       FormatTimeForPeople(detail_.from), FormatTimeForPeople(detail_.to),
                       local ? " (some hosts in local time of a zone that is not known)" : " UTC",
                       FormatDuration(detail_.step));
    out_ +=
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Time line\">"
        "<table class=\"timeline\">\n<thead><tr><th scope=\"col\" class=\"who\">Host</th>"
        "<th scope=\"col\" class=\"over\"><span class=\"unseen\">Events over time</span>";
    WriteAxis();
    out_ += "</th><th scope=\"col\" class=\"sum\">In words</th></tr></thead>\n<tbody>\n";
    WriteIncidents();
    const std::size_t drawn = std::min(lanes_.size(), kHostsDrawn);
    for (std::size_t i = 0; i < drawn; ++i) WriteLane(lanes_[i]);
    out_ += "</tbody></table></div>\n";
    WriteLegend();
    if (lanes_.size() > drawn) {
      out_ += fmt::format("<p class=\"dim\">{} with less trouble not drawn.</p>\n",
                          Counted(lanes_.size() - drawn, "host"));
    }
    if (detail_.outside > 0) {
      out_ += fmt::format(
          "<p class=\"dim\">{} far before or after this period not drawn: look at the clock of the "
          "hosts.</p>\n",
          Counted(detail_.outside, "event"));
    }
    return std::move(out_);
  }

 private:
  double X(Ticks time) const {
    const auto whole = static_cast<double>((detail_.to - detail_.from).ticks);
    const double x = static_cast<double>((time - detail_.from).ticks) / whole * kWidth;
    return std::clamp(x, 0.0, kWidth);
  }

  void MakeLanes() {
    std::map<std::string, Lane> lanes;
    for (const VolumeCount& count : detail_.volume) {
      Lane& lane = lanes[count.host];
      lane.volume.push_back(&count);
      lane.errors += count.errors;
      lane.warnings += count.warnings;
      lane.events += count.errors + count.warnings + count.others;
    }
    std::map<std::string, std::vector<std::pair<Ticks, Ticks>>> periods;
    for (const Coverage& row : report_.coverage) periods[row.host].emplace_back(row.from, row.to);
    for (auto& [host, list] : periods) {
      std::sort(list.begin(), list.end());
      for (const auto& [from, to] : list) Cover(lanes[host].covered, from, to);
    }
    for (const Incident& incident : report_.ranking.incidents) {
      if (IsQuiet(StateOf(incident, report_.ranking))) continue;
      for (const std::string& host : incident.hosts) {
        const auto lane = lanes.find(CanonicalHost(host));
        if (lane != lanes.end()) ++lane->second.incidents;
      }
    }
    for (auto& [host, lane] : lanes) {
      lane.host = host;
      lanes_.push_back(std::move(lane));
    }
    std::stable_sort(lanes_.begin(), lanes_.end(), [](const Lane& a, const Lane& b) {
      return std::tie(b.incidents, b.errors, b.warnings) <
             std::tie(a.incidents, a.errors, a.warnings);
    });
  }

  // Exports that follow each other within a step are one stretch.
  void Cover(std::vector<std::pair<Ticks, Ticks>>& covered, Ticks from, Ticks to) const {
    if (!covered.empty() && from <= covered.back().second + detail_.step) {
      covered.back().second = std::max(covered.back().second, to);
    } else {
      covered.emplace_back(from, to);
    }
  }

  void WriteAxis() {
    const Duration whole = detail_.to - detail_.from;
    const bool days = whole > Duration::Seconds(4 * 24 * 3600);
    out_ += "<span class=\"axis\" aria-hidden=\"true\">";
    for (int quarter = 0; quarter < 4; ++quarter) {
      const Ticks at = detail_.from + Duration{whole.ticks / 4 * quarter};
      out_ += fmt::format("<span>{}</span>", FormatTimeForPeople(at).substr(0, days ? 10 : 16));
    }
    out_ += "</span>";
  }

  // Each incident as a bar from its first to its last event, one below the other where they
  // overlap, and a link to it.
  void WriteIncidents() {
    std::vector<double> ends;  // of the last bar in each row
    std::string bars;
    std::size_t drawn = 0, left_out = 0;
    for (const Incident& incident : report_.ranking.incidents) {
      const bool inside = incident.first_seen.known() && incident.first_seen < detail_.to &&
                          incident.last_seen >= detail_.from;
      if (!inside) continue;
      const double x = std::min(X(incident.first_seen), kWidth - 6);
      const double width = std::max(X(incident.last_seen) - x, 6.0);
      std::size_t row = 0;
      while (row < ends.size() && ends[row] > x) ++row;
      if (row >= kIncidentRows || drawn >= kIncidentsDrawn) {
        ++left_out;
        continue;
      }
      if (row == ends.size()) ends.push_back(0);
      ends[row] = x + width + 3;
      ++drawn;
      const Finding& leader = report_.ranking.findings[incident.findings.front()];
      const std::string label =
          fmt::format("{}: {}, {}", incident.id, leader.signal.rule()->title,
                      PeriodText(incident.first_seen, incident.last_seen, incident.time_basis));
      bars += fmt::format(
          "<a href=\"#{0}\" aria-label=\"{1}\"><title>{1}</title><rect class=\"when {2}\" "
          "x=\"{3:.1f}\" y=\"{4}\" width=\"{5:.1f}\" height=\"10\" rx=\"2\"/></a>\n",
          EscapeHtml(incident.id), EscapeHtml(label), StateOf(incident, report_.ranking), x,
          row * 14 + 2, width);
    }
    if (drawn == 0) return;
    const std::size_t height = ends.size() * 14;
    out_ += fmt::format(
        "<tr><th scope=\"row\">Incidents</th><td class=\"lane\"><svg height=\"{0}\" "
        "viewBox=\"0 0 1000 {0}\" preserveAspectRatio=\"none\" role=\"group\" "
        "aria-label=\"Incidents over time\">\n{1}</svg></td><td class=\"sum\">{2}{3}</td></tr>\n",
        height, bars, Counted(drawn, "incident"),
        left_out > 0 ? fmt::format(" drawn, {} more not", left_out) : "");
  }

  void WriteLane(const Lane& lane) {
    std::string words = Counted(lane.events, "event");
    if (lane.errors > 0) words += ", " + Counted(lane.errors, "error");
    if (lane.warnings > 0) words += ", " + Counted(lane.warnings, "warning");
    std::string covered, gaps;
    std::size_t gap_count = 0;
    Ticks at = detail_.from;
    const auto gap = [&](Ticks from, Ticks to) {
      if (to <= from + detail_.step + detail_.step) return;
      ++gap_count;
      gaps += fmt::format(
          "<rect fill=\"url(#hatch)\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"40\"/>",
          X(from), X(to) - X(from));
    };
    for (const auto& [from, to] : lane.covered) {
      gap(at, from);
      const double x = X(from);
      covered += fmt::format(
          "<rect class=\"ground\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"40\"/>", x,
          std::max(X(to) - x, 2.0));
      at = std::max(at, to);
    }
    gap(at, detail_.to);
    if (gap_count > 0) {
      words += lane.covered.empty() ? "; no log" : "; no log in " + Counted(gap_count, "period");
    }
    const std::string host = EscapeHtml(names_.Shown(lane.host));
    out_ += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"lane\"><svg height=\"42\" viewBox=\"0 0 1000 "
        "40\" "
        "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}: {}\">{}{}{}</svg></td>"
        "<td class=\"sum\">{}</td></tr>\n",
        host.empty() ? "<span class=\"dim\">(no host named)</span>" : host, host, EscapeHtml(words),
        covered, gaps, Bars(lane), EscapeHtml(words));
  }

  // One path for each kind: the errors below, warnings and others on them.
  std::string Bars(const Lane& lane) const {
    std::uint64_t most = 1;
    for (const VolumeCount* count : lane.volume) {
      most = std::max(most, count->errors + count->warnings + count->others);
    }
    std::string paths[3];
    for (const VolumeCount* count : lane.volume) {
      const double x = X(count->from);
      const double width = std::max(X(count->from + detail_.step) - x - 0.8, 0.8);
      double top = kHeight;
      const std::uint64_t parts[3] = {count->errors, count->warnings, count->others};
      for (int i = 0; i < 3; ++i) {
        if (parts[i] == 0) continue;
        // Few among many must stay visible.
        const double share = static_cast<double>(parts[i]) / static_cast<double>(most);
        const double height = std::min(std::max(share * (kHeight - 3), 2.5), top);
        paths[i] +=
            fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h-{:.1f}z", x, top, width, -height, width);
        top -= height;
      }
    }
    std::string out;
    constexpr std::string_view kClasses[3] = {"v-error", "v-warning", "v-other"};
    for (int i = 0; i < 3; ++i) {
      if (!paths[i].empty())
        out += fmt::format("<path class=\"{}\" d=\"{}\"/>", kClasses[i], paths[i]);
    }
    return out;
  }

  void WriteLegend() {
    const auto key = [](std::string_view shape, std::string_view text) {
      return fmt::format("<li><svg viewBox=\"0 0 20 16\" aria-hidden=\"true\">{}</svg>{}</li>\n",
                         shape, text);
    };
    out_ += "<ul class=\"legend\">\n";
    out_ += key("<rect class=\"v-error\" width=\"20\" height=\"16\"/>", "errors (at the bottom)");
    out_ += key("<rect class=\"v-warning\" width=\"20\" height=\"16\"/>", "warnings");
    out_ += key("<rect class=\"v-other\" width=\"20\" height=\"16\"/>", "other events");
    out_ += key("<rect class=\"ground\" width=\"20\" height=\"16\"/>", "log read, nothing in it");
    out_ +=
        key("<defs><pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" "
            "patternTransform=\"rotate(45)\"><rect class=\"gap\" width=\"8\" height=\"8\"/>"
            "<line class=\"gap-lines\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"8\"/></pattern></defs>"
            "<rect fill=\"url(#hatch)\" width=\"20\" height=\"16\"/>",
            "no log: nothing is known");
    out_ += "</ul>\n";
  }

  const Report& report_;
  const ReportDetail& detail_;
  const HostNames& names_;
  std::vector<Lane> lanes_;  // most trouble first
  std::string out_;
};

}  // namespace

HostNames::HostNames(const Report& report) {
  for (const Incident& incident : report.ranking.incidents) {
    for (const std::string& host : incident.hosts) names_.emplace(CanonicalHost(host), host);
  }
}

std::string HostNames::Shown(std::string_view host) const {
  const auto found = names_.find(CanonicalHost(host));
  return found == names_.end() ? std::string(host) : found->second;
}

std::string ShareBar(double share, std::string_view fill) {
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><rect class=\"track\" width=\"1000\" height=\"10\"/>"
      "<rect class=\"{}\" width=\"{:.0f}\" height=\"10\"/></svg>",
      fill, std::clamp(share, 0.0, 1.0) * 1000);
}

std::string_view StateOf(const Incident& incident, const Ranking& ranking) {
  const Finding& leader = ranking.findings[incident.findings.front()];
  if (IsAcknowledged(incident, ranking)) return "acknowledged";
  if (leader.confidence < 0.5) return "unsettled";
  return leader.signal.rule()->verdict == Verdict::kExpected ? "expected" : "";
}

bool IsQuiet(std::string_view state) { return state == "expected" || state == "acknowledged"; }

std::string TimeLine(const Report& report, const ReportDetail& detail, const HostNames& names) {
  if (!detail.from.known()) return "";
  return TimeLineWriter(report, detail, names).Render();
}

}  // namespace exdiag
