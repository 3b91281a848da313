// The reader's side of classes and users: numbers them as they come and counts their events.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/store/batch.h"

namespace exdiag {

class ClassTable {
 public:
  // More than any sound log has; an export in which every record is of its own kind must not fill
  // the memory.
  static constexpr std::size_t kMaximum = 8192;

  explicit ClassTable(const std::optional<std::vector<EventKind>>& keep_only);

  // Number of the event's class.  A class not met before is appended to `batch`.
  std::uint32_t ClassOf(const NormalisedEvent& event, Batch& batch);
  std::uint32_t UserOf(const NormalisedEvent& event, Batch& batch);

  bool kept(std::uint32_t local_class) const { return keeps_all() || rows_[local_class].kept; }
  // Counts apart what does not compare: UTC, wall clocks and events without a time.
  void Count(std::uint32_t local_class, Ticks time, TimeBasis basis) {
    tallies_[SlotOf(basis)][local_class].Add(time);
  }
  void Count(std::uint32_t local_class, TimeBasis basis, const Tally& tally) {
    tallies_[SlotOf(basis)][local_class].Add(tally);
  }

  // Whether events of this kind are kept, or only counted.  Does not change while the table lives.
  bool Keeps(std::string_view provider, std::uint16_t event_id) const;
  bool keeps_all() const { return !keep_only_; }

  bool full() const { return rows_.size() >= kMaximum || users_.size() >= kMaximum; }
  // What was counted since the last time.
  void TakeTallies(std::vector<ClassTally>& into);
  // Forgets all numbers.
  void Restart();
  // How often it did.
  std::uint64_t restarts() const { return restarts_; }

 private:
  static constexpr std::uint32_t kNoClass = 0xffff'ffff;

  struct Row {
    EventClass key;
    bool kept = true;
  };
  // A class or user that events with this number had.
  struct ClassGuess {
    std::uint64_t source_number = 0;
    std::uint64_t keywords = 0;
    std::uint64_t numbers = 0;
    std::uint32_t local_class = kNoClass;
    bool has_texts = false;  // beside those of the source
  };
  struct UserGuess {
    std::uint64_t user_number = 0;
    std::uint32_t local_user = 0;
  };

  static constexpr TimeBasis kSlots[] = {TimeBasis::kUtc, TimeBasis::kLocalUnknown,
                                         TimeBasis::kNone};
  static constexpr std::size_t SlotOf(TimeBasis basis) {
    return basis == TimeBasis::kNone ? 2 : basis == TimeBasis::kLocalUnknown ? 1 : 0;
  }

  bool Fits(const ClassGuess& guess, std::uint64_t numbers, const NormalisedEvent& event) const;
  std::uint32_t Find(const NormalisedEvent& event, Batch& batch);
  std::uint32_t FindUser(std::string_view user, Batch& batch);

  static constexpr int kGuessBits = 10;
  using ClassGuesses = std::array<ClassGuess, 2>;  // the last one first
  static constexpr std::size_t kUserGuesses = 64;

  std::optional<std::set<std::pair<std::string, std::uint16_t>>> keep_only_;  // lower case
  std::vector<ClassGuesses> class_guesses_;
  std::array<UserGuess, kUserGuesses> user_guesses_;
  std::vector<Row> rows_;
  std::array<std::vector<Tally>, 3> tallies_;  // by SlotOf, then by class
  std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;
  std::unordered_map<std::string, std::uint32_t> users_;
  std::string last_user_;
  std::uint32_t last_user_number_ = QueuedEvent::kNoUser;
  std::uint64_t restarts_ = 0;
};

}  // namespace exdiag
