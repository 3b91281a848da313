// UTF-16 as Windows writes it into UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace exdiag {

// Writes UTF-16LE as UTF-8 to `out`, which has room for three bytes a unit, and returns what lies
// behind.  A lone surrogate becomes U+FFFD, and `clean` false; an odd last byte is ignored.
char* PutUtf16(std::span<const std::byte> bytes, char* out, bool& clean);

// What may be used: all that the processor has, or what every one of its kind has.
enum class Utf16Way : bool { kBest, kPlain };

// The same for text in the middle of a larger buffer: kUtf16Padding bytes behind it may be read,
// and as many behind the room at `out` may be overwritten, so that no text is too short for the
// fast way.
inline constexpr std::size_t kUtf16Padding = 64;
char* PutPaddedUtf16(std::span<const std::byte> bytes, char* out, bool& clean,
                     Utf16Way way = Utf16Way::kBest);

// The same of an array of strings that end at their NULs.  The places of the NULs in what was
// written go to `nuls`, which is moved on; two more than there are units have to fit there.
char* PutPaddedUtf16Array(std::span<const std::byte> bytes, char* out, std::uint32_t*& nuls,
                          Utf16Way way = Utf16Way::kBest);

}  // namespace exdiag
