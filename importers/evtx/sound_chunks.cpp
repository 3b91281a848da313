#include "importers/evtx/sound_chunks.h"

#include <algorithm>

namespace exdiag::evtx {

SoundChunks::SoundChunks(const std::string& codepage, const EvidenceSink& evidence)
    : decoder_(codepage) {
  if (const WantedKinds* wanted = evidence.wanted()) {
    counter_.emplace(*wanted);
  } else {
    preparer_ = evidence.NewPreparer();
  }
  decoder_.plans().LookNowhereElse();
}

void SoundChunks::Read(LogPiece& piece) {
  piece.Clear();
  learned_bytes_ = 0;
  if (preparer_) preparer_->Begin(piece.prepared);
  for (piece.end = piece.begin; piece.end < piece.size; piece.end += kChunkSize) {
    if (!ReadChunk(piece, piece.end)) break;
  }
  if (counter_) counter_->Take([&](const CountedEvents& events) { piece.Keep(events); });
}

bool SoundChunks::ReadChunk(LogPiece& piece, std::size_t at) {
  const auto bytes = piece.ChunkAt(at);
  if (!HasChunkSignature(bytes)) return false;
  const ChunkHeader header(bytes);
  const bool header_sound =
      (header.flags & kFlagNoCrc) != 0 || header.header_crc == ChunkHeaderCrc(bytes);
  if (!header_sound || !IsInChunk(header.free_space) ||
      header.data_crc != ChunkDataCrc(bytes, header.free_space)) {
    return false;
  }
  const std::size_t records = piece.records.size();
  const std::size_t prepared = preparer_ ? piece.prepared->count() : 0;
  runs_.clear();
  LogPiece::Chunk chunk{.offset = at, .end = RecordsEnd(bytes, header)};
  decoder_.BeginChunk(bytes);
  if (!ReadRecords(piece, chunk, bytes)) {
    piece.records.resize(records);
    if (preparer_) piece.prepared->CutTo(prepared);
    return false;
  }
  const auto& learned = decoder_.plans().learned();
  piece.learned.insert(piece.learned.end(), learned.begin(), learned.end());
  chunk.learned_end = piece.learned.size();
  piece.chunks.push_back(chunk);
  for (const Run& run : runs_) counter_->Count(*run.row, run.events, run.first, run.last);
  return true;
}

bool SoundChunks::ReadRecords(LogPiece& piece, LogPiece::Chunk& chunk,
                              std::span<const std::byte> bytes) {
  RecordWalker walker(bytes, kChunkHeaderSize, chunk.end);
  for (RecordWalker::Item item; walker.Next(item);) {
    if (item.kind != RecordWalker::Kind::kRecord || item.after_damage) return false;
    const std::uint64_t id = RecordHeader(bytes.subspan(item.offset)).id;
    chunk.first = std::min(chunk.first, id);
    chunk.last = std::max(chunk.last, id);
    if (!ReadRecord(piece, piece.offset + chunk.offset + item.offset, item)) return false;
  }
  const PlanCache& plans = decoder_.plans();
  learned_bytes_ += plans.learned_bytes();
  return !plans.needs_all_plans() && learned_bytes_ <= PlanCache::kMostLearned;
}

bool SoundChunks::ReadRecord(LogPiece& piece, std::uint64_t place, const RecordWalker::Item& item) {
  const auto begin = static_cast<std::uint32_t>(item.offset + kRecordHeaderSize);
  const auto end = static_cast<std::uint32_t>(item.offset + item.size - 4);
  Record record;
  row_ = nullptr;
  const Decoded decoded = decoder_.Decode({begin, end}, record, counter_ ? this : nullptr);
  const bool sound = decoded.error == nullptr && !decoded.no_event &&
                     decoded.data_error == nullptr && !decoded.truncated &&
                     !decoded.substitute_template && record.time.value > 0;
  if (!sound) return false;
  record.place = Place::Offset(place);
  if (preparer_) return preparer_->Add(record);
  if (!decoded.data_skipped) row_ = &counter_->RowOf(record);  // the data may have said more
  if (!row_->wanted) {
    Count(*row_, record.time);
    return true;
  }
  piece.Keep(record);
  return true;
}

void SoundChunks::Count(EventCounter::Row& row, Ticks time) {
  if (runs_.empty() || runs_.back().row != &row) runs_.push_back({&row, 0, time, time});
  Run& run = runs_.back();
  ++run.events;
  run.first = std::min(run.first, time);
  run.last = std::max(run.last, time);
}

bool SoundChunks::WantsData(const Record& record) {
  row_ = &counter_->RowOf(record);
  return row_->wanted;
}

}  // namespace exdiag::evtx
