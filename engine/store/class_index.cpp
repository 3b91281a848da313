#include "engine/store/class_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

namespace exdiag {
namespace {

constexpr std::int64_t kLeastEvent = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatestEvent = std::numeric_limits<std::int64_t>::max();

ClassEntry EntryOf(const sql::Statement& row) {
  return {row.Int(0), static_cast<std::uint16_t>(row.Int(1)), row.Int(2)};
}

sql::Statement& BindKey(sql::Statement& to, std::int64_t class_row, const ClassEntry& entry) {
  to.Bind(1, class_row).Bind(2, entry.second).Bind(3, std::uint32_t{entry.mark});
  return to.Bind(4, entry.event);
}

void AppendWithin(std::span<const ClassEntry> entries, const ClassEntry& least,
                  const ClassEntry& greatest, std::vector<std::int64_t>& events) {
  const auto begin = std::lower_bound(entries.begin(), entries.end(), least);
  for (auto at = begin; at != entries.end() && *at <= greatest; ++at) events.push_back(at->event);
}

}  // namespace

void ClassIndex::Waiting::Sort() {
  const auto middle = entries_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  if (!std::is_sorted(middle, entries_.end())) std::sort(middle, entries_.end());
  std::inplace_merge(entries_.begin(), middle, entries_.end());
  sorted_ = entries_.size();
}

void ClassIndex::Waiting::Find(std::int64_t second, std::uint16_t mark,
                               std::vector<std::int64_t>& events) {
  constexpr std::size_t kQuicklySearched = 64;
  if (entries_.size() - sorted_ > kQuicklySearched) Sort();
  const auto is_it = [&](const ClassEntry& entry) {
    return entry.second == second && entry.mark == mark;
  };
  const auto sorted_end = entries_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  auto at = std::lower_bound(entries_.begin(), sorted_end, Packed({second, mark, 0}));
  for (; at != sorted_end && is_it(at->Unpacked()); ++at) events.push_back(at->Unpacked().event);
  for (at = sorted_end; at != entries_.end(); ++at) {
    if (is_it(at->Unpacked())) events.push_back(at->Unpacked().event);
  }
}

bool ClassIndex::Waiting::TakeOut(const ClassEntry& entry) {
  Sort();
  const Packed packed(entry);
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), packed);
  if (found == entries_.end() || *found != packed) return false;
  entries_.erase(found);
  --sorted_;
  return true;
}

ClassIndex::ClassIndex(sql::Database& database, Of what) {
  const bool families = what == Of::kFamilies;
  const auto prepare = [&](fmt::format_string<const char*&, const char*&> sql) {
    const char* table = families ? "main.family_blocks" : "main.class_blocks";
    const char* column = families ? "family" : "class";
    return sql::Statement(database, fmt::format(sql, table, column));
  };
  insert_ = prepare(
      "INSERT INTO {0} ({1}, first, first_mark, first_event, last, events, "
      "content) "
      "VALUES (?1,?2,?3,?4,?5,?6,?7)");
  update_ = prepare(
      "UPDATE {0} SET last = ?5, events = ?6, content = ?7 "
      "WHERE {1} = ?1 AND first = ?2 AND first_mark = ?3 AND first_event = ?4");
  delete_ = prepare(
      "DELETE FROM {0} "
      "WHERE {1} = ?1 AND first = ?2 AND first_mark = ?3 AND first_event = ?4");
  select_at_ = prepare(
      "SELECT first, first_mark, first_event, content FROM {0} "
      "WHERE {1} = ?1 AND (first, first_mark, first_event) <= (?2, ?3, ?4) "
      "ORDER BY first DESC, first_mark DESC, first_event DESC");
  select_first_ = prepare(
      "SELECT first, first_mark, first_event, content FROM {0} "
      "WHERE {1} = ?1 ORDER BY first, first_mark, first_event LIMIT 1");
  select_last_ = prepare(
      "SELECT last, events FROM {0} WHERE {1} = ?1 "
      "ORDER BY first DESC, first_mark DESC, first_event DESC LIMIT 1");
  select_behind_ = prepare(
      "SELECT first, first_mark, first_event FROM {0} "
      "WHERE {1} = ?1 AND (first, first_mark, first_event) > (?2, ?3, ?4) "
      "ORDER BY first, first_mark, first_event LIMIT 1");
  select_from_ = prepare(
      "SELECT first, first_mark, first_event, content FROM {0} "
      "WHERE {1} = ?1 AND first < ?3 AND last >= ?2");
}

