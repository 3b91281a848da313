#include "engine/intake/import_progress.h"

#include <algorithm>
#include <filesystem>
#include <span>

namespace exdiag {
namespace {

class WatchedSource final : public ByteSource {
 public:
  WatchedSource(const ByteSource& bytes, std::uint64_t& position)
      : bytes_(bytes), position_(position) {}

  std::uint64_t size() const override { return bytes_.size(); }

  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t got = bytes_.ReadAt(offset, into);
    position_ = offset + got;
    return got;
  }

  std::size_t ReadPart(std::uint64_t offset, std::span<std::byte> into) const override {
    return bytes_.ReadPart(offset, into);
  }
  void Passed(std::uint64_t offset, std::span<const std::byte> bytes) const override {
    bytes_.Passed(offset, bytes);
    position_ = offset + bytes.size();
  }

 private:
  const ByteSource& bytes_;
  std::uint64_t& position_;
};

// 0 where there is none.
std::uint64_t SizeOf(const InputFile& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file.path, error);
  return error ? 0 : size;
}

}  // namespace

void ProgressTracker::Begin(const std::vector<InputFile>& files) {
  if (!watch_) return;
  progress_.files = files.size();
  for (const InputFile& file : files) progress_.bytes += SizeOf(file);
  Tell();
}

void ProgressTracker::EndFile(const InputFile& file) {
  if (!watch_) return;
  ++progress_.files_done;
  bytes_of_files_ += SizeOf(file);
  position_ = 0;
  Tell();
}

void ProgressTracker::Add(std::uint64_t records, std::uint64_t rejected) {
  progress_.records += records;
  progress_.rejected += rejected;
  Tell();
}

void ProgressTracker::Tell() {
  if (!watch_) return;
  // Files grow while they are read, and standard input counts bytes but has no size.
  progress_.bytes_done = std::min(progress_.bytes, bytes_of_files_ + position_);
  watch_(progress_);
}

std::unique_ptr<ByteSource> ProgressTracker::Watched(const ByteSource& bytes) {
  return std::make_unique<WatchedSource>(bytes, position_);
}

}  // namespace exdiag
