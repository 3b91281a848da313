// Stores on disk: what is refused, what survives.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "engine/base/content_hash.h"
#include "engine/store/sqlite.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::Add;
using testing::AllEvents;
using testing::Begin;
using ::testing::ElementsAre;
using testing::Import;
using ::testing::IsEmpty;
using testing::Made;
using testing::TestFolder;

std::string OpenError(const std::string& file, const StoreOptions& options = {}) {
  const auto store = Store::Open(file, options);
  return store.ok() ? "opened" : store.error().message;
}

void Sql(const std::string& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(OpenTest, WhatIsNotOursIsLeftAlone) {
  const TestFolder folder;
  const std::string text = folder / "notes.txt";
  std::ofstream(text) << "This is a text file and longer than the header of a database, which "
                         "has 100 bytes, so that it is looked at.";
  EXPECT_EQ(OpenError(text), text + ": not an exdiag store; not opened");

  const std::string other = folder / "other.db";
  Sql(other, "CREATE TABLE t (a)");
  EXPECT_EQ(OpenError(other), other + ": not an exdiag store; not opened");

  const std::string newer = folder / "newer.db";
  EXPECT_EQ(OpenError(newer), "opened");
  Sql(newer, "PRAGMA user_version = 10");
  EXPECT_EQ(OpenError(newer), newer +
                                  ": written by a newer exdiag (store version 10, this program "
                                  "knows 9); not opened");

  const std::string missing = folder / "no/such/folder.db";
  EXPECT_EQ(OpenError(missing),
            missing + ": cannot be opened: No such file or directory; not opened");
  const std::string absent = folder / "absent.db";
  EXPECT_EQ(OpenError(absent, {.read_only = true}), absent + ": there is no such store");
  EXPECT_EQ(OpenError(folder.path()),
            folder.path() + ": cannot be opened: Is a directory; not opened");
}

TEST(OpenTest, AnEmptyFileBecomesAStore) {
  const TestFolder folder;
  std::ofstream(folder / "site.db").flush();
  EXPECT_EQ(OpenError(folder / "site.db"), "opened");
  EXPECT_EQ(OpenError(folder / "site.db"), "opened");
}

TEST(OpenTest, ReadOnly) {
  const TestFolder folder;
  const std::string file = folder / "si te?#%.db";
  {
    const auto store = Store::Open(file);
    Import(**store, {Made{}});
  }
  const auto store = Store::Open(file, {.read_only = true});
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_EQ(AllEvents(**store).size(), 1u);
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  EXPECT_EQ((*store)->BeginImport("a.csv", "test", Store::kUnknownSize).error().message,
            file + ": opened for reading only; nothing of a.csv was stored");
}

// Ends the process where a store is made: parts of the first transaction are in the file by then,
// because there is no room for its pages in memory, and what was there before is in its journal.
int DieWhenItCommits(sqlite3* database, char**, const sqlite3_api_routines*) {
  sqlite3_exec(database, "PRAGMA cache_size = 1", nullptr, nullptr, nullptr);
  const auto die = [](void*) -> int { ::_exit(0); };
  sqlite3_commit_hook(database, die, nullptr);
  return SQLITE_OK;
}

TEST(OpenTest, AStoreWhoseMakingWasKilledIsEmptyForWhoReads) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const pid_t child = ::fork();
  if (child == 0) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(DieWhenItCommits));
    static_cast<void>(Store::Open(file));
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0) << "the store was made";
  ASSERT_GT(std::filesystem::file_size(file), 0u);
  ASSERT_GT(std::filesystem::file_size(file + "-journal"), 0u);

  const auto store = Store::Open(file, {.read_only = true});
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_THAT(AllEvents(**store), IsEmpty());
  EXPECT_THAT(*(*store)->Ledger(), IsEmpty());
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(file + "-journal"));
}

TEST(OpenTest, ADamagedStoreIsSaidToBe) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  {
    const auto store = Store::Open(file);
    std::vector<Made> events;
    for (int i = 0; i < 3000; ++i) events.push_back({.strings = {std::to_string(i)}});
    Import(**store, events);
  }
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(-3 * 16384, std::ios::end);
    bytes << std::string(2 * 16384, '\xff');
  }
  const auto store = Store::Open(file);
  if (!store) {
    EXPECT_EQ(store.error().message, file + ": the store is damaged; not opened");
    return;
  }
  const auto complaints = (*store)->Verify();
  EXPECT_TRUE(!complaints.ok() || !complaints->empty());
}

TEST(OpenTest, AnIndexThatDoesNotFitItsEventsIsSaidToBe) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  Import(**store, {{.strings = {"1"}}, {.strings = {"2"}}, {.strings = {"3"}}});
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  // The number of its entries.
  Sql(file, "UPDATE class_blocks SET content = CAST(x'02' || substr(content, 2) AS BLOB)");
  EXPECT_THAT(*(*store)->Verify(),
              ElementsAre("the index by class has 2 rows, of which 2 fit one of the 3 events"));
}

