#include "engine/store/verify.h"

#include <fmt/format.h>

#include "engine/store/kept.h"

namespace exdiag {
namespace {

void CheckPages(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database, "PRAGMA integrity_check(20)", false);
  while (check.Next()) {
    if (check.Bytes(0) != "ok") complaints.push_back("SQLite: " + check.Text(0));
  }
}

// Every number of a row is that of a row in its dictionary; the schema says which.
void CheckReferences(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database, "PRAGMA foreign_key_check", false);
  while (check.Next() && complaints.size() < 20) {
    complaints.push_back(fmt::format("{} row {} names a row of {} that is not there", check.Text(0),
                                     check.Int(1), check.Text(2)));
  }
}

void CheckSums(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database,
                       "SELECT file, records, stored, duplicates, rejected FROM imports "
                       "WHERE records <> stored + duplicates + rejected ORDER BY id",
                       false);
  while (check.Next()) {
    complaints.push_back(
        fmt::format("import of {}: {} records are not {} stored + {} duplicates + {} rejected",
                    check.Text(0), check.Int(1), check.Int(2), check.Int(3), check.Int(4)));
  }
}

// What the ledger says against what is there.  An import of the same bytes points to the first one,
// whose rejects it repeats.
void CheckRows(sql::Database& database, const char* what, const char* sql,
               std::vector<std::string>& complaints) {
  sql::Statement check(database, sql, false);
  while (check.Next()) {
    if (check.Int(1) == check.Int(2)) continue;
    complaints.push_back(fmt::format("import of {}: the ledger counts {} {}, the store holds {}",
                                     check.Text(0), check.Int(1), what, check.Int(2)));
  }
}

// The totals that counting relies on.
void CheckTotals(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(
      database,
      "SELECT c.id, ifnull(t.events, 0), ifnull(e.n, 0), ifnull(t.first, 0), ifnull(e.first, 0), "
      "ifnull(t.last, 0), ifnull(e.last, 0) FROM classes c "
      "LEFT JOIN class_totals t ON t.class = c.id "
      "LEFT JOIN (SELECT class, count(*) AS n, "
      "min(nullif((second + 11644473600) * 10000000 + fraction, 0)) AS first, "
      "max((second + 11644473600) * 10000000 + fraction) AS last "
      "FROM events GROUP BY class) e ON e.class = c.id ORDER BY c.id",
      false);
  while (check.Next()) {
    const bool same = check.Int(1) == check.Int(2) && check.Int(3) == check.Int(4) &&
                      check.Int(5) == check.Int(6);
    if (same) continue;
    complaints.push_back(fmt::format("class {}: the totals say {} events, the store holds {}{}",
                                     check.Int(0), check.Int(1), check.Int(2),
                                     check.Int(1) == check.Int(2) ? ", with other times" : ""));
  }
}

// The index by class and time against the events.
void CheckClassEvents(sql::Database& database, std::vector<std::string>& complaints) {
  sql::Statement check(database,
                       "SELECT (SELECT count(*) FROM events), "
                       "(SELECT count(*) FROM exdiag_class_events), "
                       "(SELECT count(*) FROM exdiag_class_events c CROSS JOIN events e "
                       "ON e.id = c.event WHERE +c.class = e.class AND +c.second = e.second)",
                       false);
  if (!check.Next() || (check.Int(0) == check.Int(1) && check.Int(0) == check.Int(2))) return;
  complaints.push_back(
      fmt::format("the index by class has {} rows, of which {} fit one of the {} events",
                  check.Int(1), check.Int(2), check.Int(0)));
}

void CheckKept(sql::Database& database, std::vector<std::string>& complaints) {
  for (const std::string& name : DamagedKept(database)) {
    complaints.push_back(
        fmt::format("what the last diagnosis kept does not fit its checksum ({}); the next one "
                    "works it out again",
                    name));
  }
}

}  // namespace

std::vector<std::string> VerifyStore(sql::Database& database) {
  std::vector<std::string> complaints;
  CheckPages(database, complaints);
  CheckReferences(database, complaints);
  CheckSums(database, complaints);
  CheckRows(
      database, "stored events",
      "SELECT i.file, i.stored - i.counted - i.removed, ifnull(e.n, 0) FROM imports i LEFT JOIN "
      "(SELECT import, count(*) AS n FROM events GROUP BY import) e ON e.import = i.id "
      "ORDER BY i.id",
      complaints);
  CheckRows(database, "rejected records",
            "SELECT i.file, i.rejected, ifnull(r.n, 0) FROM imports i LEFT JOIN "
            "(SELECT import, count(*) AS n FROM rejects GROUP BY import) r ON r.import = i.id "
            "WHERE i.repeats IS NULL ORDER BY i.id",
            complaints);
  CheckRows(database, "events in all logs",
            "SELECT i.file, i.stored + i.duplicates - i.uncovered, ifnull(c.n, 0) FROM imports i "
            "LEFT JOIN "
            "(SELECT import, sum(events) AS n FROM coverage GROUP BY import) c "
            "ON c.import = i.id WHERE i.repeats IS NULL ORDER BY i.id",
            complaints);
  CheckTotals(database, complaints);
  CheckClassEvents(database, complaints);
  CheckKept(database, complaints);
  return complaints;
}

}  // namespace exdiag
