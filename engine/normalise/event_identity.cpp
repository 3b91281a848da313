#include "engine/normalise/event_identity.h"

#include <xxhash.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstring>

namespace exdiag {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

#if defined(__SSE2__)
// Copies sixteen bytes of which the first `count` matter, when every white space among them is a
// single blank; most text is like that.  `blank`: what was copied last is one.
bool CopyRegular(const char* in, std::ptrdiff_t count, char* out, bool& blank) {
  const __m128i space = _mm_set1_epi8(' ');
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
  const __m128i above = _mm_cmpeq_epi8(_mm_max_epu8(bytes, space), bytes);
  const auto blanks = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, space)));
  if (_mm_movemask_epi8(above) != 0xffff || (blanks & (blanks << 1 | (blank ? 1U : 0U))) != 0) {
    return false;
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  blank = (blanks >> (count - 1) & 1) != 0;
  return true;
}
#endif

// Copies regular text up to the first group that is not.  Writes up to kSlack bytes behind what it
// copied.
constexpr std::size_t kSlack = 16;
const char* CopyRegularText(const char* in, const char* end, char*& out, bool& blank) {
#if defined(__SSE2__)
  constexpr std::ptrdiff_t kGroup = 16;
  for (; end - in >= kGroup; in += kGroup, out += kGroup) {
    if (!CopyRegular(in, kGroup, out, blank)) return in;
  }
  if (in == end) return in;
  char last[kGroup];
  std::memset(last, 'x', kGroup);
  std::memcpy(last, in, static_cast<std::size_t>(end - in));
  if (!CopyRegular(last, end - in, out, blank)) return in;
  out += end - in;
  return end;
#else
  static_cast<void>(end);
  static_cast<void>(out);
  static_cast<void>(blank);
  return in;
#endif
}

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

void EventIdentity::Begin(std::string_view host, std::string_view provider, std::uint16_t event_id,
                          Ticks time, TimeBasis basis) {
  const std::int64_t seconds = basis == TimeBasis::kNone ? 0 : time.seconds();
  char fixed[sizeof event_id + sizeof seconds + 1];
  std::memcpy(fixed, &event_id, sizeof event_id);
  std::memcpy(fixed + sizeof event_id, &seconds, sizeof seconds);
  fixed[sizeof fixed - 1] = BasisMark(basis);
  size_ = 0;
  Append({fixed, sizeof fixed});
  Append(host);
  Append({"", 1});
  Append(provider);
  Append({"", 1});
}

char* EventIdentity::Room(std::size_t size) {
  if (buffer_.size() - size_ < size) buffer_.resize(2 * (size_ + size));
  return buffer_.data() + size_;
}

void EventIdentity::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(Room(bytes.size()), bytes.data(), bytes.size());
  size_ += bytes.size();
}

void EventIdentity::Add(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  char* const begin = Room(text.size() + 1 + kSlack);
  char* out = begin;
  bool blank = true;  // no piece begins with one
  while (at != end) {
    at = CopyRegularText(at, end, out, blank);
    for (const char* const stop = end - at > 16 ? at + 16 : end; at != stop; ++at) {
      const bool space = IsSpace(*at);
      *out = space ? ' ' : *at;
      out += space && blank ? 0 : 1;
      blank = space;
    }
  }
  if (!blank) *out++ = ' ';
  size_ += static_cast<std::size_t>(out - begin);
}

std::uint64_t EventIdentity::Hash() { return XXH3_64bits(buffer_.data(), size_); }

}  // namespace exdiag
