#include "engine/base/spill_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

namespace exdiag {
namespace {

int MakeTemporaryFile() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  if (error) return -1;
  std::string path = (folder / "exdiag-XXXXXX").string();
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  // So that it goes with the process, however that ends.
  if (descriptor >= 0) ::unlink(path.c_str());
  return descriptor;
}

template <typename Transfer>
bool All(const Transfer& transfer, std::byte* bytes, std::size_t size, std::size_t offset) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = transfer(bytes + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

SpillFile::~SpillFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t SpillFile::Append() {
  auto memory = TakeMemory();
  std::memset(memory.get(), 0, block_bytes_);
  if (dropped_.empty()) {
    blocks_.push_back({std::move(memory), true, true});
    return blocks_.size() - 1;
  }
  const std::size_t number = dropped_.back();
  dropped_.pop_back();
  blocks_[number] = {std::move(memory), true, true};
  return number;
}

void SpillFile::Drop(std::size_t block) {
  if (blocks_[block].bytes) --in_memory_;
  blocks_[block] = {};
  dropped_.push_back(static_cast<std::uint32_t>(block));
}

const std::byte* SpillFile::Load(std::size_t block) {
  auto memory = TakeMemory();
  const auto read = [&](std::byte* to, std::size_t size, off_t at) {
    return ::pread(descriptor_, to, size, at);
  };
  if (!All(read, memory.get(), block_bytes_, block * block_bytes_)) {
    std::memset(memory.get(), 0, block_bytes_);
    ok_ = false;
  }
  blocks_[block].bytes = std::move(memory);
  blocks_[block].changed = false;
  return blocks_[block].bytes.get();
}

// That of a block that was not asked for in the last turn of the clock's hand.
std::unique_ptr<std::byte[]> SpillFile::TakeMemory() {
  while (spills_ && in_memory_ >= most_in_memory_) {
    hand_ = (hand_ + 1) % blocks_.size();
    Block& block = blocks_[hand_];
    if (!block.bytes || std::exchange(block.used, false)) continue;
    if (!Evict(block, hand_)) break;
    return std::move(block.bytes);
  }
  ++in_memory_;
  return std::make_unique_for_overwrite<std::byte[]>(block_bytes_);
}

bool SpillFile::Evict(Block& block, std::size_t number) {
  if (!block.changed) return true;
  if (descriptor_ < 0) descriptor_ = MakeTemporaryFile();
  const auto write = [&](std::byte* from, std::size_t size, off_t at) {
    return ::pwrite(descriptor_, from, size, at);
  };
  spills_ = descriptor_ >= 0 && All(write, block.bytes.get(), block_bytes_, number * block_bytes_);
  return spills_;
}

}  // namespace exdiag
