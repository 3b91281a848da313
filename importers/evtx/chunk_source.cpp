#include "importers/evtx/chunk_source.h"

#include <algorithm>

#include "importers/evtx/chunk.h"

namespace exdiag::evtx {
namespace {

// This much stays in the processor's cache while it is decoded, also beside what others do.
constexpr std::size_t kBlockSize = 4 * kChunkSize;

}  // namespace

std::span<const std::byte> ChunkSource::At(std::uint64_t offset, std::size_t size) {
  if (offset >= size_) return {};
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
  if (offset < block_begin_ || offset + size > block_begin_ + block_size_) {
    if (block_.empty()) {
      block_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kBlockSize)));
    }
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(block_.size(), size_ - offset));
    block_begin_ = offset;
    block_size_ = source_.ReadAt(offset, std::span(block_).first(want));
  }
  const auto from = static_cast<std::size_t>(offset - block_begin_);
  return {block_.data() + from, std::min(size, block_size_ - from)};
}

std::span<const std::byte> ChunkSource::Chunk(std::int64_t offset) {
  chunk_.assign(kChunkSize, std::byte{0});
  const auto missing =
      static_cast<std::size_t>(offset < 0 ? std::min<std::int64_t>(-offset, kChunkSize) : 0);
  const auto from = static_cast<std::uint64_t>(std::max<std::int64_t>(offset, 0));
  const std::size_t got = source_.ReadAt(from, std::span(chunk_).subspan(missing));
  return std::span<const std::byte>(chunk_).first(missing + got);
}

}  // namespace exdiag::evtx
