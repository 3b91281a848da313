#include "engine/normalise/event_identity.h"

#include <xxhash.h>

#include <cstring>

namespace exdiag {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
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
  buffer_.assign(fixed, sizeof fixed);
  buffer_.append(host).push_back('\0');
  buffer_.append(provider).push_back('\0');
  blank_ = true;
}

void EventIdentity::Add(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const char* const word = at;
    while (at != end && !IsSpace(*at)) ++at;
    if (at != word) {
      buffer_.append(word, static_cast<std::size_t>(at - word));
      blank_ = false;
    }
    while (at != end && IsSpace(*at)) ++at;
    if (!blank_) {
      buffer_.push_back(' ');
      blank_ = true;
    }
  }
}

std::uint64_t EventIdentity::Hash() { return XXH3_64bits(buffer_.data(), buffer_.size()); }

}  // namespace exdiag
