// The small parts of a run: lock, names of reports, logs that did not arrive, what a report keeps.
// Whole nights are in simulation_test.py.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/nightly/expected_logs.h"
#include "engine/nightly/present_report.h"
#include "engine/nightly/report_files.h"
#include "engine/nightly/run_lock.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Ticks At(const std::string& time) { return ParseIsoTime(time)->ticks; }

class NightlyPartsTest : public ::testing::Test {
 protected:
  NightlyPartsTest() {
    std::string name = ::testing::TempDir() + "exdiag-parts-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~NightlyPartsTest() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  std::string Read(const std::string& name) {
    std::stringstream text;
    text << std::ifstream(folder_ + "/" + name).rdbuf();
    return text.str();
  }

  std::string folder_;
};

// ---- the lock ----

TEST_F(NightlyPartsTest, OneHoldsTheLock) {
  const std::string file = folder_ + "/lock";
  const LockHolder self = ThisProcess(At("2026-01-01T02:00:00Z"));
  LockHolder other = self;
  other.process = self.process + 1;
  {
    std::string taken_over;
    auto lock = RunLock::Take(file, self, &taken_over);
    ASSERT_TRUE(lock.ok()) << lock.error().message;
    EXPECT_EQ(taken_over, "");
    const auto second = RunLock::Take(file, other, nullptr);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().message,
              fmt::format("{}: another run is under way ({}, process {}, since 2026-01-01 02:00:00 "
                          "UTC); nothing done",
                          file, self.host, self.process));
    EXPECT_EQ(HolderOf(file, other), self.Words());
  }
  EXPECT_EQ(HolderOf(file, other), "");
  EXPECT_TRUE(RunLock::Take(file, other, nullptr).ok());
}

TEST_F(NightlyPartsTest, TheLockOfAKilledRunIsTakenOver) {
  const std::string file = folder_ + "/lock";
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = RunLock::Take(file, ThisProcess(At("2026-01-01T02:00:00Z")), nullptr);
    const char done = lock.ok() ? 'y' : 'n';
    [[maybe_unused]] const auto wrote = ::write(pipe[1], &done, 1);
    ::pause();
    ::_exit(0);
  }
  char done = 0;
  ASSERT_EQ(::read(pipe[0], &done, 1), 1);
  ASSERT_EQ(done, 'y');
  const LockHolder self = ThisProcess(At("2026-01-01T03:00:00Z"));
  EXPECT_FALSE(RunLock::Take(file, self, nullptr).ok());
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  std::string taken_over;
  ASSERT_TRUE(RunLock::Take(file, self, &taken_over).ok());
  EXPECT_EQ(taken_over, fmt::format("{}: taken over from {}, process {}, since 2026-01-01 02:00:00 "
                                    "UTC: there is no such process any more",
                                    file, self.host, child));
}

TEST_F(NightlyPartsTest, WhoIsGoneIsRecognised) {
  const std::string file = folder_ + "/lock";
  const LockHolder self = ThisProcess(At("2026-01-02T12:00:00Z"));
  const std::string here = fmt::format("host {}\nprocess 1\n", self.host);
  const struct {
    std::string text, reason;
  } kCases[] = {
      {here + "started 1\nboot other\nsince 2026-01-02T02:00:00Z\n",
       "the system was started anew since"},
      {fmt::format("{}started never\nboot {}\nsince 2026-01-02T02:00:00Z\n", here, self.boot),
       "the process of that number is another one now"},
      {"host elsewhere\nprocess 1\nstarted 1\nboot b\nsince 2026-01-01T11:00:00Z\n",
       "which is on another host, and a day old"},
      {"host elsewhere\nprocess 1\nstarted 1\nboot b\nsince 2026-01-01T13:00:00Z\n", ""},
      {"nothing of ours\n", "-"},
  };
  for (const auto& one : kCases) {
    Write("lock", one.text);
    std::string taken_over = "-";
    const auto lock = RunLock::Take(file, self, &taken_over);
    EXPECT_EQ(lock.ok(), !one.reason.empty()) << one.text;
    EXPECT_THAT(lock.ok() ? taken_over : "", ::testing::EndsWith(one.reason));
  }
}

// ---- reports ----

