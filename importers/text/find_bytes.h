// Searches for one of several characters, sixteen places at a time.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <string_view>

namespace exdiag {

// Where one of `kSought` stands first, from `from` on; the size of `text` when none does.
template <char... kSought>
std::size_t FindAnyOf(std::string_view text, std::size_t from) {
  std::size_t at = from;
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    __m128i hits = _mm_setzero_si128();
    ((hits = _mm_or_si128(hits, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(kSought)))), ...);
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)); mask != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
  }
#endif
  while (at < text.size() && ((text[at] != kSought) && ...)) ++at;
  return at;
}

// The same for two that are known only at run time.
inline std::size_t FindEither(std::string_view text, std::size_t from, char a, char b) {
  std::size_t at = from;
#if defined(__SSE2__)
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(a)),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b)));
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)); mask != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
  }
#endif
  while (at < text.size() && text[at] != a && text[at] != b) ++at;
  return at;
}

}  // namespace exdiag
