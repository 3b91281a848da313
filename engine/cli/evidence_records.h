// The records behind findings, as they stand in the exports that they came from.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/evidence/event.h"
#include "engine/knowledge/knowledge.h"
#include "engine/report/evidence_render.h"
#include "engine/store/store.h"

namespace exdiag {

// Reads every record that the reasons of `findings` rest on, each file once.  Where the file is
// gone, or has another event at that place now, the record says so and holds what the store kept.
// An Error is the store's.
Result<std::vector<FindingRecords>> ReadEvidence(const std::vector<const Finding*>& findings,
                                                 const Knowledge& knowledge, const Store& store);

}  // namespace exdiag
