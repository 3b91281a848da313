#include "importers/evtx/interned_texts.h"

#include <cstring>

namespace exdiag::evtx {
namespace {

constexpr std::size_t kFirstSlots = 256;
constexpr std::size_t kMostKeptBytes = std::size_t{4} << 20;

// A file that is made to collide gets its texts unkept, no slow table.
constexpr std::size_t kMostProbes = 32;

std::uint32_t HashOf(std::string_view key) {
  constexpr std::uint64_t kFactor = 0x9e37'79b9'7f4a'7c15;
  std::uint64_t hash = key.size() * kFactor;
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * kFactor;
    hash ^= hash >> 29;
  };
  const char* at = key.data();
  std::size_t left = key.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    mix(word);
  }
  std::uint64_t rest = 0;
  if (left != 0) std::memcpy(&rest, at, left);
  mix(rest);
  return static_cast<std::uint32_t>((hash ^ hash >> 32) * kFactor >> 32);
}

}  // namespace

InternedTexts::InternedTexts(std::uint32_t before, std::uint32_t step)
    : slots_(kFirstSlots), last_number_(before), step_(step) {}

const InternedTexts::Entry* InternedTexts::Find(std::string_view key) const {
  const std::uint32_t hash = HashOf(key);
  for (std::size_t probe = 0; probe < kMostProbes; ++probe) {
    const Slot& slot = slots_[(hash + probe) & (slots_.size() - 1)];
    if (slot.entry == nullptr) return nullptr;
    if (slot.hash == hash && slot.entry->key == key) return slot.entry;
  }
  return nullptr;
}

const InternedTexts::Entry* InternedTexts::Add(std::string_view key, std::string_view text) {
  const std::size_t size = key.size() + text.size() + sizeof(Entry);
  if (entries_.size() == kMostEntries || size > kMostKeptBytes - kept_bytes_) return nullptr;
  if (entries_.size() >= slots_.size() / 4) Grow();
  const Entry& entry =
      entries_.emplace_back(Entry{std::string(key), std::string(text), last_number_ + step_});
  if (!Place(entry, HashOf(key))) {
    entries_.pop_back();
    return nullptr;
  }
  last_number_ = entry.number;
  kept_bytes_ += size;
  return &entry;
}

bool InternedTexts::Place(const Entry& entry, std::uint32_t hash) {
  for (std::size_t probe = 0; probe < kMostProbes; ++probe) {
    Slot& slot = slots_[(hash + probe) & (slots_.size() - 1)];
    if (slot.entry != nullptr) continue;
    slot = {hash, &entry};
    return true;
  }
  return false;
}

// An entry that finds no place any more is only not found again.
void InternedTexts::Grow() {
  slots_.assign(slots_.size() * 2, {});
  for (const Entry& entry : entries_) Place(entry, HashOf(entry.key));
}

}  // namespace exdiag::evtx