TEST(OpenTest, FamiliesThatDoNotFitAreSaidNotTo) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  std::vector<Made> events;
  for (int i = 0; i < 20; ++i) {
    events.push_back({.strings = {std::to_string(i)}, .category_text = std::to_string(i)});
  }
  Import(**store, events);
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  // The number of its entries.
  Sql(file, "UPDATE family_blocks SET content = CAST(x'03' || substr(content, 2) AS BLOB)");
  EXPECT_THAT(*(*store)->Verify(),
              ElementsAre("the index by family has 3 rows, of which 3 fit one of the 4 events"));
  Sql(file, "DELETE FROM family_blocks; UPDATE classes SET crowded = 0");
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  Sql(file, "UPDATE families SET event_id = event_id + 1");
  EXPECT_THAT(*(*store)->Verify(), ElementsAre("20 classes are not of the family that they name"));
}

TEST(OpenTest, ABlockThatIsNotWhatItsRowSaysIsSaidToBe) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  Import(**store, {{.strings = {"1"}}, {.strings = {"2"}}, {.strings = {"3"}}});
  Sql(file, "UPDATE event_blocks SET high = high + 1");
  EXPECT_THAT(*(*store)->Verify(),
              ElementsAre("the block of events from 1 on holds 3 events, and is said to hold 3, "
                          "with other ids or times"));
  Sql(file,
      "UPDATE event_blocks SET high = low, content = substr(content, 1, length(content) - 9)");
  EXPECT_THAT(*(*store)->Verify(),
              ElementsAre("the block of events from 1 on holds 2 events, and is said to hold 3",
                          "import of app.csv: the ledger counts 3 stored events, the store holds 2",
                          "class 1: the totals say 3 events, the store holds 2",
                          "the index by class has 3 rows, of which 2 fit one of the 2 events"));
}

TEST(OpenTest, OneWriterAtATime) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto first = Store::Open(file);
  const auto second = Store::Open(file);
  const auto session = Begin(**first, "a.csv", "test");
  ASSERT_TRUE(Add(*session, {}));
  EXPECT_EQ((*second)->BeginImport("b.csv", "test", Store::kUnknownSize).error().message,
            file + ": locked by another process; nothing of b.csv was stored");
  EXPECT_THAT(AllEvents(**second), IsEmpty());
  ASSERT_TRUE(session->Commit().ok());
  EXPECT_EQ(AllEvents(**second).size(), 1u);
  EXPECT_EQ(Import(**second, {Made{}}).duplicates, 1u);
}

constexpr std::int64_t kLarge = std::int64_t{1} << 30;

// What is imported first and is large goes by a journal in place of the write-ahead log.
TEST(OpenTest, ALargeFirstImportHasTheStoreForItself) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  {
    const auto session = Begin(**store, "a.evtx", "test", kLarge);
    ASSERT_TRUE(Add(*session, {}));
    const std::string locked = file + ": locked by another process; not opened";
    EXPECT_EQ(OpenError(file), locked);
    EXPECT_EQ(Store::Open(file, {.read_only = true}).error().message, locked);
    ASSERT_TRUE(session->Commit().ok());
  }
  EXPECT_FALSE(std::filesystem::exists(file + "-journal"));
  EXPECT_EQ(AllEvents(**Store::Open(file, {.read_only = true})).size(), 1u);
  // From then on readers and one writer share it.
  const auto session = Begin(**store, "b.evtx", "test", kLarge);
  ASSERT_TRUE(Add(*session, {.record_id = 5}));
  EXPECT_EQ(AllEvents(**Store::Open(file, {.read_only = true})).size(), 1u);
}

TEST(OpenTest, ALargeFirstImportSharesAStoreThatOthersHaveOpen) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  const auto reader = Store::Open(file, {.read_only = true});
  EXPECT_THAT(AllEvents(**reader), IsEmpty());
  const auto session = Begin(**store, "a.evtx", "test", kLarge);
  ASSERT_TRUE(Add(*session, {}));
  EXPECT_THAT(AllEvents(**reader), IsEmpty());
  ASSERT_TRUE(session->Commit().ok());
  EXPECT_EQ(AllEvents(**reader).size(), 1u);
}

