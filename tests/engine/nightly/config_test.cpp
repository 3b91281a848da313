// Reading configurations; every complaint in full.
#include "engine/nightly/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "engine/nightly/init.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NightlyConfigTest : public ::testing::Test {
 protected:
  NightlyConfigTest() {
    std::string name = ::testing::TempDir() + "exdiag-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    path_ = folder_ + "/exdiag.yaml";
  }
  ~NightlyConfigTest() override { fs::remove_all(folder_); }

  Result<NightlyConfig> Load(const std::string& text) {
    std::ofstream(path_) << text;
    problems_ = {};
    return LoadNightlyConfig(path_, problems_);
  }

  // Without the name of the file.
  std::vector<std::string> Complaints() const {
    std::vector<std::string> lines;
    for (const Diagnostic& problem : problems_.items()) {
      lines.push_back(problem.id + " " + ToString(problem).substr(path_.size() + 2));
    }
    return lines;
  }

  std::string folder_, path_;
  DiagnosticList problems_;
};

TEST_F(NightlyConfigTest, FourLinesAreEnough) {
  const auto config = Load("sites:\n  - name: hq\n    inbox: logs\n");
  ASSERT_TRUE(config);
  ASSERT_THAT(config->sites, SizeIs(1));
  const SiteConfig& site = config->sites[0];
  EXPECT_EQ(site.store, folder_ + "/hq.db");
  EXPECT_EQ(site.reports, folder_ + "/reports/hq");
  EXPECT_EQ(site.lock, folder_ + "/hq.db.lock");
  EXPECT_EQ(site.site_file, "");
  EXPECT_THAT(site.formats, ElementsAre(Format::kHtml, Format::kJson, Format::kText));
  ASSERT_THAT(site.inbox, SizeIs(1));
  EXPECT_EQ(site.inbox[0].path, folder_ + "/logs");
  EXPECT_EQ(site.retention.events, Duration{});
  EXPECT_EQ(site.retention.reports, Duration{});
  EXPECT_EQ(site.retention.inbox_files, Duration{});
  EXPECT_THAT(site.mail.to, IsEmpty());
  EXPECT_EQ(site.metrics.file, "");
}

