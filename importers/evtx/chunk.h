// One chunk of an .evtx file: its header, and the records in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exdiag::evtx {

inline constexpr std::size_t kFileHeaderSize = 4096;
inline constexpr std::size_t kChunkSize = 65536;
inline constexpr std::size_t kChunkHeaderSize = 512;
inline constexpr std::size_t kRecordHeaderSize = 24;
inline constexpr std::size_t kMinRecordSize = kRecordHeaderSize + 4;  // and the copy of the size
inline constexpr std::uint32_t kFlagNoCrc = 4;  // in the headers of file and chunk

bool HasFileSignature(std::span<const std::byte> bytes);
bool HasChunkSignature(std::span<const std::byte> bytes);

// Where the next chunk begins at or behind `from`, at any offset; bytes.size() when none does. More
// than its signature has to be right.
std::size_t FindChunk(std::span<const std::byte> bytes, std::size_t from);

// What the header of a chunk says; `bytes` hold it whole.
struct ChunkHeader {
  explicit ChunkHeader(std::span<const std::byte> bytes);

  std::uint32_t last_record = 0;  // offset of the last record
  std::uint32_t free_space = 0;   // where the records end
  std::uint32_t data_crc = 0;
  std::uint32_t flags = 0;
  std::uint32_t header_crc = 0;
};

// True when the word is an offset in a chunk behind its header.
bool IsInChunk(std::uint32_t free_space);

// CRC32 (IEEE) as the file header and the chunks use it.
std::uint32_t FileHeaderCrc(std::span<const std::byte> header);
std::uint32_t ChunkHeaderCrc(std::span<const std::byte> chunk);
std::uint32_t ChunkDataCrc(std::span<const std::byte> chunk, std::uint32_t free_space);

// Where the records of a chunk end.  The header's word is taken where it can be true; writers are
// known to leave it too high or to be killed before they set it.
std::size_t RecordsEnd(std::span<const std::byte> chunk, const ChunkHeader& header);

// Where the first records of a chunk end that follow each other without a gap, both in place and in
// number: what can be told of the end of the log without the header.
std::size_t EndOfRun(std::span<const std::byte> chunk);

// Goes through the records of a chunk, and past whatever lies between them.
class RecordWalker {
 public:
  enum class Kind : std::uint8_t {
    kRecord,  // header, size and the copy of the size agree
    kTorn,    // the copy of the size differs: written half when the log was copied
    kZeros,   // nothing but zeros up to the next record or the end
    kJunk,    // something that is no record
  };
  struct Item {
    Kind kind = Kind::kRecord;
    std::size_t offset = 0;
    std::size_t size = 0;
    bool after_damage = false;  // something in front of it had to be skipped
  };

  // Walks [begin, end) of `chunk`; a record that begins there may end behind it.
  RecordWalker(std::span<const std::byte> chunk, std::size_t begin, std::size_t end)
      : chunk_(chunk), position_(begin), end_(end) {}

  bool Next(Item& item);

 private:
  std::size_t FindRecord(std::size_t from) const;

  std::span<const std::byte> chunk_;
  std::size_t position_;
  std::size_t end_;
  bool after_damage_ = false;
};

// What the header of a record says; `record` holds it whole.
struct RecordHeader {
  explicit RecordHeader(std::span<const std::byte> record);

  std::uint64_t id = 0;    // restarts at 1 in saved logs
  std::uint64_t time = 0;  // FILETIME; in saved logs that of the next record

  bool operator==(const RecordHeader&) const = default;
};

// The bytes begin with a record: its signature, a size that fits, and the copy of the size.
bool IsRecord(std::span<const std::byte> bytes);
// The same without the copy.
bool HasPlausibleSize(std::span<const std::byte> bytes);

bool IsAllZero(std::span<const std::byte> bytes);
bool HasRecordSignature(std::span<const std::byte> bytes);

}  // namespace exdiag::evtx
