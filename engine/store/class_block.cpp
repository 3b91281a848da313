#include "engine/store/class_block.h"

#include <algorithm>

#include "engine/base/packed.h"

namespace exdiag {
namespace {

// Differences of what a damaged block says must not overflow.
std::int64_t Sum(std::int64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + b);
}

}  // namespace

// The first entry, then differences: seconds rise, ids nearly always.
std::string EncodeBlock(std::span<const ClassEntry> entries) {
  std::string block((1 + 3 * entries.size()) * kLongestPacked, '\0');
  char* out = PutPacked(block.data(), entries.size());
  ClassEntry last;
  for (const ClassEntry& entry : entries) {
    out = PutPacked(out, FoldSign(entry.second - last.second));
    out = PutPacked(out, entry.mark);
    out = PutPacked(out, FoldSign(entry.event - last.event));
    last = entry;
  }
  block.resize(static_cast<std::size_t>(out - block.data()));
  return block;
}

void DecodeBlock(std::string_view block, std::vector<ClassEntry>& entries) {
  entries.clear();
  PackedReader reader(block);
  const std::size_t count = std::min(reader.Count(), kBlockEntries);
  ClassEntry entry;
  for (std::size_t i = 0; i < count; ++i) {
    entry.second = Sum(entry.second, static_cast<std::uint64_t>(reader.Signed()));
    entry.mark = static_cast<std::uint16_t>(reader.Number());
    entry.event = Sum(entry.event, static_cast<std::uint64_t>(reader.Signed()));
    if (!reader.ok()) return;
    entries.push_back(entry);
  }
}

}  // namespace exdiag
