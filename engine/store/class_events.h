// Reads class_blocks: which events a class has, and when.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/store/class_block.h"
#include "engine/store/sqlite.h"

namespace exdiag {

inline constexpr std::int64_t kFirstSecond = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kLastSecond = std::numeric_limits<std::int64_t>::max();

class ClassEvents {
 public:
  explicit ClassEvents(sql::Database& database);

  // Calls `visit` with parts of the class's entries, one after the other and each in order; entries
  // of the first and the last second are among them.
  template <typename Visit>
  void ForEach(std::int64_t class_row, std::int64_t first, std::int64_t last, const Visit& visit) {
    blocks_.Bind(1, class_row).Bind(2, first).Bind(3, last);
    while (blocks_.Next()) {
      DecodeBlock(blocks_.Bytes(0), entries_);
      visit(Within(first, last));
    }
  }

 private:
  std::span<const ClassEntry> Within(std::int64_t first, std::int64_t last) const;

  sql::Statement blocks_;
  std::vector<ClassEntry> entries_;
};

}  // namespace exdiag
