// What a site says of findings, beside the rules: trouble that it lives with for a time, and points
// that it finds wrong for itself.  docs/site-file.md is the reference.  Both act on signals and
// findings, after the rules were evaluated; they never change what is found.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/location.h"
#include "engine/ranking/ranking.h"
#include "engine/store/store.h"

namespace exdiag {

// "We know of this and live with it until then."
struct Acknowledgement {
  std::string rule;                // id
  std::vector<std::string> hosts;  // as written; none: all hosts
  Ticks since;                     // not known() when nobody says
  Ticks until;                     // its last moment, UTC
  std::string reason;
  std::string by;
  Location where;  // line of the site file; the file alone when it is from the store
};

// Other points for a rule's start or for one of its evidence lines.
struct PointsOverride {
  std::string rule;      // id
  std::size_t line = 0;  // of the rule's evidence, from 1; 0 for the points it starts with
  double points = 0;
  double of_rule = 0;  // what the rule says
  Ticks since;
  std::string reason;
  std::string by;
  Location where;
};

struct Site {
  std::vector<Acknowledgement> acknowledgements;
  std::vector<PointsOverride> overrides;
};

// The acknowledgements among the notes of a store.
std::vector<Acknowledgement> AcknowledgementsOf(const std::vector<Note>& notes,
                                                const std::string& store);

// The hosts of each trouble that a finding is about; one, unless several became one incident.
std::vector<std::vector<std::string>> HostGroups(const Signal& signal);

// Puts the site's points into what its rules gave; at most one override for each place.  A list
// borrows them.
void ApplyOverrides(std::span<const PointsOverride> overrides, Signal& signal);
void ApplyOverrides(std::span<const PointsOverride> overrides, SignalList& signals);

// An acknowledgement or an override, and what it is about in one report.
struct AcknowledgementUse {
  Acknowledgement acknowledgement;
  bool expired = false;
  std::vector<std::size_t> findings;  // indexes into Ranking::findings
};
struct OverrideUse {
  PointsOverride change;
  std::vector<std::size_t> findings;
};
struct SiteUse {
  std::vector<AcknowledgementUse> acknowledgements;  // in the order given
  std::vector<OverrideUse> overrides;
};

// Marks the findings that are acknowledged at `now`.  An acknowledgement is about the findings of
// its rule that have one of its hosts.  A finding that several groups of hosts make is acknowledged
// when each group is: trouble of a host that nobody spoke of does not hide behind that of another.
SiteUse ApplyAcknowledgements(const Site& site, Ticks now, Ranking& ranking);

// Whether something was found that is not acknowledged: an incident is when its leader is.
bool AnythingToReport(const Ranking& ranking);
bool IsAcknowledged(const Incident& incident, const Ranking& ranking);

}  // namespace exdiag
