// Pieces of JSON that several answers share.  Only engine/report includes this.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/location.h"
#include "engine/base/time.h"
#include "engine/evidence/event.h"
#include "engine/knowledge/catalogue.h"
#include "engine/ranking/ranking.h"

namespace exdiag {

using Json = nlohmann::ordered_json;  // keys stay in the order in which they are written

// An array of what `render` makes of each.
template <typename T, typename Render>
Json List(const std::vector<T>& items, const Render& render) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(render(item));
  return list;
}

// null for no time; without a Z when the zone is not known.
Json TimeJson(Ticks time, TimeBasis basis);
// {"file": ..., "offset": N} or {"file": ..., "line": N}.
Json LocationJson(const Location& location);
Json EvidenceJson(const EvidenceReference& reference);
Json FindingJson(const Finding& finding);
Json AskNextJson(const AskNext& ask);
// An event with its named fields, as `events` and `explain` show it.
Json EventJson(const Event& event, const Catalogue& catalogue);

struct Completeness;
// {"record_numbers": [...], "silent_periods": [...], ...}: docs/schema/store-info.schema.json.
Json CompletenessJson(const Completeness& completeness);

struct Report;
Json ReportJsonValue(const Report& report);

// Two blanks of indentation, ill-formed UTF-8 as U+FFFD, a line end behind it.  No control
// character and nothing that turns the reading direction stands in it unescaped.
std::string Dump(const Json& json);

}  // namespace exdiag
