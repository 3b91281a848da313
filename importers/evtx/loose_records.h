// Records that are found without a chunk's header: by their own signatures, at any offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace exdiag::evtx {

// A record that is known by nothing but itself: signature, size and the copy of the size agree.
struct LooseRecord {
  std::size_t offset = 0;
  std::size_t size = 0;
};

// The next one that begins in [from, end) of `bytes`, at any offset.
std::optional<LooseRecord> FindRecord(std::span<const std::byte> bytes, std::size_t from,
                                      std::size_t end);

// Where the chunk of a loose record begins, counted from the front of `bytes`: a template that is
// defined in the record says where in its chunk it lies.  nullopt: none is.
std::optional<std::ptrdiff_t> ChunkBeginOf(std::span<const std::byte> bytes,
                                           const LooseRecord& record);

// The chunk that each of the records, found in `region`, which lies at `offset` of the file, most
// likely belongs to, as its offset: less than 0 where the file has only its end.  A template in the
// record or in one of its neighbours tells; else it is what lies at `offset`, as in a file whose
// chunks stand where they should.
std::vector<std::int64_t> ChunksOf(std::uint64_t offset, std::span<const std::byte> region,
                                   const std::vector<LooseRecord>& records);

}  // namespace exdiag::evtx
