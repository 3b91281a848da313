#include "engine/store/class_index.h"

#include <algorithm>
#include <iterator>

namespace exdiag {

ClassIndex::ClassIndex(sql::Database& database) {
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database, sql); };
  insert_ = prepare(
      "INSERT INTO main.class_blocks (class, first, last, events, content) "
      "VALUES (?1,?2,?3,?4,?5)");
  update_ = prepare(
      "UPDATE main.class_blocks SET first = ?2, last = ?3, events = ?4, content = ?5 "
      "WHERE id = ?1");
  delete_ = prepare("DELETE FROM main.class_blocks WHERE id = ?1");
  select_last_ = prepare(
      "SELECT id, first, events, content FROM main.class_blocks WHERE class = ?1 "
      "ORDER BY first DESC, id DESC LIMIT 1");
  select_around_ = prepare(
      "SELECT id, content FROM main.class_blocks WHERE class = ?1 AND first <= ?2 AND last >= ?2");
  select_from_ = prepare(
      "SELECT id, content FROM main.class_blocks WHERE class = ?1 AND first < ?3 AND last >= ?2");
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
  std::vector<std::int64_t> rows;
  std::vector<Block> cut;
  select_from_.Bind(1, class_row).Bind(2, first).Bind(3, end);
  while (select_from_.Next()) {
    Block block{select_from_.Int(0), class_row, true, {}};
    DecodeBlock(select_from_.Bytes(1), block.entries);
    std::erase_if(block.entries, [&](const ClassEntry& entry) {
      return entry.second >= first && entry.second < end;
    });
    // Most go as a whole.
    if (block.entries.empty()) {
      rows.push_back(block.row);
    } else {
      cut.push_back(std::move(block));
    }
  }
  for (const std::int64_t row : rows) delete_.Bind(1, row).Run();
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
    block.row = select_around_.Int(0);
    block.class_row = removed.class_row;
    DecodeBlock(select_around_.Bytes(1), block.entries);
    if (take()) break;
  }
  select_around_.Reset();
}

// The class's last block takes more entries while it has room, so that many small exports do not
// make as many blocks.
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

// The last block of a class, when `more` entries fit into it.
bool ClassIndex::LoadLast(std::int64_t class_row, std::size_t more, Block& block) {
  select_last_.Bind(1, class_row);
  const bool fits = select_last_.Next() && select_last_.Unsigned(2) + more <= kBlockEntries;
  if (fits) {
    block.row = select_last_.Int(0);
    block.class_row = class_row;
    DecodeBlock(select_last_.Bytes(3), block.entries);
  }
  select_last_.Reset();
  return fits;
}

void ClassIndex::Insert(std::int64_t class_row, std::span<const ClassEntry> entries) {
  const std::string content = EncodeBlock(entries);
  insert_.Bind(1, class_row).Bind(2, entries.front().second).Bind(3, entries.back().second);
  insert_.Bind(4, entries.size()).BindBytes(5, content).Run();
}

void ClassIndex::Save(Block& block) {
  if (block.changed && block.entries.empty()) {
    delete_.Bind(1, block.row).Run();
  } else if (block.changed) {
    const std::string content = EncodeBlock(block.entries);
    update_.Bind(1, block.row).Bind(2, block.entries.front().second);
    update_.Bind(3, block.entries.back().second).Bind(4, block.entries.size());
    update_.BindBytes(5, content).Run();
  }
  block = {};
}

}  // namespace exdiag
