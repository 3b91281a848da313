// The header of a log that was copied while in use is stale; the end-of-file record, which the
// event log service moves along behind the newest record, is right.  So that is what the walk
// follows: from the oldest record that it names, round the end of the file if need be, until it
// comes to the end-of-file record itself.  What lies outside of that way are older records that
// were not overwritten yet.
#include "importers/evt/evt_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "importers/binary_log/complaints.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evt/log_place.h"
#include "importers/evt/record_decoder.h"
#include "importers/evt/ring_file.h"

namespace exdiag {
namespace {

using namespace evt;

// Older records that are remembered to tell copies; no real log has a tenth of it.
constexpr std::size_t kMaxRemembered = 200'000;

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// FNV-1a, over number, times and everything else but the length pair.
std::uint64_t HashOf(std::span<const std::byte> bytes) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
  for (const std::byte byte : bytes) {
    hash = (hash ^ std::to_integer<std::uint64_t>(byte)) * 0x100'0000'01b3;
  }
  return hash;
}

class FileReader {
 public:
  FileReader(const Export& input, EvidenceSink& evidence, DiagnosticSink& problems)
      : input_(input),
        evidence_(evidence),
        complaints_(input.name, problems),
        begin_(BeginOf(input.bytes)),
        log_(input.bytes, begin_),
        ring_(log_) {}

  Result<void> Read();

 private:
  // Each of these returns false when the sink wants no more.
  bool Walk();
  bool StepOver(std::uint64_t& position, std::uint64_t walked);
  bool ReadOlder(Range range);
  bool Emit(std::uint64_t offset, std::span<const std::byte> bytes, bool recovered, bool torn);

  void FindBounds();
  void FindStart(std::uint32_t stated);
  bool IsRecord(std::uint64_t offset);
  std::vector<Range> Unvisited() const;
  void RememberOlder(Range range);
  void ReportSkipped(std::uint64_t from, std::uint64_t to, bool at_end);

  static std::int64_t BeginOf(const ByteSource& bytes);
  // Offsets are those of the log; this is where in the file one lies.
  std::uint64_t InFile(std::uint64_t offset) const {
    const std::int64_t place = static_cast<std::int64_t>(offset) + begin_;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(place, 0));
  }
  Place PlaceOf(std::uint64_t offset) const { return Place::Offset(InFile(offset)); }

  const Export& input_;
  EvidenceSink& evidence_;
  Complaints complaints_;
  std::int64_t begin_;  // of the log in the file; less than 0 when its front is missing
  LogBytes log_;
  RingFile ring_;
  RecordDecoder decoder_;
  std::uint64_t start_ = kHeaderSize;  // of the walk
  std::optional<std::uint64_t> end_;   // the end-of-file record
  // Hashes of the records outside the walk; the count is how often each was read elsewhere.
  std::unordered_map<std::uint64_t, std::uint32_t> older_;
  std::uint64_t copies_ = 0;
};

// 0 unless the file does not begin with a header and something in it says where one would be.
std::int64_t FileReader::BeginOf(const ByteSource& bytes) {
  std::vector<std::byte> head(kHeaderSize);
  head.resize(bytes.ReadAt(0, head));
  return IsHeader(head) ? 0 : FindLog(bytes).value_or(0);
}

Result<void> FileReader::Read() {
  const std::uint64_t size = input_.bytes.size();
  if (size == 0) return Error{input_.name + ": the file is empty; nothing read"};
  if (ring_.size() < kHeaderSize) {
    return Error{fmt::format("{}: the file ends inside its header ({} bytes); nothing read",
                             input_.name, size)};
  }
  if (begin_ > 0) {
    complaints_.Report(Severity::kWarning, "evt.file.front", Place::Offset(0),
                       fmt::format("{} bytes in front of the log; skipped", begin_));
  }
  FindBounds();
  const std::vector<Range> unvisited = Unvisited();
  for (const Range& range : unvisited) RememberOlder(range);
  if (!Walk()) return {};
  for (const Range& range : unvisited) {
    if (!ReadOlder(range)) return {};
  }
  if (copies_ != 0) {
    complaints_.Report(
        Severity::kNote, "evt.copies", {},
        fmt::format("{} older copies of records, equal to the byte, lie outside the log; left out",
                    copies_));
  }
  return {};
}

