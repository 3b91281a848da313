#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/base/text.h"
#include "engine/report/html.h"
#include "engine/report/html_charts.h"

namespace exdiag {
namespace {

constexpr std::size_t kMatrixSize = 25;
constexpr std::size_t kNameShown = 24;  // bytes of a column's name

// Names by how often they occur, the most frequent first; at most kMatrixSize.
std::vector<std::string> MostFrequent(const std::map<std::string, std::size_t>& counts) {
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [name, count] : counts) order.emplace_back(count, name);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return std::tie(b.first, a.second) < std::tie(a.first, b.second);
  });
  if (order.size() > kMatrixSize) order.resize(kMatrixSize);
  std::vector<std::string> names;
  for (auto& [count, name] : order) names.push_back(std::move(name));
  return names;
}

class MatrixWriter {
 public:
  MatrixWriter(const Report& report, const ReportDetail& detail, const HostNames& names)
      : report_(report), detail_(detail), names_(names) {}

  std::string Render() {
    Count();
    if (cells_.empty()) return "";
    rows_ = MostFrequent(servers_);
    columns_ = MostFrequent(peers_);
    WriteHead();
    for (const std::string& row : rows_) WriteRow(row);
    out_ += "</tbody></table></div>\n";
    const std::size_t hidden = servers_.size() - rows_.size() + peers_.size() - columns_.size();
    if (hidden > 0) {
      out_ += fmt::format(
          "<p class=\"dim\">{} rows and columns with fewer incidents not shown.</p>\n", hidden);
    }
    return std::move(out_);
  }

 private:
  struct Cell {
    std::size_t incidents = 0;
    std::string first;  // id of the best-ranked one
  };

  void Count() {
    const std::vector<Incident>& incidents = report_.ranking.incidents;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
      const Incident& incident = incidents[i];
      if (incident.hosts.size() < 2 || IsQuiet(StateOf(incident, report_.ranking))) continue;
      const bool known = i < detail_.logged_by.size() && !detail_.logged_by[i].empty();
      CountIncident(incident, CanonicalHost(known ? detail_.logged_by[i] : incident.hosts.front()));
    }
  }

  void CountIncident(const Incident& incident, const std::string& server) {
    for (const std::string& host : incident.hosts) {
      const std::string peer = CanonicalHost(host);
      if (peer == server) continue;
      Cell& cell = cells_[{server, peer}];
      if (cell.incidents++ == 0) cell.first = incident.id;
      most_ = std::max(most_, cell.incidents);
      ++servers_[server];
      ++peers_[peer];
    }
  }

  void WriteHead() {
    out_ =
        "<p>Rows are the servers whose log tells of it, columns the servers it is about. A number "
        "is how many incidents, and leads to the first of them.</p>\n"
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Trouble between "
        "servers\"><table class=\"matrix\"><thead><tr><th scope=\"col\">Server</th>";
    for (const std::string& column : columns_) {
      const std::string name = names_.Shown(column);
      const bool cut = name.size() > kNameShown;
      out_ += fmt::format("<th scope=\"col\" class=\"peer\" title=\"{}\">{}{}</th>",
                          EscapeHtml(name), EscapeHtml(HeadOf(name, kNameShown)), cut ? "..." : "");
    }
    out_ += "</tr></thead>\n<tbody>\n";
  }

  void WriteRow(const std::string& row) {
    out_ += fmt::format("<tr><th scope=\"row\">{}</th>", EscapeHtml(names_.Shown(row)));
    for (const std::string& column : columns_) {
      const auto found = cells_.find({row, column});
      if (found == cells_.end()) {
        out_ += row == column ? "<td class=\"self\"></td>" : "<td></td>";
        continue;
      }
      const Cell& cell = found->second;
      const std::size_t heat = std::min<std::size_t>(4, (cell.incidents * 4 + most_ - 1) / most_);
      out_ += fmt::format(
          "<td class=\"h{}\"><a href=\"#{}\">{}<span class=\"unseen\"> of {} about {}</span></a>"
          "</td>",
          most_ == 1 ? 2 : heat, EscapeHtml(cell.first), cell.incidents,
          EscapeHtml(names_.Shown(row)), EscapeHtml(names_.Shown(column)));
    }
    out_ += "</tr>\n";
  }

  const Report& report_;
  const ReportDetail& detail_;
  const HostNames& names_;
  std::map<std::pair<std::string, std::string>, Cell> cells_;  // by server, peer
  std::map<std::string, std::size_t> servers_, peers_;
  std::size_t most_ = 1;
  std::vector<std::string> rows_, columns_;
  std::string out_;
};

}  // namespace

std::string Matrix(const Report& report, const ReportDetail& detail, const HostNames& names) {
  return MatrixWriter(report, detail, names).Render();
}

}  // namespace exdiag
