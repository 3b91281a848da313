// The file is taken as what it is on disk: a 4 KiB header and then a chunk slot every 64 KiB up to
// its end.  The counts in the header are stale in every log that was copied while it was in use, so
// each slot answers for itself.  Chunks are read in blocks of 1 MiB, which stay in the cache while
// they are decoded.
#include "importers/evtx/evtx_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "importers/binary_log/complaints.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evtx/chunk.h"
#include "importers/evtx/event_decoder.h"

namespace exdiag {
namespace {

using namespace evtx;

constexpr std::size_t kBlockSize = 16 * kChunkSize;

class FileReader {
 public:
  FileReader(const Export& input, EvidenceSink& evidence, DiagnosticSink& problems)
      : input_(input),
        evidence_(evidence),
        complaints_(input.name, problems),
        decoder_(input.options.codepage) {}

  Result<void> Read();

 private:
  // Each of these returns false when the sink wants no more.
  bool ReadBlock(std::uint64_t offset, std::span<const std::byte> block);
  bool ReadSlot(std::uint64_t offset, std::span<const std::byte> slot);
  bool ReadChunk(std::uint64_t offset, std::span<const std::byte> chunk);
  bool ReadLostChunk(std::uint64_t offset, std::span<const std::byte> slot);
  bool ReadRecord(std::uint64_t offset, std::span<const std::byte> chunk,
                  const RecordWalker::Item& item, bool recovered);

  std::uint64_t CheckHeader(std::span<const std::byte> header);
  void CheckCrcs(std::uint64_t offset, std::span<const std::byte> chunk, const ChunkHeader& header);
  void ReportGap(std::uint64_t offset, std::span<const std::byte> chunk,
                 const RecordWalker::Item& item, bool at_end);
  void ReportDoubts(std::uint64_t offset, const Decoded& decoded);
  void Report(Severity severity, const char* id, std::uint64_t offset, std::string reason);
  void Reject(const char* id, std::uint64_t offset, std::string reason,
              std::span<const std::byte> raw);

  const Export& input_;
  EvidenceSink& evidence_;
  Complaints complaints_;
  EventDecoder decoder_;
  std::uint64_t chunks_ = 0;
  std::uint64_t records_ = 0;
};

Result<void> FileReader::Read() {
  const std::uint64_t size = input_.bytes.size();
  if (size == 0) return Error{input_.name + ": the file is empty; nothing read"};
  std::vector<std::byte> block(static_cast<std::size_t>(
      std::min<std::uint64_t>(std::max<std::uint64_t>(size, kFileHeaderSize), kBlockSize)));
  const std::size_t head = input_.bytes.ReadAt(0, std::span(block).first(kFileHeaderSize));
  if (head < 128) {
    return Error{fmt::format("{}: the file ends inside its header ({} bytes); nothing read",
                             input_.name, size)};
  }
  std::uint64_t offset = CheckHeader(std::span<const std::byte>(block).first(head));
  while (offset < size) {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - offset));
    const std::size_t got = input_.bytes.ReadAt(offset, std::span(block).first(want));
    if (!ReadBlock(offset, std::span<const std::byte>(block).first(got))) return {};
    if (got < want) {
      Report(Severity::kWarning, "evtx.file.read", offset + got,
             fmt::format("the file cannot be read from here on; its last {} bytes are missing",
                         size - offset - got));
      break;
    }
    offset += want;
  }
  complaints_.ReportRest();
  if (chunks_ == 0 && records_ == 0 && complaints_.Has("evtx.file.signature")) {
    return Error{input_.name +
                 ": no event log: neither its header nor any chunk is one; nothing read"};
  }
  return {};
}