bool FileReader::IsRecord(std::uint64_t offset) {
  std::size_t size = 0;
  return offset >= kHeaderSize && offset < ring_.size() &&
         ring_.Look(offset, true, size) == RingFile::Found::kRecord;
}

// Where the walk begins and ends.
void FileReader::FindBounds() {
  const auto header = ring_.At(0, kHeaderSize);
  const bool signed_header = LoadU32(header.data() + 4) == kSignature;
  if (!signed_header) {
    complaints_.Report(Severity::kWarning, "evt.file.signature", Place::Offset(0),
                       "no file signature (LfLe); records are looked for all the same");
  }
  const std::uint32_t oldest = LoadU32(header.data() + 16);
  const std::uint32_t end = LoadU32(header.data() + 20);
  const std::uint32_t flags = LoadU32(header.data() + 36);

  std::optional<Bounds> bounds;
  if (signed_header && (flags & kFlagDirty) == 0) bounds = ring_.EofAt(end);
  if (!bounds || bounds->end != end) bounds = ring_.FindEof();
  if (bounds) {
    end_ = bounds->end;
    return FindStart(static_cast<std::uint32_t>(bounds->oldest));
  }
  FindStart(oldest);
  complaints_.Report(Severity::kWarning, "evt.file.eof", {},
                     "no end-of-file record; records are read up to the end of the file");
}

// The record at `stated`, or else the first one in the file.
void FileReader::FindStart(std::uint32_t stated) {
  if (IsRecord(stated) || (end_ && stated == *end_)) {
    start_ = stated;
    return;
  }
  start_ = ring_.Find(kHeaderSize, ring_.size(), true);
}

// What the walk does not pass: between the end-of-file record and the oldest record.
std::vector<Range> FileReader::Unvisited() const {
  if (!end_)
    return start_ > kHeaderSize ? std::vector<Range>{{kHeaderSize, start_}} : std::vector<Range>{};
  const std::uint64_t behind = *end_ + kEofSize;
  if (*end_ < start_) return {{behind, start_}};
  std::vector<Range> ranges;
  if (start_ > kHeaderSize) ranges.push_back({kHeaderSize, start_});
  if (behind < ring_.size()) ranges.push_back({behind, ring_.size()});
  return ranges;
}

void FileReader::RememberOlder(Range range) {
  for (std::uint64_t at = ring_.Find(range.begin, range.end, false); at < range.end;) {
    std::size_t size = 0;
    if (ring_.Look(at, false, size) != RingFile::Found::kRecord) {
      at = ring_.Find(at + 4, range.end, false);
      continue;
    }
    if (older_.size() < kMaxRemembered) older_.try_emplace(HashOf(ring_.RecordAt(at, size)), 0);
    at = ring_.Find(at + size, range.end, false);
  }
}

bool FileReader::Walk() {
  const std::uint64_t lap = ring_.size() - kHeaderSize;
  std::uint64_t position = start_;
  std::uint64_t walked = 0;
  while (walked < lap && position != end_.value_or(ring_.size())) {
    std::size_t size = 0;
    const RingFile::Found found = ring_.Look(position, true, size);
    std::uint64_t next = position;
    switch (found) {
      case RingFile::Found::kRecord:
        if (size > lap - walked) return true;
        if (!Emit(position, ring_.RecordAt(position, size), false, false)) return false;
        next = position + size;
        break;
      case RingFile::Found::kEof:
        return true;
      case RingFile::Found::kFiller:
        next = ring_.size();
        break;
      case RingFile::Found::kTorn:
      case RingFile::Found::kNothing:
        if (!StepOver(next, walked)) return false;
        break;
    }
    walked += next - position;
    position = next < ring_.size() ? next : next - ring_.size() + kHeaderSize;
    // Without an end-of-file record nothing says that the log goes on in front.
    if (!end_ && next >= ring_.size()) return true;
  }
  return true;
}

