#include "engine/signal/interner.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace exdiag {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
constexpr std::size_t kFewSlots = 64;

std::uint32_t HashOf(std::string_view text) {
  const std::size_t hash = std::hash<std::string_view>()(text);
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

}  // namespace

TextId Interner::Intern(std::string_view text) {
  if (4 * (texts_.size() + 1) > 3 * slots_.size()) Grow();
  const std::uint32_t hash = HashOf(text);
  Slot& slot = SlotFor(text, hash);
  if (slot.id_plus_1 == 0) {
    texts_.push_back(Keep(text));
    slot = {hash, static_cast<TextId>(texts_.size())};
  }
  return slot.id_plus_1 - 1;
}

std::string_view Interner::Text(TextId id) const {
  std::uint32_t size = 0;
  std::memcpy(&size, texts_[id], sizeof size);
  return {texts_[id] + sizeof size, size};
}

// Where the text is, or where it would be.
Interner::Slot& Interner::SlotFor(std::string_view text, std::uint32_t hash) {
  std::size_t at = hash % slots_.size();
  while (slots_[at].id_plus_1 != 0 &&
         (slots_[at].hash != hash || Text(slots_[at].id_plus_1 - 1) != text)) {
    at = (at + 1) % slots_.size();
  }
  return slots_[at];
}

void Interner::Grow() {
  std::vector<Slot> before(std::max(kFewSlots, 2 * slots_.size()));
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.id_plus_1 == 0) continue;
    std::size_t at = slot.hash % slots_.size();
    while (slots_[at].id_plus_1 != 0) at = (at + 1) % slots_.size();
    slots_[at] = slot;
  }
}

const char* Interner::Keep(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::size_t bytes = sizeof size + text.size();
  if (bytes > room_) {
    room_ = std::max(bytes, kChunkBytes);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    free_ = chunks_.back().get();
  }
  char* const kept = free_;
  std::memcpy(kept, &size, sizeof size);
  if (!text.empty()) std::memcpy(kept + sizeof size, text.data(), text.size());
  free_ += bytes;
  room_ -= bytes;
  return kept;
}

}  // namespace exdiag
