// Which events of one identity the store has and which of them the current import has shown: the
// state behind "fed twice is one event".
//
// Events are met mostly in the order of time, so a window of recently met identities answers from
// memory.  What falls out of it and cannot be read off the stored rows goes to a temporary table.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <unordered_map>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/identity_rows.h"
#include "engine/store/sqlite.h"

namespace exdiag {

// All events with one identity.
struct IdentityGroup {
  std::int64_t second = 0;
  std::uint64_t identity = 0;
  std::uint32_t rows = 0;        // stored, by this import or before
  std::uint32_t without_id = 0;  // of these, rows that no export gave a record id to
  // What this import has shown so far: each such event takes one row for itself.  `claimed` rows
  // are known one by one, by their record ids; `unnamed` events take any others.
  std::uint32_t claimed = 0;
  std::uint32_t unnamed = 0;
  bool had_rows = false;  // some rows are older than this import
  bool dirty = false;     // not to be read off the stored rows
  // The row that the last unnamed duplicate was compared with, so that the next one gets the next.
  std::int64_t cursor_record = -1;
  std::int64_t cursor_row = 0;
  // Record ids that this import has shown; only the first few.
  static constexpr std::uint32_t kShown = 6;
  std::uint32_t shown_count = 0;
  std::uint64_t shown[kShown] = {};

  bool HasFreeRow() const { return rows > claimed + unnamed; }
  bool Shown(std::uint64_t record_id) const;
  // True when `shown` may have forgotten one.
  bool ShownOverflowed() const { return shown_count > kShown; }
  void Show(std::uint64_t record_id);
};

class IdentityWindow {
 public:
  // Borrows both.
  IdentityWindow(sql::Database& database, IdentityRows& rows);

  // Before an import's first event.
  void Begin(std::int64_t import);
  // After its last.
  void End();

  // Says that this identity will be asked for soon: its place in the window is far from the one
  // before, so that fetching it takes as long as storing the event.
  void Prefetch(std::uint64_t identity) const { recent_.Prefetch(identity); }
  // The state of this identity of an event like these; good until the next call.
  IdentityGroup& Find(const EventClass& like, std::int64_t second, std::uint64_t identity);

 private:
  // Open addressing; groups are never taken out one by one.
  class Generation {
   public:
    Generation();
    void Prefetch(std::uint64_t identity) const;
    IdentityGroup* Find(std::int64_t second, std::uint64_t identity);
    IdentityGroup& Add(const IdentityGroup& group);
    bool full() const { return count_ >= kCapacity / 2; }
    void Clear();
    template <typename Visit>
    void ForEach(const Visit& visit) const;

   private:
    static constexpr std::size_t kCapacity = 1 << 15;
    static constexpr std::size_t kFew = 1 << 10;
    static constexpr std::uint64_t kFree = 0;
    static std::uint64_t KeyOf(std::uint64_t identity) { return identity | 1; }
    std::size_t SlotOf(std::int64_t second, std::uint64_t identity) const;

    std::vector<IdentityGroup> slots_;
    std::vector<std::uint64_t> keys_;  // of the slots; so few bytes that they stay in the cache
    std::size_t count_ = 0;
    std::vector<std::size_t> used_;  // slots, as long as they are few
  };

  struct Range {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    bool Contains(std::int64_t second) const { return second >= first && second <= last; }
    void Add(std::int64_t second);
  };

  void ReadStored();

  IdentityGroup Load(const EventClass& like, std::int64_t second, std::uint64_t identity);
  bool LoadForgotten(IdentityGroup& group);
  void Forget(const Generation& generation);
  void Keep(const IdentityGroup& group);

  sql::Database& database_;
  IdentityRows& rows_;
  std::int64_t import_ = 0;
  Generation recent_;
  Generation older_;
  Range stored_;     // seconds of the events stored before this import, or more
  Range shown_;      // of the events of this import
  Range forgotten_;  // seconds of the groups that fell out of the window
  bool kept_any_ = false;
  std::int64_t data_version_ = -1;  // of others' changes to the database
  sql::Statement select_version_;
  sql::Statement select_bounds_;
  sql::Statement insert_kept_;
  sql::Statement select_kept_;
};

}  // namespace exdiag
