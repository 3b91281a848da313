// Archives and compressed files: zip, 7z, tar, and gzip, bzip2, xz and zstd around a tar or a file.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "importers/importer.h"

namespace exdiag {

// What a bomb would exceed.
struct ArchiveLimits {
  std::uint64_t members = 100'000;
  std::uint64_t bytes = std::uint64_t{64} << 30;  // of all members together, unpacked
  // Unpacked bytes are no more than `ratio` times the archive's, once they are more than
  // `free_bytes`: logs that are mostly empty compress well.
  std::uint64_t ratio = 250;
  std::uint64_t free_bytes = std::uint64_t{1} << 30;
  // Memory that a member of a zip, or an .xz file, may ask for to be unpacked: what xz -9 asks for.
  std::uint64_t dictionary = std::uint64_t{64} << 20;
};

// By signature.
bool IsArchive(const ByteSource& bytes);

struct ArchiveMember {
  std::string name;  // as stored there; for a compressed file its own name without the ending
  std::unique_ptr<ByteSource> bytes;  // null when they cannot be had at all
  // Why they are not all there, with the consequence; "" normally.
  std::string problem;
  bool alone = false;  // the content of a compressed file, which no other member follows
};

// Passes the regular files in `bytes` to `visit`, in their order; false from it ends the walk.
// `name` is the archive's.  The Error, a reason without a name, says why the walk ended before the
// end of the archive: it is damaged, or too large in one of the limits.
// `cancelled` is asked for every block that is unpacked.  True: the member under way is passed
// without bytes, and the walk ends.
Result<void> WalkArchive(const ByteSource& bytes, const std::string& name,
                         const ArchiveLimits& limits,
                         const std::function<bool(ArchiveMember member)>& visit,
                         const std::function<bool()>& cancelled = {});

}  // namespace exdiag
