#include "engine/store/identity_rows.h"

#include <algorithm>
#include <tuple>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kMostFound = std::size_t{1} << 16;    // rows
constexpr std::size_t kMostClasses = std::size_t{1} << 14;  // groups of them

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

IdentityRows::IdentityRows(sql::Database& database, ClassIndex& index, EventBlocks& events)
    : index_(index), events_(events) {
  select_classes_ = sql::Statement(
      database,
      "SELECT c.id FROM main.providers p CROSS JOIN main.classes c ON c.provider = p.id "
      "WHERE p.name = ?1 COLLATE NOCASE AND c.event_id = ?2 "
      "AND c.host = (SELECT id FROM main.hosts WHERE name = ?3)");
}

const std::vector<std::int64_t>& IdentityRows::ClassesLike(const EventClass& like) {
  NameOf(like, name_);
  const auto found = classes_.find(name_);
  if (found != classes_.end()) return found->second;
  if (classes_.size() >= kMostClasses) classes_.clear();
  std::vector<std::int64_t>& rows = classes_[name_];
  select_classes_.BindText(1, like.provider).Bind(2, int{like.event_id}).BindText(3, like.host);
  while (select_classes_.Next()) rows.push_back(select_classes_.Int(0));
  return rows;
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
  for (const std::int64_t row : ClassesLike(like)) {
    index_.Find(row, key.second, MarkOf(key.identity), candidates_);
  }
  std::sort(candidates_.begin(), candidates_.end());
  candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
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

void IdentityRows::AddClass(const EventClass& key, std::int64_t row) {
  if (classes_.empty()) return;
  NameOf(key, name_);
  const auto found = classes_.find(name_);
  if (found == classes_.end()) return;
  std::vector<std::int64_t>& rows = found->second;
  if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
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
  classes_.clear();
  found_.clear();
  found_rows_ = 0;
}

}  // namespace exdiag
