#include "importers/evt/log_place.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "importers/binary_log/find_bytes.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evt/ring_file.h"

namespace exdiag::evt {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kSearched = std::uint64_t{64} << 20;
constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::string_view kEofMarks =
    "\x28\0\0\0\x11\x11\x11\x11\x22\x22\x22\x22\x33\x33\x33\x33\x44\x44\x44\x44"sv;
constexpr std::string_view kLogSignature = "LfLe"sv;
constexpr std::size_t kSignatureAt = 4;  // in a header and in a record

std::uint32_t WordAt(const ByteSource& bytes, std::uint64_t offset) {
  std::byte word[4] = {};
  return bytes.ReadAt(offset, word) == sizeof word ? LoadU32(word) : 0;
}

using Begin = std::optional<std::int64_t>;

// Asks `look` about the offset of each `what` until it knows where the log begins.
template <typename Look>
Begin FindFirst(const FilePiece& piece, std::string_view what, const Look& look) {
  for (std::size_t at = FindBytes(piece.bytes, 0, what); at < piece.bytes.size();
       at = FindBytes(piece.bytes, at + 1, what)) {
    if (const Begin begin = look(piece.file, piece.offset + at)) return begin;
  }
  return std::nullopt;
}

// It names its own offset and that of the oldest record.
Begin BeginByEnd(const ByteSource& file, std::uint64_t at) {
  const auto shift = static_cast<std::int64_t>(at) -
                     static_cast<std::int64_t>(WordAt(file, at + kEofMarks.size() + 4));
  const std::int64_t oldest = shift + WordAt(file, at + kEofMarks.size());
  if (oldest < 0 || shift > static_cast<std::int64_t>(at) - std::int64_t{kHeaderSize} ||
      WordAt(file, static_cast<std::uint64_t>(oldest) + kSignatureAt) != kSignature) {
    return std::nullopt;
  }
  return shift;
}

bool IsLooseRecord(const ByteSource& bytes, std::uint64_t at) {
  const std::uint32_t size = WordAt(bytes, at);
  return size >= kFixedSize + 4 && size <= kMaxRecord && size % 4 == 0 &&
         WordAt(bytes, at + size - 4) == size;
}

Begin BeginByFront(const ByteSource& file, std::uint64_t at) {
  if (at < kSignatureAt) return std::nullopt;
  const auto begin = static_cast<std::int64_t>(at - kSignatureAt);
  std::vector<std::byte> head(kHeaderSize);
  head.resize(file.ReadAt(at - kSignatureAt, head));
  if (IsHeader(head)) return begin;
  if (IsLooseRecord(file, at - kSignatureAt)) return begin - std::int64_t{kHeaderSize};
  return std::nullopt;
}

}  // namespace

bool IsHeader(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeaderSize) return false;
  const auto word = [&](std::size_t at) { return LoadU32(bytes.data() + at); };
  const bool version = word(8) == 1 && word(12) == 1;
  if (word(kSignatureAt) == kSignature) return word(0) == kHeaderSize || version;
  return word(0) == kHeaderSize && version && word(44) == kHeaderSize;
}

LogPlace FindLogIn(const FilePiece& piece) {
  return {FindFirst(piece, kEofMarks, BeginByEnd), FindFirst(piece, kLogSignature, BeginByFront)};
}

std::optional<std::int64_t> FindLog(const ByteSource& bytes) {
  constexpr std::size_t kCut = kEofMarks.size() - 1;  // what the end of a block may cut
  std::vector<std::byte> block(kBlock);
  LogPlace place;
  const std::uint64_t end = std::min(bytes.size(), kSearched);
  for (std::uint64_t offset = 0; offset < end && !place.by_end; offset += kBlock - kCut) {
    const FilePiece piece{bytes, offset, std::span(block).first(bytes.ReadAt(offset, block))};
    place.by_end = FindFirst(piece, kEofMarks, BeginByEnd);
    if (!place.by_front) place.by_front = FindFirst(piece, kLogSignature, BeginByFront);
  }
  return place.by_end ? place.by_end : place.by_front;
}

std::uint64_t LogBytes::size() const {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(bytes_.size()) - begin_);
}

std::size_t LogBytes::ReadAt(std::uint64_t offset, std::span<std::byte> into) const {
  const std::uint64_t missing = begin_ < 0 ? static_cast<std::uint64_t>(-begin_) : 0;
  std::size_t zeros = 0;
  if (offset < missing) {
    zeros = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), missing - offset));
    std::fill_n(into.begin(), zeros, std::byte{0});
  }
  const std::uint64_t from =
      offset + zeros - missing + (begin_ > 0 ? static_cast<std::uint64_t>(begin_) : 0);
  return zeros + bytes_.ReadAt(from, into.subspan(zeros));
}

}  // namespace exdiag::evt
