// The bytes of an .evtx file, in large pieces front to back and chunk by chunk at any place.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "importers/importer.h"

namespace exdiag::evtx {

class ChunkSource {
 public:
  explicit ChunkSource(const ByteSource& source) : source_(source), size_(source.size()) {}

  std::uint64_t size() const { return size_; }

  // `size` bytes at `offset`, fewer only where the file ends or the medium gives no more; good
  // until the next call.  At most 256 KiB.
  std::span<const std::byte> At(std::uint64_t offset, std::size_t size);

  // The 64 KiB at `offset`, which may lie in front of the file's first byte: what is not in the
  // file is zero there, and missing behind its end.  Good until the next call.
  std::span<const std::byte> Chunk(std::int64_t offset);

 private:
  const ByteSource& source_;
  std::uint64_t size_;
  std::vector<std::byte> block_;
  std::uint64_t block_begin_ = 0;
  std::size_t block_size_ = 0;
  std::vector<std::byte> chunk_;
};

}  // namespace exdiag::evtx
