// The file is taken as what it is on disk: a 4 KiB header and then chunks of 64 KiB up to its end.
// The counts in the header are stale in every log that was copied while it was in use, so each
// chunk answers for itself.  Where none begins the next one is looked for at any offset, and what
// lies in front of it is searched for records by their own signatures; so files that were carved
// from a disk, cut in front or put together are read as well.
#include "importers/evtx/evtx_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "importers/binary_log/complaints.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evtx/chunk.h"
#include "importers/evtx/chunk_source.h"
#include "importers/evtx/loose_records.h"
#include "importers/evtx/older_records.h"
#include "importers/evtx/read_ahead.h"
#include "importers/evtx/record_reader.h"

namespace exdiag {
namespace {

using namespace evtx;

using Outcome = RecordReader::Outcome;

// How many numbers a chunk may skip; a larger step is damage.
constexpr std::uint64_t kMostMissing = 100'000;

class FileReader {
 public:
  FileReader(const Export& input, EvidenceSink& evidence, DiagnosticSink& problems)
      : input_(input),
        evidence_(evidence),
        complaints_(input.name, problems),
        source_(input.bytes),
        reader_(input, evidence, complaints_) {
    if (ReadAhead::IsOfUse(input.bytes, evidence)) {
      ahead_ = std::make_unique<ReadAhead>(input.bytes, input.options.codepage, evidence);
    }
  }

  Result<void> Read();

 private:
  // Each of these returns false when the sink wants no more.
  // `taken` gets how much of the file it was.
  bool ReadChunk(std::uint64_t offset, std::span<const std::byte> chunk, std::size_t& taken);
  bool ReadGap(std::uint64_t offset, std::span<const std::byte> view, std::size_t& taken);
  bool ReadRecord(std::int64_t chunk_offset, std::span<const std::byte> chunk,
                  const RecordWalker::Item& item, Origin origin);
  bool ReadOlder();
  // What sound chunks from `offset` on hold; moves it behind them.
  bool ReadSound(std::uint64_t& offset);
  bool PassOn(const LogPiece& piece);

  void RememberFreeSpace(std::uint64_t offset, std::span<const std::byte> chunk, std::size_t begin);
  std::uint64_t CheckHeader(std::span<const std::byte> header);
  static std::size_t FindOtherChunk(std::span<const std::byte> chunk);
  std::size_t GapSize(std::uint64_t offset);
  void CheckCrcs(std::uint64_t offset, std::span<const std::byte> chunk, const ChunkHeader& header,
                 bool data_sound);
  void ReportGap(std::uint64_t offset, std::span<const std::byte> chunk,
                 const RecordWalker::Item& item, bool at_end);
  void Report(Severity severity, const char* id, std::uint64_t offset, std::string reason);

