#include "engine/store/class_table.h"

#include <xxhash.h>

#include <utility>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::uint64_t kFactor = 0x9e37'79b9'7f4a'7c15;

std::uint64_t HashText(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed ^ text.size());
}

std::uint64_t PackNumbers(const NormalisedEvent& event) {
  return std::uint64_t{event.event_id} | std::uint64_t{event.qualifiers} << 16 |
         std::uint64_t{event.category} << 32 | static_cast<std::uint64_t>(event.level) << 48;
}

// Without looking at texts.  Where one lies only says where to look: it may have become another.
std::uint64_t HashNumbers(const NormalisedEvent& event, std::uint64_t numbers) {
  const std::uint64_t source = event.source_number != 0
                                   ? event.source_number
                                   : reinterpret_cast<std::uintptr_t>(event.provider.data());
  const std::uint64_t hash = (source ^ event.names.size() << 48) * kFactor ^ event.keywords;
  return ((hash ^ hash >> 29) * kFactor ^ numbers) * kFactor;
}

std::uint64_t HashClass(const NormalisedEvent& event) {
  std::uint64_t hash = event.keywords * kFactor ^ PackNumbers(event);
  hash = HashText(event.provider, hash);
  hash = HashText(event.computer, hash);
  hash = HashText(event.channel, hash);
  if (!event.category_text.empty()) hash = HashText(event.category_text, hash + 1);
  if (!event.names.empty()) hash = HashText(event.names, hash + 2);
  return HashText(event.host, hash);
}

bool HasTexts(const NormalisedEvent& event) {
  return !event.category_text.empty() || !event.names.empty();
}

bool HasTextsOf(const NormalisedEvent& event, const EventClass& key) {
  return event.category_text == key.category_text && event.names == key.names;
}

bool IsOf(const NormalisedEvent& event, const EventClass& key) {
  return event.event_id == key.event_id && event.qualifiers == key.qualifiers &&
         event.category == key.category && event.level == key.level &&
         event.keywords == key.keywords && event.provider == key.provider &&
         event.host == key.host && event.computer == key.computer && event.channel == key.channel &&
         HasTextsOf(event, key);
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

ClassTable::ClassTable(const std::optional<std::vector<EventKind>>& keep_only)
    : class_guesses_(std::size_t{1} << kGuessBits) {
  if (!keep_only) return;
  keep_only_.emplace();
  for (const EventKind& kind : *keep_only) {
    keep_only_->emplace(ToLower(kind.provider), kind.event_id);
  }
}

bool ClassTable::Keeps(std::string_view provider, std::uint16_t event_id) const {
  return !keep_only_ || keep_only_->contains({ToLower(provider), event_id});
}

bool ClassTable::Fits(const ClassGuess& guess, std::uint64_t numbers,
                      const NormalisedEvent& event) const {
  if (guess.numbers != numbers || guess.keywords != event.keywords ||
      guess.local_class == kNoClass) {
    return false;
  }
  const EventClass& key = rows_[guess.local_class].key;
  if (event.source_number == 0 || guess.source_number != event.source_number) {
    return IsOf(event, key);
  }
  return guess.has_texts == HasTexts(event) && (!guess.has_texts || HasTextsOf(event, key));
}

std::uint32_t ClassTable::ClassOf(const NormalisedEvent& event, Batch& batch) {
  const std::uint64_t numbers = PackNumbers(event);
  auto& [last, other] = class_guesses_[HashNumbers(event, numbers) >> (64 - kGuessBits)];
  if (Fits(last, numbers, event)) return last.local_class;
  if (Fits(other, numbers, event)) return other.local_class;
  other = std::exchange(
      last, {event.source_number, event.keywords, numbers, Find(event, batch), HasTexts(event)});
  return last.local_class;
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
  rows_.push_back({std::move(key), kept});
  for (auto& tallies : tallies_) tallies.emplace_back();
  return static_cast<std::uint32_t>(rows_.size() - 1);
}

std::uint32_t ClassTable::UserOf(const NormalisedEvent& event, Batch& batch) {
  if (event.user.empty()) return QueuedEvent::kNoUser;
  if (event.user_number == 0) return FindUser(event.user, batch);
  UserGuess& guess = user_guesses_[event.user_number % kUserGuesses];
  if (guess.user_number != event.user_number) {
    guess = {event.user_number, FindUser(event.user, batch)};
  }
  return guess.local_user;
}

std::uint32_t ClassTable::FindUser(std::string_view user, Batch& batch) {
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
    for (std::size_t slot = 0; slot < tallies_.size(); ++slot) {
      const Tally tally = std::exchange(tallies_[slot][number], {});
      if (tally.events != 0) into.push_back({number, rows_[number].kept, kSlots[slot], tally});
    }
  }
}

void ClassTable::Restart() {
  ++restarts_;
  rows_.clear();
  for (auto& tallies : tallies_) tallies.clear();
  by_hash_.clear();
  class_guesses_.assign(std::size_t{1} << kGuessBits, {});
  user_guesses_.fill({});
  users_.clear();
  last_user_.clear();
  last_user_number_ = QueuedEvent::kNoUser;
}

}  // namespace exdiag