TEST_F(NightlyConfigTest, WhatASiteSaysGoesBeforeWhatAllSay) {
  const auto config = Load(R"yaml(
mail: {from: exdiag@example.com, to: anna@example.com}
metrics: {file: all.prom}
sites:
  - name: hq
    timezone: Europe/Paris
    codepage: windows-1250
    tpkt_ports: [3002, 3001]
    every: 2d
    inbox: [in, /srv/logs/*.evtx]
    servers:
      - {name: EX1, inbox: in1, timezone: "+01:00", tpkt_ports: 3003}
      - {name: EX2.corp.example, logs: [System, {channel: Application, every: 6h}]}
      - {name: EX3, logs: []}
  - name: branch
    inbox: branch
    mail: {from: exdiag@example.com, to: [ben@example.com], when: always, smtp: {server: mx, tls: none}}
    retention: {events: 90d, reports: 365d, inbox_files: 30d}
)yaml");
  ASSERT_TRUE(config) << ToString(problems_.items().front());
  const SiteConfig& hq = config->sites[0];
  ASSERT_THAT(hq.mail.to, SizeIs(1));
  EXPECT_EQ(hq.mail.to[0].mailbox, "anna@example.com");
  EXPECT_EQ(std::get<SendmailRoute>(hq.mail.route).program, "/usr/sbin/sendmail");
  EXPECT_EQ(hq.metrics.file, folder_ + "/all.prom");
  EXPECT_EQ(hq.inbox[1].path, "/srv/logs/*.evtx");
  EXPECT_EQ(hq.inbox[1].reading.timezone, "Europe/Paris");
  EXPECT_EQ(hq.inbox[1].reading.other.codepage, "windows-1250");
  EXPECT_THAT(hq.inbox[1].reading.other.tpkt_ports, ElementsAre(3001, 3002));
  EXPECT_EQ(hq.servers[0].inbox[0].reading.timezone, "+01:00");
  EXPECT_THAT(hq.servers[0].inbox[0].reading.other.tpkt_ports, ElementsAre(3003));
  ASSERT_THAT(hq.servers[0].logs, SizeIs(1));
  EXPECT_EQ(hq.servers[0].logs[0].channel, "");
  EXPECT_EQ(hq.servers[0].logs[0].every, Duration::Seconds(2 * 86'400));
  ASSERT_THAT(hq.servers[1].logs, SizeIs(2));
  EXPECT_EQ(hq.servers[1].logs[0].channel, "System");
  EXPECT_EQ(hq.servers[1].logs[0].every, Duration::Seconds(2 * 86'400));
  EXPECT_EQ(hq.servers[1].logs[1].every, Duration::Seconds(6 * 3600));
  EXPECT_THAT(hq.servers[2].logs, IsEmpty());
  const SiteConfig& branch = config->sites[1];
  ASSERT_THAT(branch.mail.to, SizeIs(1));
  EXPECT_EQ(branch.mail.to[0].mailbox, "ben@example.com");
  EXPECT_EQ(branch.mail.when, MailWhen::kAlways);
  EXPECT_EQ(std::get<SmtpRoute>(branch.mail.route).tls, SmtpTls::kNone);
  EXPECT_EQ(branch.retention.inbox_files, Duration::Seconds(30 * 86'400));
}

TEST_F(NightlyConfigTest, EveryMistakeIsToldWithItsPlace) {
  const auto config = Load(R"yaml(
sites:
  - name: a/b
    inbox: logs
    stor: x.db
    window: 7
  - name: hq
    store: same.db
    formats: [html, pdf]
    retention: {events: 3d, reports: 1h}
    servers:
      - {name: EX1, timezone: Mars/Base, tpkt_ports: [65535, 65536]}
      - {name: ex1.corp.example}
  - name: HQ
    store: same.db
    inbox: logs
    mail: {to: anna@example.com, smtp: {server: mx, user: anna}, when: sometimes}
metrics: {}
)yaml");
  EXPECT_FALSE(config);
  EXPECT_EQ(config.error().message, path_ + ": configuration with mistakes; nothing done");
  EXPECT_THAT(
      Complaints(),
      ElementsAre(
          "yaml.missing_key line 18, column 10: \"metrics\" lacks the key \"file\"; configuration "
          "not used",
          "config.value line 3, column 11: \"name\" becomes part of file names: letters, digits, "
          "'.', '_' and '-' only, at most 64; configuration not used",
          "yaml.type line 6, column 13: \"window\" must be a duration such as 90s, 10m, 1h or 7d, "
          "not \"7\"; configuration not used",
          "yaml.unknown_key line 5, column 5: unknown key \"stor\"; did you mean \"store\"? "
          "(configuration not used)",
          "yaml.value line 9, column 14: \"formats\" cannot be \"pdf\", only one of: text, json, "
          "html, markdown, csv; configuration not used",
          "config.timezone line 12, column 31: there is no zone \"Mars/Base\"; write Europe/Paris "
          "or +01:00; configuration not used",
          "yaml.type line 12, column 62: \"tpkt_ports\" must be a whole number from 1 to 65535, "
          "not "
          "\"65536\"; configuration not used",
          "config.value line 10, column 38: \"reports\" must not be shorter than 1 d; "
          "configuration not used",
          "config.inbox line 7, column 5: no \"inbox\" here and at none of its servers: there is "
          "nothing to read; configuration not used",
          "config.twice line 13, column 9: a second server \"ex1.corp.example\"; configuration not "
          "used",
          "config.value line 7, column 5: events are removed after 3 d, but reports show a window "
          "of 7 d; configuration not used",
          "yaml.missing_key line 17, column 11: \"mail\" lacks the key \"from\"; configuration not "
          "used",
          "yaml.value line 17, column 72: \"when\" cannot be \"sometimes\", only one of: changes, "
          "findings, always; configuration not used",
          "config.value line 17, column 40: \"user\" and \"password_file\" belong together; "
          "configuration not used",
          "config.twice line 14, column 5: a second site with the name \"hq\"; configuration not "
          "used",
          "config.twice line 14, column 5: a second site with the store \"" + folder_ +
              "/same.db\"; configuration not used"));
}

TEST_F(NightlyConfigTest, AFileThatIsNotThereIsAnError) {
  problems_ = {};
  EXPECT_FALSE(LoadNightlyConfig(path_, problems_));
  EXPECT_THAT(Complaints(), ElementsAre("yaml.unreadable cannot be read: No such file or "
                                        "directory; configuration not used"));
}

TEST_F(NightlyConfigTest, InitWritesAConfigurationOnce) {
  ASSERT_TRUE(WriteInitialConfig(path_));
  const auto again = WriteInitialConfig(path_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().message, path_ + ": is there already; not overwritten");
  std::stringstream text;
  text << std::ifstream(path_).rdbuf();
  EXPECT_EQ(text.str(), InitialConfig());
}

// What the remarks offer is right as well: without their marks they are a configuration in which
// every key is there.
TEST_F(NightlyConfigTest, TheRemarksOfTheFirstConfigurationAreRight) {
  std::string text(InitialConfig());
  text = std::regex_replace(text, std::regex("(^|\n)( *)# ( *-? ?[a-z_]+:|      - )"), "$1$2$3");
  EXPECT_THAT(text, ::testing::HasSubstr("\n    retention:\n      events: 90d"));
  EXPECT_THAT(text, ::testing::HasSubstr("\nmail:\n  from: "));
  // One of the two ways that are offered.
  const auto config = Load(std::regex_replace(text, std::regex("\n  sendmail:[^\n]*"), ""));
  EXPECT_THAT(Complaints(), IsEmpty());
  ASSERT_TRUE(config);
  EXPECT_THAT(config->sites[0].servers, SizeIs(1));
  EXPECT_THAT(config->sites[0].servers[0].logs, SizeIs(2));
  EXPECT_EQ(std::get<SmtpRoute>(config->sites[0].mail.route).user, "exdiag");
}

TEST_F(NightlyConfigTest, WhatMailNeedsIsCheckedHere) {
  const auto config = Load(R"yaml(
mail:
  from: "exdiag"
  to: ["Anna <anna@example.com>", "ben@example.com\nBcc: all@example.com"]
  timeout: 2h
  smtp: {server: "mx/x", tls: optional, user: anna, password_file: secret}
sites:
  - {name: hq, inbox: logs}
)yaml");
  EXPECT_FALSE(config);
  EXPECT_THAT(
      Complaints(),
      ElementsAre(
          "config.value line 4, column 7: \"to\": \"ben@example.com\\x0aBcc: all@example.com\" is "
          "no "
          "mail address such as anna@example.com or Anna <anna@example.com>; configuration not "
          "used",
          "config.value line 3, column 9: \"from\": \"exdiag\" is no mail address such as "
          "anna@example.com or Anna <anna@example.com>; configuration not used",
          "config.value line 5, column 12: \"timeout\" must not be longer than 1 h; configuration "
          "not used",
          "config.value line 6, column 18: \"server\" is no name and no address of a server; "
          "configuration not used",
          "config.value line 6, column 9: a password is sent over TLS only: \"tls\" must be "
          "required or implicit; configuration not used"));
}

}  // namespace
}  // namespace exdiag
