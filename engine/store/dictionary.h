// The store's tables of texts and of classes, with a memory of bounded size before them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/store/batch.h"
#include "engine/store/sqlite.h"

namespace exdiag {

// One table (id, name UNIQUE).
class Dictionary {
 public:
  Dictionary(sql::Database& database, const std::string& table);

  // Row of this text; makes one.
  std::int64_t IdOf(std::string_view name);
  // "" when there is no such row.
  std::string NameOf(std::int64_t id);
  // What is remembered may have been rolled back.
  void Forget() { ids_.clear(); }

 private:
  static constexpr std::size_t kRemembered = 1024;

  sql::Database* database_;
  sql::Statement select_id_;
  sql::Statement insert_;
  sql::Statement select_name_;
  std::unordered_map<std::string, std::int64_t> ids_;
};

// A row of the table classes.
struct ClassRow {
  std::int64_t id = 0;
  // Classes of the same host, provider (in any case) and ID: those that the same event may have.
  std::int64_t family = 0;
  // The family has kFewOfFamily classes beside this one, so that its index has this one's events.
  bool crowded = false;
};
inline constexpr std::size_t kFewOfFamily = 16;

class ClassDictionary {
 public:
  explicit ClassDictionary(sql::Database& database);

  // Makes one.
  ClassRow RowOf(const EventClass& key);
  // The family whose index has this class's events too; 0 when there is none.
  std::int64_t CrowdOf(std::int64_t id);
  // The class of this row; good until the next call.
  const EventClass& ClassOf(std::int64_t id);
  void Forget();

  Dictionary& hosts() { return hosts_; }
  Dictionary& providers() { return providers_; }
  Dictionary& channels() { return channels_; }
  Dictionary& users() { return users_; }

 private:
  static constexpr std::size_t kRemembered = 4096;

  struct Known {
    EventClass key;
    std::int64_t crowd = 0;
  };

  const Known& Remember(std::int64_t id);
  Known Read(std::int64_t id);
  std::int64_t FamilyOf(const EventClass& key, std::int64_t host);

  sql::Database* database_;
  Dictionary providers_, hosts_, computers_, channels_, categories_, users_, schemas_;
  sql::Statement select_id_;
  sql::Statement insert_;
  sql::Statement select_;
  sql::Statement select_family_;
  sql::Statement insert_family_;
  std::unordered_map<std::int64_t, Known> classes_;
};

}  // namespace exdiag
