#include "engine/store/identity_window.h"

#include <algorithm>
#include <utility>

namespace exdiag {

bool IdentityGroup::Shown(std::uint64_t record_id) const {
  const auto* end = shown + std::min(shown_count, kShown);
  return std::find(shown, end, record_id) != end;
}

void IdentityGroup::Show(std::uint64_t record_id) {
  if (shown_count < kShown) shown[shown_count] = record_id;
  ++shown_count;
}

void IdentityWindow::Range::Add(std::int64_t second) {
  first = std::min(first, second);
  last = std::max(last, second);
}

IdentityWindow::Generation::Generation() : slots_(kCapacity), keys_(kCapacity, kFree) {}

// The identity is a good hash already; it includes the second in all but made-up cases.
std::size_t IdentityWindow::Generation::SlotOf(std::int64_t second, std::uint64_t identity) const {
  const std::uint64_t key = KeyOf(identity);
  std::size_t slot = identity % kCapacity;
  while (keys_[slot] != kFree && (keys_[slot] != key || slots_[slot].identity != identity ||
                                  slots_[slot].second != second)) {
    slot = (slot + 1) % kCapacity;
  }
  return slot;
}

void IdentityWindow::Generation::Prefetch(std::uint64_t identity) const {
  const std::size_t slot = identity % kCapacity;
  __builtin_prefetch(&keys_[slot]);
  __builtin_prefetch(&slots_[slot], 1);
  __builtin_prefetch(reinterpret_cast<const char*>(&slots_[slot]) + 64, 1);
}

IdentityGroup* IdentityWindow::Generation::Find(std::int64_t second, std::uint64_t identity) {
  const std::size_t slot = SlotOf(second, identity);
  return keys_[slot] != kFree ? &slots_[slot] : nullptr;
}

IdentityGroup& IdentityWindow::Generation::Add(const IdentityGroup& group) {
  const std::size_t slot = SlotOf(group.second, group.identity);
  if (keys_[slot] == kFree && ++count_ <= kFew) used_.push_back(slot);
  keys_[slot] = KeyOf(group.identity);
  slots_[slot] = group;
  return slots_[slot];
}

void IdentityWindow::Generation::Clear() {
  if (count_ > kFew) {
    keys_.assign(kCapacity, kFree);
  } else {
    for (const std::size_t slot : used_) keys_[slot] = kFree;
  }
  used_.clear();
  count_ = 0;
}

template <typename Visit>
void IdentityWindow::Generation::ForEach(const Visit& visit) const {
  for (std::size_t slot = 0; slot < kCapacity; ++slot) {
    if (keys_[slot] != kFree) visit(slots_[slot]);
  }
}

IdentityWindow::IdentityWindow(sql::Database& database, IdentityRows& rows)
    : database_(database), rows_(rows) {
  database.Execute(
      "CREATE TEMP TABLE IF NOT EXISTS kept_groups (second, identity, rows, without_id, claimed, "
      "unnamed, had_rows, cursor_record, cursor_row, PRIMARY KEY (second, identity)) WITHOUT "
      "ROWID");
  select_version_ = sql::Statement(database, "PRAGMA main.data_version");
  select_bounds_ = sql::Statement(database, "SELECT min(low), max(high) FROM main.event_blocks");
  insert_kept_ = sql::Statement(
      database, "INSERT OR REPLACE INTO temp.kept_groups VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)");
  select_kept_ = sql::Statement(database,
                                "SELECT rows, without_id, claimed, unnamed, had_rows, "
                                "cursor_record, cursor_row FROM temp.kept_groups "
                                "WHERE second = ?1 AND identity = ?2");
}

void IdentityWindow::Begin(std::int64_t import) {
  import_ = import;
  forgotten_ = {};
  ReadStored();
}

// What this process stored it knows.
void IdentityWindow::ReadStored() {
  const std::int64_t version = select_version_.Next() ? select_version_.Int(0) : 0;
  select_version_.Reset();
  if (std::exchange(data_version_, version) == version) return;
  stored_ = {};
  if (select_bounds_.Next() && !select_bounds_.IsNull(0)) {
    stored_.Add(select_bounds_.Int(0));
    stored_.Add(select_bounds_.Int(1));
  }
  select_bounds_.Reset();
}

void IdentityWindow::End() {
  recent_.Clear();
  older_.Clear();
  if (kept_any_) database_.Execute("DELETE FROM temp.kept_groups");
  kept_any_ = false;
  if (shown_.first <= shown_.last) {
    stored_.Add(shown_.first);
    stored_.Add(shown_.last);
  }
  shown_ = {};
}

IdentityGroup& IdentityWindow::Find(const EventClass& like, std::int64_t second,
                                    std::uint64_t identity) {
  if (IdentityGroup* group = recent_.Find(second, identity)) return *group;
  if (recent_.full()) {
    Forget(older_);
    older_.Clear();
    std::swap(recent_, older_);
  }
  // A group in both generations is current in the recent one; Forget() knows.
  if (const IdentityGroup* group = older_.Find(second, identity)) return recent_.Add(*group);
  shown_.Add(second);
  return recent_.Add(Load(like, second, identity));
}

IdentityGroup IdentityWindow::Load(const EventClass& like, std::int64_t second,
                                   std::uint64_t identity) {
  IdentityGroup group;
  group.second = second;
  group.identity = identity;
  const bool forgotten = forgotten_.Contains(second);
  if (!forgotten && !stored_.Contains(second)) return group;
  if (forgotten && kept_any_ && LoadForgotten(group)) return group;
  for (const IdentityRow& row : rows_.Find(like, second, identity)) {
    const bool has_id = row.record_id != 0;
    const bool ours = row.import == import_;
    ++group.rows;
    group.without_id += has_id ? 0 : 1;
    group.had_rows |= !ours;
    // Rows of this import: each was shown once, with or without its record id.
    if (ours) ++(has_id ? group.claimed : group.unnamed);
    if (ours && has_id) group.Show(row.record_id);
  }
  return group;
}

bool IdentityWindow::LoadForgotten(IdentityGroup& group) {
  select_kept_.Bind(1, group.second).Bind(2, group.identity);
  if (!select_kept_.Next()) return false;
  group.rows = static_cast<std::uint32_t>(select_kept_.Int(0));
  group.without_id = static_cast<std::uint32_t>(select_kept_.Int(1));
  group.claimed = static_cast<std::uint32_t>(select_kept_.Int(2));
  group.unnamed = static_cast<std::uint32_t>(select_kept_.Int(3));
  group.had_rows = select_kept_.Int(4) != 0;
  group.cursor_record = select_kept_.Int(5);
  group.cursor_row = select_kept_.Int(6);
  group.dirty = true;
  group.shown_count = IdentityGroup::kShown + 1;
  select_kept_.Reset();
  return true;
}

void IdentityWindow::Forget(const Generation& generation) {
  generation.ForEach([&](const IdentityGroup& group) {
    if (recent_.Find(group.second, group.identity) != nullptr) return;
    forgotten_.Add(group.second);
    Keep(group);
  });
}

// Large groups are kept as well: counting their rows again and again would cost their square.
void IdentityWindow::Keep(const IdentityGroup& group) {
  constexpr std::uint32_t kQuicklyCounted = 32;
  if (!group.dirty && group.rows <= kQuicklyCounted) return;
  insert_kept_.Bind(1, group.second).Bind(2, group.identity).Bind(3, group.rows);
  insert_kept_.Bind(4, group.without_id).Bind(5, group.claimed).Bind(6, group.unnamed);
  insert_kept_.Bind(7, group.had_rows ? 1 : 0).Bind(8, group.cursor_record);
  insert_kept_.Bind(9, group.cursor_row).Run();
  kept_any_ = true;
}

}  // namespace exdiag
