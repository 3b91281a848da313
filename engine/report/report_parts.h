// What several renderers of a report say in the same way.  Only engine/report includes this.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/report.h"

namespace exdiag {

// "2 incidents, and 1 that needs no action".
std::string ReportTitle(const Report& report);
// One row for each stretch of a host's log: files that overlap or touch to the second are one.
std::vector<Coverage> MergedCoverage(const std::vector<Coverage>& rows);

// Acknowledgements of the incident's leader, a sentence each; with `expired`, those that no longer
// count.
std::vector<std::string> AcknowledgementTexts(const Incident& incident, const Report& report,
                                              bool expired);
// " (the site's points, where the rule has +3; by anna, 12 days ago: ...)"; "" when they are the
// rule's.
std::string SitePointsText(const std::optional<SitePoints>& site, Ticks now);

// One thing that the site says: "RULE acknowledged until ...".
struct SiteLine {
  std::string rule;
  std::string said;  // goes on behind the rule
  bool expired = false;
  bool used = true;  // some finding here is about it
  std::string where;
};
// Everything that the site says, also what is about nothing in this report.
std::vector<SiteLine> SiteLines(const Report& report);

// "Compared with the report of 2026-11-20 02:00:00 UTC."
std::string ComparedText(const ReportChanges& changes);

}  // namespace exdiag
