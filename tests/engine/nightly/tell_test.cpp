// What goes out about a run, whole, with hostile names in it.  The stored answers are also read
// back by other programs: read_golden.py.
//   EXDIAG_UPDATE_GOLDEN=1 ctest --preset release -R Tell
#include "engine/nightly/tell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/nightly/run_mail.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNight = 1'795'226'999;  // 2026-11-21 02:09:59

TroubleChange Trouble(TroubleState state, std::string title, std::string host) {
  TroubleChange trouble;
  trouble.state = state;
  trouble.rule = "mta.rule";
  trouble.title = std::move(title);
  trouble.hosts = {std::move(host)};
  trouble.confidence = 0.87;
  return trouble;
}

RunSummary QuietNight() {
  RunSummary summary;
  summary.site = "hq";
  summary.at = TicksFromUnix(kNight);
  summary.since = TicksFromUnix(kNight - kDay);
  summary.files_read = 2;
  summary.records = summary.stored = 120;
  summary.faults = 1;
  summary.changes = {Trouble(TroubleState::kOngoing, "The disk is full", "EX1")};
  summary.changes[0].confidence = 0.9;
  return summary;
}

// Every part is there, and every text tries to be more than text.
RunSummary BadNight() {
  const std::string kAttack = "\r\nBcc: all@corp.example\r\n\r\n<script>\x1b[2J\xff\"\\";
  RunSummary summary = QuietNight();
  summary.took_over = true;
  summary.files_same = 3;
  summary.files_left = 1;
  summary.files_failed = 1;
  summary.records = 12'345;
  summary.stored = 12'000;
  summary.duplicates = 300;
  summary.rejected = 45;
  summary.faults = 4;
  summary.no_action = 2;
  summary.acknowledged = 1;
  summary.unexplained = 17;
  const auto add = [&](TroubleState state, std::string title, std::string host) {
    TroubleChange& change =
        summary.changes.emplace_back(Trouble(state, std::move(title), std::move(host)));
    change.since = TicksFromUnix(kNight - 3600);
    change.events = 1'200;
  };
  add(TroubleState::kNew, "The partner's domain is not trusted" + kAttack, "EX1" + kAttack);
  add(TroubleState::kNew, "Zürich: die Warteschlange wächst", "MÜNCHEN");
  add(TroubleState::kWorse, ".", "EX2");
  add(TroubleState::kCameBack, "From here on a name cannot be resolved", "EX3");
  add(TroubleState::kCleared, "The service account has no rights", "EX4");
  summary.changes.back().remark =
      "fixed since 2026-11-20 02:10: no MSExchangeMTA 9322 for 1 d although the log is covered";
  add(TroubleState::kNew, "Everybody knows of this", "EX5");
  summary.changes.back().acknowledged = true;
  add(TroubleState::kNew, "Happens everywhere", "EX6");
  summary.changes.back().hosts = {"A", "B", "C", "D", "E", "F", "G", "H"};
  summary.changes.back().fault = false;
  summary.missing = {{.server = "EX7" + kAttack,
                      .channel = "",
                      .every = Duration::Seconds(kDay),
                      .last_arrival = TicksFromUnix(kNight - 3 * kDay),
                      .last_event = {},
                      .is_new = true},
                     {.server = "EX8",
                      .channel = "System",
                      .every = Duration::Seconds(7 * kDay),
                      .last_arrival = {},
                      .last_event = {},
                      .is_new = false}};
  summary.returned = {
      {.server = "EX9", .channel = "", .missing_since = TicksFromUnix(kNight - 2 * kDay)}};
  summary.problems = {"inbox/x.evtx: offset 0x10: damaged" + kAttack};
  summary.reading_seconds = 1.25;
  summary.diagnosis_seconds = 0.5;
  summary.report_seconds = 0.1;
  summary.total_seconds = 2;
  summary.store_bytes = 1'000'000;
  return summary;
}

// A folder with a sendmail that keeps what it gets, and the place of the metrics.
class TellTest : public ::testing::Test {
 protected:
  TellTest() {
    std::string name = (std::filesystem::temp_directory_path() / "exdiag-tell-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    Sendmail("cat > mail");
    site_.name = "hq";
    site_.mail.from = {"exdiag", "exdiag@corp.example"};
    site_.mail.to = {{"", "anna@corp.example"}, {"Jörg", "joerg@corp.example"}};
    site_.metrics.file = (folder_ / "exdiag.prom").string();
    config_.file = "exdiag.yaml";
    config_.sites = {site_};
  }
  ~TellTest() override { std::filesystem::remove_all(folder_); }

  void Sendmail(const std::string& script) {
    const std::string program = (folder_ / "sendmail").string();
    std::ofstream(program) << "#!/bin/sh\ncd '" << folder_.string() << "'\n" << script << "\n";
    ::chmod(program.c_str(), 0755);
    site_.mail.route = SendmailRoute{.program = program, .timeout_seconds = 600};
  }

  std::string Read(const std::filesystem::path& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name, std::ios::binary).rdbuf();
    return text.str();
  }