// Says what is wrong with the file header and returns where the chunk slots begin.
std::uint64_t FileReader::CheckHeader(std::span<const std::byte> header) {
  if (HasChunkSignature(header)) {
    Report(Severity::kWarning, "evtx.file.signature", 0,
           "the file begins with a chunk, its header is missing; read chunk by chunk");
    return 0;
  }
  if (!HasFileSignature(header)) {
    Report(Severity::kWarning, "evtx.file.signature", 0,
           "no file signature (ElfFile); chunks are looked for all the same");
    return kFileHeaderSize;
  }
  const std::uint32_t flags = LoadU32(header.data() + 120);
  if ((flags & kFlagNoCrc) == 0 && LoadU32(header.data() + 124) != FileHeaderCrc(header)) {
    Report(Severity::kNote, "evtx.file.crc", 0,
           "wrong CRC of the file header; nothing in it is relied on");
  }
  return kFileHeaderSize;
}

bool FileReader::ReadBlock(std::uint64_t offset, std::span<const std::byte> block) {
  for (std::size_t at = 0; at < block.size(); at += kChunkSize) {
    const auto slot = block.subspan(at, std::min(kChunkSize, block.size() - at));
    if (!ReadSlot(offset + at, slot)) return false;
  }
  return true;
}

bool FileReader::ReadSlot(std::uint64_t offset, std::span<const std::byte> slot) {
  // Logs are allocated ahead: slots that are not used yet are zero.
  if (IsAllZero(slot)) return true;
  const bool is_chunk = HasChunkSignature(slot);
  if (is_chunk && slot.size() < kChunkSize) {
    Report(Severity::kWarning, "evtx.file.truncated", offset + slot.size(),
           fmt::format("the file ends inside a chunk ({} of 65536 bytes are there); its whole "
                       "records are read",
                       slot.size()));
  }
  if (is_chunk && slot.size() < kChunkHeaderSize) return true;
  decoder_.BeginChunk(slot);
  return is_chunk ? ReadChunk(offset, slot) : ReadLostChunk(offset, slot);
}

bool FileReader::ReadChunk(std::uint64_t offset, std::span<const std::byte> chunk) {
  ++chunks_;
  const ChunkHeader header(chunk);
  CheckCrcs(offset, chunk, header);
  const std::size_t end = RecordsEnd(chunk, header);
  RecordWalker walker(chunk, kChunkHeaderSize, end);
  for (RecordWalker::Item item; walker.Next(item);) {
    switch (item.kind) {
      case RecordWalker::Kind::kRecord:
      case RecordWalker::Kind::kTorn:
        if (!ReadRecord(offset, chunk, item, item.after_damage)) return false;
        break;
      case RecordWalker::Kind::kZeros:
      case RecordWalker::Kind::kJunk:
        ReportGap(offset, chunk, item, item.offset + item.size >= end);
    }
  }
  return true;
}

// A slot that holds something but no chunk header: a chunk whose header was lost, or none at all.
bool FileReader::ReadLostChunk(std::uint64_t offset, std::span<const std::byte> slot) {
  const std::uint64_t before = records_;
  RecordWalker walker(slot, 0, slot.size());
  for (RecordWalker::Item item; walker.Next(item);) {
    if (item.kind != RecordWalker::Kind::kRecord) continue;
    if (!ReadRecord(offset, slot, item, true)) return false;
  }
  if (records_ != before) {
    Report(Severity::kWarning, "evtx.chunk.signature", offset,
           fmt::format("no chunk signature (ElfChnk); {} records were found in it by their own "
                       "signatures",
                       records_ - before));
  } else {
    Report(
        Severity::kWarning, "evtx.chunk.signature", offset,
        fmt::format("no chunk signature (ElfChnk) and no record; {} bytes skipped", slot.size()));
  }
  return true;
}

