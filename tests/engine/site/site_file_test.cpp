// Reading site files; every complaint in full.
#include "engine/site/site_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kRule = R"yaml(
id: mta.bind.refused
version: 3
status: draft
title: Refused
verdict: fault
applies_to: [exchange-5.5]
articles: []
events:
  refused: {provider: MSExchangeMTA, id: 9322}
  dialled: {provider: MSExchangeMTA, id: 9318}
trigger: refused
strength: probable
evidence:
  - {if: dialled, points: +2, because: "it dialled"}
explains: [refused]
cause: Refused.
fix:
  - {do: "Let it."}
)yaml";

class SiteFileTest : public ::testing::Test {
 protected:
  SiteFileTest() : rules_(RuleSet::Parse(kRule, "rule.yaml", Knowledge(), ignored_)) {}

  Result<Site> Load(const std::string& text) {
    path_ = ::testing::TempDir() + "/exdiag-site-test.yaml";
    std::ofstream(path_) << text;
    problems_ = {};
    auto site = LoadSite(path_, rules_, problems_);
    std::remove(path_.c_str());
    return site;
  }

  // Without the name of the file.
  std::vector<std::string> Complaints() const {
    std::vector<std::string> lines;
    for (const Diagnostic& problem : problems_.items()) {
      lines.push_back(problem.id + " " + ToString(problem).substr(path_.size() + 2));
    }
    return lines;
  }

  DiagnosticList ignored_, problems_;
  RuleSet rules_;
  std::string path_;
};

TEST_F(SiteFileTest, WhatItSays) {
  ASSERT_NE(rules_.Find("mta.bind.refused"), nullptr);
  const auto site = Load(
      "acknowledge:\n"
      "  - rule: mta.bind.refused\n"
      "    hosts: [BREST, LYON]\n"
      "    since: 2026-11-21\n"
      "    until: 2026-12-31\n"
      "    reason: wait for Friday\n"
      "    by: anna\n"
      "overrides:\n"
      "  - {rule: mta.bind.refused, strength: hint, reason: noise}\n"
      "  - {rule: mta.bind.refused, version: 3, line: 1, points: +0.5, reason: slow}\n");
  ASSERT_TRUE(site.ok()) << site.error().message;
  EXPECT_THAT(Complaints(), IsEmpty());
  ASSERT_EQ(site->acknowledgements.size(), 1u);
  const Acknowledgement& one = site->acknowledgements[0];
  EXPECT_EQ(one.rule, "mta.bind.refused");
  EXPECT_THAT(one.hosts, ElementsAre("BREST", "LYON"));
  EXPECT_EQ(one.since, ParseIsoTime("2026-11-21")->ticks);
  EXPECT_EQ(one.until, ParseIsoTime("2026-12-31T23:59:59.9999999")->ticks);
  EXPECT_EQ(one.reason, "wait for Friday");
  EXPECT_EQ(one.by, "anna");
  EXPECT_EQ(one.where.place.value, 2u);
  ASSERT_EQ(site->overrides.size(), 2u);
  EXPECT_EQ(site->overrides[0].line, 0u);
  EXPECT_EQ(site->overrides[0].points, -1);
  EXPECT_EQ(site->overrides[0].of_rule, 3);
  EXPECT_EQ(site->overrides[1].line, 1u);
  EXPECT_EQ(site->overrides[1].points, 0.5);
  EXPECT_EQ(site->overrides[1].of_rule, 2);
}

TEST_F(SiteFileTest, ComplaintsHaveAPlaceAndCostOneEntry) {
  const struct {
    const char* why;
    const char* text;
    const char* complaint;
  } kCases[] = {
      {"a rule that is mistyped",
       "acknowledge:\n  - {rule: mta.bind.refusd, until: 2026-12-31, reason: x}\n",
       "site.rule line 2, column 12: there is no rule \"mta.bind.refusd\"; did you mean "
       "\"mta.bind.refused\"? (entry left out)"},
      {"no end", "acknowledge:\n  - {rule: mta.bind.refused, reason: x}\n",
       "yaml.missing_key line 2, column 5: an acknowledgement lacks the key \"until\"; entry left "
       "out"},
      {"no time", "acknowledge:\n  - {rule: mta.bind.refused, until: soon, reason: x}\n",
       "site.time line 2, column 37: \"until\": \"soon\" is no time; write 2026-12-31 or "
       "2026-12-31T18:00:00Z; entry left out"},
      {"an unknown key",
       "acknowledge:\n  - {rule: mta.bind.refused, until: 2026-12-31, reason: x, host: A}\n",
       "yaml.unknown_key line 2, column 60: unknown key \"host\"; did you mean \"hosts\"? (entry "
       "left out)"},
      {"no host at all",
       "acknowledge:\n  - {rule: mta.bind.refused, until: 2026-12-31, reason: x, hosts: []}\n",
       "yaml.value line 2, column 67: \"hosts\" names no host; leave it out to mean all hosts; "
       "entry left out"},
      {"no list", "acknowledge: everything\n",
       "yaml.type line 1, column 14: \"acknowledge\" must be a list of entries, here is text; "
       "entry "
       "left out"},
      {"neither strength nor points", "overrides:\n  - {rule: mta.bind.refused, reason: x}\n",
       "site.points line 2, column 5: an override has either \"strength\" or \"points\"; entry "
       "left "
       "out"},
      {"a line without a version",
       "overrides:\n  - {rule: mta.bind.refused, line: 1, points: 1, reason: x}\n",
       "site.version line 2, column 36: \"line\" without \"version\"; say for which version of the "
       "rule the line is counted; entry left out"},
      {"the rule has changed",
       "overrides:\n  - {rule: mta.bind.refused, version: 2, line: 1, points: 1, reason: x}\n",
       "site.version line 2, column 5: it is meant for version 2 of mta.bind.refused, which is now "
       "version 3; look whether the change is still right; entry left out"},
      {"the same twice",
       "overrides:\n  - {rule: mta.bind.refused, points: 1, reason: x}\n"
       "  - {rule: mta.bind.refused, strength: hint, reason: y}\n",
       "site.twice line 3, column 5: a second override for the same points of mta.bind.refused; "
       "entry left out"},
  };
  const std::string good =
      "\n# the other entry is used\n"
      "acknowledge:\n  - {rule: mta.bind.refused, until: 2026-12-31, reason: x}\n";
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto site = Load(row.text);
    ASSERT_TRUE(site.ok()) << site.error().message;
    EXPECT_THAT(Complaints(), ElementsAre(row.complaint));
    EXPECT_THAT(site->acknowledgements, IsEmpty());
    if (std::string(row.text).starts_with("overrides")) {
      EXPECT_EQ(Load(row.text + good)->acknowledgements.size(), 1u);
    }
  }
}

TEST_F(SiteFileTest, NoYamlAtAll) {
  const auto site = Load("acknowledge: [\n");
  ASSERT_FALSE(site.ok());
  EXPECT_EQ(site.error().message, path_ + ": site file not used");
  EXPECT_EQ(problems_.items().size(), 1u);
  EXPECT_FALSE(LoadSite(path_ + ".missing", rules_, problems_).ok());
}

}  // namespace
}  // namespace exdiag
