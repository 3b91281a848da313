// Where in a file an .evt log lies: at its front, unless it was carved from a disk or lost its
// header.
#pragma once

#include <cstdint>
#include <optional>

#include "importers/importer.h"

namespace exdiag::evt {

// True when the bytes begin with the header of a log: its signature, or the other numbers of it.
bool IsHeader(std::span<const std::byte> bytes);

// The offset of the log's first byte in the file, at any alignment: less than 0 when the front of
// the log is missing.
struct LogPlace {
  std::optional<std::int64_t> by_end;    // the end-of-file record tells, which knows its own place
  std::optional<std::int64_t> by_front;  // the first header or whole record

  bool any() const { return by_end || by_front; }
};
LogPlace FindLogIn(const FilePiece& piece);

// The same from the first 64 MiB; nullopt: nothing tells.
std::optional<std::int64_t> FindLog(const ByteSource& bytes);

// A file from `begin` on, with zeros in front of it where that is less than 0.
class LogBytes final : public ByteSource {
 public:
  // `bytes` is borrowed.  begin < bytes.size().
  LogBytes(const ByteSource& bytes, std::int64_t begin) : bytes_(bytes), begin_(begin) {}

  std::uint64_t size() const override;
  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override;

 private:
  const ByteSource& bytes_;
  std::int64_t begin_;
};

}  // namespace exdiag::evt
