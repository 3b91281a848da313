#include "importers/json/json_events.h"

#include <fmt/format.h>

#include "importers/text/fields.h"

namespace exdiag {

bool JsonEvents::Take(std::string_view json, std::string_view raw, const Place& place) {
  Record record;
  if (!reader_.Read(json, record)) {
    Reject(reader_.error(), raw, place);
    return true;
  }
  record.place = place;
  record.message = CleanMessage(record.message, message_);
  const std::string_view local = reader_.local_time();
  if (record.time_basis == TimeBasis::kNone) {
    times_.Put(ReadWallClock(local), local, place.value, record);
    if (record.time.known() && reader_.time_is_utc()) record.time_basis = TimeBasis::kUtc;
  }
  return evidence_->OnRecord(record);
}

void JsonEvents::Reject(std::string_view reason, std::string_view raw, const Place& place) {
  evidence_->OnReject({place, reject_id_, fmt::format("{}; kept as a reject", reason),
                       std::as_bytes(std::span(raw))});
}

void AddLocalTime(std::string_view json, JsonEventReader& reader, DateOrderFinder& finder) {
  Record ignored;
  if (!reader.Read(json, ignored)) return;
  if (const auto clock = ReadWallClock(reader.local_time())) finder.Add(*clock);
}

}  // namespace exdiag
