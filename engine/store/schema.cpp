// The tables, in the order of their use:
//
//   providers, hosts, ...   dictionaries: a text once, its number everywhere else
//   classes                 what is the same from event to event: provider, ID, level, host ...;
//                           real logs have about one class per 40 events, so a row of `events`
//                           is a third smaller and most filters are decided on a small table
//   event_blocks            the rest of each event, about a hundred in a row (event_block.h)
//   class_blocks            which events each class has, by time (class_index.h)
//   families, family_blocks which classes one event may be of; the same of families that are large
//   imports                 the ledger
//   coverage, facts, rejects, counts
//   stretches               which record numbers each export showed of each log
//   notes                   what operators said, with who and when; ended ones stay
//   class_totals, kept      sums, and results that were worked out
//   runs, troubles, ...     what the nightly job remembers
//
// class_blocks answers (provider, ID, time) and (host, time), as both are a set of classes and a
// period, and "do we have this event?" (identity_rows.h).  Times count seconds from 1970 and,
// behind them, 100 ns units: shorter than ticks, and what identity is based on.
#include "engine/store/schema.h"

#include <fmt/format.h>

#include <iterator>
#include <map>

#include "engine/evidence/strings.h"
#include "engine/store/class_index.h"
#include "engine/store/event_blocks.h"
#include "engine/store/notes.h"

namespace exdiag {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE providers  (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE hosts      (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE computers  (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE channels   (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE users      (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE schemas    (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE);

CREATE TABLE classes (
  id INTEGER PRIMARY KEY,
  provider INTEGER NOT NULL REFERENCES providers,
  event_id INTEGER NOT NULL,
  host INTEGER NOT NULL REFERENCES hosts,
  computer INTEGER NOT NULL REFERENCES computers,
  channel INTEGER NOT NULL REFERENCES channels,
  level INTEGER NOT NULL,
  qualifiers INTEGER NOT NULL,
  category INTEGER NOT NULL,
  category_text INTEGER NOT NULL REFERENCES categories,
  keywords INTEGER NOT NULL,
  schema INTEGER NOT NULL REFERENCES schemas,
  UNIQUE (provider, event_id, host, computer, channel, level, qualifiers, category, category_text,
          keywords, schema));

CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  file TEXT NOT NULL,
  format TEXT NOT NULL,
  records INTEGER NOT NULL DEFAULT 0,
  stored INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  refined INTEGER NOT NULL DEFAULT 0,
  facts INTEGER NOT NULL DEFAULT 0,
  incomparable INTEGER NOT NULL DEFAULT 0,
  counted INTEGER NOT NULL DEFAULT 0,      -- of `stored`: only in `counts`
  content_hash TEXT NOT NULL DEFAULT '',
  imported_at INTEGER NOT NULL,            -- ticks, UTC
  error TEXT NOT NULL DEFAULT '',
  repeats INTEGER REFERENCES imports);     -- the import of the same bytes

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  class INTEGER NOT NULL REFERENCES classes,
  second INTEGER NOT NULL,
  fraction INTEGER NOT NULL,
  flags INTEGER NOT NULL,                  -- see EventFlags in event_row.h
  record_id INTEGER NOT NULL,              -- 0: the export has none
  identity INTEGER NOT NULL,
  user INTEGER REFERENCES users,
  strings BLOB,
  message TEXT,
  binary BLOB,
  import INTEGER NOT NULL REFERENCES imports,
  place INTEGER NOT NULL,                  -- value * 4 + unit
  place_column INTEGER);

CREATE TABLE coverage (
  import INTEGER NOT NULL REFERENCES imports,
  host INTEGER NOT NULL REFERENCES hosts,
  channel INTEGER NOT NULL REFERENCES channels,
  time_basis INTEGER NOT NULL,             -- 3: events without a time, which cover nothing
  first INTEGER NOT NULL,                  -- ticks
  last INTEGER NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (import, host, channel, time_basis)) WITHOUT ROWID;

CREATE TABLE facts (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  attributes BLOB NOT NULL,                -- key, value, key, value: as insertion strings
  observed_at INTEGER NOT NULL,
  time_basis INTEGER NOT NULL,
  import INTEGER NOT NULL REFERENCES imports,
  place INTEGER NOT NULL,
  place_column INTEGER,
  UNIQUE (kind, host, attributes));

CREATE TABLE rejects (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES imports,
  place INTEGER NOT NULL,
  place_column INTEGER,
  diagnostic_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  raw BLOB);

CREATE TABLE counts (                      -- events of which only the number was kept
  provider INTEGER NOT NULL REFERENCES providers,
  event_id INTEGER NOT NULL,
  level INTEGER NOT NULL,
  host INTEGER NOT NULL REFERENCES hosts,
  events INTEGER NOT NULL,
  first INTEGER NOT NULL,                  -- ticks; 0: no event had a time
  last INTEGER NOT NULL,
  PRIMARY KEY (provider, event_id, level, host)) WITHOUT ROWID;

CREATE INDEX events_by_identity ON events (second, identity, record_id);
CREATE INDEX events_by_class ON events (class, second);
CREATE INDEX imports_by_content ON imports (content_hash);

-- For people with a SQL shell; the program does not use it.
CREATE VIEW event_list AS
SELECT e.id, strftime('%Y-%m-%d %H:%M:%S', e.second, 'unixepoch') AS time, h.name AS host,
       p.name AS provider, c.event_id, c.level, ch.name AS channel, e.record_id, e.strings,
       e.message, i.file
FROM events e JOIN classes c ON c.id = e.class JOIN hosts h ON h.id = c.host
     JOIN providers p ON p.id = c.provider JOIN channels ch ON ch.id = c.channel
     JOIN imports i ON i.id = e.import;
)sql";

// Answers were facts of imports of their own before.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,                   -- NoteKind
  subject TEXT NOT NULL,
  host TEXT NOT NULL,                      -- canonical; '': no particular one
  text TEXT NOT NULL,
  until INTEGER NOT NULL,                  -- ticks, UTC; 0: no end
  noted_at INTEGER NOT NULL,
  noted_by TEXT NOT NULL,
  ended_at INTEGER NOT NULL DEFAULT 0,     -- 0: it stands
  ended_by TEXT NOT NULL DEFAULT '',
  replaced INTEGER NOT NULL DEFAULT 0);
CREATE INDEX notes_by_subject ON notes (kind, subject, host);
)sql";

// Totals of events by class; results that were worked out.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE class_totals (
  class INTEGER PRIMARY KEY REFERENCES classes,
  events INTEGER NOT NULL,
  first INTEGER NOT NULL,                  -- ticks; 0: no event has a time
  last INTEGER NOT NULL,
  changed INTEGER NOT NULL);               -- the import that last added an event or refined one
