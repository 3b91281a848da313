// What only the page shows beside the report, since it takes more walks over the store: the events
// that findings rest on as they stood in the log, and how much each host logged when.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/knowledge/catalogue.h"
#include "engine/report/events_render.h"
#include "engine/report/report.h"
#include "engine/store/store.h"

namespace exdiag {

struct QuotedEvent {
  Event event;
  std::string message;  // as exported, or rendered by the catalogue
  std::vector<FieldValue> fields;
};

struct ReportDetail {
  std::map<std::int64_t, QuotedEvent> events;  // by Event::id
  // One for each incident, in the report's order: the computer whose log opened it, "" for a fact.
  std::vector<std::string> logged_by;

  // The time line: `volume` in steps from `from` to `to`, hosts apart.  A clock that was wrong for
  // a few events must not squeeze all others into one bar, so the period may leave some outside.
  Ticks from, to;  // not known() when nothing has a time
  Duration step;
  std::vector<VolumeCount> volume;
  std::uint64_t outside = 0;
};

struct DetailOptions {
  std::size_t incidents_quoted = 400;  // first ones of the report whose evidence is quoted
  std::size_t steps = 120;             // of the time line, at most
};

// An Error is the store's.
Result<ReportDetail> MakeReportDetail(const Report& report, const Store& store,
                                      const Catalogue& catalogue,
                                      const DetailOptions& options = {});

}  // namespace exdiag
