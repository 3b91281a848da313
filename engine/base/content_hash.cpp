#include "engine/base/content_hash.h"

#include <fmt/format.h>
// Its state then needs no allocation of its own.
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>
// The same function with the widest instructions that the processor has.
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#endif

namespace exdiag {

struct ContentHash::State {
  XXH3_state_t xxh3;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {
  XXH3_128bits_reset(&state_->xxh3);
}

ContentHash::~ContentHash() = default;

void ContentHash::Add(std::span<const std::byte> bytes) {
  XXH3_128bits_update(&state_->xxh3, bytes.data(), bytes.size());
}

std::string ContentHash::Hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh3);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace exdiag
