// Signals as bytes and back, for who keeps them.
#pragma once

#include "engine/base/packed.h"
#include "engine/signal/signal.h"

namespace exdiag {

// As an evaluation gives it: nothing of what a site says and what merging makes.
void PackSignal(const Signal& signal, PackedWriter& out);
// Of `rule`.  Ask `in` whether it was one.
Signal UnpackSignal(PackedReader& in, const Rule& rule);

// All of it.
void PackWholeSignal(const Signal& signal, PackedWriter& out);
Signal UnpackWholeSignal(PackedReader& in, const Rule& rule);

}  // namespace exdiag