TEST(OpenTest, ALargeFirstImportThatIsCutOffNeverWas) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const pid_t child = ::fork();
  if (child == 0) {
    const auto store = Store::Open(file);
    const auto session = Begin(**store, "a.evtx", "test", kLarge);
    // More than the cache holds, so that a part is in the file.
    for (std::uint64_t i = 1; i <= 200'000; ++i) {
      if (!Add(*session, {.strings = {std::string(200, 'x')}, .record_id = i})) ::_exit(1);
    }
    ::_exit(std::filesystem::file_size(file) > 10'000'000 ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::exists(file + "-journal"));
  EXPECT_THAT(*(*Store::Open(file, {.read_only = true}))->Ledger(), IsEmpty());
  const auto store = Store::Open(file);
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  EXPECT_EQ(Import(**store, {Made{}}).stored, 1u);
  EXPECT_FALSE(std::filesystem::exists(file + "-journal"));
}

// A file system of fixed size is not at hand; a limit on the file's size gives the same error.
// `first`: into an empty store, as one that is so large that it goes by a journal.
void ImportOnAFullDisk(const std::string& file, bool first) {
  ::signal(SIGXFSZ, SIG_IGN);
  const rlim_t most = first ? 8 << 20 : 1 << 20;
  const rlimit limit{most, most};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  const auto store = Store::Open(file);
  const std::size_t there = (*store)->Ledger()->size();
  const auto session = Begin(**store, "big.csv", "test", first ? kLarge : Store::kUnknownSize);
  bool taken = true;
  for (int i = 0; taken && i < 2'000'000; ++i) {
    taken = Add(*session, {.strings = {std::to_string(i), std::string(200, 'x')}});
  }
  const auto row = session->Commit();
  const bool as_promised = !taken && !row.ok() &&
                           row.error().message.starts_with(file + ": cannot be read or written") &&
                           row.error().message.ends_with("; nothing of big.csv was stored") &&
                           (*store)->Ledger()->size() == there && (*store)->Verify()->empty();
  ::_exit(as_promised ? 0 : 1);
}

TEST(OpenTest, AFullDisk) {
  for (const bool first : {false, true}) {
    const TestFolder folder;
    const std::string file = folder / "site.db";
    if (!first) Import(**Store::Open(file), {Made{}});
    const pid_t child = ::fork();
    if (child == 0) ImportOnAFullDisk(file, first);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << first;
    const auto store = Store::Open(file);
    EXPECT_EQ(AllEvents(**store).size(), first ? 0u : 1u);
    EXPECT_THAT(*(*store)->Verify(), IsEmpty());
  }
}

TEST(OpenTest, NothingIsDoneWhileAnErrorStands) {
  sql::Database database;
  database.Open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  database.Execute("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)");
  sql::Statement insert(database, "INSERT INTO t VALUES (?1)");
  EXPECT_FALSE(insert.Bind(1, 1).Run());
  EXPECT_FALSE(insert.Bind(1, 2).Run());
  sql::Statement count(database, "SELECT count(*) FROM t");
  EXPECT_FALSE(count.Next());
  database.ClearError();
  EXPECT_EQ(database.Number("SELECT count(*) FROM t"), 1);
  EXPECT_TRUE(insert.Bind(1, 2).Run());
}

// ---- small imports that share a transaction

TEST(TogetherTest, SmallImportsAreSeenAtOnce) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file), other = Store::Open(file);
  (*store)->ImportTogether();
  EXPECT_EQ(Import(**store, {{.record_id = 1}, {.record_id = 2}}, "a.csv").stored, 2u);
  EXPECT_EQ(Import(**store, {{.record_id = 2}, {.record_id = 3}}, "b.csv").duplicates, 1u);
  ASSERT_TRUE((*store)->AddFailedImport("c.png", "not in a known format; not read").ok());
  EXPECT_FALSE(*(*store)->KnowsSize(77));
  ASSERT_TRUE(Add(*Begin(**store, "d.csv", "test", 77), {.record_id = 4}));  // given up
  ASSERT_TRUE((*store)->EndTogether().ok());
  EXPECT_EQ((*other)->Ledger()->size(), 3u);
  EXPECT_EQ(AllEvents(**other).size(), 3u);
  EXPECT_EQ(AllEvents(**other, {.event_ids = {9322}, .limit = 10}).size(), 3u);
  EXPECT_THAT(*(*other)->Verify(), IsEmpty());
  // From now on each by itself, and what was there before is known.
  EXPECT_EQ(Import(**store, {{.record_id = 3}, {.record_id = 5}}, "e.csv").duplicates, 1u);
  EXPECT_EQ((*other)->Ledger()->size(), 4u);
}

TEST(TogetherTest, ALargeImportIsByItself) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file), other = Store::Open(file);
  (*store)->ImportTogether();
  Import(**store, {{.record_id = 1}}, "a.csv");
  {
    const auto session = Begin(**store, "large.csv");
    for (std::uint64_t i = 2; i < 10'000; ++i) ASSERT_TRUE(Add(*session, {.record_id = i}));
  }
  // Giving it up takes nothing back of what was there.
  Import(**store, {{.record_id = 2}}, "b.csv");
  ASSERT_TRUE((*store)->EndTogether().ok());
  EXPECT_EQ((*other)->Ledger()->size(), 2u);
  EXPECT_EQ(AllEvents(**other).size(), 2u);
  EXPECT_THAT(*(*other)->Verify(), IsEmpty());
}

