#include "engine/store/event_block.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/base/packed.h"

namespace exdiag {
namespace {

// With the rest of its row this just fits a page of 16 KB ([SQLite file format] 1.6: what a leaf
// of a table holds without overflow).
constexpr std::size_t kBlockBytes = 16'300;

// A block is: the first event's second, then for each event its size and so many bytes.  No bytes:
// it was removed.  The numbers of an event come first, then its texts.
constexpr std::size_t kNumbers = 11;
constexpr std::size_t kIdentity = sizeof(StoredEvent::identity);

std::size_t LengthOf(std::uint64_t value) {
  std::size_t length = 1;
  for (; value >= 0x80; value >>= 7) ++length;
  return length;
}

// An event's numbers, with the size of the whole event before them.
class Head {
 public:
  Head(const StoredEvent& event, std::int64_t base) {
    char* const numbers = bytes_.data() + kLongestPacked;
    char* out = numbers;
    std::memcpy(out, &event.identity, kIdentity);
    out += kIdentity;
    out = PutPacked(out, static_cast<std::uint64_t>(event.class_row));
    out = PutPacked(out, FoldSign(event.second - base));
    out = PutPacked(out, event.fraction);
    out = PutPacked(out, event.flags);
    out = PutPacked(out, event.record_id);
    out = PutPacked(out, static_cast<std::uint64_t>(event.user_row));
    out = PutPacked(out, static_cast<std::uint64_t>(event.import));
    out = PutPacked(out, event.place);
    out = PutPacked(out, event.place_column);
    out = PutPacked(out, event.strings.size());
    out = PutPacked(out, event.message.size());
    texts_ = event.strings.size() + event.message.size() + event.binary.size();
    const std::size_t size = static_cast<std::size_t>(out - numbers) + texts_;
    begin_ = kLongestPacked - LengthOf(size);
    PutPacked(bytes_.data() + begin_, size);
    end_ = static_cast<std::size_t>(out - bytes_.data());
  }

  std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  // Of the whole event.
  std::size_t size() const { return end_ - begin_ + texts_; }

 private:
  std::array<char, kLongestPacked + kIdentity + kNumbers * kLongestPacked> bytes_;
  std::size_t begin_ = 0, end_ = 0, texts_ = 0;
};

void AppendEvent(const Head& head, const StoredEvent& event, std::string& to) {
  to.append(head.view()).append(event.strings);
  if (!event.message.empty()) to.append(event.message);
  if (!event.binary.empty()) to.append(event.binary);
}

}  // namespace

EventBlock::EventBlock(std::int64_t first, std::string_view content)
    : first_(first), content_(content) {
  PackedReader reader(content_);
  base_ = reader.Signed();
  while (reader.ok() && !reader.at_end()) {
    const auto begin = static_cast<std::uint32_t>(content_.size() - reader.rest().size());
    reader.Text();
    if (reader.ok()) begins_.push_back(begin);
  }
}

bool EventBlock::Add(const StoredEvent& event) {
  if (begins_.empty()) {
    base_ = event.second;
    char number[kLongestPacked];
    content_.reserve(kBlockBytes);
    content_.assign(number, PutPacked(number, FoldSign(base_)));
  }
  const Head head(event, base_);
  if (!begins_.empty() && content_.size() + head.size() > kBlockBytes) return false;
  begins_.push_back(static_cast<std::uint32_t>(content_.size()));
  AppendEvent(head, event, content_);
  return true;
}

// "" when it is not there.
std::string_view EventBlock::BodyOf(std::int64_t id) const {
  if (id < first_ || id >= end()) return {};
  const std::size_t begin = begins_[static_cast<std::size_t>(id - first_)];
  return PackedReader(std::string_view(content_).substr(begin)).Text();
}

bool EventBlock::Get(std::int64_t id, StoredEvent& event) const {
  const std::string_view body = BodyOf(id);
  if (body.size() < kIdentity) return false;
  std::memcpy(&event.identity, body.data(), kIdentity);
  PackedReader reader(body.substr(kIdentity));
  event.class_row = static_cast<std::int64_t>(reader.Number());
  event.second = static_cast<std::int64_t>(static_cast<std::uint64_t>(base_) +
                                           static_cast<std::uint64_t>(reader.Signed()));
  event.fraction = static_cast<std::uint32_t>(reader.Number());
  event.flags = static_cast<std::uint32_t>(reader.Number());
  event.record_id = reader.Number();
  event.user_row = static_cast<std::int64_t>(reader.Number());
  event.import = static_cast<std::int64_t>(reader.Number());
  event.place = reader.Number();
  event.place_column = static_cast<std::uint32_t>(reader.Number());
  const std::uint64_t strings = reader.Number(), message = reader.Number();
  const std::string_view texts = reader.rest();
  if (!reader.ok() || strings > texts.size() || message > texts.size() - strings) return false;
  event.strings = texts.substr(0, strings);
  event.message = texts.substr(strings, message);
  event.binary = texts.substr(strings + message);
  return true;
}

// `encoded`: with its size.
void EventBlock::Put(std::size_t index, std::string_view encoded) {
  const std::size_t begin = begins_[index];
  const std::size_t end = index + 1 < begins_.size() ? begins_[index + 1] : content_.size();
  content_.replace(begin, end - begin, encoded);
  for (std::size_t i = index + 1; i < begins_.size(); ++i) {
    begins_[i] = static_cast<std::uint32_t>(begins_[i] + encoded.size() - (end - begin));
  }
}

// The event's texts may be those that are here.
void EventBlock::Replace(std::int64_t id, const StoredEvent& event) {
  std::string encoded;
  AppendEvent(Head(event, base_), event, encoded);
  Put(static_cast<std::size_t>(id - first_), encoded);
}

void EventBlock::Remove(std::int64_t id) {
  Put(static_cast<std::size_t>(id - first_), std::string_view("", 1));
}

EventBlock::Extent EventBlock::Measure() const {
  Extent extent;
  StoredEvent event;
  for (std::int64_t id = first_; id < end(); ++id) {
    if (!Get(id, event)) continue;
    extent.low = extent.events == 0 ? event.second : std::min(extent.low, event.second);
    extent.high = extent.events == 0 ? event.second : std::max(extent.high, event.second);
    ++extent.events;
  }
  return extent;
}

}  // namespace exdiag