  const Export& input_;
  EvidenceSink& evidence_;
  Complaints complaints_;
  ChunkSource source_;
  RecordReader reader_;
  OlderRecords older_;
  std::unique_ptr<ReadAhead> ahead_;  // where that is of use
  std::uint64_t chunks_ = 0;
};

Result<void> FileReader::Read() {
  const std::uint64_t size = source_.size();
  if (size == 0) return Error{input_.name + ": the file is empty; nothing read"};
  const auto head = source_.At(0, kFileHeaderSize);
  if (head.size() < 128) {
    return Error{fmt::format("{}: the file ends inside its header ({} bytes); nothing read",
                             input_.name, size)};
  }
  std::uint64_t offset = CheckHeader(head);
  while (offset < size) {
    if (!ReadSound(offset)) return {};
    if (offset >= size) break;
    auto view = ahead_ ? ahead_->ChunkAt(offset) : std::span<const std::byte>();
    if (view.empty()) view = source_.At(offset, kChunkSize);
    const bool short_read = view.size() < std::min<std::uint64_t>(kChunkSize, size - offset);
    std::size_t taken = view.size();
    if (!(HasChunkSignature(view) ? ReadChunk(offset, view, taken)
                                  : ReadGap(offset, view, taken))) {
      return {};
    }
    offset += taken;
    if (short_read) {
      Report(Severity::kWarning, "evtx.file.read", offset,
             fmt::format("the file cannot be read from here on; its last {} bytes are missing",
                         size - offset));
      break;
    }
  }
  if (!ReadOlder()) return {};
  complaints_.ReportRest();
  if (chunks_ == 0 && reader_.records() == 0 && complaints_.Has("evtx.file.signature")) {
    return Error{input_.name +
                 ": no event log: neither its header nor any chunk is one; nothing read"};
  }
  return {};
}

bool FileReader::ReadSound(std::uint64_t& offset) {
  while (ahead_) {
    const LogPiece* const piece = ahead_->Next(offset);
    if (piece == nullptr) break;
    offset = piece->offset + piece->end;
    if (!PassOn(*piece)) return false;
  }
  return true;
}

// The reader of all other chunks gets to know what it would know if it had read these.
bool FileReader::PassOn(const LogPiece& piece) {
  bool pays = ahead_->Pays();
  std::size_t learned = 0;
  for (const LogPiece::Chunk& chunk : piece.chunks) {
    const std::uint64_t offset = piece.offset + chunk.offset;
    const auto bytes = piece.ChunkAt(chunk.offset);
    if (learned < chunk.learned_end) {
      reader_.BeginChunk(static_cast<std::int64_t>(offset), bytes);
      pays &= reader_.Learn(std::span(piece.learned).first(chunk.learned_end).subspan(learned));
      learned = chunk.learned_end;
    }
    ++chunks_;
    older_.AddLogChunk(
        {.offset = offset, .end = chunk.end, .first = chunk.first, .last = chunk.last});
    RememberFreeSpace(offset, bytes, chunk.end);
  }
  for (const Record& record : piece.records) {
    if (!evidence_.OnRecord(record)) return false;
  }
  for (const CountedEvents& events : piece.counted) {
    if (!evidence_.OnCounted(events)) return false;
  }
  const bool prepared = piece.prepared && piece.prepared->count() != 0;
  if (prepared && !evidence_.OnPrepared(*piece.prepared)) return false;
  if (!pays) ahead_.reset();
  return true;
}

// Says what is wrong with the file header and returns where to look for chunks from.
std::uint64_t FileReader::CheckHeader(std::span<const std::byte> header) {
  if (HasChunkSignature(header)) {
    Report(Severity::kWarning, "evtx.file.signature", 0,
           "the file begins with a chunk, its header is missing; read chunk by chunk");
    return 0;
  }
  if (!HasFileSignature(header)) {
    Report(Severity::kWarning, "evtx.file.signature", 0,
           "no file signature (ElfFile); chunks are looked for all the same");
    return 0;
  }
  const std::uint32_t flags = LoadU32(header.data() + 120);
  if ((flags & kFlagNoCrc) == 0 && LoadU32(header.data() + 124) != FileHeaderCrc(header)) {
    Report(Severity::kNote, "evtx.file.crc", 0,
           "wrong CRC of the file header; nothing in it is relied on");
  }
  return kFileHeaderSize;
}

// Where another chunk begins in a damaged one, of which somebody left out a part; its end when none
// does.  Data may hold anything, so the other's header has to be right.
std::size_t FileReader::FindOtherChunk(std::span<const std::byte> chunk) {
  for (std::size_t at = FindChunk(chunk, kChunkHeaderSize); at < chunk.size();
       at = FindChunk(chunk, at + 1)) {
    const auto other = chunk.subspan(at);
    if (other.size() >= kChunkHeaderSize &&
        ChunkHeader(other).header_crc == ChunkHeaderCrc(other)) {
      return at;
    }
  }
  return chunk.size();
}

// Up to the next chunk or the header of another log, but no more than 64 KiB.
std::size_t FileReader::GapSize(std::uint64_t offset) {
  constexpr std::size_t kBehind = 44;  // to see a chunk's beginning
  const auto view = source_.At(offset, kChunkSize + kBehind);
  const std::size_t size = std::min(view.size(), kChunkSize);
  const std::size_t chunk = FindChunk(view, 0);
  return std::min(chunk, HasFileSignature(view) ? std::min(size, kFileHeaderSize) : size);
}

bool FileReader::ReadChunk(std::uint64_t offset, std::span<const std::byte> chunk,
                           std::size_t& taken) {
  const bool has_header = chunk.size() >= kChunkHeaderSize;
  bool sound = false;
  if (has_header) {
    const ChunkHeader header(chunk);
    sound = IsInChunk(header.free_space) && header.free_space <= chunk.size() &&
            header.data_crc == ChunkDataCrc(chunk, header.free_space);
    if (!sound) chunk = chunk.first(FindOtherChunk(chunk));
  }
  taken = chunk.size();
  if (chunk.size() < kChunkSize) {
    const bool at_end = offset + chunk.size() >= source_.size();
    Report(
        Severity::kWarning, "evtx.file.truncated", offset + chunk.size(),
        fmt::format("{} inside a chunk ({} of 65536 bytes are there); its whole records are read",
                    at_end ? "the file ends" : "another chunk begins", chunk.size()));
  }
  if (!has_header) return true;
  ++chunks_;
  const ChunkHeader header(chunk);
  CheckCrcs(offset, chunk, header, sound);
  reader_.BeginChunk(static_cast<std::int64_t>(offset), chunk);
  const std::size_t end =
      IsInChunk(header.free_space) ? RecordsEnd(chunk, header) : EndOfRun(chunk);
  OlderRecords::LogChunk numbers{.offset = offset, .end = end};
  RecordWalker walker(chunk, kChunkHeaderSize, end);
  for (RecordWalker::Item item; walker.Next(item);) {
    if (item.kind == RecordWalker::Kind::kZeros || item.kind == RecordWalker::Kind::kJunk) {
      ReportGap(offset, chunk, item, item.offset + item.size >= end);
      continue;
    }
    const std::uint64_t id = RecordHeader(chunk.subspan(item.offset)).id;
    numbers.first = std::min(numbers.first, id);
    numbers.last = std::max(numbers.last, id);
    if (!ReadRecord(static_cast<std::int64_t>(offset), chunk, item,
                    item.after_damage ? Origin::kBehindDamage : Origin::kLog)) {
      return false;
    }
  }
  older_.AddLogChunk(numbers);
  RememberFreeSpace(offset, chunk, end);
  return true;
}

// What is no whole record there is nothing lost.
void FileReader::RememberFreeSpace(std::uint64_t offset, std::span<const std::byte> chunk,
                                   std::size_t begin) {
  if (begin >= chunk.size() || IsAllZero(chunk.subspan(begin))) return;
  RecordWalker walker(chunk, begin, chunk.size());
  for (RecordWalker::Item item; walker.Next(item);) {
    if (item.kind != RecordWalker::Kind::kRecord) continue;
    older_.Add(static_cast<std::int64_t>(offset), item, RecordHeader(chunk.subspan(item.offset)),
               Origin::kFreeSpace);
  }
}

bool FileReader::ReadRecord(std::int64_t chunk_offset, std::span<const std::byte> chunk,
                            const RecordWalker::Item& item, Origin origin) {
  switch (reader_.Read(item, origin, false)) {
    case Outcome::kStop:
      return false;
    case Outcome::kTemplateLost: {
      const RecordHeader header(chunk.subspan(item.offset));
      return older_.Add(chunk_offset, item, header, origin) ||
             reader_.Read(item, origin, true) != Outcome::kStop;
    }
    default:
      return true;
  }
}

// What stands between chunks, or in front of the first: records of chunks that lost their headers.
bool FileReader::ReadGap(std::uint64_t offset, std::span<const std::byte> view,
                         std::size_t& taken) {
  // Logs are allocated ahead: what is not used yet is zero.
  taken = view.size();
  if (IsAllZero(view)) return true;
  const std::size_t size = taken = GapSize(offset);
  const auto region = source_.At(offset, 2 * kChunkSize);
  // Another log may follow behind one.
  if (IsAllZero(region.first(size)) || HasFileSignature(region)) return true;
  std::vector<LooseRecord> records;
  for (auto record = FindRecord(region, 0, size); record;
       record = FindRecord(region, record->offset + record->size, size)) {
    records.push_back(*record);
  }
  if (records.empty()) {
    // The file's own header is no chunk and was complained about.
    if (offset == 0 && size == kFileHeaderSize) return true;
    Report(Severity::kWarning, "evtx.chunk.signature", offset,
           fmt::format("no chunk signature (ElfChnk) and no record; {} bytes skipped", size));
    return true;
  }
  const std::vector<std::int64_t> chunks = ChunksOf(offset, region, records);
  std::span<const std::byte> chunk;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i == 0 || chunks[i] != chunks[i - 1]) {
      chunk = source_.Chunk(chunks[i]);
      reader_.BeginChunk(chunks[i], chunk);
      last = 0;
    }
    const RecordWalker::Item item{
        .offset = static_cast<std::size_t>(static_cast<std::int64_t>(offset + records[i].offset) -
                                           chunks[i]),
        .size = records[i].size};
    if (item.offset > chunk.size() || item.size > chunk.size() - item.offset) continue;
    const RecordHeader record(chunk.subspan(item.offset));
    if (record.id <= last) {  // nothing says where the free space begins but that numbers rise
      older_.Add(chunks[i], item, record, Origin::kFreeSpace);
      continue;
    }
    if (last == 0 || record.id - last < kMostMissing) last = record.id;  // else it is damaged
    older_.AddLogRecord(record);
    if (!ReadRecord(chunks[i], chunk, item, Origin::kLostChunk)) return false;
  }
  Report(Severity::kWarning, "evtx.chunk.signature", offset,
         fmt::format("no chunk signature (ElfChnk); {} records were found in it by their own "
                     "signatures",
                     records.size()));
  return true;
}

