// What operators note: answers and acknowledgements, changed and withdrawn, and none forgotten.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/engine/store/old_store.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::At;
using ::testing::ElementsAre;
using testing::Import;
using ::testing::IsEmpty;
using testing::Made;
using testing::TestFolder;

Note Answer(const char* text, const char* host, const char* at) {
  Note note;
  note.subject = "domains_trust_each_other";
  note.host = host;
  note.text = text;
  note.noted_at = At(at);
  note.noted_by = "anna";
  return note;
}

// "question@host=answer" of each.
std::vector<std::string> Words(const std::vector<Note>& notes) {
  std::vector<std::string> words;
  for (const Note& note : notes) {
    words.push_back(note.subject + "@" + note.host + "=" + note.text +
                    (note.stands()   ? ""
                     : note.replaced ? " replaced by " + note.ended_by
                                     : " withdrawn by " + note.ended_by));
  }
  return words;
}

std::vector<std::string> AnswerFacts(const Store& store) {
  std::vector<std::string> words;
  const auto facts = store.Facts("answer");
  for (const Fact& fact : *facts) {
    words.push_back(fact.host + ":" + fact.attributes.find("name")->second + "=" +
                    fact.attributes.find("value")->second);
  }
  return words;
}

TEST(NotesTest, TheSameQuestionAnsweredAgainReplaces) {
  const auto store = testing::Temporary();
  EXPECT_FALSE(store->AddNote(Answer("no", "", "2026-01-01"))->has_value());
  EXPECT_FALSE(store->AddNote(Answer("no", "lyon", "2026-01-02"))->has_value());
  Note later = Answer("yes", "", "2026-01-03");
  later.noted_by = "bert";
  const auto replaced = store->AddNote(later);
  ASSERT_TRUE(replaced.ok() && replaced->has_value());
  EXPECT_EQ((*replaced)->text, "no");
  EXPECT_EQ((*replaced)->noted_at, At("2026-01-01"));
  EXPECT_THAT(Words(*store->Notes(NoteKind::kAnswer)),
              ElementsAre("domains_trust_each_other@lyon=no", "domains_trust_each_other@=yes"));
  EXPECT_THAT(Words(*store->Notes(NoteKind::kAnswer, true)),
              ElementsAre("domains_trust_each_other@=no replaced by bert",
                          "domains_trust_each_other@lyon=no", "domains_trust_each_other@=yes"));
  EXPECT_EQ(store->Notes(NoteKind::kAnswer, true)->front().ended_at, At("2026-01-03"));
  EXPECT_THAT(AnswerFacts(*store),
              ElementsAre(":domains_trust_each_other=yes", "lyon:domains_trust_each_other=no"));
  EXPECT_THAT(*store->Ledger(), IsEmpty());
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(NotesTest, WithdrawnOnesStayInTheHistory) {
  const auto store = testing::Temporary();
  ASSERT_TRUE(store->AddNote(Answer("no", "lyon", "2026-01-01")).ok());
  const auto none = store->WithdrawNotes(NoteKind::kAnswer, "domains_trust_each_other", "",
                                         At("2026-01-02"), "bert");
  EXPECT_THAT(*none, IsEmpty());
  const auto ended = store->WithdrawNotes(NoteKind::kAnswer, "domains_trust_each_other", "lyon",
                                          At("2026-01-02"), "bert");
  EXPECT_THAT(Words(*ended), ElementsAre("domains_trust_each_other@lyon=no"));
  EXPECT_THAT(*store->Notes(NoteKind::kAnswer), IsEmpty());
  EXPECT_THAT(AnswerFacts(*store), IsEmpty());
  EXPECT_THAT(Words(*store->Notes(NoteKind::kAnswer, true)),
              ElementsAre("domains_trust_each_other@lyon=no withdrawn by bert"));
}

TEST(NotesTest, AcknowledgementsAreApartFromAnswersAndNoFacts) {
  const auto store = testing::Temporary();
  Note acknowledgement = Answer("moving on Friday", "lyon", "2026-01-01");
  acknowledgement.kind = NoteKind::kAcknowledgement;
  acknowledgement.until = At("2026-01-09");
  ASSERT_TRUE(store->AddNote(acknowledgement).ok());
  EXPECT_THAT(*store->Notes(NoteKind::kAnswer), IsEmpty());
  EXPECT_THAT(*store->Facts(), IsEmpty());
  const auto notes = store->Notes(NoteKind::kAcknowledgement);
  ASSERT_EQ(notes->size(), 1u);
  EXPECT_EQ(notes->front().until, At("2026-01-09"));
}

// A store of version 1 as `exdiag answer` left it: each answer with a ledger row of its own.
TEST(NotesTest, AnswersOfAnOlderStoreBecomeNotes) {
  const TestFolder folder;
  const std::string file = folder / "old.db";
  {
    const auto store = Store::Open(file);
    Import(**store, {Made{}});
    for (const char* value : {"yes", "no"}) {
      const auto session = testing::Begin(**store, "(answer)", "answer");
      Fact fact;
      fact.kind = "answer";
      fact.attributes = {{"name", "domains_trust_each_other"}, {"value", value}};
      fact.observed_at = At("2026-01-01");
      session->AddFact(fact);
      ASSERT_TRUE(session->Commit().ok());
    }
  }
  testing::MakeVersion6(
      file,
      "DROP TABLE notes; DROP TABLE class_totals; DROP TABLE kept; DROP TABLE runs; "
      "DROP TABLE troubles; DROP TABLE log_arrivals; DROP TABLE inbox_files; "
      "DROP TABLE class_events; CREATE INDEX events_by_class ON events (class, second); "
      "DROP TABLE stretches; "
      "ALTER TABLE imports DROP COLUMN removed; ALTER TABLE imports DROP COLUMN uncovered; "
      "PRAGMA user_version = 1");

  // Reading it is enough.
  const auto store = Store::Open(file, {.read_only = true});
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_THAT(AnswerFacts(**store), ElementsAre(":domains_trust_each_other=no"));
  EXPECT_THAT(
      Words(*(*store)->Notes(NoteKind::kAnswer, true)),
      ElementsAre("domains_trust_each_other@=yes replaced by ", "domains_trust_each_other@=no"));
  EXPECT_EQ((*store)->Ledger()->size(), 1u);
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
}

}  // namespace
}  // namespace exdiag
