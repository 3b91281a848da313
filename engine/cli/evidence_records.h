// The records behind findings, as they stand in the exports that they came from.
#pragma once

#include <string>
#include <vector>

#include "engine/knowledge/knowledge.h"
#include "engine/report/evidence_render.h"
#include "engine/store/store.h"
#include "importers/importer.h"

namespace exdiag {

struct EvidenceOptions {
  std::size_t most = 1000;  // records of each reason
  ImportOptions reading;    // as for the import
};

// Reads the records that the reasons of `findings` rest on, each file once.  The findings carry
// only the first of them, so their rules are evaluated again, over the same store.  Where a file is
// gone, or has another event at that place now, the record says so and holds what the store kept.
// An Error is the store's.
Result<std::vector<FindingRecords>> ReadEvidence(const std::vector<const Finding*>& findings,
                                                 const Knowledge& knowledge, const Store& store,
                                                 const EvidenceOptions& options);

}  // namespace exdiag
