#include "engine/store/class_table.h"

#include <xxhash.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

std::uint64_t HashText(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed ^ text.size());
}

std::uint64_t HashClass(const NormalisedEvent& event) {
  std::uint64_t hash = event.keywords * 0x9e37'79b9'7f4a'7c15;
  hash ^= static_cast<std::uint64_t>(event.event_id) | std::uint64_t{event.qualifiers} << 16 |
          std::uint64_t{event.category} << 32 | static_cast<std::uint64_t>(event.level) << 48;
  hash = HashText(event.provider, hash);
  hash = HashText(event.computer, hash);
  hash = HashText(event.channel, hash);
  if (!event.category_text.empty()) hash = HashText(event.category_text, hash + 1);
  if (!event.names.empty()) hash = HashText(event.names, hash + 2);
  return HashText(event.host, hash);
}

bool IsOf(const NormalisedEvent& event, const EventClass& key) {
  return event.event_id == key.event_id && event.qualifiers == key.qualifiers &&
         event.category == key.category && event.level == key.level &&
         event.keywords == key.keywords && event.provider == key.provider &&
         event.host == key.host && event.computer == key.computer && event.channel == key.channel &&
         event.category_text == key.category_text && event.names == key.names;
}

EventClass MakeClass(const NormalisedEvent& event) {
  EventClass key;
  key.provider = event.provider;
  key.host = event.host;
  key.computer = event.computer;
  key.channel = event.channel;
  key.category_text = event.category_text;
  key.names = event.names;
  key.keywords = event.keywords;
  key.event_id = event.event_id;
  key.qualifiers = event.qualifiers;
  key.category = event.category;
  key.level = event.level;
  return key;
}

}  // namespace

void Batch::Clear() {
  restart = false;
  new_classes.clear();
  new_users.clear();
  events.clear();
  bytes.clear();
  facts.clear();
  rejects.clear();
  rejects_size = 0;
  tallies.clear();
}

ClassTable::ClassTable(const std::optional<std::vector<EventKind>>& keep_only) {
  if (!keep_only) return;
  keep_only_.emplace();
  for (const EventKind& kind : *keep_only) {
    keep_only_->emplace(ToLower(kind.provider), kind.event_id);
  }
}

bool ClassTable::Keeps(std::string_view provider, std::uint16_t event_id) const {
  return !keep_only_ || keep_only_->contains({ToLower(provider), event_id});
}

// Of the events that were met last.  Where a text lies only says where to look: it may have become
// another one.
std::uint32_t& ClassTable::GuessOf(const NormalisedEvent& event) {
  const auto place = reinterpret_cast<std::uintptr_t>(event.provider.data()) >> 4;
  const std::uint64_t mixed =
      (place ^ std::uint64_t{event.event_id} << 20 ^ event.names.size()) * 0x9e37'79b9'7f4a'7c15;
  return guesses_[mixed >> (64 - kGuessBits)];
}

std::uint32_t ClassTable::ClassOf(const NormalisedEvent& event, Batch& batch) {
  std::uint32_t& guess = GuessOf(event);
  if (guess >= rows_.size() || !IsOf(event, rows_[guess].key)) guess = Find(event, batch);
  return guess;
}

std::uint32_t ClassTable::Find(const NormalisedEvent& event, Batch& batch) {
  std::uint64_t hash = HashClass(event);
  for (;; ++hash) {
    const auto [found, is_new] =
        by_hash_.try_emplace(hash, static_cast<std::uint32_t>(rows_.size()));
    if (is_new) break;
    if (IsOf(event, rows_[found->second].key)) return found->second;
  }
  EventClass key = MakeClass(event);
  batch.new_classes.push_back(key);
  const bool kept = Keeps(key.provider, key.event_id);
  rows_.push_back({std::move(key), kept, {}});
  return static_cast<std::uint32_t>(rows_.size() - 1);
}

std::uint32_t ClassTable::UserOf(std::string_view user, Batch& batch) {
  if (user.empty()) return QueuedEvent::kNoUser;
  if (user == last_user_) return last_user_number_;
  last_user_ = user;
  const auto [found, is_new] =
      users_.try_emplace(last_user_, static_cast<std::uint32_t>(users_.size()));
  if (is_new) batch.new_users.push_back(last_user_);
  last_user_number_ = found->second;
  return last_user_number_;
}

void ClassTable::TakeTallies(std::vector<ClassTally>& into) {
  for (std::uint32_t number = 0; number < rows_.size(); ++number) {
    Row& row = rows_[number];
    for (std::size_t slot = 0; slot < row.tallies.size(); ++slot) {
      if (row.tallies[slot].events == 0) continue;
      into.push_back({number, row.kept, kSlots[slot], row.tallies[slot]});
      row.tallies[slot] = {};
    }
  }
}

void ClassTable::Restart() {
  rows_.clear();
  by_hash_.clear();
  users_.clear();
  last_user_.clear();
  last_user_number_ = QueuedEvent::kNoUser;
}

}  // namespace exdiag
