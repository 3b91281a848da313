// The bytes of an .evt file: a header of 48 bytes and a ring of records behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "importers/importer.h"

namespace exdiag::evt {

inline constexpr std::uint64_t kHeaderSize = 48;
inline constexpr std::uint32_t kSignature = 0x654c664c;  // "LfLe"
inline constexpr std::size_t kEofSize = 40;
inline constexpr std::size_t kFixedSize = 56;       // of a record, never split over the file's end
inline constexpr std::size_t kMaxRecord = 0x3ffff;  // no writer makes longer ones
inline constexpr std::uint32_t kFiller = 0x27;      // dwords where no fixed part fits any more

inline constexpr std::uint32_t kFlagDirty = 1;

// What header and end-of-file record both say.
struct Bounds {
  std::uint64_t oldest = 0;         // offset of the oldest record
  std::uint64_t end = 0;            // offset of the end-of-file record
  std::uint32_t next_number = 0;    // of the next record to be written
  std::uint32_t oldest_number = 0;  // 0 when the log is empty
};

// Reads through a window that moves over the file, so that memory does not depend on its size.
class RingFile {
 public:
  explicit RingFile(const ByteSource& source);

  std::uint64_t size() const { return size_; }
  // Where the medium gave fewer bytes than the file has, if it did.
  std::optional<std::uint64_t> unreadable() const { return unreadable_; }

  // Up to `size` bytes at `offset`, fewer at the end of the file; good until the next call of
  // anything here.  At most kMaxRecord.
  std::span<const std::byte> At(std::uint64_t offset, std::size_t size);

  // The record of `size` bytes at `offset`; one that crosses the end of the file goes on behind the
  // header.  Good until the next call of anything here.
  std::span<const std::byte> RecordAt(std::uint64_t offset, std::size_t size);

  enum class Found : std::uint8_t {
    kNothing,
    kRecord,  // signature, size and the copy of the size at its end agree
    kTorn,    // signature and size are right, the copy is not
    kEof,
    kFiller,
  };
  // What begins at `offset`; `record_size` is that of a record.  `wraps`: a record may go on behind
  // the header.
  Found Look(std::uint64_t offset, bool wraps, std::size_t& record_size);

  // The first record or end-of-file record in [from, limit), in steps of 4; `limit` when there is
  // none.
  std::uint64_t Find(std::uint64_t from, std::uint64_t limit, bool wraps);

  // The end-of-file record at `offset`, if it is one.
  std::optional<Bounds> EofAt(std::uint64_t offset);
  // The last one in the file that knows where it lies, which copies in binary data do not.
  std::optional<Bounds> FindEof();

  bool IsAllZero(std::uint64_t from, std::uint64_t to);

 private:
  void ReadRing(std::uint64_t offset, std::span<std::byte> into);

  const ByteSource& source_;
  std::uint64_t size_;
  std::vector<std::byte> window_;
  std::uint64_t window_begin_ = 0;
  std::size_t window_size_ = 0;
  std::optional<std::uint64_t> unreadable_;
  std::vector<std::byte> split_;  // a record put together
};

}  // namespace exdiag::evt
