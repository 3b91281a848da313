#include "importers/evtx/event_counter.h"

#include <algorithm>
#include <functional>

namespace exdiag::evtx {
namespace {

std::uint64_t HashOf(const Record& record) {
  const std::hash<std::string_view> hash;
  std::uint64_t value =
      std::uint64_t{record.event_id} << 8 | static_cast<std::uint64_t>(record.level);
  for (const std::string_view text : {record.provider, record.computer, record.channel}) {
    value = (value ^ hash(text)) * 0x9e37'79b9'7f4a'7c15;
  }
  return value;
}

}  // namespace

bool EventCounter::IsOf(const Row& row, const Record& record) {
  if (row.event_id != record.event_id || row.level != record.level) return false;
  if (record.source_number != 0 && row.source_number == record.source_number) return true;
  return row.provider == record.provider && row.computer == record.computer &&
         row.channel == record.channel;
}

EventCounter::Row& EventCounter::RowOf(const Record& record) {
  const auto mixed = static_cast<std::uint32_t>(record.event_id) * 0x9e37U +
                     static_cast<std::uint32_t>(record.level) * 31U +
                     static_cast<std::uint32_t>(record.source_number) * 0x85ebU +
                     static_cast<std::uint32_t>(record.provider.size() + record.computer.size());
  Row*& cached = cache_[(mixed ^ mixed >> 8) % kCached];
  if (cached == nullptr || !IsOf(*cached, record)) cached = &Look(record);
  cached->source_number = record.source_number;
  return *cached;
}

EventCounter::Row& EventCounter::Look(const Record& record) {
  const std::uint64_t hash = HashOf(record);
  const auto [begin, end] = by_hash_.equal_range(hash);
  const auto found =
      std::find_if(begin, end, [&](const auto& entry) { return IsOf(*entry.second, record); });
  if (found != end) return *found->second;
  Row& row = rows_.emplace_back();
  row.channel = record.channel;
  row.provider = record.provider;
  row.computer = record.computer;
  row.event_id = record.event_id;
  row.level = record.level;
  row.wanted = wanted_.Wants(record.provider, record.event_id);
  by_hash_.emplace(hash, &row);
  return row;
}

void EventCounter::Forget() {
  rows_.clear();
  by_hash_.clear();
  std::ranges::fill(cache_, nullptr);
}

}  // namespace exdiag::evtx
