#include "engine/store/event_blocks.h"

#include <algorithm>

namespace exdiag {

EventBlocks::EventBlocks(sql::Database& database)
    : database_(database),
      load_(database,
            "SELECT first, content FROM main.event_blocks WHERE first <= ?1 ORDER BY first DESC "
            "LIMIT 1") {}

void EventBlocks::PrepareWriting() {
  if (put_.prepared()) return;
  const auto prepare = [&](std::string_view sql) { return sql::Statement(database_, sql); };
  last_id_ = prepare("SELECT first + ids FROM main.event_blocks ORDER BY first DESC LIMIT 1");
  put_ = prepare(
      "INSERT INTO main.event_blocks (first, ids, events, low, high, content) "
      "VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (first) DO UPDATE SET events = excluded.events, "
      "low = excluded.low, high = excluded.high, content = excluded.content");
  delete_ = prepare("DELETE FROM main.event_blocks WHERE first = ?1");
}

bool EventBlocks::Get(std::int64_t id, StoredEvent& event) {
  const EventBlock* const block = Find(id);
  return block != nullptr && block->Get(id, event);
}

std::int64_t EventBlocks::Add(const StoredEvent& event) {
  if (!tail_) {
    PrepareWriting();
    tail_.emplace(last_id_.Next() ? last_id_.Int(0) : 1);
    last_id_.Reset();
  }
  AddToTail(event);
  return tail_->end() - 1;
}

void EventBlocks::AddAs(std::int64_t id, const StoredEvent& event) {
  if (tail_ && tail_->end() != id) WriteTail();
  if (!tail_) tail_.emplace(id);
  AddToTail(event);
}

void EventBlocks::AddToTail(const StoredEvent& event) {
  if (!tail_->Add(event)) {
    const std::int64_t next = tail_->end();
    WriteTail();
    tail_.emplace(next);
    tail_->Add(event);
  }
  EventBlock::Extent& extent = tail_extent_;
  extent.low = extent.events == 0 ? event.second : std::min(extent.low, event.second);
  extent.high = extent.events == 0 ? event.second : std::max(extent.high, event.second);
  ++extent.events;
}

void EventBlocks::Replace(std::int64_t id, const StoredEvent& event) {
  const EventBlock* const block = Find(id);
  if (block == nullptr) return;
  if (tail_ && block == &*tail_) {
    tail_->Replace(id, event);
  } else {
    last_->block.Replace(id, event);
    last_->changed = true;
  }
}

void EventBlocks::Flush() {
  if (tail_) WriteTail();
  for (const auto& [first, cached] : cached_) {
    if (cached.changed) Write(cached.block, cached.block.Measure());
  }
  Drop();
}

void EventBlocks::Drop() {
  cached_.clear();
  last_ = nullptr;
  tail_.reset();
  tail_extent_ = {};
}

void EventBlocks::WriteTail() {
  if (!tail_->empty()) Write(*tail_, tail_extent_);
  tail_.reset();
  tail_extent_ = {};
}

void EventBlocks::Write(const EventBlock& block, const EventBlock::Extent& extent) {
  PrepareWriting();
  if (extent.events == 0) {
    delete_.Bind(1, block.first()).Run();
    return;
  }
  put_.Bind(1, block.first()).Bind(2, block.end() - block.first()).Bind(3, extent.events);
  put_.Bind(4, extent.low).Bind(5, extent.high).BindBytes(6, block.content()).Run();
}

// Of a cached block, last_ is that one.
const EventBlock* EventBlocks::Find(std::int64_t id) {
  if (tail_ && id >= tail_->first()) return &*tail_;
  if (last_ == nullptr || id < last_->block.first() || id >= last_->block.end()) last_ = Load(id);
  if (last_ == nullptr) return nullptr;
  last_->used = ++uses_;
  return &last_->block;
}

// nullptr: there is no block with it.
EventBlocks::Cached* EventBlocks::Load(std::int64_t id) {
  if (const auto above = cached_.upper_bound(id); above != cached_.begin()) {
    Cached& cached = std::prev(above)->second;
    if (id < cached.block.end()) return &cached;
  }
  MakeRoom();
  if (!load_.Bind(1, id).Next()) return nullptr;
  EventBlock block(load_.Int(0), load_.Bytes(1));
  load_.Reset();
  if (id >= block.end()) return nullptr;
  const std::int64_t first = block.first();
  return &cached_.insert_or_assign(first, Cached{std::move(block), false, ++uses_}).first->second;
}

// For one more: those go that were not used for the longest time.
void EventBlocks::MakeRoom() {
  last_ = nullptr;
  constexpr std::size_t kMost = 256;
  constexpr std::size_t kMostBytes = std::size_t{4} << 20;
  std::size_t bytes = 0;
  for (const auto& [first, cached] : cached_) bytes += cached.block.content().size();
  while (!cached_.empty() && (cached_.size() >= kMost || bytes > kMostBytes)) {
    const auto oldest = std::min_element(
        cached_.begin(), cached_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    bytes -= oldest->second.block.content().size();
    if (oldest->second.changed) Write(oldest->second.block, oldest->second.block.Measure());
    cached_.erase(oldest);
  }
}

}  // namespace exdiag
