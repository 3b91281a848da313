// A list that lies in a temporary file when it is long, so that it needs no more memory than a part
// of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

namespace exdiag {

// Blocks of equal size, of which so many are in memory: those that were asked for last, about.
// Where no file can be made or written to, all stay in memory.  Not safe for two threads.
class SpillFile {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{48} << 10;

  explicit SpillFile(std::size_t most_in_memory, std::size_t block_bytes = kBlockBytes)
      : most_in_memory_(most_in_memory), block_bytes_(block_bytes) {}
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;
  ~SpillFile();

  // Another block, of zeros; its number: that of one that was dropped, if any was.
  std::size_t Append();
  // Nobody will ask for this one any more.
  void Drop(std::size_t block);
  std::size_t blocks() const { return blocks_.size(); }
  // So many may be in memory from now on: no fewer than before.
  void SetMostInMemory(std::size_t blocks) { most_in_memory_ = blocks; }

  // The bytes of a block, good until another block is asked for.
  const std::byte* At(std::size_t block) {
    Block& found = blocks_[block];
    found.used = true;
    return found.bytes ? found.bytes.get() : Load(block);
  }
  // The same to be changed.
  std::byte* ToChange(std::size_t block) {
    auto* const bytes = const_cast<std::byte*>(At(block));
    blocks_[block].changed = true;
    return bytes;
  }

  // False when a block could not be read any more, and was given as zeros.
  bool ok() const { return ok_; }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    bool used = false;     // since the hand of the clock came by
    bool changed = false;  // since it was written
  };

  const std::byte* Load(std::size_t block);
  std::unique_ptr<std::byte[]> TakeMemory();
  bool Evict(Block& block, std::size_t number);

  std::vector<Block> blocks_;
  std::vector<std::uint32_t> dropped_;
  std::size_t most_in_memory_;
  std::size_t block_bytes_;
  std::size_t in_memory_ = 0;
  std::size_t hand_ = 0;
  int descriptor_ = -1;
  bool spills_ = true;
  bool ok_ = true;
};

// A list of plain values of which at most `in_memory` bytes, about, are in memory.  A short one
// needs no more than its values.
template <typename T>
class SpilledList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit SpilledList(std::size_t in_memory = std::size_t{12} << 20) : in_memory_(in_memory) {}

  void push_back(const T& item) {
    if (!file_ && first_.size() == kItems) Spill();
    if (file_) {
      if (size_ == file_->blocks() * kItems) file_->Append();
      Put(size_, item);
    } else {
      first_.push_back(item);
    }
    ++size_;
  }
  std::size_t size() const { return size_; }
  T operator[](std::size_t at) const {
    if (!file_) return first_[at];
    T item;
    std::memcpy(&item, file_->At(at / kItems) + at % kItems * sizeof(T), sizeof(T));
    return item;
  }
  // In place of what is there.
  void Set(std::size_t at, const T& item) {
    if (!file_) {
      first_[at] = item;
    } else {
      Put(at, item);
    }
  }
  // So many of one value behind the last.
  void Append(std::size_t count, const T& item) {
    for (; count > 0; --count) push_back(item);
  }
  // So many bytes, about, may be in memory from now on: no fewer than before.
  void SetMostInMemory(std::size_t bytes) {
    in_memory_ = bytes;
    if (file_) file_->SetMostInMemory(in_memory_ / SpillFile::kBlockBytes);
  }
  // False when what it gave cannot be relied upon: the file could not be read.
  bool ok() const { return !file_ || file_->ok(); }

 private:
  static constexpr std::size_t kItems = SpillFile::kBlockBytes / sizeof(T);

  void Put(std::size_t at, const T& item) {
    std::memcpy(file_->ToChange(at / kItems) + at % kItems * sizeof(T), &item, sizeof(T));
  }

  void Spill() {
    file_ = std::make_unique<SpillFile>(in_memory_ / SpillFile::kBlockBytes);
    file_->Append();
    std::memcpy(file_->ToChange(0), first_.data(), first_.size() * sizeof(T));
    first_ = {};
  }

  std::size_t in_memory_;
  std::vector<T> first_;  // as long as they fit into one block
  std::unique_ptr<SpillFile> file_;
  std::size_t size_ = 0;
};

}  // namespace exdiag