  // As a run does it; returns the complaints.
  std::vector<std::string> Tell(const RunSummary& summary) {
    const std::size_t before = problems_.items().size();
    const auto mail = MailOfRun(summary, site_);
    if (mail) sent_ = SendRunMail(*mail, false, site_, config_, problems_);
    WriteRunMetrics(summary, site_, config_, problems_);
    std::vector<std::string> lines;
    for (std::size_t i = before; i < problems_.items().size(); ++i) {
      lines.push_back(problems_.items()[i].reason);
    }
    return lines;
  }

  std::filesystem::path folder_;
  SiteConfig site_;
  NightlyConfig config_;
  DiagnosticList problems_;
  bool sent_ = false;
};

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = EXDIAG_SOURCE_DIR "/tests/engine/nightly/golden/" + name;
  if (std::getenv("EXDIAG_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ostringstream stored;
  stored << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(stored.str(), actual) << path;
}

TEST_F(TellTest, MailAndMetricsOfABadNight) {
  RunSummary summary = BadNight();
  summary.html_report = (folder_ / "2026-11-21.html").string();
  std::ofstream(summary.html_report) << "<!doctype html>\n<p>report é\n";
  EXPECT_THAT(Tell(summary), IsEmpty());
  ExpectGolden("bad_night.eml", Read("mail"));
  ExpectGolden("bad_night.prom", Read("exdiag.prom"));
}

TEST_F(TellTest, MailAndMetricsOfAQuietNight) {
  site_.mail.when = MailWhen::kAlways;
  RunSummary summary = QuietNight();
  summary.reports = {"/srv/reports/2026-11-21.html"};
  EXPECT_THAT(Tell(summary), IsEmpty());
  ExpectGolden("quiet_night.eml", Read("mail"));
  ExpectGolden("quiet_night.prom", Read("exdiag.prom"));
}

TEST_F(TellTest, OnlyWhatIsWantedIsSent) {
  const RunSummary ongoing = QuietNight();
  RunSummary nothing = QuietNight();
  nothing.changes.clear();
  nothing.faults = 0;
  const struct {
    std::string_view why;
    const RunSummary* summary;
    MailWhen when;
    bool wanted;
  } kCases[] = {
      {"nothing at all", &nothing, MailWhen::kChanges, false},
      {"nothing at all", &nothing, MailWhen::kFindings, false},
      {"nothing at all, asked for", &nothing, MailWhen::kAlways, true},
      {"as yesterday", &ongoing, MailWhen::kChanges, false},
      {"as yesterday, asked for", &ongoing, MailWhen::kFindings, true},
  };
  for (const auto& row : kCases)
    EXPECT_EQ(WantsMail(*row.summary, row.when), row.wanted) << row.why;
  EXPECT_TRUE(WantsMail(BadNight(), MailWhen::kChanges));
  Tell(ongoing);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "mail"));
  site_.mail.to.clear();
  Tell(BadNight());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "mail"));
}

// Logs of long ago: whoever tries the program must not believe that it found nothing.
TEST_F(TellTest, TheFirstRunSaysWhereOldIncidentsAre) {
  RunSummary summary = QuietNight();
  summary.changes.clear();
  summary.faults = 0;
  summary.over = 9;
  summary.store = "/srv/ex logs/hq.db";
  EXPECT_THAT(MailText(summary, false), ::testing::Not(::testing::HasSubstr("incidents")));
  summary.since = {};
  EXPECT_EQ(MailText(summary, false),
            "hq: nothing new\n"
            "  At 2026-11-21 02:09:59 UTC, the first run. Now: 0 faults, 0 that need no\n"
            "  action, 0 acknowledged, 0 kinds of events unexplained.\n"
            "\n"
            "  The logs hold 9 incidents of earlier times, over and not in this report.\n"
            "  All are shown by\n"
            "      exdiag report --store '/srv/ex logs/hq.db'\n"
            "\n"
            "The run\n"
            "  - 2 new files\n"
            "  - 120 records: 120 stored, 0 known already, 0 rejected\n");
}

