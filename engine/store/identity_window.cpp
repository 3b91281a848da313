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

// All but the record ids, which count only as far as shown_count says: this is done for each event.
void IdentityGroup::Begin(std::int64_t its_second, std::uint64_t its_identity) {
  second = its_second;
  identity = its_identity;
  rows = without_id = claimed = unnamed = 0;
  had_rows = dirty = false;
  cursor_record = -1;
  cursor_row = 0;
  shown_count = 0;
}

bool IdentityGroup::IsOneEvent() const {
  return rows == 1 && !had_rows && !dirty && cursor_row == 0 && shown_count <= 1 &&
         claimed == shown_count && unnamed == 1 - shown_count && without_id == 1 - shown_count;
}

namespace {

// One event that this import showed first.
IdentityGroup GroupOfOne(std::int64_t second, std::uint64_t identity, std::uint64_t record_id) {
  IdentityGroup group;
  group.Begin(second, identity);
  group.rows = 1;
  if (record_id != 0) {
    group.claimed = 1;
    group.Show(record_id);
  } else {
    group.without_id = 1;
    group.unnamed = 1;
  }
  return group;
}

}  // namespace

void IdentityWindow::Range::Add(std::int64_t second) {
  first = std::min(first, second);
  last = std::max(last, second);
}

void IdentityWindow::Range::Add(const Range& other) {
  first = std::min(first, other.first);
  last = std::max(last, other.last);
}

IdentityWindow::Generation::Generation() : slots_(kCapacity), tags_(kCapacity, kFree) {}

// The identity is a good hash already.
std::size_t IdentityWindow::Generation::PlaceOf(std::uint64_t key) const {
  const std::uint16_t tag = TagOf(key);
  std::size_t place = key % kCapacity;
  while (tags_[place] != kFree && (tags_[place] != tag || slots_[place].key != key)) {
    place = (place + 1) % kCapacity;
  }
  return place;
}

IdentityGroup* IdentityWindow::Generation::Find(std::int64_t second, std::uint64_t identity) {
  const std::size_t place = PlaceOf(KeyOf(second, identity));
  if (tags_[place] == kFree) return nullptr;
  Slot& slot = slots_[place];
  if (slot.is_group == 0) {
    groups_.push_back(GroupOfOne(second, identity, slot.value));
    slot.Point(groups_.size() - 1);
  }
  return &groups_[slot.value];
}

void IdentityWindow::Generation::Add(const IdentityGroup& group) {
  constexpr std::uint64_t kMostValue = ~std::uint64_t{0} >> 1;
  const std::uint64_t key = KeyOf(group.second, group.identity);
  const std::size_t place = PlaceOf(key);
  if (++count_ <= kFew) used_.push_back(place);
  tags_[place] = TagOf(key);
  seconds_.Add(group.second);
  const std::uint64_t record_id = group.shown_count == 0 ? 0 : group.shown[0];
  slots_[place] = {key, record_id & kMostValue, 0};
  if (group.IsOneEvent() && record_id <= kMostValue) return;
  groups_.push_back(group);
  slots_[place].Point(groups_.size() - 1);
}

void IdentityWindow::Generation::Clear() {
  if (count_ > kFew) {
    tags_.assign(kCapacity, kFree);
  } else {
    for (const std::size_t place : used_) tags_[place] = kFree;
  }
  used_.clear();
  groups_.clear();
  seconds_ = {};
  count_ = 0;
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
  has_found_ = false;
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
  Settle();
  if (IdentityGroup* const group = recent_.Find(second, identity)) return *group;
  if (recent_.full()) {
    Forget(older_);
    older_.Clear();
    std::swap(recent_, older_);
  }
  // A group in both generations is current in the recent one; Forget() knows.
  if (const IdentityGroup* const older = older_.Find(second, identity)) {
    found_ = *older;
  } else {
    found_.Begin(second, identity);
    Load(like, found_);
  }
  has_found_ = true;
  shown_.Add(second);
  return found_;
}

// What the caller made of it decides how it is kept.
void IdentityWindow::Settle() {
  if (has_found_) recent_.Add(found_);
  has_found_ = false;
}

// What is stored of a group of which only the identity is known.
void IdentityWindow::Load(const EventClass& like, IdentityGroup& group) {
  const bool forgotten = forgotten_.Contains(group.second);
  if (!forgotten && !stored_.Contains(group.second)) return;
  if (forgotten && kept_any_ && LoadForgotten(group)) return;
  for (const IdentityRow& row : rows_.Find(like, group.second, group.identity)) {
    const bool has_id = row.record_id != 0;
    const bool ours = row.import == import_;
    ++group.rows;
    group.without_id += has_id ? 0 : 1;
    group.had_rows |= !ours;
    // Rows of this import: each was shown once, with or without its record id.
    if (ours) ++(has_id ? group.claimed : group.unnamed);
    if (ours && has_id) group.Show(row.record_id);
  }
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
  forgotten_.Add(generation.seconds());
  for (const IdentityGroup& group : generation.large_groups()) {
    if (recent_.Find(group.second, group.identity) == nullptr) Keep(group);
  }
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
