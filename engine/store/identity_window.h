// Which events of one identity the store has and which of them the current import has shown: the
// state behind "fed twice is one event".
//
// Events are met mostly in the order of time, so a window of recently met identities answers from
// memory.  What falls out of it and cannot be read off the stored rows goes to a temporary table.
#pragma once

#include <cstdint>
#include <limits>
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

  // Nothing is known yet but the identity.
  void Begin(std::int64_t its_second, std::uint64_t its_identity);
  // Whether it is one event that this import showed first.
  bool IsOneEvent() const;
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
  struct Range {
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    bool Contains(std::int64_t second) const { return second >= first && second <= last; }
    void Add(std::int64_t second);
    void Add(const Range& other);
  };

  // Groups by open addressing; they are never taken out one by one.  Nearly all are of one event
  // that this import showed first, and of these only its record id is kept.
  class Generation {
   public:
    Generation();
    void Prefetch(std::uint64_t identity) const {
      __builtin_prefetch(&tags_[identity % kCapacity]);
      __builtin_prefetch(&slots_[identity % kCapacity], 1);
    }
    // nullptr: it is not here.  Good until the next call.
    IdentityGroup* Find(std::int64_t second, std::uint64_t identity);
    // One that is not here yet.
    void Add(const IdentityGroup& group);
    bool full() const { return count_ >= kCapacity / 2; }
    void Clear();
    // All but those of which only the record id is kept.
    const std::vector<IdentityGroup>& large_groups() const { return groups_; }
    const Range& seconds() const { return seconds_; }

   private:
    // 16 bytes, so that more of them stay in a processor's cache.
    struct Slot {
      std::uint64_t key = 0;
      std::uint64_t value : 63 = 0;  // record id, or place in groups_
      std::uint64_t is_group : 1 = 0;

      void Point(std::size_t group) {
        value = group & ~std::uint64_t{0} >> 1;
        is_group = 1;
      }
    };
    static constexpr std::size_t kCapacity = 1 << 15;
    static constexpr std::size_t kFew = 1 << 10;
    static constexpr std::uint16_t kFree = 0;
    static std::uint16_t TagOf(std::uint64_t key) {
      return static_cast<std::uint16_t>(key >> 48 | 1);
    }
    // The identity includes the second in all but made-up cases.
    static std::uint64_t KeyOf(std::int64_t second, std::uint64_t identity) {
      return identity ^ static_cast<std::uint64_t>(second) << 32;
    }
    std::size_t PlaceOf(std::uint64_t key) const;

    std::vector<Slot> slots_;
    std::vector<std::uint16_t> tags_;  // of the slots; so few bytes that they stay in the cache
    std::vector<IdentityGroup> groups_;
    Range seconds_;
    std::size_t count_ = 0;
    std::vector<std::size_t> used_;  // places, as long as they are few
  };

  void ReadStored();

  void Load(const EventClass& like, IdentityGroup& group);
  bool LoadForgotten(IdentityGroup& group);
  void Settle();
  void Forget(const Generation& generation);
  void Keep(const IdentityGroup& group);

  sql::Database& database_;
  IdentityRows& rows_;
  std::int64_t import_ = 0;
  Generation recent_;
  Generation older_;
  IdentityGroup found_;  // the last one that was not among the recent ones
  bool has_found_ = false;
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
