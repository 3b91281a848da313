// Keeps the table class_totals true while an import adds and refines events.
//
// Counting ten million events takes seconds; adding up the totals of their classes takes none.  The
// table also says which import changed a class last, by which results that were worked out from the
// events are known to be out of date.
#pragma once

#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/sqlite.h"

namespace exdiag {

class ClassTotals {
 public:
  explicit ClassTotals(sql::Database& database);

  // Forgets what was noted and not written.
  void Begin();
  // Where the new events of a class are added; good until Begin() or Write().
  Tally& Of(std::int64_t class_row) { return added_[class_row]; }
  // More became known of an event; `before` and `after` are its classes.  `moved`: its time
  // changed.
  void Refine(std::int64_t before, std::int64_t after, bool moved);
  // Counts these classes anew after events were removed; `stamp` as of StoreChanges.
  void Recount(const std::vector<std::int64_t>& classes, std::int64_t stamp);
  // What was noted since the last time, when all these events are in the table.
  void Write(std::int64_t import);

 private:
  void Count(const std::vector<std::int64_t>& classes, std::int64_t stamp);

  sql::Database& database_;
  std::unordered_map<std::int64_t, Tally> added_;
  std::set<std::int64_t> touched_;  // their events say something else
  std::set<std::int64_t> recount_;  // they have other events, or other times
  sql::Statement add_, touch_, put_;
};

}  // namespace exdiag
