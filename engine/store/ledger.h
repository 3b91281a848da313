// The table `imports`: what was fed, and what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace exdiag {

// Errors stick to the database, as everywhere in engine/store.
class ImportLedger {
 public:
  explicit ImportLedger(sql::Database& database) : database_(database) {}

  // A row for a file that is being read, or could not be (then with an error); its number.
  std::int64_t Insert(const std::string& file, const std::string& format, std::int64_t size,
                      const std::string& error);
  // What was counted of it.
  void Update(std::int64_t row, const LedgerRow& counts, std::uint64_t counted,
              const std::string& content_hash);
  // A row for a file with the content of one that is there; its number.
  std::int64_t Repeat(const std::string& file, const std::string& content_hash);

  bool KnowsSize(std::int64_t size);
  bool Empty();
  std::optional<LedgerRow> RowOf(std::int64_t row);
  // The first file of this content from which something was read.
  std::optional<LedgerRow> Find(const std::string& content_hash);
  std::vector<LedgerRow> All();

 private:
  // Prepared once: a folder may hold thousands of files.
  sql::Statement& Ready(sql::Statement& statement, std::string_view sql);
  std::optional<LedgerRow> One(sql::Statement& statement);

  sql::Database& database_;
  sql::Statement insert_, update_, repeat_, size_, row_, content_;
};

}  // namespace exdiag