TEST_F(NightlyPartsTest, ReportsAreCalledByTheDay) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const Ticks at = At("2026-01-02T02:00:00Z");
  EXPECT_EQ(ReportName(at, ""), "2026-01-02");
  EXPECT_EQ(ReportName(at, "2026-01-01"), "2026-01-02");
  EXPECT_EQ(ReportName(at, "2026-01-01-3"), "2026-01-02");
  EXPECT_EQ(ReportName(at, "2026-01-02"), "2026-01-02-2");
  EXPECT_EQ(ReportName(at, "2026-01-02-2"), "2026-01-02-3");
  EXPECT_EQ(ReportName(at, "2026-01-02-9"), "2026-01-02-10");
}

TEST_F(NightlyPartsTest, AFileIsReplacedAsAWhole) {
  Write("a.html", "old");
  const int reader = ::open((folder_ + "/a.html").c_str(), O_RDONLY);
  ASSERT_TRUE(ReplaceFile(folder_ + "/a.html", "new and longer").ok());
  EXPECT_EQ(Read("a.html"), "new and longer");
  char bytes[16] = {};
  EXPECT_EQ(::read(reader, bytes, sizeof bytes), 3);  // who had it open reads on
  ::close(reader);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  const auto nowhere = ReplaceFile(folder_ + "/no/a.html", "x");
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().message,
              ::testing::EndsWith("No such file or directory; not written"));
}

TEST_F(NightlyPartsTest, OnlyReportsOfThatNameAreRemoved) {
  for (const char* name :
       {"2026-01-01.html", "2026-01-01.txt", "2026-01-01.pdf", "2026-01-01-2.txt"}) {
    Write(name, "x");
  }
  EXPECT_EQ(*RemoveReports(folder_, "2026-01-01"), 2u);
  EXPECT_TRUE(fs::exists(folder_ + "/2026-01-01.pdf"));
  EXPECT_TRUE(fs::exists(folder_ + "/2026-01-01-2.txt"));
}

// ---- logs ----

SiteConfig SiteWith(std::vector<ExpectedLog> logs) {
  SiteConfig site;
  ServerConfig server;
  server.name = "EX1.corp.example";
  server.logs = std::move(logs);
  site.servers = {server};
  return site;
}

std::vector<std::string> Missing(const ArrivalReport& report) {
  std::vector<std::string> words;
  for (const MissingLog& log : report.missing) {
    words.push_back(fmt::format("{}/{} {}{}", log.server, log.channel,
                                FormatTimeForPeople(log.last_arrival).substr(0, 10),
                                log.is_new ? " new" : ""));
  }
  for (const ReturnedLog& log : report.returned) {
    words.push_back(fmt::format("{}/{} back after {}", log.server, log.channel,
                                FormatTimeForPeople(log.missing_since).substr(0, 10)));
  }
  return words;
}