bool FileReader::ReadOlder() {
  if (!older_.Read(source_, reader_)) return false;
  const std::uint64_t found = older_.kept() + older_.copies() + older_.unreadable();
  if (found != 0) {
    complaints_.Report(
        Severity::kNote, "evtx.older", {},
        fmt::format("{} whole records lie in the free space of chunks: {} older ones are kept as "
                    "recovered, {} are copies of records of the log, {} cannot be decoded any more",
                    found, older_.kept(), older_.copies(), older_.unreadable()));
  }
  if (older_.refused() != 0) {
    complaints_.Report(
        Severity::kNote, "evtx.older.many", {},
        fmt::format("{} more records in free space are not looked at", older_.refused()));
  }
  return true;
}

void FileReader::CheckCrcs(std::uint64_t offset, std::span<const std::byte> chunk,
                           const ChunkHeader& header, bool data_sound) {
  const bool has_end = IsInChunk(header.free_space);
  if (!has_end) {
    Report(Severity::kNote, "evtx.chunk.free_space", offset,
           fmt::format("the chunk says that its records end at {:#x}, which is not in it; read as "
                       "far as they follow each other, the rest as older ones",
                       header.free_space));
  }
  if ((header.flags & kFlagNoCrc) != 0) return;
  if (header.header_crc != ChunkHeaderCrc(chunk)) {
    Report(Severity::kNote, "evtx.chunk.header_crc", offset,
           "wrong CRC of the chunk header; its records are read all the same");
  }
  if (has_end && header.free_space <= chunk.size() && !data_sound) {
    Report(Severity::kNote, "evtx.chunk.data_crc", offset,
           "wrong CRC of the chunk's records; they are read all the same");
  }
}