INSERT INTO class_totals
SELECT class, count(*), ifnull(min(nullif((second + 11644473600) * 10000000 + fraction, 0)), 0),
       max((second + 11644473600) * 10000000 + fraction), (SELECT max(id) FROM imports)
FROM events GROUP BY class;
CREATE TABLE kept (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
)sql";

// What retention removed; what the nightly job remembers (run_log.h).
constexpr const char* kVersion4 = R"sql(
ALTER TABLE imports ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;    -- of `stored`: no longer here
ALTER TABLE imports ADD COLUMN uncovered INTEGER NOT NULL DEFAULT 0;  -- events in removed coverage
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,                     -- ticks, UTC: the moment that it is about
  started INTEGER NOT NULL,
  completed INTEGER NOT NULL DEFAULT 0,    -- 0: cut off, or under way
  holder TEXT NOT NULL,
  report TEXT NOT NULL DEFAULT '',         -- name of its reports; '': none, or removed
  stamp INTEGER NOT NULL DEFAULT 0,        -- newest import, newest event, rows of the ledger
  last_event INTEGER NOT NULL DEFAULT 0,
  ledger INTEGER NOT NULL DEFAULT 0);
CREATE TABLE troubles (                    -- at the end of the last completed run
  rule TEXT NOT NULL,
  hosts BLOB NOT NULL,                     -- canonical, encoded as insertion strings
  shown BLOB NOT NULL,
  title TEXT NOT NULL,
  fault INTEGER NOT NULL,
  open INTEGER NOT NULL,
  since INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  cleared_at INTEGER NOT NULL,
  events INTEGER NOT NULL,
  confidence INTEGER NOT NULL,             -- millionths
  acknowledged INTEGER NOT NULL,
  PRIMARY KEY (rule, hosts)) WITHOUT ROWID;
