// A run of events, as one row of event_blocks holds it.
//
// A row for each event would cost an import more than everything else does: what SQLite does for a
// row hardly depends on what is in it.  A block fills one page, so that one event is found by
// reading no more than its row would take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

// What the store keeps of an event.  Views are borrowed.
struct StoredEvent {
  std::int64_t class_row = 0;
  std::int64_t second = 0;      // since 1970, kNoTime: none
  std::uint32_t fraction = 0;   // 100 ns
  std::uint32_t flags = 0;      // EventFlags
  std::uint64_t record_id = 0;  // 0: the export has none
  std::uint64_t identity = 0;
  std::int64_t user_row = 0;  // 0: none
  std::int64_t import = 0;
  std::uint64_t place = 0;  // PackPlace
  std::uint32_t place_column = 0;
  std::string_view strings;  // encoded
  std::string_view message;
  std::string_view binary;
};

// Events whose ids follow one another.  Those that were removed leave their ids.
class EventBlock {
 public:
  explicit EventBlock(std::int64_t first) : first_(first) {}
  // Of a row's bytes.  Of damaged ones, what can be read.
  EventBlock(std::int64_t first, std::string_view content);

  std::int64_t first() const { return first_; }
  // Behind the last id.
  std::int64_t end() const { return first_ + static_cast<std::int64_t>(begins_.size()); }
  bool empty() const { return begins_.empty(); }
  const std::string& content() const { return content_; }

  // Takes the next id.  False when it is to begin another block.
  bool Add(const StoredEvent& event);
  // False when there is none with this id, or when it cannot be read.  Good until the block
  // changes.
  bool Get(std::int64_t id, StoredEvent& event) const;
  // Of an id that is there.
  void Replace(std::int64_t id, const StoredEvent& event);
  void Remove(std::int64_t id);

  // What has to be known of a block without reading it: of the events that are there.
  struct Extent {
    std::size_t events = 0;
    std::int64_t low = 0;  // seconds
    std::int64_t high = 0;
  };
  Extent Measure() const;

 private:
  std::string_view BodyOf(std::int64_t id) const;
  void Put(std::size_t index, std::string_view encoded);

  std::int64_t first_;
  std::int64_t base_ = 0;  // the first event's second; others say how far from it
  std::string content_;
  std::vector<std::uint32_t> begins_;  // of the events, in `content_`
};

}  // namespace exdiag
