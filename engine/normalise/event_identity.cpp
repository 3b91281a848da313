#include "engine/normalise/event_identity.h"

#include <xxhash.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>

namespace exdiag {
namespace {

constexpr std::size_t kGroup = 16;

#if defined(__SSE2__)
template <typename Word>
std::uint64_t LoadWord(const char* in) {
  Word word;
  std::memcpy(&word, in, sizeof word);
  return word;
}

// Less than a group, but not nothing, with zeros behind it; nothing else is read.
__m128i LoadFew(const char* in, std::size_t count) {
  if (count > 8) {
    const std::uint64_t rest = LoadWord<std::uint64_t>(in + count - 8) >> 8 * (kGroup - count);
    return _mm_set_epi64x(static_cast<long long>(rest),
                          static_cast<long long>(LoadWord<std::uint64_t>(in)));
  }
  if (count >= 4) {
    const std::uint64_t rest = LoadWord<std::uint32_t>(in + count - 4) << 8 * (count - 4);
    return _mm_cvtsi64_si128(static_cast<long long>(LoadWord<std::uint32_t>(in) | rest));
  }
  const auto byte = [&](std::size_t at) { return LoadWord<std::uint8_t>(in + at) << 8 * at; };
  return _mm_cvtsi64_si128(static_cast<long long>(byte(0) | byte(count / 2) | byte(count - 1)));
}

// Writes a group, with blanks for all white space; returns a bit for each of those.
unsigned PutGroup(__m128i bytes, char* out) {
  const __m128i blank = _mm_set1_epi8(' ');
  const __m128i control = _mm_sub_epi8(bytes, _mm_set1_epi8('\t'));  // which 0 to 4 are
  const __m128i space =
      _mm_or_si128(_mm_cmpeq_epi8(bytes, blank),
                   _mm_cmpeq_epi8(_mm_min_epu8(control, _mm_set1_epi8('\r' - '\t')), control));
  const __m128i shown = _mm_or_si128(_mm_andnot_si128(space, bytes), _mm_and_si128(space, blank));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), shown);
  return static_cast<unsigned>(_mm_movemask_epi8(space));
}

// Copies the next `count` bytes, or those in front of white space that is left out, which it
// passes.
void CopyPart(const char*& in, std::size_t count, char*& out, bool& after_blank) {
  const __m128i bytes =
      count == kGroup ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(in)) : LoadFew(in, count);
  const unsigned spaces = PutGroup(bytes, out);
  const unsigned left_out = spaces & (spaces << 1 | (after_blank ? 1U : 0U));
  if (left_out == 0) {  // as mostly; what follows need not wait for where it goes on
    in += count;
    out += count;
    after_blank = (spaces >> (count - 1) & 1) != 0;
    return;
  }
  const auto skipped_at = static_cast<std::size_t>(std::countr_zero(left_out | 1U << count));
  const auto skipped = static_cast<std::size_t>(std::countr_one(left_out >> skipped_at));
  in += skipped_at + skipped;
  out += skipped_at;
  after_blank = (spaces >> (skipped_at + skipped - 1) & 1) != 0;
}
#else
bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

void CopyPart(const char*& in, std::size_t count, char*& out, bool& after_blank) {
  for (const char* const end = in + count; in != end; ++in) {
    const bool space = IsSpace(*in);
    *out = space ? ' ' : *in;
    out += space && after_blank ? 0 : 1;
    after_blank = space;
  }
}
#endif

// A wall clock of an unknown zone must never be taken for UTC; a zone that was given or found makes
// no difference.
char BasisMark(TimeBasis basis) {
  switch (basis) {
    case TimeBasis::kUtc:
    case TimeBasis::kLocalWithOffset:
      return 'u';
    case TimeBasis::kLocalUnknown:
      return 'l';
    case TimeBasis::kNone:
      return 'n';
  }
  return 'n';
}

}  // namespace

std::string EventIdentity::SourcePart(std::string_view host, std::string_view provider) {
  std::string part(host);
  part += '\0';
  part += provider;
  part += '\0';
  return part;
}

void EventIdentity::Begin(std::string_view source_part, std::uint16_t event_id, Ticks time,
                          TimeBasis basis) {
  const std::int64_t seconds = basis == TimeBasis::kNone ? 0 : time.seconds();
  char fixed[sizeof event_id + sizeof seconds + 1];
  std::memcpy(fixed, &event_id, sizeof event_id);
  std::memcpy(fixed + sizeof event_id, &seconds, sizeof seconds);
  fixed[sizeof fixed - 1] = BasisMark(basis);
  size_ = 0;
  Append({fixed, sizeof fixed});
  Append(source_part);
}

void EventIdentity::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(Room(bytes.size()), bytes.data(), bytes.size());
  size_ += bytes.size();
}

void EventIdentity::Add(std::string_view text) {
  char* const begin = Room(text.size() + 1 + kGroup);
  char* out = begin;
  bool after_blank = true;  // no piece begins with one
  const char* const end = text.data() + text.size();
  for (const char* in = text.data(); in != end;) {
    CopyPart(in, std::min(kGroup, static_cast<std::size_t>(end - in)), out, after_blank);
  }
  if (!after_blank) *out++ = ' ';
  size_ += static_cast<std::size_t>(out - begin);
}

std::uint64_t EventIdentity::Hash() { return XXH3_64bits(buffer_.data(), size_); }

}  // namespace exdiag
