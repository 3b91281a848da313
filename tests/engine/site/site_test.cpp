// What acknowledgements and changed points do to findings.
#include "engine/site/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/site/moment.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Ticks At(const char* iso) { return ParseIsoTime(iso)->ticks; }

class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    a_.id = "a.a.a";
    a_.strength = Strength::kProbable;
    b_.id = "b.b.b";
    b_.strength = Strength::kPossible;
  }

  static Signal Make(const Rule& rule, std::vector<std::int64_t> explained,
                     std::vector<std::string> hosts) {
    Signal signal;
    signal.rule = &rule;
    signal.start_points = static_cast<double>(rule.strength);
    signal.explained = RowSet::Of(explained);
    signal.hosts = std::move(hosts);
    return signal;
  }

  static Acknowledgement Ack(const Rule& rule, std::vector<std::string> hosts,
                             const char* until = "2026-12-31T23:59:59Z") {
    Acknowledgement one;
    one.rule = rule.id;
    one.hosts = std::move(hosts);
    one.until = At(until);
    return one;
  }

  // Which findings, by rank, are acknowledged on 2026-12-01.
  static std::vector<std::size_t> Acknowledged(std::vector<Acknowledgement> acknowledgements,
                                               Ranking& ranking) {
    Site site;
    site.acknowledgements = std::move(acknowledgements);
    use_ = ApplyAcknowledgements(site, At("2026-12-01"), ranking);
    std::vector<std::size_t> ranks;
    for (const Finding& finding : ranking.findings) {
      if (finding.acknowledged) ranks.push_back(finding.rank);
    }
    return ranks;
  }

  Rule a_, b_;
  static SiteUse use_;
};

SiteUse SiteTest::use_;

TEST_F(SiteTest, HostsDecideAndNamesOfOneHostAreOne) {
  const struct {
    const char* why;
    std::vector<std::string> hosts;
    bool acknowledged;
  } kCases[] = {
      {"no host means all", {}, true},
      {"one of the pair", {"LYON"}, true},
      {"as FQDN", {"lyon.example.com"}, true},
      {"another host", {"PARIS"}, false},
      {"one of several", {"PARIS", "brest"}, true},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    Ranking ranking = RankCauses({Make(a_, {1}, {"BREST", "LYON"})});
    EXPECT_EQ(!Acknowledged({Ack(a_, row.hosts)}, ranking).empty(), row.acknowledged);
    EXPECT_EQ(use_.acknowledgements[0].findings.size(), row.acknowledged ? 1u : 0u);
    EXPECT_EQ(AnythingToReport(ranking), !row.acknowledged);
  }
}

TEST_F(SiteTest, ExpiredOnesCountNoMoreAndAreStillTold) {
  Ranking ranking = RankCauses({Make(a_, {1}, {"LYON"})});
  EXPECT_THAT(Acknowledged({Ack(a_, {}, "2026-11-30T23:59:59Z")}, ranking), IsEmpty());
  EXPECT_TRUE(use_.acknowledgements[0].expired);
  EXPECT_THAT(use_.acknowledgements[0].findings, ElementsAre(0u));
  EXPECT_TRUE(AnythingToReport(ranking));
  EXPECT_THAT(Acknowledged({Ack(a_, {}, "2026-12-01")}, ranking), ElementsAre(1u))
      << "its last moment counts";
}

TEST_F(SiteTest, TroubleOfAnotherHostDoesNotHideBehindIt) {
  const std::vector<Signal> signals = {Make(a_, {1, 2}, {"BREST", "LYON"}),
                                       Make(a_, {2, 3}, {"BREST", "PARIS"})};
  Ranking ranking = RankCauses(signals);
  ASSERT_EQ(ranking.findings.size(), 1u);
  EXPECT_THAT(Acknowledged({Ack(a_, {"LYON"})}, ranking), IsEmpty());
  EXPECT_THAT(Acknowledged({Ack(a_, {"LYON"}), Ack(a_, {"PARIS"})}, ranking), ElementsAre(1u));
  EXPECT_THAT(Acknowledged({Ack(a_, {"BREST"})}, ranking), ElementsAre(1u));
}

TEST_F(SiteTest, AnIncidentIsAcknowledgedWhenItsLeaderIs) {
  Ranking ranking = RankCauses({Make(a_, {1}, {"LYON"}), Make(b_, {1}, {"LYON"})});
  EXPECT_THAT(Acknowledged({Ack(b_, {})}, ranking), ElementsAre(2u));
  EXPECT_TRUE(AnythingToReport(ranking));
  EXPECT_THAT(Acknowledged({Ack(a_, {})}, ranking), ElementsAre(1u));
  EXPECT_FALSE(AnythingToReport(ranking));
  EXPECT_EQ(ranking.findings[0].rank, 1u) << "ranks stay";
}

TEST_F(SiteTest, ChangedPointsAreThereBeforeTheRanking) {
  Signal a = Make(a_, {1}, {}), b = Make(b_, {1}, {});
  a.start_points = 2;  // one less for what is not known
  Reason held;
  held.line = 1;
  held.points = 2;
  b.reasons = {held};
  SignalList signals = {a, b};
  PointsOverride start;
  start.rule = "a.a.a";
  start.points = -1;
  start.of_rule = 3;
  start.by = "anna";
  PointsOverride line;
  line.rule = "b.b.b";
  line.line = 2;
  line.points = 4;
  line.of_rule = 2;
  const std::vector overrides = {start, line};
  ApplyOverrides(overrides, signals);
  EXPECT_EQ(signals[0].start_points, -2);
  EXPECT_EQ(signals[0].site->of_rule, 3);
  EXPECT_EQ(signals[0].site->by, "anna");
  EXPECT_FALSE(signals[1].site);
  EXPECT_EQ(signals[1].reasons[0].points, 4);
  EXPECT_EQ(signals[1].reasons[0].site->of_rule, 2);
  Ranking ranking = RankCauses(signals);
  EXPECT_EQ(ranking.findings[0].signal.rule()->id, "b.b.b");
  EXPECT_EQ(ranking.findings[0].points, 5);
  Site site;
  site.overrides = {start, line};
  const SiteUse use = ApplyAcknowledgements(site, At("2026-12-01"), ranking);
  EXPECT_THAT(use.overrides[0].findings, ElementsAre(1u));
  EXPECT_THAT(use.overrides[1].findings, ElementsAre(0u));
}

TEST(MomentTest, DaysAndAges) {
  EXPECT_EQ(ParseMoment("2026-12-31", OfDay::kFirst), At("2026-12-31T00:00:00Z"));
  EXPECT_EQ(ParseMoment("2026-12-31", OfDay::kLast), At("2026-12-31T23:59:59.9999999Z"));
  EXPECT_EQ(ParseMoment("2026-12-31T18:00:00Z", OfDay::kLast), At("2026-12-31T18:00:00Z"));
  EXPECT_FALSE(ParseMoment("31.12.2026", OfDay::kLast));
  EXPECT_EQ(AgeText(At("2026-12-01T10:00:00Z"), At("2026-12-02T09:59:59Z")), "since today");
  EXPECT_EQ(AgeText(At("2026-12-01T10:00:00Z"), At("2026-12-02T10:00:00Z")), "1 day old");
  EXPECT_EQ(AgeText(At("2026-12-01"), At("2027-01-01")), "31 days old");
  EXPECT_EQ(AgeText({}, At("2027-01-01")), "age not known");
  EXPECT_EQ(AgeInDays(At("2027-01-02"), At("2027-01-01")), 0) << "not from the future";
}

}  // namespace
}  // namespace exdiag
