#include "engine/store/notes.h"

namespace exdiag {
namespace {

constexpr const char* kColumns =
    "SELECT kind, subject, host, text, until, noted_at, noted_by, ended_at, ended_by, replaced "
    "FROM main.notes ";

Note ReadNote(const sql::Statement& row) {
  Note note;
  note.kind = static_cast<NoteKind>(row.Int(0));
  note.subject = row.Text(1);
  note.host = row.Text(2);
  note.text = row.Text(3);
  note.until = {row.Int(4)};
  note.noted_at = {row.Int(5)};
  note.noted_by = row.Text(6);
  note.ended_at = {row.Int(7)};
  note.ended_by = row.Text(8);
  note.replaced = row.Int(9) != 0;
  return note;
}

int NumberOf(NoteKind kind) { return static_cast<int>(kind); }

}  // namespace

std::optional<Note> WriteNote(sql::Database& database, const Note& note) {
  const std::vector<Note> replaced =
      EndNotes(database, note.kind, note.subject, note.host, note.noted_at, note.noted_by, true);
  sql::Statement insert(database,
                        "INSERT INTO main.notes (kind, subject, host, text, until, noted_at, "
                        "noted_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        false);
  insert.Bind(1, NumberOf(note.kind)).BindText(2, note.subject).BindText(3, note.host);
  insert.BindText(4, note.text).Bind(5, note.until.value).Bind(6, note.noted_at.value);
  insert.BindText(7, note.noted_by).Run();
  if (replaced.empty()) return std::nullopt;
  return replaced.back();
}

std::vector<Note> EndNotes(sql::Database& database, NoteKind kind, const std::string& subject,
                           const std::string& host, Ticks at, const std::string& by,
                           bool replaced) {
  std::vector<Note> ended;
  {
    sql::Statement standing(database,
                            std::string(kColumns) +
                                "WHERE kind = ?1 AND subject = ?2 AND host = ?3 AND ended_at = 0 "
                                "ORDER BY id",
                            false);
    standing.Bind(1, NumberOf(kind)).BindText(2, subject).BindText(3, host);
    while (standing.Next()) ended.push_back(ReadNote(standing));
  }
  sql::Statement end(database,
                     "UPDATE main.notes SET ended_at = ?4, ended_by = ?5, replaced = ?6 "
                     "WHERE kind = ?1 AND subject = ?2 AND host = ?3 AND ended_at = 0",
                     false);
  end.Bind(1, NumberOf(kind)).BindText(2, subject).BindText(3, host);
  end.Bind(4, at.value).BindText(5, by).Bind(6, replaced ? 1 : 0).Run();
  return ended;
}

std::vector<Note> ReadNotes(sql::Database& database, NoteKind kind, bool all) {
  std::vector<Note> notes;
  sql::Statement rows(
      database, std::string(kColumns) + "WHERE kind = ?1 AND (?2 OR ended_at = 0) ORDER BY id",
      false);
  rows.Bind(1, NumberOf(kind)).Bind(2, all ? 1 : 0);
  while (rows.Next()) notes.push_back(ReadNote(rows));
  return notes;
}

}  // namespace exdiag