CREATE TABLE log_arrivals (
  host TEXT NOT NULL,
  channel TEXT NOT NULL,
  at INTEGER NOT NULL,                     -- 0: never
  last_event INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  PRIMARY KEY (host, channel)) WITHOUT ROWID;
CREATE TABLE inbox_files (
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  modified INTEGER NOT NULL,               -- nanoseconds since 1970
  inode INTEGER NOT NULL,
  reading TEXT NOT NULL,
  read_at INTEGER NOT NULL,
  whole INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// An index by class and time that is written in the order of its keys.
constexpr const char* kVersion5 = R"sql(
DROP INDEX events_by_class;
CREATE TABLE class_events (
  class INTEGER NOT NULL REFERENCES classes,
  second INTEGER NOT NULL,
  event INTEGER NOT NULL REFERENCES events,
  PRIMARY KEY (class, second, event)) WITHOUT ROWID;
INSERT INTO class_events SELECT class, second, id FROM events ORDER BY class, second, id;
)sql";

// Which record numbers each export showed.  What was imported before tells it by the events that it
// added.
constexpr const char* kVersion6 = R"sql(
CREATE TABLE stretches (
  import INTEGER NOT NULL REFERENCES imports,
  host INTEGER NOT NULL REFERENCES hosts,
  channel INTEGER NOT NULL REFERENCES channels,
  time_basis INTEGER NOT NULL,             -- as in coverage
  recovered INTEGER NOT NULL,
  first_record INTEGER NOT NULL,
  last_record INTEGER NOT NULL,
  first INTEGER NOT NULL,                  -- ticks; 0: no time
  last INTEGER NOT NULL,
  events INTEGER NOT NULL);                -- fewer than numbers: only some of them are there
INSERT INTO stretches
SELECT import, host, channel, basis, recovered, min(record_id), max(record_id), min(t), max(t),
       count(*)
FROM (SELECT *, sum(begins) OVER (PARTITION BY import, host, channel, basis, recovered
                                  ORDER BY record_id, t ROWS UNBOUNDED PRECEDING) AS stretch
      FROM (SELECT *, record_id <> 1 + ifnull(lag(record_id) OVER w, 0)
                      OR t < ifnull(lag(t) OVER w, t) - 1200000000 AS begins
            FROM (SELECT e.import, c.host, c.channel,
                         CASE e.flags & 3 WHEN 1 THEN 0 ELSE e.flags & 3 END AS basis,
                         e.flags >> 4 & 1 AS recovered, e.record_id,
                         (e.second + 11644473600) * 10000000 + e.fraction AS t
                  FROM events e JOIN classes c ON c.id = e.class WHERE e.record_id <> 0)
            WINDOW w AS (PARTITION BY import, host, channel, basis, recovered
                         ORDER BY record_id, t)))
GROUP BY import, host, channel, basis, recovered, stretch;
)sql";

// The index by class and time in blocks; the sizes of what was imported.
constexpr const char* kVersion7 = R"sql(
CREATE TABLE class_blocks (
  class INTEGER NOT NULL REFERENCES classes,
  first INTEGER NOT NULL,                  -- its first event's second and row
  first_event INTEGER NOT NULL,
  last INTEGER NOT NULL,                   -- its last event's second
  events INTEGER NOT NULL,
  content BLOB NOT NULL,                   -- see class_block.h
  PRIMARY KEY (class, first, first_event)) WITHOUT ROWID;
ALTER TABLE imports ADD COLUMN size INTEGER NOT NULL DEFAULT -1;      -- bytes; -1: not known
CREATE INDEX imports_by_size ON imports (size);
)sql";

