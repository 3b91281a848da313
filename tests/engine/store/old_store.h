// Makes stores of older versions, for tests of migration.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/store/event_blocks.h"
#include "engine/store/sqlite.h"

namespace exdiag::testing {

inline constexpr const char* kVersion8 = R"sql(
DROP TABLE family_blocks; DROP INDEX classes_of_family;
ALTER TABLE classes DROP COLUMN family; ALTER TABLE classes DROP COLUMN crowded;
DROP TABLE families; CREATE INDEX providers_in_any_case ON providers (name COLLATE NOCASE);
PRAGMA user_version = 8;
)sql";

inline constexpr const char* kEventsOfVersion6 = R"sql(
CREATE TABLE events (
  id INTEGER PRIMARY KEY, class INTEGER NOT NULL REFERENCES classes, second INTEGER NOT NULL,
  fraction INTEGER NOT NULL, flags INTEGER NOT NULL, record_id INTEGER NOT NULL,
  identity INTEGER NOT NULL, user INTEGER REFERENCES users, strings BLOB, message TEXT, binary BLOB,
  import INTEGER NOT NULL REFERENCES imports, place INTEGER NOT NULL, place_column INTEGER);
CREATE INDEX events_by_identity ON events (second, identity, record_id);
CREATE VIEW event_list AS SELECT id FROM events;
)sql";

inline constexpr const char* kIndexOfVersion6 = R"sql(
CREATE TABLE class_events (
  class INTEGER NOT NULL REFERENCES classes, second INTEGER NOT NULL,
  event INTEGER NOT NULL REFERENCES events, PRIMARY KEY (class, second, event)) WITHOUT ROWID;
INSERT INTO class_events SELECT class, second, id FROM events;
DROP TABLE class_blocks; DROP TABLE event_blocks; DROP INDEX providers_in_any_case;
DROP INDEX imports_by_size; ALTER TABLE imports DROP COLUMN size;
PRAGMA user_version = 6;
)sql";

inline void BindOrNull(sql::Statement& to, int parameter, std::int64_t number) {
  if (number == 0) {
    to.BindNull(parameter);
  } else {
    to.Bind(parameter, number);
  }
}

// Turns a store of this version into one of version 8.
inline void MakeVersion8(const std::string& file) {
  sql::Database database;
  database.Open(file, SQLITE_OPEN_READWRITE);
  database.Execute(kVersion8);
  EXPECT_TRUE(database.ok()) << database.error();
}

// Turns a store of this version into one of version 6, and then does `then` to it.
inline void MakeVersion6(const std::string& file, const std::string& then = {}) {
  MakeVersion8(file);
  sql::Database database;
  database.Open(file, SQLITE_OPEN_READWRITE);
  database.Execute(kEventsOfVersion6);
  {
    sql::Statement insert(
        database, "INSERT INTO events VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)");
    EventBlocks(database).ForEach([&](std::int64_t id, const StoredEvent& event) {
      insert.Bind(1, id).Bind(2, event.class_row).Bind(3, event.second).Bind(4, event.fraction);
      insert.Bind(5, event.flags).Bind(6, event.record_id).Bind(7, event.identity);
      BindOrNull(insert, 8, event.user_row);
      insert.BindBytesOrNull(9, event.strings).BindBytesOrNull(10, event.message);
      insert.BindBytesOrNull(11, event.binary).Bind(12, event.import).Bind(13, event.place);
      BindOrNull(insert, 14, event.place_column);
      insert.Run();
    });
  }
  database.Execute(kIndexOfVersion6);
  if (!then.empty()) database.Execute(then.c_str());
  EXPECT_TRUE(database.ok()) << database.error();
}

}  // namespace exdiag::testing
