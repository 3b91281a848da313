#include "importers/evtx/older_records.h"

#include <algorithm>

namespace exdiag::evtx {
namespace {

// What may be remembered; the free space of real logs of 568 MB held 28,476 records.
constexpr std::size_t kMostEntries = 200'000;

}  // namespace

std::size_t OlderRecords::HeaderHash::operator()(const RecordHeader& header) const {
  return static_cast<std::size_t>((header.id ^ header.time) * 0x9e37'79b9'7f4a'7c15 >> 7);
}

bool OlderRecords::Add(std::int64_t chunk, const RecordWalker::Item& item,
                       const RecordHeader& header, Origin origin) {
  if (entries_.size() == kMostEntries) {
    ++refused_;
    return false;
  }
  entries_.push_back({chunk, item, header, origin});
  return true;
}

// Chunk follows chunk, and number number.
void OlderRecords::AddLogChunk(const LogChunk& chunk) {
  log_chunks_.Number(chunk.offset - last_chunk_.offset);
  log_chunks_.Number(chunk.end);
  log_chunks_.Number(chunk.first - last_chunk_.first);
  log_chunks_.Number(chunk.last - chunk.first);
  last_chunk_ = chunk;
}

void OlderRecords::AddLogRecord(const RecordHeader& header) {
  if (in_log_.size() < kMostEntries) in_log_.insert(header);
}

// A writer that begins a chunk does not clear it, so that what was in its memory before stays
// behind the records: often those of the chunk that it wrote last.  Such copies are told by number
// and time, for which only the chunks whose numbers match are read again.
void OlderRecords::FindCopies(ChunkSource& source) {
  std::vector<std::uint64_t> ids;
  for (const Entry& entry : entries_) {
    if (entry.origin == Origin::kFreeSpace) ids.push_back(entry.header.id);
  }
  std::sort(ids.begin(), ids.end());
  LogChunk chunk{.first = 0};
  for (PackedReader chunks(log_chunks_.bytes()); !chunks.at_end();) {
    chunk.offset += chunks.Number();
    chunk.end = chunks.Number();
    chunk.first += chunks.Number();
    chunk.last = chunk.first + chunks.Number();
    const auto wanted = std::lower_bound(ids.begin(), ids.end(), chunk.first);
    if (wanted == ids.end() || *wanted > chunk.last) continue;
    const auto bytes = source.At(chunk.offset, kChunkSize);
    RecordWalker walker(bytes, kChunkHeaderSize, std::min(chunk.end, bytes.size()));
    for (RecordWalker::Item item; walker.Next(item);) {
      if (item.kind != RecordWalker::Kind::kRecord) continue;
      const RecordHeader header(bytes.subspan(item.offset));
      if (std::binary_search(ids.begin(), ids.end(), header.id)) AddLogRecord(header);
    }
  }
}

bool OlderRecords::Read(ChunkSource& source, RecordReader& reader) {
  FindCopies(source);
  const Entry* before = nullptr;
  std::span<const std::byte> chunk;
  for (const Entry& entry : entries_) {
    if (before == nullptr || before->chunk != entry.chunk) {
      chunk = source.Chunk(entry.chunk);
      reader.BeginChunk(entry.chunk, chunk);
    }
    before = &entry;
    if (!ReadOne(entry, chunk.size(), reader)) return false;
  }
  return true;
}

bool OlderRecords::ReadOne(const Entry& entry, std::size_t chunk_size, RecordReader& reader) {
  // The medium may give less than the first time.
  if (entry.item.size > chunk_size || entry.item.offset > chunk_size - entry.item.size) {
    ++unreadable_;
    return true;
  }
  const bool in_free_space = entry.origin == Origin::kFreeSpace;
  if (in_free_space && in_log_.contains(entry.header)) {
    ++copies_;
    return true;
  }
  switch (reader.Read(entry.item, entry.origin, true)) {
    case RecordReader::Outcome::kStop:
      return false;
    case RecordReader::Outcome::kUnreadable:
      ++unreadable_;
      break;
    case RecordReader::Outcome::kRead:
      if (!in_free_space) break;
      ++kept_;
      AddLogRecord(entry.header);
      break;
    default:
      break;
  }
  return true;
}

}  // namespace exdiag::evtx
