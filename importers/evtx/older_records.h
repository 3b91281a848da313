// Records that are looked at when the rest of the log was read: those in the free space of chunks,
// which were there before the log that is there now and of which many are copies of its records,
// and those whose template had not turned up yet.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_set>
#include <vector>

#include "engine/base/packed.h"
#include "importers/evtx/chunk.h"
#include "importers/evtx/chunk_source.h"
#include "importers/evtx/record_reader.h"

namespace exdiag::evtx {

class OlderRecords {
 public:
  // Another record for the end, in the chunk at `chunk`.  False: there are too many already.
  bool Add(std::int64_t chunk, const RecordWalker::Item& item, const RecordHeader& header,
           Origin origin);

  // The log's records with these numbers lie in the chunk at `offset`, up to `end` of it.
  struct LogChunk {
    std::uint64_t offset = 0;
    std::size_t end = 0;
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t last = 0;
  };
  void AddLogChunk(const LogChunk& chunk);
  // This record of the log lies outside of any chunk.
  void AddLogRecord(const RecordHeader& header);

  // Reads all of them but copies.  False when the sink wants no more.
  bool Read(ChunkSource& source, RecordReader& reader);

  // What Read made of those in free space.
  std::uint64_t kept() const { return kept_; }
  std::uint64_t copies() const { return copies_; }
  std::uint64_t unreadable() const { return unreadable_; }
  // How many Add refused.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Entry {
    std::int64_t chunk = 0;
    RecordWalker::Item item;
    RecordHeader header;
    Origin origin = Origin::kFreeSpace;
  };
  struct HeaderHash {
    std::size_t operator()(const RecordHeader& header) const;
  };

  void FindCopies(ChunkSource& source);
  bool ReadOne(const Entry& entry, std::size_t chunk_size, RecordReader& reader);

  std::vector<Entry> entries_;
  PackedWriter log_chunks_;  // some ten bytes for each
  LogChunk last_chunk_{.first = 0};
  std::unordered_set<RecordHeader, HeaderHash> in_log_;
  std::uint64_t kept_ = 0;
  std::uint64_t copies_ = 0;
  std::uint64_t unreadable_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace exdiag::evtx
