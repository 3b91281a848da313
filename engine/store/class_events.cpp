#include "engine/store/class_events.h"

#include <algorithm>

namespace exdiag {

ClassEvents::ClassEvents(sql::Database& database)
    : blocks_(database,
              "SELECT content FROM main.class_blocks "
              "WHERE class = ?1 AND last >= ?2 AND first <= ?3 "
              "ORDER BY first, first_mark, first_event") {}

std::span<const ClassEntry> ClassEvents::Within(std::int64_t first, std::int64_t last) const {
  const auto begin =
      std::lower_bound(entries_.begin(), entries_.end(), first,
                       [](const ClassEntry& entry, std::int64_t at) { return entry.second < at; });
  const auto end =
      std::upper_bound(begin, entries_.end(), last,
                       [](std::int64_t at, const ClassEntry& entry) { return at < entry.second; });
  return {begin, end};
}

}  // namespace exdiag
