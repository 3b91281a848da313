#include "engine/store/identity_rows.h"

#include <algorithm>
#include <tuple>

#include "engine/base/sort_unique.h"
#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kMostFound = std::size_t{1} << 16;  // rows
constexpr std::size_t kMostFamilies = std::size_t{1} << 14;

bool Before(const IdentityRow& a, const IdentityRow& b) {
  return std::tie(a.record_id, a.id) < std::tie(b.record_id, b.id);
}

// What identities are of, but for the time.
void NameOf(const EventClass& key, std::string& name) {
  name = ToLower(key.provider);
  name += '\0';
  name += key.host;
  name += '\0';
  name += static_cast<char>(key.event_id);
  name += static_cast<char>(key.event_id >> 8);
}

}  // namespace

IdentityRows::IdentityRows(sql::Database& database, ClassIndex& classes, ClassIndex& families,
                           EventBlocks& events)
    : class_index_(classes), family_index_(families), events_(events) {
  select_classes_ = sql::Statement(
      database,
      "SELECT f.id, c.id FROM main.families f CROSS JOIN main.classes c "
      "ON c.family = f.id AND c.crowded = 0 WHERE f.provider = ?1 AND f.event_id = ?2 "
      "AND f.host = (SELECT id FROM main.hosts WHERE name = ?3)");
}

const IdentityRows::Family& IdentityRows::FamilyOf(const EventClass& like) {
  NameOf(like, name_);
  const auto found = families_.find(name_);
  if (found != families_.end()) return found->second;
  if (families_.size() >= kMostFamilies) families_.clear();
  Family& family = families_[name_];
  select_classes_.BindText(1, like.provider).Bind(2, int{like.event_id}).BindText(3, like.host);
  while (select_classes_.Next()) {
    family.id = select_classes_.Int(0);
    family.classes.push_back(select_classes_.Int(1));
  }
  return family;
}

std::span<const IdentityRow> IdentityRows::Find(const EventClass& like, std::int64_t second,
                                                std::uint64_t identity) {
  const Key key{second, identity};
  const auto found = found_.find(key);
  if (found != found_.end()) return found->second;
  if (found_rows_ + found_.size() >= kMostFound) {
    found_.clear();
    found_rows_ = 0;
  }
  Rows& rows = found_[key];
  Read(like, key, rows);
  found_rows_ += rows.size();
  return rows;
}

void IdentityRows::Read(const EventClass& like, const Key& key, Rows& rows) {
  candidates_.clear();
  const std::uint16_t mark = MarkOf(key.identity);
  const Family& family = FamilyOf(like);
  for (const std::int64_t row : family.classes) {
    class_index_.Find(row, key.second, mark, candidates_);
  }
  if (family.classes.size() >= kFewOfFamily) {
    family_index_.Find(family.id, key.second, mark, candidates_);
  }
  SortUnique(candidates_);
  StoredEvent event;
  for (const std::int64_t id : candidates_) {
    if (!events_.Get(id, event) || event.identity != key.identity || event.second != key.second) {
      continue;
    }
    rows.push_back({event.record_id, id, event.class_row, event.import});
  }
  std::sort(rows.begin(), rows.end(), Before);
}

void IdentityRows::Insert(const IdentityRow& row, Rows& rows) {
  rows.insert(std::upper_bound(rows.begin(), rows.end(), row, Before), row);
}

void IdentityRows::AddClass(const EventClass& key, const ClassRow& row) {
  if (families_.empty() || row.crowded) return;
  NameOf(key, name_);
  const auto found = families_.find(name_);
  if (found == families_.end()) return;
  found->second.id = row.family;
  std::vector<std::int64_t>& rows = found->second.classes;
  if (std::find(rows.begin(), rows.end(), row.id) == rows.end()) rows.push_back(row.id);
}

void IdentityRows::AddEvent(std::int64_t second, std::uint64_t identity, const IdentityRow& row) {
  if (found_.empty()) return;
  const auto found = found_.find({second, identity});
  if (found == found_.end()) return;
  Insert(row, found->second);
  ++found_rows_;
}

void IdentityRows::Refine(std::int64_t second, std::uint64_t identity, const IdentityRow& row) {
  const auto found = found_.find({second, identity});
  if (found == found_.end()) return;
  std::erase_if(found->second, [&](const IdentityRow& each) { return each.id == row.id; });
  Insert(row, found->second);
}

void IdentityRows::Forget() {
  families_.clear();
  found_.clear();
  found_rows_ = 0;
}

}  // namespace exdiag
