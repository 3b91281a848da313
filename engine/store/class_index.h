// Keeps the table class_blocks true while events are added, moved to other classes and removed, and
// finds in it what another export may show again.
//
// The blocks of a class do not overlap, so that an entry can be in one of them only.  All of this
// holds for the table family_blocks too, with families in place of classes.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/store/class_block.h"
#include "engine/store/sqlite.h"

namespace exdiag {

class ClassIndex {
 public:
  enum class Of : std::uint8_t { kClasses, kFamilies };

  explicit ClassIndex(sql::Database& database, Of what = Of::kClasses);
  ClassIndex(const ClassIndex&) = delete;
  ClassIndex& operator=(const ClassIndex&) = delete;

  // The events of a class that wait to be written.  Good until Drop().
  class Waiting;
  Waiting& At(std::int64_t class_row);

  void Add(Waiting& of_class, ClassEntry entry);
  void Take(ClassEntry entry, std::int64_t class_row);
  // An entry of the class `before` is one of `after` now.
  void Move(ClassEntry entry, std::int64_t before, std::int64_t after);
  // Takes out the entries of a class with first <= second < end, and only those.
  void Remove(std::int64_t class_row, std::int64_t first, std::int64_t end);

  // Appends the events of a class with this second and mark, those that wait included.  One that
  // was moved to another class may still be among those of the class before.
  void Find(std::int64_t class_row, std::int64_t second, std::uint16_t mark,
            std::vector<std::int64_t>& events);

  // Of which events wait, or have waited since Drop().
  std::size_t classes() const { return waiting_.size(); }
  // Writes what waits; has to be done before anybody else reads the table.
  void Flush();
  // Forgets what waits.
  void Drop();

 private:
  // A row of class_blocks, known by its class and by the entry that was its first when it was read.
  struct Block {
    std::int64_t class_row = 0;
    ClassEntry first;
    std::vector<ClassEntry> entries;
    bool stored = false;  // there is such a row
    bool changed = false;
  };
  // A block that was looked into last, and what is between its first entry and that of the next.
  struct Known {
    std::vector<ClassEntry> entries;
    ClassEntry next;
  };
  struct Removed {
    std::int64_t class_row = 0;
    ClassEntry entry;

    auto operator<=>(const Removed&) const = default;
  };
  static constexpr ClassEntry kBehindAll{std::numeric_limits<std::int64_t>::max(), 0xffff,
                                         std::numeric_limits<std::int64_t>::max()};

  void Write(Waiting& waiting);
  bool BelongsBehindAll(Waiting& waiting);
  void Merge(const Waiting& waiting);
  void TakeOut(Block& block, const Removed& removed);
  bool LoadAt(std::int64_t class_row, const ClassEntry& entry, Block& block);
  void LoadFirst(std::int64_t class_row, Block& block);
  ClassEntry FirstBehind(std::int64_t class_row, const ClassEntry& entry);
  void FindStored(std::int64_t class_row, const ClassEntry& least, const ClassEntry& greatest,
                  std::vector<std::int64_t>& events);
  void Save(Block& block);

  // Entries that wait, of all classes together: 4 MB.
  static constexpr std::size_t kMostWaiting = std::size_t{1} << 18;
  static constexpr std::size_t kMostKnown = 1024;

  std::unordered_map<std::int64_t, Waiting> waiting_;
  std::size_t waits_ = 0;
  std::vector<Removed> removed_;
  std::unordered_map<std::int64_t, Known> known_;
  sql::Statement insert_, update_, delete_;
  sql::Statement select_at_, select_first_, select_last_, select_behind_, select_from_;
};

class ClassIndex::Waiting {
 public:
  explicit Waiting(std::int64_t class_row) : class_row_(class_row) {}

  // An entry will be added soon.
  void Prefetch() const { __builtin_prefetch(entries_.data() + entries_.size(), 1); }

 private:
  friend class ClassIndex;

  // An entry in 16 bytes: most of what an import does for the index is bringing these into memory.
  struct Packed {
    explicit Packed(const ClassEntry& entry)
        : second(entry.second),
          rest(std::uint64_t{entry.mark} << 48 | static_cast<std::uint64_t>(entry.event)) {}
    ClassEntry Unpacked() const {
      constexpr std::uint64_t kEvent = (std::uint64_t{1} << 48) - 1;
      return {second, static_cast<std::uint16_t>(rest >> 48),
              static_cast<std::int64_t>(rest & kEvent)};
    }
    auto operator<=>(const Packed&) const = default;

    std::int64_t second;
    std::uint64_t rest;  // mark, then id
  };

  void Sort();
  void Find(std::int64_t second, std::uint16_t mark, std::vector<std::int64_t>& events);
  bool TakeOut(const ClassEntry& entry);

  // Of the last block of the class in the table.
  struct Last {
    std::int64_t second = 0;
    std::size_t events = 0;  // 0: there is none
  };

  std::int64_t class_row_;
  std::vector<Packed> entries_;
  std::size_t sorted_ = 0;    // so many at the beginning are in order
  std::optional<Last> last_;  // once it was looked up, until Flush()
};

// What fills a block is written at once: as many entries as possible in memory, all written in the
// end, would let whoever reads the export wait for that.
inline void ClassIndex::Add(Waiting& of_class, ClassEntry entry) {
  of_class.entries_.push_back(Waiting::Packed(entry));
  ++waits_;
  if (of_class.entries_.size() >= kBlockEntries) {
    Write(of_class);
  } else if (waits_ >= kMostWaiting) {
    Flush();
  }
}

}  // namespace exdiag
