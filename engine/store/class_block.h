// A run of one class's events, as one row of class_blocks holds it.
//
// A row for every event would cost an import more than storing the event does: each belongs to
// another class than the one before, so each would go to another place of the table.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

struct ClassEntry {
  std::int64_t second = 0;  // since 1970
  std::uint16_t mark = 0;   // of the event's identity
  std::int64_t event = 0;   // its id

  auto operator<=>(const ClassEntry&) const = default;
};

// By which "do we have this event?" passes over nearly all other events of its class and second.
constexpr std::uint16_t MarkOf(std::uint64_t identity) {
  return static_cast<std::uint16_t>(identity);
}

// No block has more.
inline constexpr std::size_t kBlockEntries = 256;

// Four or five bytes an entry.  `entries` are in order.
std::string EncodeBlock(std::span<const ClassEntry> entries);

// Replaces `entries` by those of the block, in order.  Of damaged bytes, what can be read.
void DecodeBlock(std::string_view block, std::vector<ClassEntry>& entries);

}  // namespace exdiag