void FileReader::ReportGap(std::uint64_t offset, std::span<const std::byte> chunk,
                           const RecordWalker::Item& item, bool at_end) {
  const std::uint64_t place = offset + item.offset;
  const std::string onwards =
      at_end ? "nothing more in this chunk" : fmt::format("read on at {:#x}", place + item.size);
  if (item.kind == RecordWalker::Kind::kZeros) {
    // Some writers leave free_space too high, so the walk can run into zeros (evtx issue 197).
    Report(at_end ? Severity::kNote : Severity::kWarning, "evtx.chunk.gap", place,
           fmt::format("{} zero bytes where a record should begin; {}", item.size, onwards));
    return;
  }
  const auto raw = chunk.subspan(item.offset, item.size);
  if (!HasRecordSignature(raw) || raw.size() < 8) {
    reader_.Reject("evtx.record.signature", place,
                   fmt::format("{} bytes that no record begins with; kept as a reject, {}",
                               item.size, onwards),
                   raw);
    return;
  }
  const std::uint32_t size = LoadU32(raw.data() + 4);
  reader_.Reject(
      "evtx.record.size", place,
      fmt::format("record size {} {}; kept as a reject, {}", size,
                  size < kMinRecordSize ? "is less than any record has" : "exceeds its chunk",
                  onwards),
      raw);
}

void FileReader::Report(Severity severity, const char* id, std::uint64_t offset,
                        std::string reason) {
  complaints_.Report(severity, id, Place::Offset(offset), std::move(reason));
}

class EvtxImporter final : public Importer {
 public:
  std::string_view name() const override { return "evtx"; }

  bool Recognises(const Head& head) const override {
    if (HasFileSignature(head.bytes) || HasChunkSignature(head.bytes)) return true;
    // A damaged signature: header size 128, major version 3, header block 4096.
    return head.bytes.size() == kFileHeaderSize && LoadU32(head.bytes.data() + 32) == 128 &&
           LoadU16(head.bytes.data() + 38) == 3 && LoadU16(head.bytes.data() + 40) == 4096;
  }

  // By a chunk or a record.
  bool FindsIn(const FilePiece& piece) const override {
    return FindChunk(piece.bytes, 0) < piece.bytes.size() ||
           FindRecord(piece.bytes, 0, piece.bytes.size());
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    return FileReader(input, evidence, problems).Read();
  }

  std::vector<std::byte> BytesAt(const ByteSource& bytes, std::uint64_t offset) const override {
    std::vector<std::byte> record(kRecordHeaderSize);
    if (bytes.ReadAt(offset, record) < record.size() || !HasRecordSignature(record)) return {};
    record.resize(std::min<std::size_t>(LoadU32(record.data() + 4), kChunkSize));
    record.resize(bytes.ReadAt(offset, record));
    return record;
  }
};

}  // namespace

std::unique_ptr<Importer> MakeEvtxImporter() { return std::make_unique<EvtxImporter>(); }

}  // namespace exdiag
