// How much memory it takes to unpack what names it in its first bytes: as much as its packer had,
// whatever the size of what was packed.
#pragma once

#include <cstdint>
#include <optional>

#include "importers/importer.h"

namespace exdiag {

// Ways of packing that name it.
enum class PackedBy : std::uint8_t {
  kXz,       // .xz file format 1.1, section 3.1: of its first block
  kZipLzma,  // APPNOTE.TXT 6.3, section 5.8.8
  kZipPpmd,  // APPNOTE.TXT 6.3, section 5.10: PPMd version I, revision 1
};

// Bytes.  nullopt where the place holds no such thing.
std::optional<std::uint64_t> DictionaryAt(const ByteSource& bytes, std::uint64_t offset,
                                          PackedBy packed_by);

// The member of a zip whose local header and packed bytes lie at these places.  nullopt where it is
// packed in a way that takes little.
std::optional<std::uint64_t> DictionaryOfZipMember(const ByteSource& bytes, std::uint64_t header,
                                                   std::uint64_t packed);

}  // namespace exdiag
