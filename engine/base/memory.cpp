#include "engine/base/memory.h"

#include <malloc.h>

namespace exdiag {

void HoldNoFreeMemory() {
  constexpr int kLarge = 32 << 10;  // bytes: SpillFile::kBlockBytes are
  ::mallopt(M_MMAP_THRESHOLD, kLarge);
  GiveBackFreeMemory();
}

void GiveBackFreeMemory() { ::malloc_trim(0); }

}  // namespace exdiag