bool FileReader::ReadRecord(std::uint64_t offset, std::span<const std::byte> chunk,
                            const RecordWalker::Item& item, bool recovered) {
  const std::uint64_t place = offset + item.offset;
  const auto bytes = chunk.subspan(item.offset, item.size);
  const auto begin = static_cast<std::uint32_t>(item.offset + kRecordHeaderSize);
  const auto end = static_cast<std::uint32_t>(item.offset + item.size - 4);
  Record record;
  const Decoded decoded = decoder_.Decode({begin, end}, record);
  if (decoded.error != nullptr) {
    Reject("evtx.record.binxml", place,
           fmt::format("the record cannot be decoded: {}; kept as a reject", decoded.error), bytes);
    return true;
  }
  const bool torn = item.kind == RecordWalker::Kind::kTorn;
  if (torn && record.provider.empty() && record.strings.empty()) {
    Reject("evtx.record.copy", place,
           "the size of the record and its copy differ, and what is there names no provider and "
           "has no strings; kept "
           "as a reject",
           bytes);
    return true;
  }
  record.place = Place::Offset(place);
  record.recovered = recovered || torn || decoded.substitute_template;
  if (torn) {
    Report(Severity::kNote, "evtx.record.copy", place,
           "the size of the record and its copy differ; the record was being written when the log "
           "was copied, and is kept as recovered");
  }
  if (!record.time.known()) {
    // The header's time is that of the next event in saved logs: better than none, and no more.
    if (const auto written = TicksFromFileTime(LoadU64(bytes.data() + 16))) {
      record.time = *written;
      record.time_basis = TimeBasis::kUtc;
      record.recovered = true;
    }
  }
  ReportDoubts(place, decoded);
  ++records_;
  return evidence_.OnRecord(record);
}

void FileReader::ReportDoubts(std::uint64_t offset, const Decoded& decoded) {
  if (decoded.data_error != nullptr) {
    Report(
        Severity::kWarning, "evtx.record.data", offset,
        fmt::format("the event data cannot be decoded: {}; the record is kept without its strings",
                    decoded.data_error));
  }
  if (decoded.truncated) {
    Report(Severity::kWarning, "evtx.record.truncated", offset,
           "the record expands to more than any log writes; its first part is kept");
  }
  if (decoded.substitute_template) {
    Report(Severity::kNote, "evtx.record.template", offset,
           "the record's template is lost; read with the one of the same id elsewhere in the file, "
           "and kept as recovered");
  }
}

void FileReader::CheckCrcs(std::uint64_t offset, std::span<const std::byte> chunk,
                           const ChunkHeader& header) {
  const bool has_end = header.free_space >= kChunkHeaderSize && header.free_space <= kChunkSize;
  if (!has_end) {
    Report(Severity::kNote, "evtx.chunk.free_space", offset,
           fmt::format("the chunk says that its records end at {:#x}, which is not in it; read to "
                       "its end",
                       header.free_space));
  }
  if ((header.flags & kFlagNoCrc) != 0) return;
  if (header.header_crc != ChunkHeaderCrc(chunk)) {
    Report(Severity::kNote, "evtx.chunk.header_crc", offset,
           "wrong CRC of the chunk header; its records are read all the same");
  }
  if (has_end && header.free_space <= chunk.size() &&
      header.data_crc != ChunkDataCrc(chunk, header.free_space)) {
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
    Reject("evtx.record.signature", place,
           fmt::format("{} bytes that no record begins with; kept as a reject, {}", item.size,
                       onwards),
           raw);
    return;
  }
  const std::uint32_t size = LoadU32(raw.data() + 4);
  Reject("evtx.record.size", place,
         fmt::format("record size {} {}; kept as a reject, {}", size,
                     size < kMinRecordSize ? "is less than any record has" : "exceeds its chunk",
                     onwards),
         raw);
}

void FileReader::Report(Severity severity, const char* id, std::uint64_t offset,
                        std::string reason) {
  complaints_.Report(severity, id, Place::Offset(offset), std::move(reason));
}

void FileReader::Reject(const char* id, std::uint64_t offset, std::string reason,
                        std::span<const std::byte> raw) {
  evidence_.OnReject({Place::Offset(offset), id, std::move(reason), raw});
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

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    return FileReader(input, evidence, problems).Read();
  }
};

}  // namespace

std::unique_ptr<Importer> MakeEvtxImporter() { return std::make_unique<EvtxImporter>(); }

}  // namespace exdiag
