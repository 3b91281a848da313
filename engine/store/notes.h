// What operators noted: the table of notes.
#pragma once

#include <vector>

#include "engine/store/sqlite.h"
#include "engine/store/store.h"

namespace exdiag {

// Ends the note that `note` replaces, if there is one, and adds it.  Inside a transaction; ask the
// database ok() afterwards.
std::optional<Note> WriteNote(sql::Database& database, const Note& note);
std::vector<Note> EndNotes(sql::Database& database, NoteKind kind, const std::string& subject,
                           const std::string& host, Ticks at, const std::string& by, bool replaced);
std::vector<Note> ReadNotes(sql::Database& database, NoteKind kind, bool all);

}  // namespace exdiag
