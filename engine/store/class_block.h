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
  std::int64_t event = 0;   // row of `events`

  auto operator<=>(const ClassEntry&) const = default;
};

// No block has more.
inline constexpr std::size_t kBlockEntries = 1024;

// Two or three bytes an entry.  `entries` are in order.
std::string EncodeBlock(std::span<const ClassEntry> entries);

// Replaces `entries` by those of the block, in order.  Of damaged bytes, what can be read.
void DecodeBlock(std::string_view block, std::vector<ClassEntry>& entries);

}  // namespace exdiag
