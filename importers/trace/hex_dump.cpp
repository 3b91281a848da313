#include "importers/trace/hex_dump.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag::trace {
namespace {

constexpr std::size_t kMaxBytesPerLine = 32;
// A dump of a frame is never longer; what goes on behind is another file's dump.
constexpr std::size_t kMaxDumpSize = 1 << 20;

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

unsigned HexValue(char c) {
  if (c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10;
}

std::size_t SkipBlanks(std::string_view text, std::size_t from) {
  while (from < text.size() && (text[from] == ' ' || text[from] == '\t')) ++from;
  return from;
}

std::size_t HexRunEnd(std::string_view text, std::size_t from) {
  while (from < text.size() && IsHexDigit(text[from])) ++from;
  return from;
}

std::optional<std::uint64_t> NumberOf(std::string_view digits, unsigned base) {
  if (digits.empty() || digits.size() > 10) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!IsHexDigit(c) || HexValue(c) >= base) return std::nullopt;
    value = value * base + HexValue(c);
  }
  return value;
}

struct Offset {
  std::uint64_t value = 0;
  std::size_t end = 0;  // where the bytes may begin
  // What od prints unless it is told otherwise: seven octal digits in front of single bytes.
  std::optional<std::uint64_t> octal;
};

// "0000 ", "00010:", "0x0020:", "[00016]", "[       16]".
std::optional<Offset> ParseOffset(std::string_view line) {
  std::size_t at = SkipBlanks(line, 0);
  if (at < line.size() && line[at] == '[') {
    const std::size_t close = line.find(']', at);
    if (close == std::string_view::npos || close - at > 12) return std::nullopt;
    const auto value = NumberOf(Trim(line.substr(at + 1, close - at - 1)), 10);
    if (!value) return std::nullopt;
    return Offset{*value, close + 1, {}};
  }
  const bool prefixed = line.substr(at, 2) == "0x";
  if (prefixed) at += 2;
  const std::size_t end = HexRunEnd(line, at);
  const auto value = NumberOf(line.substr(at, end - at), 16);
  if (!value || end - at < 4 || end - at > 8) return std::nullopt;
  const bool colon = end < line.size() && line[end] == ':';
  if (prefixed && !colon) return std::nullopt;
  const bool of_od = end - at == 7 && !colon && !prefixed;
  return Offset{*value, end + (colon ? 1 : 0),
                of_od ? NumberOf(line.substr(at, 7), 8) : std::nullopt};
}

bool IsGap(char c) { return c == ' ' || c == '\t' || c == '-'; }

}  // namespace

std::optional<HexLine> ParseHexLine(std::string_view line) {
  const auto offset = ParseOffset(line);
  if (!offset) return std::nullopt;
  HexLine result;
  result.offset = offset->value;
  std::size_t group = 0;  // digits of one token; the same along the line
  std::size_t at = offset->end;
  while (at < line.size() && IsGap(line[at]) && result.bytes.size() < kMaxBytesPerLine) {
    std::size_t next = at;
    while (next < line.size() && IsGap(line[next])) ++next;
    const std::size_t end = HexRunEnd(line, next);
    const std::size_t digits = end - next;
    const bool delimited = end == line.size() || IsGap(line[end]) || line[end] == '\r';
    if (!delimited || digits < 2 || digits > 8 || digits % 2 != 0) break;
    if (group == 0) group = digits;
    const bool shorter_at_end = digits < group;  // xxd's odd last group
    if (digits > group) break;
    const std::size_t gap = next - at;
    const bool first = result.bytes.empty();
    if (!first && gap > 3) break;
    const bool middle = result.bytes.size() == 8 || result.bytes.size() == 16;
    if (!first && gap > 1 && !(middle && gap < 3) && !result.pause) {
      result.pause = result.bytes.size();
    }
    for (std::size_t i = next; i < end; i += 2) {
      result.bytes.push_back(
          static_cast<std::byte>(HexValue(line[i]) << 4 | HexValue(line[i + 1])));
    }
    at = end;
    if (shorter_at_end) break;
  }
  if (result.bytes.empty()) return std::nullopt;
  if (group == 2 && offset->octal) result.offset = *offset->octal;
  return result;
}

std::uint64_t HexBlock::LineOf(std::size_t byte) const {
  std::uint64_t line = first_line;
  for (const Start& start : starts) {
    if (start.byte > byte) break;
    line = start.line;
  }
  return line;
}

