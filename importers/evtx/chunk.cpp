#include "importers/evtx/chunk.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "importers/binary_log/little_endian.h"
#include "importers/evtx/crc32.h"

namespace exdiag::evtx {
namespace {

constexpr std::uint32_t kRecordSignature = 0x00002a2a;
constexpr std::size_t kRecordAlignment = 8;
constexpr std::uint32_t kChunkHeaderWord = 128;  // what a chunk says that its header's size is

// memmem() is several times as fast as std::search.
std::size_t Find(std::span<const std::byte> bytes, std::size_t from, std::string_view what) {
  if (from >= bytes.size()) return bytes.size();
  const void* const at =
      ::memmem(bytes.data() + from, bytes.size() - from, what.data(), what.size());
  return at == nullptr ? bytes.size()
                       : static_cast<std::size_t>(static_cast<const std::byte*>(at) - bytes.data());
}

}  // namespace

bool HasFileSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data(), "ElfFile", 8) == 0;
}

bool HasChunkSignature(std::span<const std::byte> bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data(), "ElfChnk", 8) == 0;
}

std::size_t FindChunk(std::span<const std::byte> bytes, std::size_t from) {
  using namespace std::string_view_literals;
  for (std::size_t at = Find(bytes, from, "ElfChnk\0"sv); at < bytes.size();
       at = Find(bytes, at + 1, "ElfChnk\0"sv)) {
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
  while (const auto record = FindRecord(chunk, at, at + 1)) {
    const RecordHeader header(chunk.subspan(at));
    if (last_id && header.id != *last_id + 1) break;
    last_id = header.id;
    at += record->size;
  }
  return at;
}

RecordHeader::RecordHeader(std::span<const std::byte> record)
    : id(LoadU64(record.data() + 8)), time(LoadU64(record.data() + 16)) {}

std::optional<LooseRecord> FindRecord(std::span<const std::byte> bytes, std::size_t from,
                                      std::size_t end) {
  using namespace std::string_view_literals;
  constexpr std::string_view kSignature = "**\0\0"sv;
  // So that a signature that begins in front of the end is seen whole.
  const auto searched = bytes.first(std::min(bytes.size(), end + kSignature.size() - 1));
  for (std::size_t at = Find(searched, from, kSignature); at < std::min(end, searched.size());
       at = Find(searched, at + 1, kSignature)) {
    const std::size_t rest = bytes.size() - at;
    if (rest < kMinRecordSize) break;
    const std::size_t size = LoadU32(bytes.data() + at + 4);
    if (size >= kMinRecordSize && size <= std::min(rest, kChunkSize - kChunkHeaderSize) &&
        LoadU32(bytes.data() + at + size - 4) == size) {
      return LooseRecord{at, size};
    }
  }
  return std::nullopt;
}

std::optional<std::ptrdiff_t> ChunkBeginOf(std::span<const std::byte> bytes,
                                           const LooseRecord& record) {
  // Fragment header; template instance: token, 1, id, offset; definition: next, GUID, size.
  constexpr std::size_t kInstance = kRecordHeaderSize + 4;
  constexpr std::size_t kDefinition = kInstance + 10;
  if (record.size < kDefinition + 24 + 4) return std::nullopt;
  const std::byte* const at = bytes.data() + record.offset;
  if (LoadU32(at + kRecordHeaderSize) != 0x0001010f || at[kInstance] != std::byte{0x0c}) {
    return std::nullopt;
  }
  const std::uint32_t id = LoadU32(at + kInstance + 2);
  const std::size_t offset = LoadU32(at + kInstance + 6);
  if (LoadU32(at + kDefinition + 4) != id || offset < kChunkHeaderSize + kDefinition ||
      offset >= kChunkSize) {
    return std::nullopt;
  }
  return static_cast<std::ptrdiff_t>(record.offset + kDefinition) -
         static_cast<std::ptrdiff_t>(offset);
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
