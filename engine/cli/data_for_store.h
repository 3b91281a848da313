// The rules that a store asks for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/cli/data.h"
#include "engine/store/store.h"

namespace exdiag {

// As LoadData, with no more rules than LoadNaming gives for the events of a store and for one more,
// that of a question.  A diagnosis of the store as it is finds with these what it finds with all.
Result<std::unique_ptr<Data>> LoadDataFor(const Store& store, const DataOptions& options,
                                          DiagnosticSink& problems,
                                          std::optional<std::uint16_t> event_id = {});

}  // namespace exdiag
