#include "importers/evtx/chunk.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include "importers/binary_log/find_bytes.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evtx/crc32.h"

namespace exdiag::evtx {
namespace {

constexpr std::uint32_t kRecordSignature = 0x00002a2a;
constexpr std::size_t kRecordAlignment = 8;
constexpr std::uint32_t kChunkHeaderWord = 128;  // what a chunk says that its header's size is

}  // namespace

bool HasFileSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data(), "ElfFile", 8) == 0;
}

bool HasChunkSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data(), "ElfChnk", 8) == 0;
}

std::size_t FindChunk(std::span<const std::byte> bytes, std::size_t from) {
  using namespace std::string_view_literals;
  for (std::size_t at = FindBytes(bytes, from, "ElfChnk\0"sv); at < bytes.size();
       at = FindBytes(bytes, at + 1, "ElfChnk\0"sv)) {
    if (bytes.size() - at >= 44 && LoadU32(bytes.data() + at + 40) == kChunkHeaderWord) return at;
  }
  return bytes.size();
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

bool IsInChunk(std::uint32_t free_space) {
  return free_space >= kChunkHeaderSize && free_space <= kChunkSize;
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

std::size_t EndOfRun(std::span<const std::byte> chunk) {
  std::size_t at = kChunkHeaderSize;
  std::optional<std::uint64_t> last_id;
  while (at < chunk.size() && IsRecord(chunk.subspan(at))) {
    const RecordHeader header(chunk.subspan(at));
    if (last_id && header.id != *last_id + 1) break;
    last_id = header.id;
    at += LoadU32(chunk.data() + at + 4);
  }
  return at;
}

RecordHeader::RecordHeader(std::span<const std::byte> record)
    : id(LoadU64(record.data() + 8)), time(LoadU64(record.data() + 16)) {}

bool HasPlausibleSize(std::span<const std::byte> bytes) {
  if (bytes.size() < kMinRecordSize || !HasRecordSignature(bytes)) return false;
  const std::uint32_t size = LoadU32(bytes.data() + 4);
  return size >= kMinRecordSize && size <= bytes.size();
}

bool IsRecord(std::span<const std::byte> bytes) {
  if (!HasPlausibleSize(bytes)) return false;
  const std::uint32_t size = LoadU32(bytes.data() + 4);
  return LoadU32(bytes.data() + size - 4) == size;
}

// The next sound record, or the end.
std::size_t RecordWalker::FindRecord(std::size_t from) const {
  for (std::size_t at = from; at + kMinRecordSize <= chunk_.size() && at < end_;
       at += kRecordAlignment) {
    if (IsRecord(chunk_.subspan(at))) return at;
  }
  return std::max(end_, from);
}

bool RecordWalker::Next(Item& item) {
  if (position_ >= end_) return false;
  item = {.offset = position_, .after_damage = after_damage_};
  const bool plausible = HasPlausibleSize(chunk_.subspan(position_));
  if (plausible) {
    item.size = LoadU32(chunk_.data() + position_ + 4);
    item.kind = IsRecord(chunk_.subspan(position_)) ? Kind::kRecord : Kind::kTorn;
    const std::size_t next = position_ + item.size;
    // After a torn record its size is trusted only as far as something confirms it.
    const bool confirmed = item.kind == Kind::kRecord || next == end_ ||
                           (next < end_ && IsRecord(chunk_.subspan(next)));
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
