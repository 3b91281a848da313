// Finds the stored events with one identity.
//
// They are of the same host, provider and ID, so that the index by class leads to them; an index of
// identities would cost each import an entry for every event, in no order.  Nearly every family of
// classes has one or two.  Of those that came when there were many already (a damaged export, or
// one made to be slow, has a category of its own in each record), one index of the family tells.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/store/batch.h"
#include "engine/store/class_index.h"
#include "engine/store/dictionary.h"
#include "engine/store/event_blocks.h"
#include "engine/store/sqlite.h"

namespace exdiag {

// A stored event as far as it matters for whether another export shows it.
struct IdentityRow {
  std::uint64_t record_id = 0;
  std::int64_t id = 0;
  std::int64_t event_class = 0;
  std::int64_t import = 0;
};

class IdentityRows {
 public:
  // Borrows all four.
  IdentityRows(sql::Database& database, ClassIndex& classes, ClassIndex& families,
               EventBlocks& events);

  // By record id, then by id.  `like` is of any class that such an event may have.  Good until the
  // next call.
  std::span<const IdentityRow> Find(const EventClass& like, std::int64_t second,
                                    std::uint64_t identity);

  // To be told of what is new in the store since Forget(): a class, an event (which is in the index
  // too), what became known of an event.
  void AddClass(const EventClass& key, const ClassRow& row);
  void AddEvent(std::int64_t second, std::uint64_t identity, const IdentityRow& row);
  void Refine(std::int64_t second, std::uint64_t identity, const IdentityRow& row);
  void Forget();

 private:
  using Rows = std::vector<IdentityRow>;
  struct Key {
    std::int64_t second;
    std::uint64_t identity;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const { return key.identity; }
  };

  // Classes that are not crowded; there may be others when these are many.
  struct Family {
    std::int64_t id = 0;  // 0: not in the store
    std::vector<std::int64_t> classes;
  };

  const Family& FamilyOf(const EventClass& like);
  void Read(const EventClass& like, const Key& key, Rows& rows);
  static void Insert(const IdentityRow& row, Rows& rows);

  ClassIndex& class_index_;
  ClassIndex& family_index_;
  EventBlocks& events_;
  sql::Statement select_classes_;
  std::unordered_map<std::string, Family> families_;
  // What was found lately: large groups are asked for again and again.
  std::unordered_map<Key, Rows, KeyHash> found_;
  std::size_t found_rows_ = 0;
  std::string name_;
  std::vector<std::int64_t> candidates_;
};

}  // namespace exdiag
