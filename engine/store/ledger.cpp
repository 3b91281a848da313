#include "engine/store/ledger.h"

#include "engine/base/now.h"

namespace exdiag {
namespace {

#define EXDIAG_LEDGER_COLUMNS                                                                  \
  "SELECT file, format, records, stored, duplicates, rejected, refined, facts, incomparable, " \
  "content_hash, imported_at, error FROM main.imports "

LedgerRow ReadRow(const sql::Statement& from) {
  LedgerRow row;
  row.file = from.Text(0);
  row.format = from.Text(1);
  row.records = from.Unsigned(2);
  row.stored = from.Unsigned(3);
  row.duplicates = from.Unsigned(4);
  row.rejected = from.Unsigned(5);
  row.refined = from.Unsigned(6);
  row.facts = from.Unsigned(7);
  row.incomparable = from.Unsigned(8);
  row.content_hash = from.Text(9);
  row.imported_at = {from.Int(10)};
  row.error = from.Text(11);
  return row;
}

}  // namespace

sql::Statement& ImportLedger::Ready(sql::Statement& statement, std::string_view sql) {
  if (!statement.prepared()) statement = sql::Statement(database_, sql);
  return statement;
}

std::optional<LedgerRow> ImportLedger::One(sql::Statement& statement) {
  if (!statement.Next()) return std::nullopt;
  LedgerRow row = ReadRow(statement);
  statement.Reset();
  return row;
}

std::int64_t ImportLedger::Insert(const std::string& file, const std::string& format,
                                  std::int64_t size, const std::string& error) {
  sql::Statement& insert =
      Ready(insert_,
            "INSERT INTO main.imports (file, format, size, imported_at, error) "
            "VALUES (?1, ?2, ?3, ?4, ?5)");
  insert.BindText(1, file).BindText(2, format).Bind(3, size);
  insert.Bind(4, Now().value).BindText(5, error).Run();
  return database_.LastRow();
}

void ImportLedger::Update(std::int64_t row, const LedgerRow& counts, std::uint64_t counted,
                          const std::string& content_hash) {
  sql::Statement& update =
      Ready(update_,
            "UPDATE main.imports SET records = ?2, stored = ?3, duplicates = ?4, rejected = ?5, "
            "refined = ?6, facts = ?7, incomparable = ?8, counted = ?9, content_hash = ?10 "
            "WHERE id = ?1");
  update.Bind(1, row).Bind(2, counts.records).Bind(3, counts.stored).Bind(4, counts.duplicates);
  update.Bind(5, counts.rejected).Bind(6, counts.refined).Bind(7, counts.facts);
  update.Bind(8, counts.incomparable).Bind(9, counted).BindText(10, content_hash).Run();
}

std::int64_t ImportLedger::Repeat(const std::string& file, const std::string& content_hash) {
  Ready(repeat_,
        "INSERT INTO main.imports (file, format, records, duplicates, rejected, facts, "
        "content_hash, size, imported_at, repeats) SELECT ?1, format, records, records - rejected, "
        "rejected, facts, content_hash, size, ?3, id FROM main.imports "
        "WHERE content_hash = ?2 AND error = '' AND repeats IS NULL ORDER BY id LIMIT 1")
      .BindText(1, file)
      .BindText(2, content_hash)
      .Bind(3, Now().value)
      .Run();
  return database_.LastRow();
}

// Rows of stores that were made before sizes were kept have none.
bool ImportLedger::KnowsSize(std::int64_t size) {
  sql::Statement& one = Ready(size_,
                              "SELECT EXISTS (SELECT 1 FROM main.imports "
                              "WHERE content_hash <> '' AND size IN (?1, -1))");
  const bool known = one.Bind(1, size).Next() && one.Int(0) != 0;
  one.Reset();
  return known;
}

bool ImportLedger::Empty() {
  return database_.Number("SELECT EXISTS (SELECT 1 FROM main.imports)") == 0;
}

std::optional<LedgerRow> ImportLedger::RowOf(std::int64_t row) {
  return One(Ready(row_, EXDIAG_LEDGER_COLUMNS "WHERE id = ?1").Bind(1, row));
}

std::optional<LedgerRow> ImportLedger::Find(const std::string& content_hash) {
  if (content_hash.empty()) return std::nullopt;
  return One(Ready(content_, EXDIAG_LEDGER_COLUMNS
                   "WHERE content_hash = ?1 AND error = '' AND repeats IS NULL "
                   "ORDER BY id LIMIT 1")
                 .BindText(1, content_hash));
}

std::vector<LedgerRow> ImportLedger::All() {
  sql::Statement each(database_, EXDIAG_LEDGER_COLUMNS "ORDER BY id", false);
  std::vector<LedgerRow> rows;
  while (each.Next()) rows.push_back(ReadRow(each));
  return rows;
}

}  // namespace exdiag
