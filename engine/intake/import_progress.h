// How far an import is, for whoever waits for it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/intake/input_files.h"
#include "importers/importer.h"

namespace exdiag {

struct ImportProgress {
  std::uint64_t files = 0;  // found among what was named; an archive is one
  std::uint64_t files_done = 0;
  std::uint64_t bytes = 0;  // of the files whose size is known; standard input and pipes have none
  std::uint64_t bytes_done = 0;
  std::uint64_t records = 0;  // read so far, the rejected ones included
  std::uint64_t rejected = 0;
};

// Called from the reading thread, at first before anything is read, and at last when all is done.
using WatchProgress = std::function<void(const ImportProgress&)>;

// Counts on behalf of the import driver and tells `watch`; does nothing when there is none.
class ProgressTracker {
 public:
  explicit ProgressTracker(const WatchProgress& watch) : watch_(watch) {}

  void Begin(const std::vector<InputFile>& files);
  // Whatever became of it.
  void EndFile(const InputFile& file);
  // Read since the last call.
  void Add(std::uint64_t records, std::uint64_t rejected);
  void Tell();

  // The same bytes; where they are read is how far the file under way is.
  std::unique_ptr<ByteSource> Watched(const ByteSource& bytes);

 private:
  const WatchProgress& watch_;
  ImportProgress progress_;
  std::uint64_t bytes_of_files_ = 0;  // of those that are done
  std::uint64_t position_ = 0;        // in the one under way
};

}  // namespace exdiag
