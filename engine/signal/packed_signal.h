// Signals as bytes and back, for who keeps them.
#pragma once

#include "engine/base/packed.h"
#include "engine/signal/signal.h"

namespace exdiag {

void PackSignal(const Signal& signal, PackedWriter& out);
// Of `rule`.  Ask `in` whether it was one.
Signal UnpackSignal(PackedReader& in, const Rule& rule);

}  // namespace exdiag