TEST_F(TellTest, LongListsAreCut) {
  RunSummary summary = QuietNight();
  summary.changes.clear();
  for (int i = 0; i < 500; ++i) {
    summary.changes.push_back(Trouble(TroubleState::kNew, "trouble " + std::to_string(i), "EX1"));
    summary.problems.push_back("complaint");
  }
  const std::string text = MailText(summary, false);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 80);
  EXPECT_THAT(text, ::testing::HasSubstr("\n  - and 480 more\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("\n  ! and 490 more complaints\n"));
  EXPECT_EQ(MailSubject(summary), "exdiag hq: 500 new");
}

TEST_F(TellTest, WhatGoesWrongIsTold) {
  Sendmail("echo 'no space' >&2; exit 75");
  const std::string program = std::get<SendmailRoute>(site_.mail.route).program;
  site_.metrics.file = "/nowhere/exdiag.prom";
  RunSummary summary = BadNight();
  summary.html_report = "/nowhere/report.html";
  const auto lines = Tell(summary);
  EXPECT_THAT(
      lines,
      ElementsAre("/nowhere/report.html: No such file or directory; the mail goes without it",
                  program + ": ended with code 75: no space; no mail sent",
                  "/nowhere/exdiag.prom: No such file or directory; metrics not written"));
  EXPECT_FALSE(sent_);
  ASSERT_EQ(problems_.items().size(), 3U);
  EXPECT_EQ(problems_.items()[1].id, "nightly.mail");
  EXPECT_EQ(problems_.items()[2].id, "nightly.metrics");
  EXPECT_FALSE(problems_.Has(Severity::kRejected));
}

// As when retention removed it before a late mail went out.
TEST_F(TellTest, NoReportIsPromisedThatIsGone) {
  RunSummary summary = BadNight();
  summary.html_report = (folder_ / "gone.html").string();
  summary.reports = {summary.html_report};
  EXPECT_THAT(Tell(summary), ElementsAre(summary.html_report +
                                         ": No such file or directory; the mail goes without it"));
  EXPECT_TRUE(sent_);
  EXPECT_THAT(Read("mail"), ::testing::Not(::testing::HasSubstr("Attached")));
  std::ofstream(summary.html_report) << "<!doctype html>";
  EXPECT_THAT(Tell(summary), IsEmpty());
  EXPECT_THAT(Read("mail"), ::testing::HasSubstr("Attached; it opens in a browser"));
}

TEST_F(TellTest, ALateMailSaysSo) {
  site_.mail.when = MailWhen::kAlways;
  const auto mail = MailOfRun(QuietNight(), site_);
  ASSERT_TRUE(mail);
  EXPECT_TRUE(SendRunMail(*mail, true, site_, config_, problems_));
  EXPECT_THAT(
      Read("mail"),
      ::testing::HasSubstr(
          "\nSubject: exdiag hq: nothing new, 1 ongoing (late, of 2026-11-21 02:09:59\n UTC)\n"));
  EXPECT_THAT(Read("mail"), ::testing::HasSubstr(
                                "\n\nThis could not be sent when that run was completed; a later "
                                "run sends it.\n\nhq: nothing new"));
}

TEST_F(TellTest, AFailedRunIsToldToWhoeverWantsMail) {
  EXPECT_THAT(Tell(BadNight()), IsEmpty());
  const std::string before = Read("exdiag.prom");
  TellOfFailedRun("hq.db: database disk image is malformed", TicksFromUnix(kNight + kDay), site_,
                  config_, problems_);
  EXPECT_THAT(problems_.items(), IsEmpty());
  const std::string mail = Read("mail");
  EXPECT_THAT(mail, ::testing::HasSubstr("\nSubject: exdiag hq: the run failed\n"));
  EXPECT_THAT(mail, ::testing::HasSubstr("\n\nhq.db: database disk image is malformed\n\n"));
  const std::string after = Read("exdiag.prom");
  EXPECT_THAT(after, ::testing::HasSubstr("exdiag_last_run_success{site=\"hq\"} 0\n"));
  EXPECT_THAT(after, ::testing::HasSubstr(
                         "exdiag_last_success_timestamp_seconds{site=\"hq\"} 1795226999\n"));
  EXPECT_THAT(after, ::testing::HasSubstr("exdiag_incidents{site=\"hq\",state=\"fault\"} 4\n"));
}

TEST_F(TellTest, ATestMailShowsWhetherTheWayIsOpen) {
  EXPECT_TRUE(SendTestMail(site_, TicksFromUnix(kNight)));
  EXPECT_THAT(Read("mail"), ::testing::HasSubstr("\nSubject: exdiag hq: a test\n"));
  site_.mail.to.clear();
  const auto sent = SendTestMail(site_, TicksFromUnix(kNight));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().message, "hq: no mail is configured");
}

}  // namespace
}  // namespace exdiag
