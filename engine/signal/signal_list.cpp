#include "engine/signal/signal_list.h"

#include <algorithm>
#include <cstring>

#include "engine/signal/packed_signal.h"

namespace exdiag {

BlockTexts::~BlockTexts() {
  for (const std::uint32_t block : blocks_) SetBlocks::OfThread().Drop(block);
}

std::size_t BlockTexts::Append(std::string_view text) {
  SetBlocks& blocks = SetBlocks::OfThread();
  const std::size_t begin = size_;
  while (!text.empty()) {
    const std::size_t at = size_ % SetBlocks::kBytes;
    if (at == 0) blocks_.push_back(blocks.Make());
    const std::string_view part = text.substr(0, SetBlocks::kBytes - at);
    std::memcpy(blocks.BytesToChange(blocks_.back()) + at, part.data(), part.size());
    text.remove_prefix(part.size());
    size_ += part.size();
  }
  return begin;
}

std::string BlockTexts::Read(std::size_t begin, std::size_t size) const {
  std::string text(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const std::size_t at = (begin + done) % SetBlocks::kBytes;
    const std::size_t part = std::min(size - done, SetBlocks::kBytes - at);
    const std::uint32_t block = blocks_[(begin + done) / SetBlocks::kBytes];
    std::memcpy(text.data() + done, SetBlocks::OfThread().BytesOf(block) + at, part);
    done += part;
  }
  return text;
}

SignalInList::SignalInList(const Signal& signal)
    : list_(std::make_shared<SignalList>(SignalList{signal})) {}

SignalList::SignalList(std::initializer_list<Signal> signals) {
  for (const Signal& signal : signals) Add(signal);
}

SignalList::SignalList(const std::vector<Signal>& signals) {
  for (const Signal& signal : signals) Add(signal);
}

void SignalList::Add(Signal signal) {
  Head& head = heads_.emplace_back();
  head.rule = signal.rule;
  head.explained = std::move(signal.explained);
  head.explained.ShrinkToFit();
  head.points = PointsOf(signal);
  head.first_seen = signal.first_seen;
  head.last_seen = signal.last_seen;
  signal.explained = {};
  PackedWriter packed;
  PackWholeSignal(signal, packed);
  head.begin = texts_.Append(packed.bytes());
  head.size = packed.bytes().size();
}

void SignalList::Append(SignalList more) {
  if (heads_.empty()) return std::swap(*this, more);
  for (Head& head : more.heads_) {
    head.begin = texts_.Append(more.texts_.Read(head.begin, head.size));
    heads_.push_back(std::move(head));
  }
}

Signal SignalList::WithoutRows(std::size_t at) const {
  const Head& head = heads_[at];
  const std::string packed = texts_.Read(head.begin, head.size);
  PackedReader reader(packed);
  Signal signal = UnpackWholeSignal(reader, *head.rule);
  if (adjust_) adjust_(signal);
  return signal;
}

Signal SignalList::operator[](std::size_t at) const {
  Signal signal = WithoutRows(at);
  signal.explained = heads_[at].explained;
  return signal;
}

void SignalList::Adjust(std::function<void(Signal&)> adjust) {
  adjust_ = std::move(adjust);
  for (std::size_t i = 0; i < heads_.size(); ++i) heads_[i].points = PointsOf(WithoutRows(i));
}

}  // namespace exdiag
