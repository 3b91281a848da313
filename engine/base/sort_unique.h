#pragma once

#include <algorithm>
#include <vector>

namespace exdiag {

// In order, each once.
template <typename T>
void SortUnique(std::vector<T>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

}  // namespace exdiag
