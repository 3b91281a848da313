// Reads a file front to back in large pieces, however large it is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "importers/importer.h"
#include "importers/trace/byte_reader.h"

namespace exdiag::trace {

class SourceWindow {
 public:
  explicit SourceWindow(const ByteSource& source) : source_(source) {}

  std::uint64_t size() const { return source_.size(); }

  // The bytes at `offset`; fewer than `size` only where the file ends.  Valid until the next call.
  Bytes At(std::uint64_t offset, std::size_t size) {
    if (offset >= source_.size()) return {};
    const std::uint64_t end = offset + std::min<std::uint64_t>(size, source_.size() - offset);
    if (offset < start_ || end > start_ + buffer_.size()) Fill(offset, size);
    return Slice(buffer_, static_cast<std::size_t>(offset - start_), size);
  }

 private:
  void Fill(std::uint64_t offset, std::size_t size) {
    constexpr std::size_t kPiece = 1 << 20;
    buffer_.resize(static_cast<std::size_t>(
        std::min<std::uint64_t>(std::max(size, kPiece), source_.size() - offset)));
    buffer_.resize(source_.ReadAt(offset, buffer_));
    start_ = offset;
  }

  const ByteSource& source_;
  std::vector<std::byte> buffer_;
  std::uint64_t start_ = 0;
};

}  // namespace exdiag::trace
