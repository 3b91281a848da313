#include "engine/store/class_index.h"

#include <algorithm>
#include <iterator>

namespace exdiag {

ClassIndex::ClassIndex(sql::Database& database) {
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database, sql); };
  insert_ = prepare(
      "INSERT INTO main.class_blocks (class, first, first_event, last, events, content) "
      "VALUES (?1,?2,?3,?4,?5,?6)");
  update_ = prepare(
      "UPDATE main.class_blocks SET last = ?4, events = ?5, content = ?6 "
      "WHERE class = ?1 AND first = ?2 AND first_event = ?3");
  delete_ =
      prepare("DELETE FROM main.class_blocks WHERE class = ?1 AND first = ?2 AND first_event = ?3");
  select_last_ = prepare(
      "SELECT first, first_event, events, content FROM main.class_blocks WHERE class = ?1 "
      "ORDER BY first DESC, first_event DESC LIMIT 1");
  select_around_ = prepare(
      "SELECT first, first_event, content FROM main.class_blocks "
      "WHERE class = ?1 AND first <= ?2 AND last >= ?2");
  select_from_ = prepare(
      "SELECT first, first_event, content FROM main.class_blocks "
      "WHERE class = ?1 AND first < ?3 AND last >= ?2");
}

ClassIndex::Waiting& ClassIndex::Of(std::int64_t class_row) {
  return waiting_.try_emplace(class_row, class_row).first->second;
}

void ClassIndex::Move(ClassEntry entry, std::int64_t before, std::int64_t after) {
  std::vector<ClassEntry>& waiting = Of(before).entries_;
  if (const auto found = std::find(waiting.begin(), waiting.end(), entry); found != waiting.end()) {
    waiting.erase(found);
    --waits_;
  } else {
    removed_.push_back({before, entry});
    ++waits_;
  }
  Add(Of(after), entry);
}

void ClassIndex::Remove(std::int64_t class_row, std::int64_t first, std::int64_t end) {
  Flush();
  std::vector<Block> cut;
  select_from_.Bind(1, class_row).Bind(2, first).Bind(3, end);
  while (select_from_.Next()) {
    Block block{class_row, {select_from_.Int(0), select_from_.Int(1)}, true, {}};
    DecodeBlock(select_from_.Bytes(2), block.entries);
    std::erase_if(block.entries, [&](const ClassEntry& entry) {
      return entry.second >= first && entry.second < end;
    });
    cut.push_back(std::move(block));
  }
  for (Block& block : cut) Save(block);
}

void ClassIndex::Flush() {
  if (waits_ == 0) return;
  std::sort(removed_.begin(), removed_.end());
  Block block;
  for (const Removed& removed : removed_) TakeOut(block, removed);
  Save(block);
  removed_.clear();
  for (auto& [row, waiting] : waiting_) Write(waiting);
  waits_ = 0;
}

void ClassIndex::Drop() {
  waiting_.clear();
  removed_.clear();
  waits_ = 0;
}

// `block` is the one that the entry before was taken out of: neighbours mostly share one.
void ClassIndex::TakeOut(Block& block, const Removed& removed) {
  const auto take = [&] {
    const auto found = std::lower_bound(block.entries.begin(), block.entries.end(), removed.entry);
    if (found == block.entries.end() || *found != removed.entry) return false;
    block.entries.erase(found);
    block.changed = true;
    return true;
  };
  if (block.class_row == removed.class_row && take()) return;
  Save(block);
  select_around_.Bind(1, removed.class_row).Bind(2, removed.entry.second);
  while (select_around_.Next()) {
    block.class_row = removed.class_row;
    block.first = {select_around_.Int(0), select_around_.Int(1)};
    DecodeBlock(select_around_.Bytes(2), block.entries);
    if (take()) break;
  }
  select_around_.Reset();
}

// The class's last block takes a few more entries, so that many small exports do not make as many
// blocks.
void ClassIndex::Write(Waiting& waiting) {
  std::vector<ClassEntry>& entries = waiting.entries_;
  if (entries.empty()) return;
  if (!std::is_sorted(entries.begin(), entries.end())) std::sort(entries.begin(), entries.end());
  std::span<const ClassEntry> rest = entries;
  Block last;
  if (LoadLast(waiting.class_row_, rest.size(), last)) {
    const auto middle = static_cast<std::ptrdiff_t>(last.entries.size());
    last.entries.insert(last.entries.end(), rest.begin(), rest.end());
    std::inplace_merge(last.entries.begin(), last.entries.begin() + middle, last.entries.end());
    last.changed = true;
    Save(last);
    rest = {};
  }
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.size(), kBlockEntries);
    Insert(waiting.class_row_, rest.first(size));
    rest = rest.subspan(size);
  }
  entries.clear();
}

// The last block of a class, when it may take `more` entries: writing it again and again must not
// cost more than what it takes.
bool ClassIndex::LoadLast(std::int64_t class_row, std::size_t more, Block& block) {
  constexpr std::size_t kFew = 96;
  select_last_.Bind(1, class_row);
  const std::size_t there = select_last_.Next() ? select_last_.Unsigned(2) : kBlockEntries;
  const std::size_t together = there + more;
  const bool takes = together <= kFew || (there <= more && together <= kBlockEntries);
  if (takes) {
    block.class_row = class_row;
    block.first = {select_last_.Int(0), select_last_.Int(1)};
    DecodeBlock(select_last_.Bytes(3), block.entries);
  }
  select_last_.Reset();
  return takes;
}

void ClassIndex::Insert(std::int64_t class_row, std::span<const ClassEntry> entries) {
  const std::string content = EncodeBlock(entries);
  insert_.Bind(1, class_row).Bind(2, entries.front().second).Bind(3, entries.front().event);
  insert_.Bind(4, entries.back().second).Bind(5, entries.size()).BindBytes(6, content).Run();
}

void ClassIndex::Save(Block& block) {
  if (!block.changed) return;
  const bool same = !block.entries.empty() && block.entries.front() == block.first;
  sql::Statement& write = same ? update_ : delete_;
  write.Bind(1, block.class_row).Bind(2, block.first.second).Bind(3, block.first.event);
  if (same) {
    const std::string content = EncodeBlock(block.entries);
    write.Bind(4, block.entries.back().second).Bind(5, block.entries.size());
    write.BindBytes(6, content).Run();
  } else {
    write.Run();
    if (!block.entries.empty()) Insert(block.class_row, block.entries);
  }
  block = {};
}

}  // namespace exdiag
