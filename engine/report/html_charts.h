// The drawings of a report's page: time line, matrix, bars.  Each is plain SVG or a table, without
// inline styles, and says in words what it shows in colours.  Only engine/report includes this.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/detail.h"

namespace exdiag {

// Hosts are known by CanonicalHost and shown as findings write them.
class HostNames {
 public:
  explicit HostNames(const Report& report);

  // As a log writes it; the name itself when no log of a finding does.
  std::string Shown(std::string_view host) const;

 private:
  std::map<std::string, std::string> names_;  // by canonical name
};

// A bar of `share`, 0..1, in the class `fill` ("lead", "rival", "nobody").
std::string ShareBar(double share, std::string_view fill);

// Whether somebody knows of an incident already, it needs nobody to act, or is not settled:
// "acknowledged", "expected", "unsettled" or "".
std::string_view StateOf(const Incident& incident, const Ranking& ranking);
// Of these, those that ask nothing of the reader.
bool IsQuiet(std::string_view state);

// "" when nothing has a time.
std::string TimeLine(const Report& report, const ReportDetail& detail, const HostNames& names);
// "" when no incident is between two servers.
std::string Matrix(const Report& report, const ReportDetail& detail, const HostNames& names);

}  // namespace exdiag
