#include "importers/evtx/record_reader.h"

#include <fmt/format.h>

#include <utility>

#include "importers/binary_log/little_endian.h"

namespace exdiag::evtx {

void RecordReader::BeginChunk(std::int64_t offset, std::span<const std::byte> chunk) {
  offset_ = offset;
  chunk_ = chunk;
  decoder_.BeginChunk(chunk);
}

bool RecordReader::Learn(std::span<const LearnedTemplate> learned) {
  decoder_.Learn(learned);
  return decoder_.plans().kept_bytes() <= PlanCache::kMaxKeptBytes / 2;
}

RecordReader::Outcome RecordReader::Read(const RecordWalker::Item& item, Origin origin,
                                         bool last_try) {
  const auto place = static_cast<std::uint64_t>(offset_ + static_cast<std::int64_t>(item.offset));
  const auto bytes = chunk_.subspan(item.offset, item.size);
  const auto begin = static_cast<std::uint32_t>(item.offset + kRecordHeaderSize);
  const auto end = static_cast<std::uint32_t>(item.offset + item.size - 4);
  Record& record = record_;
  const Decoded decoded = decoder_.Decode({begin, end}, record);
  const bool torn = item.kind == RecordWalker::Kind::kTorn;
  if (decoded.is_sound && origin == Origin::kLog && !torn && record.time.known()) {
    record.place = Place::Offset(place);
    ++records_;
    return evidence_.OnRecord(record) ? Outcome::kRead : Outcome::kStop;
  }
  if (decoded.error != nullptr) return Refuse(place, bytes, origin, last_try, decoded);
  const bool empty = record.provider.empty() && record.strings.empty();
  if (origin == Origin::kFreeSpace && (record.provider.empty() || !record.time.known())) {
    return Outcome::kUnreadable;
  }
  if (torn && empty) {
    Reject("evtx.record.copy", place,
           "the size of the record and its copy differ, and what is there names no provider and "
           "has no strings; kept as a reject",
           bytes);
    return Outcome::kRejected;
  }
  if (decoded.no_event && origin != Origin::kLog) {
    Reject("evtx.record.binxml", place,
           "the record cannot be decoded: it holds no event; kept as a reject", bytes);
    return Outcome::kRejected;
  }
  record.place = Place::Offset(place);
  record.recovered = origin != Origin::kLog || torn || decoded.substitute_template;
  if (torn) {
    complaints_.Report(Severity::kNote, "evtx.record.copy", record.place,
                       "the size of the record and its copy differ; the record was being written "
                       "when the log was copied, and is kept as recovered");
  }
  UseHeader(bytes, decoded, record);
  ReportDoubts(record.place, decoded);
  ++records_;
  return evidence_.OnRecord(record) ? Outcome::kRead : Outcome::kStop;
}

RecordReader::Outcome RecordReader::Refuse(std::uint64_t place, std::span<const std::byte> bytes,
                                           Origin origin, bool last_try, const Decoded& decoded) {
  if (decoded.template_lost && !last_try) return Outcome::kTemplateLost;
  if (origin == Origin::kFreeSpace) return Outcome::kUnreadable;
  Reject("evtx.record.binxml", place,
         fmt::format("the record cannot be decoded: {}; kept as a reject", decoded.error), bytes);
  return Outcome::kRejected;
}

// What the record's header can say where its event does not.
void RecordReader::UseHeader(std::span<const std::byte> bytes, const Decoded& decoded,
                             Record& record) {
  const RecordHeader header(bytes);
  if (decoded.no_event) record.record_id = header.id;
  if (record.time.known()) return;
  // The header's time is that of the next event in saved logs: better than none, and no more.
  if (const auto written = TicksFromFileTime(header.time)) {
    record.time = *written;
    record.time_basis = TimeBasis::kUtc;
    record.recovered = true;
  }
}

void RecordReader::ReportDoubts(Place place, const Decoded& decoded) {
  if (decoded.no_event) {
    complaints_.Report(Severity::kWarning, "evtx.record.empty", place,
                       "the record holds no event; kept with the number and time of its header");
  }
  if (decoded.data_error != nullptr) {
    complaints_.Report(
        Severity::kWarning, "evtx.record.data", place,
        fmt::format("the event data cannot be decoded: {}; the record is kept without its strings",
                    decoded.data_error));
  }
  if (decoded.truncated) {
    complaints_.Report(Severity::kWarning, "evtx.record.truncated", place,
                       "the record expands to more than any log writes; its first part is kept");
  }
  if (decoded.substitute_template) {
    complaints_.Report(
        Severity::kNote, "evtx.record.template", place,
        "the record's template is lost; read with the one of the same id elsewhere in the file, "
        "and kept as recovered");
  }
}

void RecordReader::Reject(const char* id, std::uint64_t offset, std::string reason,
                          std::span<const std::byte> raw) {
  evidence_.OnReject({Place::Offset(offset), id, std::move(reason), raw});
}

}  // namespace exdiag::evtx
