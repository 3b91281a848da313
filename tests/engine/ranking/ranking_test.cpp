#include "engine/ranking/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/ranking/ask_next.h"
#include "engine/ranking/incidents.h"

namespace exdiag {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Rules that live as long as the test and have nothing but an id.
class RankingTest : public ::testing::Test {
 protected:
  Signal Make(const std::string& rule, double start, std::vector<std::int64_t> explained) {
    for (const auto& known : rules_) {
      if (known->id == rule) return Make(*known, start, std::move(explained));
    }
    rules_.push_back(std::make_unique<Rule>());
    rules_.back()->id = rule;
    return Make(*rules_.back(), start, std::move(explained));
  }

  static Signal Make(const Rule& rule, double start, std::vector<std::int64_t> explained) {
    Signal signal;
    signal.rule = &rule;
    signal.start_points = start;
    signal.explained = std::move(explained);
    signal.first_seen = signal.last_seen = Ticks{1'000};
    signal.time_basis = TimeBasis::kUtc;
    signal.trigger_count = 1;
    return signal;
  }

  static Reason Held(double points) {
    Reason reason;
    reason.points = points;
    return reason;
  }

  static Reason Unknown(double points, const std::string& answer) {
    Reason reason;
    reason.points = points;
    reason.state = Truth::kUnknown;
    reason.because = "the operator says " + answer;
    reason.ask = "Do the domains trust each other?";
    reason.question_key = "answer:trust:brest,lyon";
    reason.answer_name = "trust";
    reason.answer_value = answer;
    return reason;
  }

  static Reason Collect(double points, const std::string& proposition, bool negated) {
    Reason reason;
    reason.points = points;
    reason.state = Truth::kUnknown;
    reason.because = negated ? "no name is registered" : "a name is registered";
    reason.collect = "setspn -L EX1 > spn.txt";
    reason.question_key = "collect:" + reason.collect;
    reason.proposition = proposition;
    reason.negated = negated;
    return reason;
  }

  static std::vector<std::string> Order(const Ranking& ranking) {
    std::vector<std::string> ids;
    for (const Finding& finding : ranking.findings) ids.push_back(finding.signal.rule->id);
    return ids;
  }

 private:
  std::vector<std::unique_ptr<Rule>> rules_;
};

// The worked example of docs/ranking.md; change both or none.
TEST_F(RankingTest, TheExampleOfThePage) {
  Signal dras = Make("dras", 3, {1, 2, 3});
  dras.reasons = {Held(2), Unknown(3, "no")};
  Signal service_account = Make("service-account", 1, {1, 2});
  service_account.reasons = {Held(1), Unknown(1, "yes")};
  Signal peer_down = Make("peer-down", 1, {1});
  peer_down.reasons = {Held(-2)};

  const Ranking ranking = RankCauses({peer_down, service_account, dras});
  ASSERT_THAT(ranking.incidents, SizeIs(1));
  EXPECT_EQ(ranking.incidents[0].events, 3u);
  EXPECT_THAT(Order(ranking), ElementsAre("dras", "service-account", "peer-down"));
  // 2^5 = 32, 2^2 = 4, 2^-1 = 0.5, 2^0 = 1; together 37.5.
  EXPECT_EQ(ranking.findings[0].points, 5);
  EXPECT_EQ(ranking.findings[1].points, 2);
  EXPECT_EQ(ranking.findings[2].points, -1);
  EXPECT_NEAR(ranking.findings[0].confidence, 32 / 37.5, 1e-12);   // 0.853
  EXPECT_NEAR(ranking.findings[1].confidence, 4 / 37.5, 1e-12);    // 0.107
  EXPECT_NEAR(ranking.findings[2].confidence, 0.5 / 37.5, 1e-12);  // 0.013
  EXPECT_NEAR(ranking.incidents[0].unknown_cause, 1 / 37.5, 1e-12);

  ASSERT_THAT(ranking.ask_next, SizeIs(1));
  const AskNext& ask = ranking.ask_next[0];
  EXPECT_EQ(ask.question, "Do the domains trust each other?");
  EXPECT_EQ(ask.command, "exdiag answer trust yes|no --store F");
  EXPECT_NEAR(ask.entropy_drop, 0.1255, 5e-5);
  ASSERT_THAT(ask.effects, SizeIs(2));
  EXPECT_EQ(ask.effects[0].if_answer, "yes");  // 4 becomes 8: 8/41.5, and dras 32/41.5
  EXPECT_EQ(ask.effects[0].cause, "service-account");
  EXPECT_NEAR(ask.effects[0].from, 4 / 37.5, 1e-12);
  EXPECT_NEAR(ask.effects[0].to, 8 / 41.5, 1e-12);
  EXPECT_EQ(ask.effects[1].if_answer, "no");  // 32 becomes 256: 256/261.5
  EXPECT_EQ(ask.effects[1].cause, "dras");
  EXPECT_NEAR(ask.effects[1].to, 256 / 261.5, 1e-12);
}

TEST_F(RankingTest, OneWeakFindingAloneStaysWeak) {
  const Ranking ranking = RankCauses({Make("a", 1, {1})});
  EXPECT_NEAR(ranking.findings[0].confidence, 2.0 / 3, 1e-12);
  EXPECT_NEAR(ranking.incidents[0].unknown_cause, 1.0 / 3, 1e-12);
}

TEST_F(RankingTest, EqualRivalsShareAndFallBackToTheId) {
  const Ranking ranking = RankCauses({Make("b", 3, {1}), Make("a", 3, {1})});
  EXPECT_THAT(Order(ranking), ElementsAre("a", "b"));
  EXPECT_EQ(ranking.findings[0].confidence, ranking.findings[1].confidence);
  EXPECT_NEAR(ranking.findings[0].confidence, 8.0 / 17, 1e-12);
}

TEST_F(RankingTest, ExpectedOutranksAFaultWhereItsEvidenceIsStronger) {
  Signal noise = Make("noise", 3, {1});
  noise.reasons = {Held(2)};
  const Ranking ranking = RankCauses({Make("fault", 3, {1}), noise});
  EXPECT_THAT(Order(ranking), ElementsAre("noise", "fault"));
}

TEST_F(RankingTest, OverlapIsFollowedThroughOthersAndApartStaysApart) {
  Signal newer = Make("d", 3, {9});
  newer.last_seen = Ticks{2'000};
  const Ranking ranking =
      RankCauses({Make("a", 3, {1, 2}), Make("b", 3, {3, 4}), Make("c", 1, {2, 3}), newer});
  ASSERT_THAT(ranking.incidents, SizeIs(2));
  EXPECT_EQ(ranking.incidents[0].id, "i1");
  EXPECT_THAT(ranking.incidents[0].findings, ElementsAre(0u));  // 8/9 beats 8/19
  EXPECT_THAT(Order(ranking), ElementsAre("d", "a", "b", "c"));
  EXPECT_EQ(ranking.incidents[1].events, 4u);
  EXPECT_EQ(ranking.findings[3].rank, 4u);
  EXPECT_THAT(ExplainedRows(ranking), ElementsAre(1, 2, 3, 4, 9));
}

TEST_F(RankingTest, FindingsOfOneRuleInOneIncidentAreOne) {
  Signal weak = Make("a", 2, {1, 2});
  weak.hosts = {"A", "B"};
  Signal strong = Make("a", 3, {3, 4});
  strong.hosts = {"A", "C"};
  strong.last_seen = Ticks{3'000};
  const Ranking ranking = RankCauses({weak, strong, Make("b", 1, {2, 3})});
  ASSERT_THAT(ranking.findings, SizeIs(2));
  const Finding& merged = ranking.findings[0];
  EXPECT_EQ(merged.points, 3);
  EXPECT_THAT(merged.signal.explained, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(merged.signal.hosts, ElementsAre("A", "B", "C"));
  EXPECT_EQ(merged.signal.trigger_count, 2u);
  EXPECT_EQ(merged.signal.last_seen, Ticks{3'000});
}

TEST_F(RankingTest, TheOrderOfSignalsDoesNotMatter) {
  std::vector<Signal> signals = {Make("a", 3, {1, 2}), Make("b", 3, {2}), Make("c", 1, {5}),
                                 Make("d", 1, {6}), Make("a", 2, {6, 7})};
  const auto before = [](const Signal& x, const Signal& y) {
    return std::tie(x.rule->id, x.start_points) < std::tie(y.rule->id, y.start_points);
  };
  std::sort(signals.begin(), signals.end(), before);
  const auto first = Order(RankCauses(signals));
  while (std::next_permutation(signals.begin(), signals.end(), before)) {
    EXPECT_EQ(Order(RankCauses(signals)), first);
  }
}

TEST_F(RankingTest, GreatPointsDoNotOverflow) {
  const auto shares = Confidences({5'000, 4'999});
  EXPECT_THAT(shares, ElementsAre(DoubleNear(2.0 / 3, 1e-12), DoubleNear(1.0 / 3, 1e-12), 0));
}

TEST_F(RankingTest, AListingRulesOneCauseOutAndSettlesAnother) {
  Signal gap = Make("spn-gap", 3, {1});
  gap.reasons = {Collect(6, "spn", true)};
  Signal clock = Make("clock", 3, {1});
  clock.reasons = {Collect(1, "spn", false)};
  const Ranking ranking = RankCauses({gap, clock});
  ASSERT_THAT(ranking.ask_next, SizeIs(1));
  const AskNext& ask = ranking.ask_next[0];
  EXPECT_EQ(ask.command, "setspn -L EX1 > spn.txt");
  EXPECT_EQ(ask.feed, "exdiag import --store F spn.txt");
  EXPECT_EQ(ask.question, "Is it so: a name is registered; no name is registered?");
  ASSERT_THAT(ask.effects, SizeIs(2));
  EXPECT_EQ(ask.effects[0].if_answer, "it shows: a name is registered");
  EXPECT_EQ(ask.effects[0].cause, "clock");
  EXPECT_EQ(ask.effects[1].if_answer, "it does not show: a name is registered");
  EXPECT_EQ(ask.effects[1].cause, "spn-gap");
  EXPECT_NEAR(ask.effects[1].to, 512.0 / 521, 1e-12);
}

TEST_F(RankingTest, AClearLeaderAsksNothing) {
  Signal sure = Make("sure", 6, {1});
  sure.reasons = {Unknown(3, "no")};
  EXPECT_THAT(RankCauses({sure}).ask_next, IsEmpty());
}

// Mutual information from the joint table, by another way: H(answers) - H(answers | cause).
double BruteForce(const std::vector<double>& causes, const std::vector<Proposition>& propositions) {
  const auto entropy = [](const std::vector<double>& shares) {
    double bits = 0;
    for (const double share : shares) bits -= share > 0 ? share * std::log2(share) : 0;
    return bits;
  };
  const std::size_t outcomes = std::size_t{1} << propositions.size();
  std::vector<double> marginal(outcomes);
  double conditional = 0;
  for (std::size_t cause = 0; cause < causes.size(); ++cause) {
    std::vector<double> given(outcomes, 1.0);
    for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
      for (std::size_t i = 0; i < propositions.size(); ++i) {
        const bool known = cause < propositions[i].if_true.size();
        const double for_true = known ? std::exp2(propositions[i].if_true[cause]) : 1;
        const double for_false = known ? std::exp2(propositions[i].if_false[cause]) : 1;
        const bool is_true = ((outcome >> i) & 1) != 0;
        given[outcome] *= (is_true ? for_true : for_false) / (for_true + for_false);
      }
      marginal[outcome] += causes[cause] * given[outcome];
    }
    conditional += causes[cause] * entropy(given);
  }
  return entropy(marginal) - conditional;
}

TEST(AskNextTest, EntropyDropAgreesWithBruteForce) {
  const struct {
    const char* why;
    std::vector<double> points;
    std::vector<Proposition> propositions;
  } kCases[] = {
      {"one cause, one line", {3}, {{"p", {3}, {0}}}},
      {"a line that points away", {3, 1}, {{"p", {-4, 0}, {0, 0}}}},
      {"both sides of one proposition", {3, 1, 0}, {{"p", {3, 0, 0}, {0, 2, 0}}}},
      {"two propositions", {3, 3}, {{"p", {3, 0}, {0, 1}}, {"q", {0, 2}, {0, 0}}}},
      {"a line nobody has", {3, 3}, {{"p", {0, 0}, {0, 0}}}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto shares = Confidences(row.points);
    EXPECT_NEAR(ExpectedEntropyDrop(shares, row.propositions), BruteForce(shares, row.propositions),
                1e-12);
  }
  EXPECT_NEAR(ExpectedEntropyDrop(Confidences({3, 3}), {{"p", {0, 0}, {0, 0}}}), 0, 1e-12);
}

}  // namespace
}  // namespace exdiag
