#include "engine/store/volume.h"

namespace exdiag {

void VolumeTable::Add(const std::string& host, Level level, Ticks time, std::uint64_t count) {
  if (!time.known()) return;
  const std::int64_t from = time.value / length_ * length_;
  VolumeCount& row = counts_[{host, from}];
  row.host = host;
  row.from = {from};
  switch (level) {
    case Level::kCritical:
    case Level::kError:
      row.errors += count;
      break;
    case Level::kWarning:
      row.warnings += count;
      break;
    default:
      row.others += count;
  }
}

std::vector<VolumeCount> VolumeTable::Take() const {
  std::vector<VolumeCount> rows;
  rows.reserve(counts_.size());
  for (const auto& [key, row] : counts_) rows.push_back(row);
  return rows;
}

// For stores that have no better way than to look at each event.
Result<std::vector<VolumeCount>> Store::CountByTime(Duration length) const {
  VolumeTable table(length);
  const Result<void> walked = ForEachEvent({}, [&](const Event& event) {
    table.Add(event.host, event.level, event.time);
    return true;
  });
  if (!walked) return walked.error();
  return table.Take();
}

}  // namespace exdiag
