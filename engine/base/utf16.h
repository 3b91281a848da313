// UTF-16 as Windows writes it into UTF-8.
#pragma once

#include <cstddef>
#include <span>

namespace exdiag {

// Writes UTF-16LE as UTF-8 to `out`, which has room for three bytes a unit, and returns what lies
// behind.  A lone surrogate becomes U+FFFD, and `clean` false; an odd last byte is ignored.
char* PutUtf16(std::span<const std::byte> bytes, char* out, bool& clean);

}  // namespace exdiag
