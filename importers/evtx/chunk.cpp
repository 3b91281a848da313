#include "importers/evtx/chunk.h"

#include <algorithm>
#include <cstring>

#include "importers/binary_log/little_endian.h"
#include "importers/evtx/crc32.h"

namespace exdiag::evtx {
namespace {

constexpr std::uint32_t kRecordSignature = 0x00002a2a;
constexpr std::size_t kRecordAlignment = 8;

}  // namespace

bool HasFileSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data(), "ElfFile", 8) == 0;
}

bool HasChunkSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data(), "ElfChnk", 8) == 0;
}

bool HasRecordSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && LoadU32(bytes.data()) == kRecordSignature;
}

ChunkHeader::ChunkHeader(std::span<const std::byte> bytes)
    : last_record(LoadU32(bytes.data() + 44)),
      free_space(LoadU32(bytes.data() + 48)),
      data_crc(LoadU32(bytes.data() + 52)),
      flags(LoadU32(bytes.data() + 120)),
      header_crc(LoadU32(bytes.data() + 124)) {}

std::uint32_t FileHeaderCrc(std::span<const std::byte> header) {
  return Crc32(0, header.first(120));
}

std::uint32_t ChunkHeaderCrc(std::span<const std::byte> chunk) {
  return Crc32(Crc32(0, chunk.first(120)), chunk.subspan(128, kChunkHeaderSize - 128));
}

std::uint32_t ChunkDataCrc(std::span<const std::byte> chunk, std::uint32_t free_space) {
  return Crc32(0, chunk.subspan(kChunkHeaderSize, free_space - kChunkHeaderSize));
}

bool IsAllZero(std::span<const std::byte> bytes) {
  return bytes.empty() || (bytes[0] == std::byte{0} &&
                           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

std::size_t RecordsEnd(std::span<const std::byte> chunk, const ChunkHeader& header) {
  std::size_t end = header.free_space;
  if (end < kChunkHeaderSize || end > chunk.size()) return chunk.size();
  const std::size_t last = header.last_record;
  if (last >= kChunkHeaderSize && last + kMinRecordSize <= chunk.size() &&
      HasRecordSignature(chunk.subspan(last))) {
    const std::size_t size = LoadU32(chunk.data() + last + 4);
    if (size <= chunk.size() - last) end = std::max(end, last + size);
  }
  return end;
}

bool RecordWalker::HasPlausibleSize(std::size_t at) const {
  if (chunk_.size() - at < kMinRecordSize || !HasRecordSignature(chunk_.subspan(at))) return false;
  const std::uint32_t size = LoadU32(chunk_.data() + at + 4);
  return size >= kMinRecordSize && size <= chunk_.size() - at;
}

bool RecordWalker::IsRecord(std::size_t at) const {
  if (!HasPlausibleSize(at)) return false;
  const std::uint32_t size = LoadU32(chunk_.data() + at + 4);
  return LoadU32(chunk_.data() + at + size - 4) == size;
}

// The next sound record, or the end.
std::size_t RecordWalker::FindRecord(std::size_t from) const {
  for (std::size_t at = from; at + kMinRecordSize <= chunk_.size() && at < end_;
       at += kRecordAlignment) {
    if (IsRecord(at)) return at;
  }
  return std::max(end_, from);
}

bool RecordWalker::Next(Item& item) {
  if (position_ >= end_) return false;
  item = {.offset = position_, .after_damage = after_damage_};
  const bool plausible = HasPlausibleSize(position_);
  if (plausible) {
    item.size = LoadU32(chunk_.data() + position_ + 4);
    item.kind = IsRecord(position_) ? Kind::kRecord : Kind::kTorn;
    const std::size_t next = position_ + item.size;
    // After a torn record its size is trusted only as far as something confirms it.
    const bool confirmed =
        item.kind == Kind::kRecord || next == end_ || (next < end_ && IsRecord(next));
    position_ = confirmed ? next : FindRecord(position_ + kRecordAlignment);
    after_damage_ |= item.kind == Kind::kTorn;
    return true;
  }
  const std::size_t aligned = position_ / kRecordAlignment * kRecordAlignment;
  const std::size_t next = std::min(FindRecord(aligned + kRecordAlignment), chunk_.size());
  item.size = next - position_;
  item.kind = IsAllZero(chunk_.subspan(position_, item.size)) ? Kind::kZeros : Kind::kJunk;
  position_ = next;
  after_damage_ = true;
  return true;
}

}  // namespace exdiag::evtx
