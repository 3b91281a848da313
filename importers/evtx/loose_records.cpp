#include "importers/evtx/loose_records.h"

#include <algorithm>
#include <string_view>

#include "importers/binary_log/find_bytes.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evtx/chunk.h"

namespace exdiag::evtx {
namespace {

// Each chunk that is told of in a gap of 64 KiB costs reading one.  Pages of 4 KiB of sixteen
// chunks may lie there; what tells of many more is made to cost time.
constexpr std::size_t kMostChunks = 256;

}  // namespace

std::optional<LooseRecord> FindRecord(std::span<const std::byte> bytes, std::size_t from,
                                      std::size_t end) {
  using namespace std::string_view_literals;
  constexpr std::string_view kSignature = "**\0\0"sv;
  // So that a signature that begins in front of the end is seen whole.
  const auto searched = bytes.first(std::min(bytes.size(), end + kSignature.size() - 1));
  for (std::size_t at = FindBytes(searched, from, kSignature); at < std::min(end, searched.size());
       at = FindBytes(searched, at + 1, kSignature)) {
    const auto rest = bytes.subspan(at, std::min(bytes.size() - at, kChunkSize - kChunkHeaderSize));
    if (IsRecord(rest)) return LooseRecord{at, LoadU32(rest.data() + 4)};
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

std::vector<std::int64_t> ChunksOf(std::uint64_t offset, std::span<const std::byte> region,
                                   const std::vector<LooseRecord>& records) {
  const auto from = static_cast<std::int64_t>(offset);
  std::vector<std::optional<std::int64_t>> told;
  std::optional<std::int64_t> last;
  std::size_t changes = 0;
  for (const LooseRecord& record : records) {
    const auto begin = ChunkBeginOf(region, record);
    std::optional<std::int64_t> chunk;
    if (begin && changes < kMostChunks) chunk = from + *begin;
    if (chunk && chunk != last) ++changes;
    if (chunk) last = chunk;
    told.push_back(chunk);
  }
  const auto holds = [&](std::optional<std::int64_t> chunk, const LooseRecord& record) {
    const std::int64_t at = from + static_cast<std::int64_t>(record.offset);
    return chunk && *chunk + std::int64_t{kChunkHeaderSize} <= at &&
           at + static_cast<std::int64_t>(record.size) <= *chunk + std::int64_t{kChunkSize};
  };
  std::vector<std::int64_t> chunks;
  std::optional<std::int64_t> before;
  std::size_t next = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    while (next < i || (next < records.size() && !told[next])) ++next;
    const std::optional<std::int64_t> behind =
        next < records.size() ? told[next] : std::optional<std::int64_t>();
    const auto at = from + static_cast<std::int64_t>(records[i].offset);
    std::int64_t chunk = at - std::int64_t{kChunkHeaderSize};
    for (const auto guess : {std::optional(from), behind, before, told[i]}) {
      if (holds(guess, records[i])) chunk = *guess;
    }
    if (told[i] && chunk == *told[i]) before = told[i];
    chunks.push_back(chunk);
  }
  return chunks;
}

}  // namespace exdiag::evtx
