// The table of events: event_blocks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/event_block.h"
#include "engine/store/sqlite.h"

namespace exdiag {

// Blocks that were read stay for a while, 4 MB of them; so this lives no longer than a transaction,
// or Drop() is called at its end.
class EventBlocks {
 public:
  explicit EventBlocks(sql::Database& database);
  EventBlocks(const EventBlocks&) = delete;
  EventBlocks& operator=(const EventBlocks&) = delete;

  // False when there is no such event.  Its views are good until the next call.
  bool Get(std::int64_t id, StoredEvent& event);

  // What these change is in the table after Flush().  Add() returns the id.
  std::int64_t Add(const StoredEvent& event);
  // With an id that is greater than all others.
  void AddAs(std::int64_t id, const StoredEvent& event);
  void Replace(std::int64_t id, const StoredEvent& event);
  void Flush();
  // Forgets what was read, and what was changed since Flush().
  void Drop();

  // Calls `visit` with each event and its id, in the order of ids.
  template <typename Visit>
  void ForEach(const Visit& visit);
  // Removes the events with a time before the second `end`; `visit` sees each of them.
  template <typename Visit>
  void RemoveBefore(std::int64_t end, const Visit& visit);

 private:
  struct Cached {
    EventBlock block;
    bool changed = false;
    std::uint64_t used = 0;
  };

  const EventBlock* Find(std::int64_t id);
  Cached* Load(std::int64_t id);
  void MakeRoom();
  void PrepareWriting();
  void Write(const EventBlock& block, const EventBlock::Extent& extent);
  void AddToTail(const StoredEvent& event);
  void WriteTail();

  sql::Database& database_;
  std::map<std::int64_t, Cached> cached_;  // by its first id
  Cached* last_ = nullptr;
  std::uint64_t uses_ = 0;
  std::optional<EventBlock> tail_;  // takes new events; is not in the table yet
  EventBlock::Extent tail_extent_;
  sql::Statement load_, last_id_, put_, delete_;  // the last three are made when they are needed
};

template <typename Visit>
void EventBlocks::ForEach(const Visit& visit) {
  sql::Statement each(database_, "SELECT first, content FROM main.event_blocks ORDER BY first",
                      false);
  StoredEvent event;
  while (each.Next()) {
    const EventBlock block(each.Int(0), each.Bytes(1));
    for (std::int64_t id = block.first(); id < block.end(); ++id) {
      if (block.Get(id, event)) visit(id, event);
    }
  }
}

template <typename Visit>
void EventBlocks::RemoveBefore(std::int64_t end, const Visit& visit) {
  Flush();
  sql::Statement before(database_,
                        "SELECT first FROM main.event_blocks WHERE low < ?1 ORDER BY first", false);
  std::vector<std::int64_t> firsts;
  for (before.Bind(1, end); before.Next();) firsts.push_back(before.Int(0));
  StoredEvent event;
  for (const std::int64_t first : firsts) {
    Cached* const cached = Load(first);
    if (cached == nullptr) continue;
    for (std::int64_t id = first; id < cached->block.end(); ++id) {
      if (!cached->block.Get(id, event) || event.second >= end || event.second == kNoTime) {
        continue;
      }
      visit(id, event);
      cached->block.Remove(id);
      cached->changed = true;
    }
  }
  Flush();
}

}  // namespace exdiag
