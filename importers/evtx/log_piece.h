// A piece of an .evtx file, and what sound chunks in it hold, in a form that can be handed from the
// thread that read it to the one that passes it on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "engine/evidence/sink.h"
#include "importers/evtx/chunk.h"
#include "importers/evtx/plan_cache.h"

namespace exdiag::evtx {

// Results are about the chunks in [begin, end) of it.
class LogPiece {
 public:
  // A sound chunk.
  struct Chunk {
    std::size_t offset = 0;                   // in the piece
    std::size_t end = 0;                      // of its records, in the chunk
    std::uint64_t first = ~std::uint64_t{0};  // record numbers
    std::uint64_t last = 0;
    std::size_t learned_end = 0;  // in LogPiece::learned
  };

  std::uint64_t offset = 0;      // in the file
  std::vector<std::byte> bytes;  // `size` of these
  std::size_t size = 0;          // whole chunks

  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<Chunk> chunks;
  std::vector<Record> records;                // those that are wanted whole, in file order
  std::vector<CountedEvents> counted;         // the others
  std::unique_ptr<PreparedRecords> prepared;  // or these, all of them; may be nullptr
  std::vector<LearnedTemplate> learned;       // see PlanCache
  std::exception_ptr failure;                 // reading them threw this

  // One that was read.
  std::span<const std::byte> ChunkAt(std::size_t at) const {
    return std::span(bytes).subspan(at, kChunkSize);
  }

  // Forgets the results, but for `prepared`.
  void Clear();
  // Copies what the record borrows.
  void Keep(Record record);
  void Keep(CountedEvents events);

 private:
  std::string_view Copy(std::string_view text);
  template <typename T>
  std::span<const T> Copy(std::span<const T> items);

  std::pmr::monotonic_buffer_resource memory_{std::size_t{64} << 10};
};

}  // namespace exdiag::evtx