ClassIndex::Waiting& ClassIndex::At(std::int64_t class_row) {
  return waiting_.try_emplace(class_row, class_row).first->second;
}

void ClassIndex::Take(ClassEntry entry, std::int64_t class_row) {
  if (At(class_row).TakeOut(entry)) {
    --waits_;
  } else {
    removed_.push_back({class_row, entry});
    ++waits_;
  }
}

void ClassIndex::Move(ClassEntry entry, std::int64_t before, std::int64_t after) {
  Take(entry, before);
  Add(At(after), entry);
}

void ClassIndex::Remove(std::int64_t class_row, std::int64_t first, std::int64_t end) {
  Flush();
  std::vector<Block> cut;
  select_from_.Bind(1, class_row).Bind(2, first).Bind(3, end);
  while (select_from_.Next()) {
    Block block{class_row, EntryOf(select_from_), {}, true, true};
    DecodeBlock(select_from_.Bytes(3), block.entries);
    std::erase_if(block.entries, [&](const ClassEntry& entry) {
      return entry.second >= first && entry.second < end;
    });
    cut.push_back(std::move(block));
  }
  for (Block& block : cut) Save(block);
}

void ClassIndex::Find(std::int64_t class_row, std::int64_t second, std::uint16_t mark,
                      std::vector<std::int64_t>& events) {
  const ClassEntry least{second, mark, kLeastEvent}, greatest{second, mark, kGreatestEvent};
  const auto waiting = waiting_.find(class_row);
  if (waiting != waiting_.end()) waiting->second.Find(second, mark, events);
  const auto found = known_.find(class_row);
  if (found != known_.end()) {
    const Known& known = found->second;
    if (known.entries.empty() ? greatest < known.next
                              : known.entries.front() < least && greatest < known.next) {
      return AppendWithin(known.entries, least, greatest, events);
    }
  }
  FindStored(class_row, least, greatest, events);
}

void ClassIndex::FindStored(std::int64_t class_row, const ClassEntry& least,
                            const ClassEntry& greatest, std::vector<std::int64_t>& events) {
  if (known_.size() >= kMostKnown) known_.clear();
  Known& known = known_[class_row];
  known.entries.clear();
  BindKey(select_at_, class_row, greatest);
  while (select_at_.Next()) {
    const ClassEntry first = EntryOf(select_at_);
    DecodeBlock(select_at_.Bytes(3), known.entries);
    AppendWithin(known.entries, least, greatest, events);
    if (first < least) break;
  }
  select_at_.Reset();
  known.next = FirstBehind(class_row, known.entries.empty() ? greatest : known.entries.front());
}

// What is known of the table is not known any more when others may write to it.
void ClassIndex::Flush() {
  known_.clear();
  std::sort(removed_.begin(), removed_.end());
  Block block;
  for (const Removed& removed : removed_) TakeOut(block, removed);
  Save(block);
  const bool same_blocks = removed_.empty();
  removed_.clear();
  for (auto& [row, waiting] : waiting_) {
    if (!same_blocks) waiting.last_.reset();
    Write(waiting);
    waiting.last_.reset();
  }
  waits_ = 0;  // of those that were removed, too
}

void ClassIndex::Drop() {
  waiting_.clear();
  removed_.clear();
  known_.clear();
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
  if (LoadAt(removed.class_row, removed.entry, block)) take();
}