// Past what is no sound record, to the next thing that is something.
bool FileReader::StepOver(std::uint64_t& position, std::uint64_t walked) {
  const std::uint64_t from = position;
  std::size_t size = 0;
  const bool torn = ring_.Look(from, true, size) == RingFile::Found::kTorn;
  if (torn && from + size <= ring_.size()) {
    std::size_t next_size = 0;
    const auto next = ring_.Look(from + size, true, next_size);
    if (next == RingFile::Found::kRecord || next == RingFile::Found::kEof) {
      complaints_.Report(Severity::kNote, "evt.record.copy", PlaceOf(from),
                         "the size of the record and its copy differ; kept as recovered");
      position = from + size;
      return Emit(from, ring_.RecordAt(from, size), true, true);
    }
  }
  // Not past the end-of-file record, and not further than one lap.
  std::uint64_t limit = ring_.size();
  if (end_ && *end_ > from) limit = std::min(limit, *end_);
  limit = std::min(limit, from + (ring_.size() - kHeaderSize - walked));
  position = ring_.Find(from + 4, limit, true);
  ReportSkipped(from, position, position == limit);
  return true;
}

void FileReader::ReportSkipped(std::uint64_t from, std::uint64_t to, bool at_end) {
  const std::string onwards =
      at_end ? "no more behind them" : fmt::format("read on at {:#x}", InFile(to));
  if (ring_.IsAllZero(from, to)) {
    // A file that was allocated ahead and has no end-of-file record ends in zeros.
    if (at_end && !end_) return;
    complaints_.Report(
        Severity::kWarning, "evt.gap", PlaceOf(from),
        fmt::format("{} zero bytes where a record should begin; {}", to - from, onwards));
    return;
  }
  const auto raw =
      ring_.At(from, static_cast<std::size_t>(std::min<std::uint64_t>(to - from, kMaxRecord)));
  std::string reason = fmt::format("{} bytes that no record begins with", to - from);
  if (raw.size() >= 8 && LoadU32(raw.data() + 4) == kSignature) {
    reason =
        fmt::format("record size {} is not confirmed at the record's end", LoadU32(raw.data()));
  }
  evidence_.OnReject({PlaceOf(from), "evt.record.size",
                      fmt::format("{}; kept as a reject, {}", reason, onwards), raw});
}

bool FileReader::ReadOlder(Range range) {
  for (std::uint64_t at = ring_.Find(range.begin, range.end, false); at < range.end;) {
    std::size_t size = 0;
    if (ring_.Look(at, false, size) != RingFile::Found::kRecord) {
      at = ring_.Find(at + 4, range.end, false);
      continue;
    }
    if (!Emit(at, ring_.RecordAt(at, size), true, false)) return false;
    at = ring_.Find(at + size, range.end, false);
  }
  return true;
}

bool FileReader::Emit(std::uint64_t offset, std::span<const std::byte> bytes, bool recovered,
                      bool torn) {
  if (!older_.empty()) {
    const auto known = older_.find(HashOf(bytes));
    if (known != older_.end() && known->second++ != 0 && recovered && !torn) {
      ++copies_;
      return true;
    }
  }
  if (bytes.size() < kFixedSize + 4) return true;  // the medium failed, which is reported
  Record record;
  const std::string_view missing = decoder_.Decode(bytes, record);
  record.place = PlaceOf(offset);
  record.recovered = recovered;
  if (!missing.empty()) {
    complaints_.Report(
        Severity::kWarning, "evt.record.part", PlaceOf(offset),
        fmt::format("of the record cannot be read: {}; it is kept with what can", missing));
  }
  return evidence_.OnRecord(record);
}

class EvtImporter final : public Importer {
 public:
  std::string_view name() const override { return "evt"; }

  // The signature; or, where it is damaged, the other numbers of the header.
  bool Recognises(const Head& head) const override {
    if (head.bytes.size() < 8) return false;
    return LoadU32(head.bytes.data() + 4) == kSignature || IsHeader(head.bytes);
  }

  bool FindsIn(const FilePiece& piece) const override { return FindLogIn(piece).any(); }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    return FileReader(input, evidence, problems).Read();
  }

  std::vector<std::byte> BytesAt(const ByteSource& bytes, std::uint64_t offset) const override {
    RingFile ring(bytes);
    std::size_t size = 0;
    const RingFile::Found found = ring.Look(offset, true, size);
    if (found != RingFile::Found::kRecord && found != RingFile::Found::kTorn) return {};
    const auto record = ring.RecordAt(offset, size);
    return {record.begin(), record.end()};
  }
};

}  // namespace

std::unique_ptr<Importer> MakeEvtImporter() { return std::make_unique<EvtImporter>(); }

}  // namespace exdiag
