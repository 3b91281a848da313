// Keeps the table class_blocks true while events are added, moved to other classes and removed.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/store/class_block.h"
#include "engine/store/sqlite.h"

namespace exdiag {

class ClassIndex {
 public:
  explicit ClassIndex(sql::Database& database);
  ClassIndex(const ClassIndex&) = delete;
  ClassIndex& operator=(const ClassIndex&) = delete;

  // The events of a class that wait to be written.  Good until Drop().
  class Waiting;
  Waiting& Of(std::int64_t class_row);

  void Add(Waiting& of_class, ClassEntry entry);
  // An entry of the class `before` is one of `after` now.
  void Move(ClassEntry entry, std::int64_t before, std::int64_t after);
  // Takes out the entries of a class with first <= second < end, and only those.
  void Remove(std::int64_t class_row, std::int64_t first, std::int64_t end);

  // Writes what waits; has to be done before anything is read from the table.
  void Flush();
  // Forgets what waits.
  void Drop();

 private:
  // A row of class_blocks, known by its class and by the entry that was its first when it was read.
  struct Block {
    std::int64_t class_row = 0;
    ClassEntry first;
    bool changed = false;
    std::vector<ClassEntry> entries;
  };
  struct Removed {
    std::int64_t class_row = 0;
    ClassEntry entry;

    auto operator<=>(const Removed&) const = default;
  };

  void Write(Waiting& waiting);
  void TakeOut(Block& block, const Removed& removed);
  bool LoadLast(std::int64_t class_row, std::size_t more, Block& block);
  void Insert(std::int64_t class_row, std::span<const ClassEntry> entries);
  void Save(Block& block);

  // Entries that wait, of all classes together: 4 MB.
  static constexpr std::size_t kMostWaiting = std::size_t{1} << 18;

  std::unordered_map<std::int64_t, Waiting> waiting_;
  std::size_t waits_ = 0;
  std::vector<Removed> removed_;
  sql::Statement insert_, update_, delete_, select_last_, select_around_, select_from_;
};

class ClassIndex::Waiting {
 public:
  explicit Waiting(std::int64_t class_row) : class_row_(class_row) {}

 private:
  friend class ClassIndex;

  std::int64_t class_row_;
  std::vector<ClassEntry> entries_;
};

inline void ClassIndex::Add(Waiting& of_class, ClassEntry entry) {
  of_class.entries_.push_back(entry);
  if (++waits_ >= kMostWaiting) Flush();
}

}  // namespace exdiag