void ClassIndex::Write(Waiting& waiting) {
  if (waiting.entries_.empty()) return;
  waiting.Sort();
  if (BelongsBehindAll(waiting)) {
    Block block{waiting.class_row_, {}, {}, false, true};
    for (const Waiting::Packed& entry : waiting.entries_) block.entries.push_back(entry.Unpacked());
    waiting.last_ = {block.entries.back().second, block.entries.size()};
    Save(block);
  } else {
    Merge(waiting);
    waiting.last_.reset();
  }
  known_.erase(waiting.class_row_);
  waits_ -= waiting.entries_.size();
  waiting.entries_.clear();
  waiting.sorted_ = 0;
}

// In blocks of their own, where they are too many for the last one: that is quick, and any two
// neighbours hold more than one could.
bool ClassIndex::BelongsBehindAll(Waiting& waiting) {
  std::optional<Waiting::Last>& last = waiting.last_;
  if (!last) {
    last.emplace();
    if (select_last_.Bind(1, waiting.class_row_).Next()) {
      last = {select_last_.Int(0), select_last_.Unsigned(1)};
    }
    select_last_.Reset();
  }
  return last->events == 0 || (last->second < waiting.entries_.front().second &&
                               last->events + waiting.entries_.size() > kBlockEntries);
}

// Each entry goes into the block that it belongs into.
void ClassIndex::Merge(const Waiting& waiting) {
  auto at = waiting.entries_.begin();
  const auto end = waiting.entries_.end();
  while (at != end) {
    Block block;
    if (!LoadAt(waiting.class_row_, at->Unpacked(), block)) LoadFirst(waiting.class_row_, block);
    const ClassEntry next = FirstBehind(waiting.class_row_, block.first);
    const auto middle = static_cast<std::ptrdiff_t>(block.entries.size());
    for (; at != end && at->Unpacked() < next; ++at) block.entries.push_back(at->Unpacked());
    std::inplace_merge(block.entries.begin(), block.entries.begin() + middle, block.entries.end());
    block.changed = true;
    Save(block);
  }
}

// The block in which the entry is, or has to be, when there is one with a first entry before it.
bool ClassIndex::LoadAt(std::int64_t class_row, const ClassEntry& entry, Block& block) {
  block = {class_row, {}, {}, false, false};
  if (!BindKey(select_at_, class_row, entry).Next()) return false;
  block.stored = true;
  block.first = EntryOf(select_at_);
  DecodeBlock(select_at_.Bytes(3), block.entries);
  select_at_.Reset();
  return true;
}

void ClassIndex::LoadFirst(std::int64_t class_row, Block& block) {
  block = {class_row, {}, {}, false, false};
  if (!select_first_.Bind(1, class_row).Next()) return;
  block.stored = true;
  block.first = EntryOf(select_first_);
  DecodeBlock(select_first_.Bytes(3), block.entries);
  select_first_.Reset();
}

// The first entry of the next block.
ClassEntry ClassIndex::FirstBehind(std::int64_t class_row, const ClassEntry& entry) {
  if (!BindKey(select_behind_, class_row, entry).Next()) return kBehindAll;
  const ClassEntry next = EntryOf(select_behind_);
  select_behind_.Reset();
  return next;
}

// One that has become too large becomes several of about the same size.
void ClassIndex::Save(Block& block) {
  if (!block.changed) return;
  const bool same = block.stored && !block.entries.empty() && block.entries.front() == block.first;
  if (block.stored && !same) BindKey(delete_, block.class_row, block.first).Run();
  std::span<const ClassEntry> rest = block.entries;
  for (std::size_t parts = (rest.size() + kBlockEntries - 1) / kBlockEntries; parts > 0; --parts) {
    const auto part = rest.first((rest.size() + parts - 1) / parts);
    const std::string content = EncodeBlock(part);
    const bool first = part.data() == block.entries.data();
    sql::Statement& write = same && first ? update_ : insert_;
    BindKey(write, block.class_row, part.front()).Bind(5, part.back().second);
    write.Bind(6, part.size()).BindBytes(7, content).Run();
    rest = rest.subspan(part.size());
  }
  block = {};
}

}  // namespace exdiag
