// The records behind findings, for people and programs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/evidence/event.h"
#include "engine/knowledge/catalogue.h"
#include "engine/ranking/ranking.h"
#include "engine/report/document.h"

namespace exdiag {

struct EvidenceRecord {
  EvidenceReference reference;
  std::optional<Event> stored;  // not for facts
  // As it stands in the export: the lines of a text export, or the bytes of a binary one and, for
  // an event, what they say, by name.
  std::string text;
  std::vector<std::byte> bytes;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string why_not;  // why the export could not be read again; "" when it was
};

struct ReasonRecords {
  double points = 0;
  std::string because;
  std::uint64_t count = 0;  // how many there are; `records` are the first of them
  std::vector<EvidenceRecord> records;
};

struct FindingRecords {
  const Finding* finding = nullptr;
  std::vector<ReasonRecords> reasons;  // what opened the incident first
};

Document EvidenceDocument(const std::vector<FindingRecords>& findings, const Catalogue& catalogue);
// {"schema": 1, "findings": [{"cause": ..., "reasons": [{"records": [...]}]}]}
std::string EvidenceRecordsJson(const std::vector<FindingRecords>& findings,
                                const Catalogue& catalogue);

}  // namespace exdiag
