#include "engine/ranking/ranking.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>

#include "engine/base/text.h"
#include "engine/ranking/ask_next.h"
#include "engine/ranking/incidents.h"

namespace exdiag {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

double BruteForce(const std::vector<double>& causes, const std::vector<Proposition>& propositions);

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
    signal.explained = RowSet::Of(explained);
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
    reason.answer_host = "brest";
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
    for (const Finding& finding : ranking.findings) ids.push_back(finding.signal.rule()->id);
    return ids;
  }

  // The worked example of docs/ranking.md; change both or none.
  Ranking RankPageExample() {
    Signal dras = Make("dras", 3, {1, 2, 3});
    dras.reasons = {Held(2), Unknown(3, "no")};
    Signal service_account = Make("service-account", 1, {1, 2});
    service_account.reasons = {Held(1), Unknown(1, "yes")};
    Signal peer_down = Make("peer-down", 1, {1});
    peer_down.reasons = {Held(-2)};
    return RankCauses({peer_down, service_account, dras});
  }

 private:
  std::vector<std::unique_ptr<Rule>> rules_;
};

TEST_F(RankingTest, TheExampleOfThePage) {
  const Ranking ranking = RankPageExample();
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
  EXPECT_EQ(ask.command, "");
  EXPECT_EQ(ask.feed,
            "exdiag answer trust yes --host brest --store F\n"
            "exdiag answer trust no --host brest --store F");
  EXPECT_NEAR(ask.entropy_drop, 0.1255, 5e-5);
  ASSERT_THAT(ask.effects, SizeIs(2));
  EXPECT_EQ(ask.effects[0].feed, "exdiag answer trust yes --host brest --store F");
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
  EXPECT_THAT(merged.signal.explained(), ElementsAre(1, 2, 3, 4));
  const Signal signal = merged.signal.Read();
  EXPECT_THAT(signal.hosts, ElementsAre("A", "B", "C"));
  EXPECT_EQ(signal.trigger_count, 2u);
  EXPECT_EQ(signal.last_seen, Ticks{3'000});
}

TEST_F(RankingTest, AFaultOutranksExpectedWhereItsEvidenceIsStronger) {
  Signal fault = Make("fault", 3, {1});
  fault.reasons = {Held(2)};
  EXPECT_THAT(Order(RankCauses({Make("a-noise", 3, {1}), fault})), ElementsAre("fault", "a-noise"));
}

TEST_F(RankingTest, WhatIsNotKnownAddsNothing) {
  Signal open = Make("a", 3, {1});
  open.reasons = {Unknown(8, "no"), Unknown(-8, "yes")};
  const Ranking ranking = RankCauses({open, Make("b", 3, {1})});
  EXPECT_EQ(ranking.findings[0].points, 3);
  EXPECT_EQ(ranking.findings[0].confidence, ranking.findings[1].confidence);
}

TEST_F(RankingTest, TiesOfIncidentsFallBackToTimeThenId) {
  Signal newer = Make("z", 3, {3});
  newer.last_seen = Ticks{9'000};
  const Ranking ranking = RankCauses({Make("b", 3, {1}), Make("a", 3, {2}), newer});
  EXPECT_THAT(Order(ranking), ElementsAre("z", "a", "b"));
}

TEST_F(RankingTest, AnAnswerOutOfSeveralIsOneOfThem) {
  Signal exchange = Make("a", 3, {1});
  exchange.reasons = {Unknown(3, "exchange")};
  Signal other = Make("b", 3, {1});
  other.reasons = {Unknown(2, "other")};
  const Ranking ranking = RankCauses({exchange, other});
  ASSERT_THAT(ranking.ask_next, SizeIs(1));
  const AskNext& ask = ranking.ask_next[0];
  ASSERT_THAT(ask.effects, SizeIs(3));
  EXPECT_EQ(ask.effects[0].if_answer, "exchange");
  EXPECT_NEAR(ask.effects[0].to, 64.0 / 73, 1e-12);
  EXPECT_EQ(ask.effects[1].if_answer, "other");
  EXPECT_EQ(ask.effects[2].if_answer, "anything else");
  EXPECT_EQ(ask.effects[2].feed, "");
  EXPECT_NEAR(ask.effects[2].to, 8.0 / 17, 1e-12);
  EXPECT_NEAR(ask.entropy_drop, BruteForce(Confidences({3, 3}), {{"q", {{3, 0}, {0, 2}, {0, 0}}}}),
              1e-12);
}

TEST_F(RankingTest, WithoutAStoreTheRunIsRepeatedWithTheAnswer) {
  Signal signal = Make("a", 1, {1});
  signal.reasons = {Unknown(3, "no"), Collect(6, "spn", true)};
  FeedCommands commands;
  commands.rerun = "exdiag diagnose 'my logs'";
  const Ranking ranking = RankCauses({signal}, commands);
  ASSERT_THAT(ranking.ask_next, SizeIs(2));
  EXPECT_EQ(ranking.ask_next[0].feed, "exdiag diagnose 'my logs' spn.txt");
  EXPECT_EQ(ranking.ask_next[1].effects[1].feed,
            "exdiag diagnose 'my logs' --answer trust=no@brest");
  const auto open = OpenQuestions(ranking, commands);
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].name, "trust");
  EXPECT_EQ(open[0].host, "brest");
  EXPECT_THAT(open[0].incidents, ElementsAre("i1"));
}

// Everything of a ranking that a report shows.
std::string Shown(const Ranking& ranking) {
  std::string text;
  for (const Finding& finding : ranking.findings) {
    const Signal signal = finding.signal.ReadWithRows();
    text +=
        fmt::format("{} {} {} {} {} {} {} {}\n", finding.rank, finding.incident, signal.rule->id,
                    finding.points, finding.confidence, fmt::join(signal.explained, ","),
                    fmt::join(signal.hosts, ","), signal.trigger_count);
  }
  for (const Incident& incident : ranking.incidents) {
    text += fmt::format("{} {} {} {} {}\n", incident.id, incident.unknown_cause, incident.events,
                        incident.first_seen.value, incident.last_seen.value);
  }
  for (const AskNext& ask : ranking.ask_next) {
    text += fmt::format("{} {} {} {}\n", ask.incident, ask.question, ask.feed, ask.entropy_drop);
    for (const auto& effect : ask.effects) {
      text +=
          fmt::format("  {} {} {} {}\n", effect.if_answer, effect.cause, effect.from, effect.to);
    }
  }
  return text;
}

TEST_F(RankingTest, GeneratedSignalsInAnyOrderGiveOneRanking) {
  std::mt19937 random(17);
  const auto upto = [&](std::size_t most) { return random() % (most + 1); };
  const char* kRules[] = {"a", "b", "c", "d", "e"};
  const char* kHosts[] = {"BREST", "LYON", "PARIS"};
  for (int round = 0; round < 300; ++round) {
    std::vector<Signal> signals;
    for (std::size_t i = 0; i < 2 + upto(6); ++i) {
      std::vector<std::int64_t> rows;
      for (std::int64_t row = 1; row <= 12; ++row) {
        if (upto(4) == 0) rows.push_back(row);
      }
      Signal signal = Make(kRules[upto(4)], static_cast<double>(upto(3)), rows);
      signal.hosts = {kHosts[upto(2)]};
      signal.first_seen = Ticks{static_cast<std::int64_t>(1'000 + upto(3))};
      signal.last_seen = signal.first_seen + Duration{static_cast<std::int64_t>(upto(3))};
      if (upto(1) == 0) signal.reasons.push_back(Held(static_cast<double>(upto(4)) - 2));
      if (upto(1) == 0) signal.reasons.push_back(Unknown(2, upto(1) == 0 ? "yes" : "no"));
      if (upto(2) == 0)
        signal.reasons.push_back(Collect(3, upto(1) == 0 ? "p" : "q", upto(1) == 0));
      signal.trigger_count = i + 1;
      signals.push_back(std::move(signal));
    }
    const std::string first = Shown(RankCauses(signals));
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::shuffle(signals.begin(), signals.end(), random);
      ASSERT_EQ(Shown(RankCauses(signals)), first) << "round " << round;
    }
  }
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

// Mutual information by another way than the program's: from the table of cause and combination of
// outcomes, as H(answers) - H(answers | cause).
double BruteForce(const std::vector<double>& causes, const std::vector<Proposition>& propositions) {
  const auto entropy = [](const std::vector<double>& shares) {
    double bits = 0;
    for (const double share : shares) bits -= share > 0 ? share * std::log2(share) : 0;
    return bits;
  };
  std::vector<double> marginal;
  double conditional = 0;
  for (std::size_t cause = 0; cause < causes.size(); ++cause) {
    std::vector<double> given = {1};  // of every combination, the first proposition's fastest
    for (const Proposition& proposition : propositions) {
      std::vector<double> weights;
      for (const auto& points : proposition.points) {
        weights.push_back(cause < points.size() ? std::pow(2.0, points[cause]) : 1);
      }
      const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
      std::vector<double> longer;
      for (const double weight : weights) {
        for (const double before : given) longer.push_back(before * weight / sum);
      }
      given = std::move(longer);
    }
    marginal.resize(given.size());
    for (std::size_t i = 0; i < given.size(); ++i) marginal[i] += causes[cause] * given[i];
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
      {"one cause, one line", {3}, {{"p", {{3}, {0}}}}},
      {"a line that points away", {3, 1}, {{"p", {{-4, 0}, {0, 0}}}}},
      {"both sides of one proposition", {3, 1, 0}, {{"p", {{3, 0, 0}, {0, 2, 0}}}}},
      {"two propositions", {3, 3}, {{"p", {{3, 0}, {0, 1}}}, {"q", {{0, 2}, {0, 0}}}}},
      {"one of three answers", {3, 3}, {{"p", {{3, 0}, {0, 2}, {0, 0}}}}},
      {"a line nobody has", {3, 3}, {{"p", {{0, 0}, {0, 0}}}}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto shares = Confidences(row.points);
    EXPECT_NEAR(ExpectedEntropyDrop(shares, row.propositions), BruteForce(shares, row.propositions),
                1e-12);
  }
  EXPECT_NEAR(ExpectedEntropyDrop(Confidences({3, 3}), {{"p", {{0, 0}, {0, 0}}}}), 0, 1e-12);
}

TEST(AskNextTest, EntropyDropOfGeneratedQuestionsAgreesWithBruteForce) {
  std::mt19937 random(4);
  const auto upto = [&](std::size_t most) { return random() % (most + 1); };
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> points(1 + upto(4));
    for (double& each : points) each = static_cast<double>(upto(18)) / 2 - 3;
    std::vector<Proposition> propositions(1 + upto(3));
    for (Proposition& proposition : propositions) {
      proposition.points.resize(2 + upto(2), std::vector<double>(points.size()));
      for (auto& outcome : proposition.points) {
        for (double& each : outcome) each = upto(2) == 0 ? static_cast<double>(upto(16)) - 8 : 0;
      }
    }
    const auto shares = Confidences(points);
    const double drop = ExpectedEntropyDrop(shares, propositions);
    ASSERT_NEAR(drop, BruteForce(shares, propositions), 1e-9) << "round " << round;
    ASSERT_GE(drop, -1e-9) << "an answer never tells less than nothing; round " << round;
  }
}

TEST(AskNextTest, OfManyPropositionsThoseThatMoveMostAreTaken) {
  std::vector<Proposition> propositions;
  for (int i = 1; i <= 10; ++i) propositions.push_back({"p", {{i / 10.0, 0}, {0, 0}}});
  const std::vector<Proposition> most(propositions.begin() + 2, propositions.end());
  const auto shares = Confidences({3, 3});
  EXPECT_NEAR(ExpectedEntropyDrop(shares, propositions), BruteForce(shares, most), 1e-12);
}

TEST(AskNextTest, WordsForAShell) {
  EXPECT_EQ(ShellWord("site.db"), "site.db");
  EXPECT_EQ(ShellWord("/var/my logs/a.csv"), "'/var/my logs/a.csv'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(ShellWord(""), "''");
}

// ---- the page against the program

std::string PageText() {
  std::ifstream page(EXDIAG_SOURCE_DIR "/docs/ranking.md");
  std::ostringstream text;
  text << page.rdbuf();
  return CollapseSpace(text.str());
}

double Bits(const std::vector<double>& shares) {
  double bits = 0;
  for (const double share : shares) bits -= share * std::log2(share);
  return bits;
}

// What the page says with every number of its example, as the program has it.  A number that
// changes on one side only is a failure here.
TEST_F(RankingTest, EveryNumberOfThePageIsTheProgramS) {
  const std::string page = PageText();
  const Ranking ranking = RankPageExample();
  const auto expect = [&](const std::string& sentence) { EXPECT_THAT(page, HasSubstr(sentence)); };
  const std::vector<double> now = {ranking.findings[0].confidence, ranking.findings[1].confidence,
                                   ranking.findings[2].confidence,
                                   ranking.incidents[0].unknown_cause};

  expect("points = strength (sure 6, probable 3, possible 1, hint -1)");
  EXPECT_EQ(static_cast<int>(Strength::kSure), 6);
  EXPECT_EQ(static_cast<int>(Strength::kProbable), 3);
  EXPECT_EQ(static_cast<int>(Strength::kPossible), 1);
  EXPECT_EQ(static_cast<int>(Strength::kHint), -1);

  double sum = 1;
  for (const Finding& finding : ranking.findings) sum += std::exp2(finding.points);
  expect(fmt::format("The sum is 32 + 4 + 0.5 + 1 = {:g}.", sum));
  const char* kLines[] = {"probable 3 | +2 (LYON failed to bind at the same time)",
                          "possible 1 | +1", "possible 1 | -2 (the peer logs events)"};
  for (std::size_t i = 0; i < 3; ++i) {
    const Finding& finding = ranking.findings[i];
    const double power = std::exp2(finding.points);
    expect(fmt::format("| {} | {} | {:g} | {:g} | {:g} / {:g} = {:.3f} |",
                       finding.signal.rule()->id, kLines[i], finding.points, power, power, sum,
                       finding.confidence));
  }
  expect(fmt::format("| a cause we do not know | | | 0 | 1 | 1 / {:g} = {:.3f} |", sum, now[3]));

  // By hand from P(true | cause) = 2^t / (2^t + 2^f): dras has +3 for "no", service-account +1 for
  // "yes".
  const std::vector<double> yes = {1 / (1 + 8.0), 2 / (2 + 1.0), 0.5, 0.5};
  double p_yes = 0;
  for (std::size_t i = 0; i < 4; ++i) p_yes += now[i] * yes[i];
  std::vector<double> after_yes, after_no;
  for (std::size_t i = 0; i < 4; ++i) {
    after_yes.push_back(now[i] * yes[i] / p_yes);
    after_no.push_back(now[i] * (1 - yes[i]) / (1 - p_yes));
  }
  const char* kHow[] = {"1 / (1 + 2^3) = 0.111", "2 / (2 + 1) = 0.667", "0.5", "0.5"};
  const char* kNames[] = {"dras", "service-account", "peer-down", "unknown"};
  for (std::size_t i = 0; i < 4; ++i) {
    expect(fmt::format("| {} | {:.3f} | {} | {:.3f} | {:.3f} |", kNames[i], now[i], kHow[i],
                       after_yes[i], after_no[i]));
  }
  const double drop = ranking.ask_next.at(0).entropy_drop;
  EXPECT_NEAR(drop, Bits(now) - p_yes * Bits(after_yes) - (1 - p_yes) * Bits(after_no), 1e-12);
  expect(
      fmt::format("P(yes) over all is {:.3f}. Entropy now: {:.3f} bits; after yes {:.3f}, after "
                  "no {:.3f}; so the answer is worth {:.3f} - {:.3f} x {:.3f} - {:.3f} x {:.3f} "
                  "= {:.4f} bits.",
                  p_yes, Bits(now), Bits(after_yes), Bits(after_no), Bits(now), p_yes,
                  Bits(after_yes), 1 - p_yes, Bits(after_no), drop));
  const auto& effects = ranking.ask_next[0].effects;
  expect(
      fmt::format("\"yes\" makes service-account 2^3 = 8 of 32 + 8 + 0.5 + 1 = 41.5, {:.3f} -> "
                  "{:.3f}; \"no\" makes dras 2^8 = 256 of 261.5, {:.3f} -> {:.3f}.",
                  effects[0].from, effects[0].to, effects[1].from, effects[1].to));
}

}  // namespace
}  // namespace exdiag
