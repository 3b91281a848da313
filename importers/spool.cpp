#include "importers/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace exdiag {
namespace {

constexpr std::size_t kInMemory = 16 << 20;

Error SystemError() { return Error{std::string(std::strerror(errno)) + "; not read"}; }

}  // namespace

Spool::Spool() = default;
Spool::~Spool() { Close(); }

void Spool::Close() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
}

Result<void> Spool::OpenTemporary() {
  std::string path = (std::filesystem::temp_directory_path() / "exdiag-XXXXXX").string();
  descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0) return SystemError();
  // So that it goes with the process, however that ends.
  ::unlink(path.c_str());
  return {};
}

Result<void> Spool::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemError();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> Spool::Append(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  if (descriptor_ >= 0) return Write(bytes);
  memory_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (memory_.size() < kInMemory) return {};
  if (auto opened = OpenTemporary(); !opened) return opened;
  auto written = Write(std::as_bytes(std::span(memory_)));
  memory_ = std::string();
  return written;
}

Result<std::unique_ptr<ByteSource>> Spool::Take() {
  size_ = 0;
  if (descriptor_ < 0) return MemorySource(std::exchange(memory_, {}));
  return TakeFile(std::exchange(descriptor_, -1));
}

}  // namespace exdiag