bool HexBlocks::Add(std::string_view line, std::uint64_t number) {
  auto parsed = ParseHexLine(line);
  if (!parsed) return false;
  if (last_) {
    const std::uint64_t step = parsed->offset - last_->offset;
    const bool follows = parsed->offset > last_->offset && step <= kMaxBytesPerLine;
    if (follows && step <= last_->bytes.size()) {
      last_->bytes.resize(static_cast<std::size_t>(step));
      last_->pause.reset();
      width_ = std::max(width_, static_cast<std::size_t>(step));
    } else {
      if (follows && number == last_number_ + 1) {
        gaps.push_back({last_number_, last_->bytes.size(), static_cast<std::size_t>(step)});
      }
      Break();
    }
    if (last_) Close();
  }
  last_ = std::move(parsed);
  last_number_ = number;
  return true;
}

// Moves the last line into the block, its byte count now being known.
void HexBlocks::Close() {
  if (current_.starts.empty()) current_.first_line = last_number_;
  if (current_.bytes.size() < kMaxDumpSize) {
    current_.starts.push_back({current_.bytes.size(), last_number_});
    current_.bytes.insert(current_.bytes.end(), last_->bytes.begin(), last_->bytes.end());
  }
  last_.reset();
}

void HexBlocks::Break() {
  if (last_) {
    // Nothing follows that would say how long the last line is: it is no longer than the others,
    // and a wide gap ends it.
    std::size_t count = std::min(last_->bytes.size(), width_ == 0 ? std::size_t{16} : width_);
    if (last_->pause) count = std::min(count, *last_->pause);
    last_->bytes.resize(count);
    Close();
  }
  if (!current_.bytes.empty()) blocks.push_back(std::move(current_));
  current_ = {};
  width_ = 0;
}

namespace {

// All TPKTs from the first byte on, each behind the other.
void WalkTpkts(Bytes bytes, std::size_t base, DumpedFrame& dumped) {
  std::size_t at = 0;
  while (const auto frame = DecodeTpkt(Slice(bytes, at))) {
    if (!LooksLikeTpkt(*frame)) break;
    dumped.tpkts.push_back({*frame, base + at});
    at += frame->length;
  }
}

// Stricter than LooksLikeTpkt, because any place is tried: a TPDU that begins or ends a connection
// fills its TPKT exactly, data has a header of three bytes.
bool IsTpktAnywhere(const TpktFrame& frame, Bytes bytes) {
  if (!LooksLikeTpkt(frame)) return false;
  const auto length_indicator = std::to_integer<std::size_t>(bytes[kTpktHeaderSize]);
  switch (frame.tpdu) {
    case TpduType::kConnectRequest:
    case TpduType::kConnectConfirm:
    case TpduType::kDisconnectRequest:
    case TpduType::kDisconnectConfirm:
    case TpduType::kError:
      return frame.length == kTpktHeaderSize + 1 + length_indicator;
    case TpduType::kData:
      return length_indicator == 2 && frame.length > 7;
    default:
      return false;
  }
}

void ScanForTpkts(Bytes bytes, DumpedFrame& dumped) {
  std::size_t at = 0;
  while (const auto frame = DecodeTpkt(Slice(bytes, at))) {
    if (IsTpktAnywhere(*frame, Slice(bytes, at))) {
      dumped.tpkts.push_back({*frame, at});
      at += frame->length;
    } else {
      ++at;
    }
  }
}

}  // namespace

DumpedFrame DecodeDump(Bytes bytes) {
  DumpedFrame dumped;
  for (const LinkType type : {LinkType::kEthernet, LinkType::kRaw, LinkType::kTokenRing,
                              LinkType::kFddi, LinkType::kLinuxSll, LinkType::kPpp}) {
    dumped.segment = DecodeTcp(bytes, static_cast<std::uint16_t>(type));
    if (!dumped.segment) continue;
    const Bytes payload = dumped.segment->payload;
    const auto base =
        payload.empty() ? bytes.size() : static_cast<std::size_t>(payload.data() - bytes.data());
    WalkTpkts(payload, base, dumped);
    return dumped;
  }
  ScanForTpkts(bytes, dumped);
  return dumped;
}

}  // namespace exdiag::trace