// Events in blocks; no index of their identities, but marks of them in the index by class.  That
// is made anew, also out of what version 7 left of the tables before it.
constexpr const char* kVersion8 = R"sql(
CREATE TABLE event_blocks (
  first INTEGER PRIMARY KEY,               -- its first event's id
  ids INTEGER NOT NULL,                    -- how many ids it has, those of removed events included
  events INTEGER NOT NULL,                 -- how many are there
  low INTEGER NOT NULL,                    -- the least and the greatest second of these
  high INTEGER NOT NULL,
  content BLOB NOT NULL);                  -- see event_block.h
CREATE INDEX event_blocks_by_time ON event_blocks (low, high);
CREATE INDEX providers_in_any_case ON providers (name COLLATE NOCASE);
DROP TABLE IF EXISTS class_events;
DROP TABLE class_blocks;
CREATE TABLE class_blocks (
  class INTEGER NOT NULL REFERENCES classes,
  first INTEGER NOT NULL,                  -- its first event's second, mark and id
  first_mark INTEGER NOT NULL,
  first_event INTEGER NOT NULL,
  last INTEGER NOT NULL,                   -- its last event's second
  events INTEGER NOT NULL,
  content BLOB NOT NULL,                   -- see class_block.h
  PRIMARY KEY (class, first, first_mark, first_event)) WITHOUT ROWID;
)sql";

// Families, so that an event is not looked for in each of very many classes.  Classes that were
// there before are not crowded, however many they are: no index of a family has their events.
constexpr const char* kVersion9 = R"sql(
CREATE TABLE families (                    -- what one event's classes have in common
  id INTEGER PRIMARY KEY,
  provider TEXT NOT NULL COLLATE NOCASE,
  event_id INTEGER NOT NULL,
  host INTEGER NOT NULL REFERENCES hosts,
  UNIQUE (provider, event_id, host));
INSERT OR IGNORE INTO families (provider, event_id, host)
SELECT p.name, c.event_id, c.host FROM classes c JOIN providers p ON p.id = c.provider ORDER BY c.id;
ALTER TABLE classes ADD COLUMN family INTEGER REFERENCES families;
ALTER TABLE classes ADD COLUMN crowded INTEGER NOT NULL DEFAULT 0;    -- 1: family_blocks too
UPDATE classes SET family =
  (SELECT f.id FROM families f JOIN providers p ON f.provider = p.name
   WHERE p.id = classes.provider AND f.event_id = classes.event_id AND f.host = classes.host);
CREATE INDEX classes_of_family ON classes (family) WHERE crowded = 0;
CREATE TABLE family_blocks (               -- as class_blocks, of crowded classes only
  family INTEGER NOT NULL REFERENCES families,
  first INTEGER NOT NULL,
  first_mark INTEGER NOT NULL,
  first_event INTEGER NOT NULL,
  last INTEGER NOT NULL,
  events INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (family, first, first_mark, first_event)) WITHOUT ROWID;
DROP INDEX providers_in_any_case;
)sql";

// kMigrations[n] makes version n + 1 out of version n.  Never edit a row that was released: append.
constexpr const char* kMigrations[] = {kVersion1, kVersion2, kVersion3, kVersion4, kVersion5,
                                       kVersion6, kVersion7, kVersion8, kVersion9};

Error NotOurs(const std::string& file) { return Error{file + ": not an exdiag store; not opened"}; }

Result<std::int64_t> VersionOf(sql::Database& database, const std::string& file) {
  const std::int64_t application = database.Number("PRAGMA application_id");
  const std::int64_t version = database.Number("PRAGMA user_version");
  const std::int64_t tables = database.Number("SELECT count(*) FROM sqlite_schema");
  if (!database.ok()) return Error{file + ": " + database.error() + "; not opened"};
  const bool empty = application == 0 && version == 0 && tables == 0;
  if (!empty && application != kApplicationId) return NotOurs(file);
  if (version > CurrentStoreVersion()) {
    return Error{fmt::format(
        "{}: written by a newer exdiag (store version {}, this program knows {}); not opened", file,
        version, CurrentStoreVersion())};
  }
  return version;
}

