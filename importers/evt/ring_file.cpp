#include "importers/evt/ring_file.h"

#include <algorithm>

#include "importers/binary_log/little_endian.h"

namespace exdiag::evt {
namespace {

constexpr std::size_t kWindowSize = std::size_t{1} << 20;
constexpr std::size_t kAlignment = 4;

// The end-of-file record: its size, four marks, oldest, end, next number, oldest number, its size.
constexpr std::uint32_t kEofMarks[] = {0x28, 0x11111111, 0x22222222, 0x33333333, 0x44444444};

bool HasEofMarks(std::span<const std::byte> bytes) {
  if (bytes.size() < kEofSize) return false;
  for (std::size_t i = 0; i < std::size(kEofMarks); ++i) {
    if (LoadU32(bytes.data() + 4 * i) != kEofMarks[i]) return false;
  }
  return true;
}

}  // namespace

RingFile::RingFile(const ByteSource& source)
    : source_(source),
      size_(source.size()),
      window_(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kWindowSize))) {}

std::span<const std::byte> RingFile::At(std::uint64_t offset, std::size_t size) {
  if (offset >= size_) return {};
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
  if (offset < window_begin_ || offset + size > window_begin_ + window_size_) {
    window_begin_ = offset;
    window_size_ = source_.ReadAt(offset, window_);
    const std::uint64_t want = std::min<std::uint64_t>(window_.size(), size_ - offset);
    if (window_size_ < want && !unreadable_) unreadable_ = offset + window_size_;
  }
  const auto from = static_cast<std::size_t>(offset - window_begin_);
  return {window_.data() + from, std::min(size, window_size_ - from)};
}

void RingFile::ReadRing(std::uint64_t offset, std::span<std::byte> into) {
  if (offset >= size_) offset = offset - size_ + kHeaderSize;
  const std::size_t got = source_.ReadAt(offset, into);
  if (got < into.size()) source_.ReadAt(kHeaderSize, into.subspan(got));
}

std::span<const std::byte> RingFile::RecordAt(std::uint64_t offset, std::size_t size) {
  if (offset + size <= size_) return At(offset, size);
  split_.assign(size, std::byte{0});
  ReadRing(offset, split_);
  return split_;
}

RingFile::Found RingFile::Look(std::uint64_t offset, bool wraps, std::size_t& record_size) {
  const auto head = At(offset, kFixedSize);
  if (HasEofMarks(head)) return Found::kEof;
  if (head.size() >= 4 && LoadU32(head.data()) == kFiller) return Found::kFiller;
  if (head.size() < kFixedSize || LoadU32(head.data() + 4) != kSignature) return Found::kNothing;
  record_size = LoadU32(head.data());
  if (record_size < kFixedSize + 4 || record_size > kMaxRecord || record_size % kAlignment != 0) {
    return Found::kNothing;
  }
  const std::uint64_t end = offset + record_size;
  if (end > size_ && (!wraps || end - size_ > size_ - kHeaderSize)) return Found::kNothing;
  std::byte copy[4] = {};
  if (end <= window_begin_ + window_size_) {
    std::ranges::copy(At(end - 4, 4), copy);
  } else {
    ReadRing(end - 4, copy);
  }
  return LoadU32(copy) == record_size ? Found::kRecord : Found::kTorn;
}

std::uint64_t RingFile::Find(std::uint64_t from, std::uint64_t limit, bool wraps) {
  limit = std::min(limit, size_);
  for (std::uint64_t at = from; at < limit; at += kAlignment) {
    // Both kinds show in their second dword.
    const auto head = At(at, 8);
    if (head.size() < 8) break;
    const std::uint32_t second = LoadU32(head.data() + 4);
    if (second != kSignature && second != kEofMarks[1]) continue;
    std::size_t record_size = 0;
    const Found found = Look(at, wraps, record_size);
    if (found == Found::kRecord || found == Found::kEof) return at;
  }
  return limit;
}

std::optional<Bounds> RingFile::EofAt(std::uint64_t offset) {
  const auto bytes = At(offset, kEofSize);
  if (!HasEofMarks(bytes)) return std::nullopt;
  return Bounds{.oldest = LoadU32(bytes.data() + 20),
                .end = LoadU32(bytes.data() + 24),
                .next_number = LoadU32(bytes.data() + 28),
                .oldest_number = LoadU32(bytes.data() + 32)};
}

std::optional<Bounds> RingFile::FindEof() {
  std::optional<Bounds> found;
  for (std::uint64_t at = kHeaderSize; at + kEofSize <= size_; at += kAlignment) {
    if (LoadU32(At(at, kEofSize).data() + 4) != kEofMarks[1]) continue;
    const auto bounds = EofAt(at);
    if (bounds && bounds->end == at) found = bounds;
  }
  return found;
}

bool RingFile::IsAllZero(std::uint64_t from, std::uint64_t to) {
  while (from < to) {
    const auto bytes =
        At(from, static_cast<std::size_t>(std::min<std::uint64_t>(to - from, 65536)));
    if (bytes.empty()) return true;
    if (std::ranges::any_of(bytes, [](std::byte byte) { return byte != std::byte{0}; })) {
      return false;
    }
    from += bytes.size();
  }
  return true;
}

}  // namespace exdiag::evt
