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

class ClassDictionary {
 public:
  explicit ClassDictionary(sql::Database& database);

  std::int64_t IdOf(const EventClass& key);
  // The class of this row; good until the next call.
  const EventClass& ClassOf(std::int64_t id);
  void Forget();

  Dictionary& hosts() { return hosts_; }
  Dictionary& providers() { return providers_; }
  Dictionary& channels() { return channels_; }
  Dictionary& users() { return users_; }

 private:
  static constexpr std::size_t kRemembered = 4096;

  EventClass Read(std::int64_t id);

  sql::Database* database_;
  Dictionary providers_, hosts_, computers_, channels_, categories_, users_, schemas_;
  sql::Statement select_id_;
  sql::Statement insert_;
  sql::Statement select_;
  std::unordered_map<std::int64_t, EventClass> classes_;
};

}  // namespace exdiag