constexpr Duration kDay = {86'400 * kTicksPerSecond};

TEST_F(NightlyPartsTest, ALogIsMissedFromTheFirstNightWithoutItUntilItIsBack) {
  const SiteConfig site = SiteWith({{"System", kDay}});
  const LogArrival system{"ex1", "system", {}, At("2026-01-01T23:00:00Z"), false};
  const LogArrival other{"ex1", "Application", {}, At("2026-01-01T23:00:00Z"), false};
  auto night = JudgeArrivals(site, {}, {other}, At("2026-01-01T02:00:00Z"));
  EXPECT_THAT(Missing(night), ElementsAre("EX1.corp.example/System no time new"));
  night = JudgeArrivals(site, night.arrivals, {system}, At("2026-01-02T02:00:00Z"));
  EXPECT_THAT(Missing(night), ElementsAre("EX1.corp.example/System back after no time"));
  // A run a little earlier than the day before is a day later all the same.
  night = JudgeArrivals(site, night.arrivals, {other}, At("2026-01-03T01:55:00Z"));
  EXPECT_THAT(Missing(night), ElementsAre("EX1.corp.example/System 2026-01-02 new"));
  night = JudgeArrivals(site, night.arrivals, {}, At("2026-01-04T02:00:00Z"));
  EXPECT_THAT(Missing(night), ElementsAre("EX1.corp.example/System 2026-01-02"));
  night = JudgeArrivals(site, night.arrivals, {system}, At("2026-01-05T02:00:00Z"));
  EXPECT_THAT(Missing(night), ElementsAre("EX1.corp.example/System back after 2026-01-02"));
  // By hand some hours later nothing is new, and nothing is missing.
  night = JudgeArrivals(site, night.arrivals, {}, At("2026-01-05T10:00:00Z"));
  EXPECT_THAT(Missing(night), IsEmpty());
}

TEST_F(NightlyPartsTest, AnExportWithoutANameCountsForEachLog) {
  const LogArrival unnamed{"ex1", "", {}, At("2026-01-01T23:00:00Z"), false};
  const Ticks at = At("2026-01-02T02:00:00Z");
  EXPECT_THAT(Missing(JudgeArrivals(SiteWith({{"System", kDay}}), {}, {unnamed}, at)), IsEmpty());
  EXPECT_THAT(Missing(JudgeArrivals(SiteWith({{"", kDay}}), {}, {unnamed}, at)), IsEmpty());
  EXPECT_THAT(Missing(JudgeArrivals(SiteWith({}), {}, {}, at)), IsEmpty());
}

TEST_F(NightlyPartsTest, SeamsBetweenExportsAreNoHoles) {
  const auto row = [](const std::string& from, const std::string& to, const std::string& channel) {
    return Coverage{"ex1", channel, At(from), At(to), TimeBasis::kUtc, 1, "f"};
  };
  const std::vector<Coverage> rows = {
      row("2026-01-01T00:10:00Z", "2026-01-01T22:00:00Z", "System"),
      row("2026-01-02T09:00:00Z", "2026-01-02T10:00:00Z", "system"),
      row("2026-01-04T00:10:00Z", "2026-01-04T23:00:00Z", "System"),
      row("2026-01-01T00:10:00Z", "2026-01-01T22:00:00Z", "Application"),
  };
  const auto periods = [&](const SiteConfig& site) {
    std::vector<std::string> words;
    for (const Coverage& one : WithoutSeams(rows, site)) {
      words.push_back(one.channel + " " + FormatTimeForPeople(one.from).substr(8, 2) + "-" +
                      FormatTimeForPeople(one.to).substr(8, 2));
    }
    return words;
  };
  EXPECT_THAT(periods(SiteConfig()),
              ElementsAre("Application 01-01", "System 01-02", "System 04-04"));
  // What arrives every two days only has longer seams.
  EXPECT_THAT(periods(SiteWith({{"System", {2 * kDay.ticks}}})),
              ElementsAre("Application 01-01", "System 01-04"));
}

// ---- what is shown ----

TEST_F(NightlyPartsTest, WhatIsOverIsLeftOutAndTheRestNumberedAnew) {
  Rule rule;
  Report report;
  for (const char* incident : {"i1", "i2", "i2", "i3"}) {
    Finding finding;
    finding.rank = report.ranking.findings.size() + 1;
    finding.incident = incident;
    Signal signal;
    signal.rule = &rule;
    signal.cause = fmt::format("cause {}", finding.rank);
    finding.signal = signal;
    report.ranking.findings.push_back(std::move(finding));
  }
  for (const auto& [id, findings] :
       {std::pair<std::string, std::vector<std::size_t>>{"i1", {0}}, {"i2", {1, 2}}, {"i3", {3}}}) {
    Incident incident;
    incident.id = id;
    incident.findings = findings;
    report.ranking.incidents.push_back(std::move(incident));
    AskNext ask;
    ask.incident = id;
    report.ranking.ask_next.push_back(ask);
  }
  AcknowledgementUse use;
  use.findings = {0, 2, 3};
  report.site.acknowledgements = {use};
  report.inputs.resize(5);
  report.inputs[3].file = "new";
  UnexplainedEvents old, recent;
  old.last = At("2026-01-01");
  recent.last = At("2026-01-09");
  report.unexplained = {old, recent, {}};

  KeepPresent({{false, true, true}, At("2026-01-05"), 3}, report);
  ASSERT_EQ(report.ranking.incidents.size(), 2u);
  EXPECT_EQ(report.ranking.incidents[0].id, "i1");
  EXPECT_THAT(report.ranking.incidents[0].findings, ElementsAre(0, 1));
  EXPECT_THAT(report.ranking.incidents[1].findings, ElementsAre(2));
  ASSERT_EQ(report.ranking.findings.size(), 3u);
  EXPECT_EQ(report.ranking.findings[2].rank, 3u);
  EXPECT_EQ(report.ranking.findings[2].incident, "i2");
  EXPECT_EQ(report.ranking.findings[2].signal.Read().cause, "cause 4");
  ASSERT_EQ(report.ranking.ask_next.size(), 2u);
  EXPECT_EQ(report.ranking.ask_next[1].incident, "i2");
  EXPECT_THAT(report.site.acknowledgements[0].findings, ElementsAre(1, 2));
  ASSERT_EQ(report.inputs.size(), 2u);
  EXPECT_EQ(report.inputs[0].file, "new");
  EXPECT_EQ(report.unexplained.size(), 2u);  // what has no time may be of today
}

}  // namespace
}  // namespace exdiag
