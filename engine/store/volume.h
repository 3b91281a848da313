// Counts events by host and stretch of time: what Store::CountByTime gives.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/store.h"

namespace exdiag {

class VolumeTable {
 public:
  explicit VolumeTable(Duration length) : length_(length.ticks) {}

  void Add(const std::string& host, Level level, Ticks time, std::uint64_t count = 1);
  // By host, then by time.
  std::vector<VolumeCount> Take() const;

 private:
  std::int64_t length_;
  std::map<std::pair<std::string, std::int64_t>, VolumeCount> counts_;
};

}  // namespace exdiag
