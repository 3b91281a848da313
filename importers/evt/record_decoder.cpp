#include "importers/evt/record_decoder.h"

#include <algorithm>

#include "importers/binary_log/little_endian.h"
#include "importers/evt/ring_file.h"

namespace exdiag::evt {
namespace {

// EVENTLOGRECORD, offsets from the start of the record.
constexpr std::size_t kNumber = 8;
constexpr std::size_t kTimeGenerated = 12;
constexpr std::size_t kEventId = 20;
constexpr std::size_t kEventType = 24;
constexpr std::size_t kStringCount = 26;
constexpr std::size_t kCategory = 28;
constexpr std::size_t kStringOffset = 36;
constexpr std::size_t kSidLength = 40;
constexpr std::size_t kSidOffset = 44;
constexpr std::size_t kDataLength = 48;
constexpr std::size_t kDataOffset = 52;

constexpr std::uint16_t kAuditSuccess = 8;
constexpr std::uint16_t kAuditFailure = 16;

std::uint64_t KeywordsOf(std::uint16_t event_type) {
  if (event_type == kAuditSuccess) return kKeywordAuditSuccess;
  if (event_type == kAuditFailure) return kKeywordAuditFailure;
  return 0;
}

}  // namespace

std::string_view RecordDecoder::Decode(std::span<const std::byte> bytes, Record& record) {
  bytes_ = bytes;
  end_ = bytes.size() - 4;
  text_.Clear();
  strings_.clear();
  missing_.clear();
  const std::byte* at = bytes.data();
  const std::uint32_t event_id = LoadU32(at + kEventId);
  const std::uint16_t event_type = LoadU16(at + kEventType);
  record = Record{};
  record.event_id = static_cast<std::uint16_t>(event_id);
  record.qualifiers = static_cast<std::uint16_t>(event_id >> 16);
  record.level = LevelFromEventType(event_type);
  record.keywords = KeywordsOf(event_type);
  record.category = LoadU16(at + kCategory);
  record.record_id = LoadU32(at + kNumber);
  record.time_precision = TimePrecision::kSecond;
  if (const std::uint32_t seconds = LoadU32(at + kTimeGenerated); seconds != 0) {
    record.time = TicksFromUnix(seconds);
    record.time_basis = TimeBasis::kUtc;
  }
  const auto note = [this](bool ok, std::string_view part) {
    if (ok) return;
    missing_ += missing_.empty() ? "" : ", ";
    missing_ += part;
  };
  note(DecodeNames(record), "its source or computer");
  note(DecodeUser(record), "its user");
  note(DecodeStrings(record), "its strings");
  note(DecodeData(record), "its data");
  return missing_;
}

// The text up to the next NUL, which is taken off `rest` too.
std::string_view RecordDecoder::NextText(std::span<const std::byte>& rest, bool& terminated) {
  const std::size_t size = Utf16Size(rest);
  terminated = rest.size() - size >= 2;
  const char* mark = text_.mark();
  text_.AppendUtf16(rest.first(size));
  rest = terminated ? rest.subspan(size + 2) : std::span<const std::byte>{};
  return text_.Since(mark);
}

bool RecordDecoder::DecodeNames(Record& record) {
  auto rest = bytes_.subspan(kFixedSize, end_ - kFixedSize);
  bool source_ends = false;
  bool computer_ends = false;
  record.provider = NextText(rest, source_ends);
  record.computer = NextText(rest, computer_ends);
  return source_ends && computer_ends;
}

// The offset means nothing when the length is 0.
bool RecordDecoder::DecodeUser(Record& record) {
  const std::size_t length = LoadU32(bytes_.data() + kSidLength);
  const std::size_t offset = LoadU32(bytes_.data() + kSidOffset);
  if (length == 0) return true;
  if (offset < kFixedSize || offset > end_ || length > end_ - offset) return false;
  const char* mark = text_.mark();
  if (!text_.AppendSid(bytes_.subspan(offset, length))) return false;
  record.user = text_.Since(mark);
  return true;
}

// The count is not believed beyond the place that the strings have: up to the data behind them, or
// the end of the record.
bool RecordDecoder::DecodeStrings(Record& record) {
  const std::size_t count = LoadU16(bytes_.data() + kStringCount);
  const std::size_t offset = LoadU32(bytes_.data() + kStringOffset);
  if (count != 0 && (offset < kFixedSize || offset > end_)) return false;
  record.has_strings = true;
  if (count == 0) return true;
  std::size_t limit = end_;
  const std::size_t data_offset = LoadU32(bytes_.data() + kDataOffset);
  if (LoadU32(bytes_.data() + kDataLength) != 0 && data_offset >= offset) {
    limit = std::min(limit, data_offset);
  }
  auto rest = bytes_.subspan(offset, limit - offset);
  bool terminated = true;
  while (strings_.size() < count && rest.size() >= 2) {
    strings_.push_back(NextText(rest, terminated));
  }
  record.strings = strings_;
  return strings_.size() == count && terminated;
}

bool RecordDecoder::DecodeData(Record& record) {
  const std::size_t length = LoadU32(bytes_.data() + kDataLength);
  const std::size_t offset = LoadU32(bytes_.data() + kDataOffset);
  if (length == 0) return true;
  if (offset < kFixedSize || offset > end_ || length > end_ - offset) return false;
  record.binary = bytes_.subspan(offset, length);
  return true;
}

}  // namespace exdiag::evt
