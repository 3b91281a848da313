// Hands over what objects say of events, one after the other.
#pragma once

#include <string>
#include <string_view>

#include "engine/evidence/sink.h"
#include "importers/json/json_event.h"
#include "importers/text/local_time.h"

namespace exdiag {

class JsonEvents {
 public:
  // `reject_id` is that of objects that are no event; `dates` looks through the file once more when
  // local times need it (AddLocalTime).
  JsonEvents(std::string reject_id, LocalTimes::FindOrder dates, EvidenceSink& evidence)
      : reject_id_(std::move(reject_id)), evidence_(&evidence), times_(std::move(dates)) {}

  // One event, or a reject.  `raw` is what stands in the file.  False when the sink wants no more.
  bool Take(std::string_view json, std::string_view raw, const Place& place);
  // `reason` is without its consequence.
  void Reject(std::string_view reason, std::string_view raw, const Place& place);

  const LocalTimes& times() const { return times_; }

 private:
  std::string reject_id_;
  EvidenceSink* evidence_;
  JsonEventReader reader_;
  LocalTimes times_;
  std::string message_;
};

// What the object adds to what is known about the order of day and month.
void AddLocalTime(std::string_view json, JsonEventReader& reader, DateOrderFinder& finder);

}  // namespace exdiag
