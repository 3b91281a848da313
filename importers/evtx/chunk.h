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

// What the header of a chunk says; `bytes` hold it whole.
struct ChunkHeader {
  explicit ChunkHeader(std::span<const std::byte> bytes);

  std::uint32_t last_record = 0;  // offset of the last record
  std::uint32_t free_space = 0;   // where the records end
  std::uint32_t data_crc = 0;
  std::uint32_t flags = 0;
  std::uint32_t header_crc = 0;
};

// CRC32 (IEEE) as the file header and the chunks use it.
std::uint32_t FileHeaderCrc(std::span<const std::byte> header);
std::uint32_t ChunkHeaderCrc(std::span<const std::byte> chunk);
std::uint32_t ChunkDataCrc(std::span<const std::byte> chunk, std::uint32_t free_space);

// Where the records of a chunk end.  The header's word is taken where it can be true; writers are
// known to leave it too high or to be killed before they set it.
std::size_t RecordsEnd(std::span<const std::byte> chunk, const ChunkHeader& header);

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
  bool IsRecord(std::size_t at) const;
  bool HasPlausibleSize(std::size_t at) const;
  std::size_t FindRecord(std::size_t from) const;

  std::span<const std::byte> chunk_;
  std::size_t position_;
  std::size_t end_;
  bool after_damage_ = false;
};

bool IsAllZero(std::span<const std::byte> bytes);
bool HasRecordSignature(std::span<const std::byte> bytes);

}  // namespace exdiag::evtx