TEST(TogetherTest, WhatElseIsWrittenEndsIt) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const auto store = Store::Open(file);
  (*store)->ImportTogether();
  Import(**store, {{.record_id = 1}}, "a.csv");
  Note note;
  note.subject = "n";
  ASSERT_TRUE((*store)->AddNote(note).ok());
  EXPECT_EQ((*Store::Open(file))->Ledger()->size(), 1u);
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
}

TEST(TogetherTest, AFullDiskIsAboutAllOfThem) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4 << 20, 4 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto store = Store::Open(file);
    (*store)->ImportTogether();
    std::string why;
    for (int i = 0; i < 1000 && why.empty(); ++i) {
      const auto session =
          (*store)->BeginImport(std::to_string(i) + ".csv", "test", Store::kUnknownSize);
      if (!session) {
        why = session.error().message;
        break;
      }
      for (std::uint64_t n = 0; n < 500; ++n) {
        static_cast<void>(
            Add(**session, {.strings = {std::string(300, 'x')},
                            .record_id = static_cast<std::uint64_t>(i) * 500 + n + 1}));
      }
      if (const auto row = (*session)->Commit(); !row) why = row.error().message;
    }
    const std::size_t stored = (*store)->Ledger()->size();
    const std::string first = std::to_string(stored) + ".csv";
    const bool as_promised = why.starts_with(file + ": cannot be read or written") &&
                             why.find("; nothing of " + first) != std::string::npos &&
                             why.ends_with(" was stored") && (*store)->Verify()->empty() &&
                             AllEvents(**store).size() == stored * 500;
    if (!as_promised) fprintf(stderr, "%s (%zu stored)\n", why.c_str(), stored);
    ::_exit(as_promised ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// ---- killed at any moment

constexpr int kKillFiles = 6;
constexpr int kKillEvents = 4000;

// Overlapping exports: each second half is the first half of the next.
std::vector<Made> KillFile(int number) {
  std::vector<Made> events;
  for (int i = 0; i < kKillEvents; ++i) {
    const int serial = number * kKillEvents / 2 + i;
    const Ticks time = *TicksFromCivil({.year = 1999}) + Duration::Seconds(serial / 3);
    events.push_back({.time = FormatTime(time, TimeBasis::kUtc),
                      .strings = {std::string(static_cast<std::size_t>(serial % 90), 'x')},
                      .record_id = number % 2 == 0 ? static_cast<std::uint64_t>(serial) + 1 : 0,
                      .channel = "Application"});
  }
  return events;
}

void ImportForEver(const std::string& file) {
  for (;;) {
    const auto store = Store::Open(file);
    if (!store) ::_exit(2);
    (*store)->ImportTogether();
    for (int number = 0; number < kKillFiles; ++number) {
      // Small enough to wait for others.
      Import(**store, {KillFile(number).front()}, "small.csv");
      Import(**store, KillFile(number), std::to_string(number) + ".csv");
    }
  }
}

TEST(KillTest, EachFileIsImportedWholeOrNotAtAll) {
  const TestFolder folder;
  const std::string file = folder / "site.db";
  const char* rounds = std::getenv("EXDIAG_KILLS");
  std::mt19937 random(20'261'121);
  for (int round = rounds == nullptr ? 6 : std::atoi(rounds); round > 0; --round) {
    const pid_t child = ::fork();
    if (child == 0) ImportForEver(file);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 250'000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
    const auto store = Store::Open(file);
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_THAT(*(*store)->Verify(), IsEmpty());
    const auto ledger = (*store)->Ledger();
    for (const LedgerRow& row : *ledger) {
      EXPECT_EQ(row.records, row.file == "small.csv" ? 1u : static_cast<unsigned>(kKillEvents));
    }
  }
  const auto store = Store::Open(file);
  for (int number = 0; number < kKillFiles; ++number) Import(**store, KillFile(number));
  EXPECT_EQ(AllEvents(**store).size(),
            static_cast<std::size_t>(kKillEvents / 2 * (kKillFiles + 1)));
  EXPECT_THAT(*(*store)->Verify(), IsEmpty());
}

TEST(ContentHashTest, DependsOnBytesOnly) {
  ContentHash whole, parts, other;
  whole.Add("MSExchangeMTA");
  parts.Add("MSExchange");
  parts.Add("MTA");
  other.Add("MSExchangeMTB");
  EXPECT_EQ(whole.Hex(), parts.Hex());
  EXPECT_NE(whole.Hex(), other.Hex());
  EXPECT_EQ(whole.Hex().size(), 32u);
}

}  // namespace
}  // namespace exdiag
