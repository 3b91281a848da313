#include "engine/nightly/present_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace exdiag {
namespace {

class RankingFilter {
 public:
  RankingFilter(const std::vector<bool>& kept, Ranking& ranking) : kept_(kept), ranking_(ranking) {}

  void Run(SiteUse& site) {
    RenumberFindings();
    RenumberIncidents();
    std::erase_if(ranking_.ask_next,
                  [&](const AskNext& ask) { return !ids_.contains(ask.incident); });
    for (AskNext& ask : ranking_.ask_next) ask.incident = ids_[ask.incident];
    for (AcknowledgementUse& use : site.acknowledgements) Renumber(use.findings);
    for (OverrideUse& use : site.overrides) Renumber(use.findings);
  }

 private:
  void RenumberFindings() {
    std::vector<bool> wanted(ranking_.findings.size(), false);
    std::size_t number = 0;
    for (std::size_t i = 0; i < ranking_.incidents.size(); ++i) {
      if (!kept_[i]) continue;
      ids_[ranking_.incidents[i].id] = fmt::format("i{}", ++number);
      for (const std::size_t finding : ranking_.incidents[i].findings) wanted[finding] = true;
    }
    std::vector<Finding> findings;
    for (std::size_t i = 0; i < ranking_.findings.size(); ++i) {
      places_.push_back(wanted[i] ? std::optional(findings.size()) : std::nullopt);
      if (!wanted[i]) continue;
      Finding& finding = findings.emplace_back(std::move(ranking_.findings[i]));
      finding.rank = findings.size();
      finding.incident = ids_[finding.incident];
    }
    ranking_.findings = std::move(findings);
  }

  void RenumberIncidents() {
    std::vector<Incident> incidents;
    for (std::size_t i = 0; i < ranking_.incidents.size(); ++i) {
      if (!kept_[i]) continue;
      Incident& incident = incidents.emplace_back(std::move(ranking_.incidents[i]));
      incident.id = ids_[incident.id];
      Renumber(incident.findings);
    }
    ranking_.incidents = std::move(incidents);
  }

  void Renumber(std::vector<std::size_t>& findings) const {
    std::vector<std::size_t> renumbered;
    for (const std::size_t finding : findings) {
      if (places_[finding]) renumbered.push_back(*places_[finding]);
    }
    findings = std::move(renumbered);
  }

  const std::vector<bool>& kept_;
  Ranking& ranking_;
  std::map<std::string, std::string> ids_;          // old to new
  std::vector<std::optional<std::size_t>> places_;  // old to new
};

}  // namespace

void KeepPresent(const PresentOptions& options, Report& report) {
  RankingFilter(options.incidents, report.ranking).Run(report.site);
  std::erase_if(report.unexplained, [&](const UnexplainedEvents& events) {
    return events.last.known() && events.last < options.window_from;
  });
  std::erase_if(report.coverage, [&](const Coverage& row) { return row.to < options.window_from; });
  const auto old = std::min(options.ledger_from, report.inputs.size());
  report.inputs.erase(report.inputs.begin(),
                      report.inputs.begin() + static_cast<std::ptrdiff_t>(old));
}

}  // namespace exdiag