// Answers of version 1: each a fact of a ledger row of its own.
void TurnAnswersIntoNotes(sql::Database& database) {
  {
    sql::Statement facts(database,
                         "SELECT f.host, f.attributes, f.observed_at FROM facts f JOIN imports i "
                         "ON i.id = f.import WHERE f.kind = 'answer' AND i.format = 'answer' "
                         "ORDER BY f.id",
                         false);
    while (facts.Next()) {
      const InsertionStrings attributes = DecodeStrings(facts.Bytes(1));
      std::map<std::string, std::string> values;
      for (std::size_t i = 0; i + 1 < attributes.size(); i += 2) {
        values[attributes[i].value_or("")] = attributes[i + 1].value_or("");
      }
      Note note;
      note.subject = values["name"];
      note.host = facts.Text(0);
      note.text = values["value"];
      note.noted_at = {facts.Int(2)};
      WriteNote(database, note);
    }
  }
  database.Execute(
      "DELETE FROM facts WHERE kind = 'answer' AND import IN "
      "(SELECT id FROM imports WHERE format = 'answer');"
      "DELETE FROM imports WHERE format = 'answer' AND records = 0");
}

StoredEvent RowOfVersion7(const sql::Statement& row) {
  StoredEvent event;
  event.class_row = row.Int(1);
  event.second = row.Int(2);
  event.fraction = static_cast<std::uint32_t>(row.Int(3));
  event.flags = static_cast<std::uint32_t>(row.Int(4));
  event.record_id = row.Unsigned(5);
  event.identity = row.Unsigned(6);
  event.user_row = row.Int(7);
  event.strings = row.Bytes(8);
  event.message = row.Bytes(9);
  event.binary = row.Bytes(10);
  event.import = row.Int(11);
  event.place = row.Unsigned(12);
  event.place_column = static_cast<std::uint32_t>(row.Int(13));
  return event;
}

// They keep their ids.
void TurnEventsIntoBlocks(sql::Database& database) {
  {
    EventBlocks events(database);
    ClassIndex index(database);
    sql::Statement rows(database,
                        "SELECT id, class, second, fraction, flags, record_id, identity, user, "
                        "strings, message, binary, import, place, place_column FROM main.events "
                        "ORDER BY id",
                        false);
    while (rows.Next()) {
      const StoredEvent event = RowOfVersion7(rows);
      events.AddAs(rows.Int(0), event);
      index.Add(index.At(event.class_row), {event.second, MarkOf(event.identity), rows.Int(0)});
    }
    events.Flush();
    index.Flush();
  }
  database.Execute("DROP VIEW event_list; DROP TABLE events");
}

void Migrate(sql::Database& database, std::int64_t from) {
  for (std::int64_t version = from; version < CurrentStoreVersion() && database.ok(); ++version) {
    database.Execute(kMigrations[version]);
    if (version == 1 && database.ok()) TurnAnswersIntoNotes(database);
    if (version == 7 && database.ok()) TurnEventsIntoBlocks(database);
  }
  const std::string stamp = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                        kApplicationId, CurrentStoreVersion());
  database.Execute(stamp.c_str());
}

}  // namespace

std::int64_t CurrentStoreVersion() { return static_cast<std::int64_t>(std::size(kMigrations)); }

bool IsOutdated(sql::Database& database) {
  return database.Number("PRAGMA application_id") == kApplicationId &&
         database.Number("PRAGMA user_version") < CurrentStoreVersion();
}

Result<void> PrepareSchema(sql::Database& database, const std::string& file, bool read_only) {
  const auto found = VersionOf(database, file);
  if (!found) return found.error();
  if (*found == CurrentStoreVersion()) return {};
  if (read_only) {
    return Error{fmt::format("{}: store version {} must be brought to {} first; not opened", file,
                             *found, CurrentStoreVersion())};
  }
  // Only now, so that a foreign database is left as it was.
  database.Execute("PRAGMA page_size = 16384");
  database.Execute("BEGIN IMMEDIATE");
  // Another process may have been faster.
  const auto version = database.ok() ? VersionOf(database, file) : found;
  if (version && *version < CurrentStoreVersion()) Migrate(database, *version);
  if (database.ok() && version) database.Execute("COMMIT");
  if (!version) return version.error();
  if (!database.ok()) return Error{file + ": " + database.error() + "; not opened"};
  return {};
}

}  // namespace exdiag
