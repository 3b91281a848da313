// What the nightly job remembers in the store.
#include <gmock/gmock.h>

#include "engine/store/run_log.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::At;
using ::testing::ElementsAre;
using testing::Import;
using ::testing::IsEmpty;
using testing::TestFolder;

class RunLogTest : public ::testing::Test {
 protected:
  RunLogTest() { Reopen(); }

  void Reopen() {
    store_.reset();
    store_ = std::move(Store::Open(folder_ / "site.db").value());
    log_ = store_->runs();
  }

  std::int64_t Begin(const std::string& at) {
    RunRecord run;
    run.at = At(at);
    run.started = At(at);
    run.holder = "host, process 1";
    return *log_->Begin(run);
  }

  const TestFolder folder_;
  std::unique_ptr<Store> store_;
  RunLog* log_ = nullptr;
};

TEST_F(RunLogTest, ARunCountsWhenItIsCompleted) {
  EXPECT_FALSE(log_->LastCompleted()->has_value());
  RunRecord first;
  first.id = Begin("2026-01-01");
  Reopen();  // as after a kill
  EXPECT_FALSE(log_->LastCompleted()->has_value());
  ASSERT_EQ(log_->CutOff()->size(), 1u);
  EXPECT_EQ(log_->CutOff()->front().holder, "host, process 1");

  RunRecord second;
  second.id = Begin("2026-01-02");
  second.completed = At("2026-01-02T00:05:00Z");
  second.report = "2026-01-02";
  second.stamp = 7;
  second.last_event = 8;
  second.ledger = 9;
  Trouble trouble;
  trouble.rule = "a.b.c";
  trouble.hosts = {"brest", "lyon"};
  trouble.shown = {"BREST", "lyon.example"};
  trouble.title = "T";
  trouble.since = At("2026-01-01");
  trouble.last_seen = At("2026-01-02");
  trouble.events = 3;
  trouble.confidence = 0.5;
  const LogArrival arrival{"brest", "System", At("2026-01-02"), At("2026-01-01"), true};
  ASSERT_TRUE(log_->Complete(second, {trouble}, {arrival}));
  Reopen();
  const auto last = log_->LastCompleted();
  ASSERT_TRUE(*last);
  EXPECT_EQ((*last)->at, At("2026-01-02"));
  EXPECT_EQ((*last)->report, "2026-01-02");
  EXPECT_EQ((*last)->stamp, 7);
  EXPECT_EQ((*last)->last_event, 8);
  EXPECT_EQ((*last)->ledger, 9u);
  EXPECT_THAT(*log_->CutOff(), IsEmpty());  // the second has done its work
  const auto troubles = log_->Troubles();
  ASSERT_EQ(troubles->size(), 1u);
  EXPECT_THAT(troubles->front().hosts, ElementsAre("brest", "lyon"));
  EXPECT_THAT(troubles->front().shown, ElementsAre("BREST", "lyon.example"));
  EXPECT_EQ(troubles->front().confidence, 0.5);
  EXPECT_EQ(troubles->front().events, 3u);
  const auto arrivals = log_->Arrivals();
  ASSERT_EQ(arrivals->size(), 1u);
  EXPECT_TRUE(arrivals->front().missed);
  EXPECT_EQ(arrivals->front().last_event, At("2026-01-01"));

  // The next one replaces all of it.
  RunRecord third;
  third.id = Begin("2026-01-03");
  third.completed = At("2026-01-03");
  ASSERT_TRUE(log_->Complete(third, {}, {}));
  EXPECT_THAT(*log_->Troubles(), IsEmpty());
  EXPECT_THAT(*log_->Arrivals(), IsEmpty());
  const auto reports = log_->ReportsBefore(At("2026-02-01"));
  ASSERT_EQ(reports->size(), 1u);
  ASSERT_TRUE(log_->ForgetReport(reports->front().id));
  EXPECT_THAT(*log_->ReportsBefore(At("2026-02-01")), IsEmpty());
}

TEST_F(RunLogTest, FilesAreKnownByAllThatTellsThem) {
  const InboxFile file{"/in/a.evtx", 10, 20, 30, "zone", At("2026-01-01"), true};
  ASSERT_TRUE(log_->NoteFile(file));
  const auto found = log_->FindFile("/in/a.evtx");
  ASSERT_TRUE(*found);
  EXPECT_TRUE((*found)->SameAs(file));
  EXPECT_TRUE((*found)->whole);
  for (InboxFile other : {InboxFile{"/in/a.evtx", 11, 20, 30, "zone", {}, true},
                          InboxFile{"/in/a.evtx", 10, 21, 30, "zone", {}, true},
                          InboxFile{"/in/a.evtx", 10, 20, 31, "zone", {}, true},
                          InboxFile{"/in/a.evtx", 10, 20, 30, "", {}, true}}) {
    EXPECT_FALSE((*found)->SameAs(other));
  }
  EXPECT_FALSE(log_->FindFile("/in/b.evtx")->has_value());
  ASSERT_TRUE(log_->ForgetFiles({"/in/a.evtx"}));
  EXPECT_THAT(*log_->Files(), IsEmpty());
}

TEST_F(RunLogTest, TellsWhichLogsAnImportShowed) {
  Import(*store_, {{.time = "2026-01-01T10:00:00Z", .channel = "System"}});
  const std::int64_t stamp = store_->ChangesSince(0)->stamp;
  Import(*store_, {{.time = "2026-01-02T10:00:00Z", .channel = "System"},
                   {.time = "2026-01-03T10:00:00Z", .channel = "System"},
                   {.host = "lyon", .time = ""}});
  std::vector<std::string> logs;
  const auto arrivals = log_->LogsSince(stamp);
  for (const LogArrival& log : *arrivals) {
    logs.push_back(log.host + "/" + log.channel + " " + FormatTimeForPeople(log.last_event));
  }
  EXPECT_THAT(logs, ElementsAre("brest/System 2026-01-03 10:00:00", "lyon/ no time"));
  EXPECT_EQ(*log_->NewestEvent(), 4);
}

}  // namespace
}  // namespace exdiag
