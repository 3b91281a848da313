// UpdateSignals against EvaluateRules: whatever happens to a store, and in whatever order, both
// give the same signals to the last byte.
#include "engine/signal/kept_signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "engine/signal/packed_signal.h"
#include "tests/engine/signal/store_life.h"

namespace exdiag {
namespace {

using exdiag::testing::Made;

std::string Bytes(const Result<SignalList>& signals) {
  if (!signals) return signals.error().message;
  PackedWriter out;
  for (const Signal& signal : *signals) {
    out.Text(signal.rule->id);
    PackSignal(signal, out);
  }
  return out.Take();
}

class KeptSignalsTest : public ::testing::Test {
 protected:
  KeptSignalsTest() : sets_(MakeLifeRules()), store_(exdiag::testing::Temporary()) {
    for (const RuleSet& set : sets_) rules_.push_back(&set.rules().front());
  }

  // Both ways; gives what the update had to do.
  UpdateWork Check(const std::string& key = "key") {
    UpdateWork work;
    DiagnosticList problems;
    const std::string updated =
        Bytes(UpdateSignals(rules_, SmallKnowledge(), *store_, key, problems, &work));
    const std::string full = Bytes(EvaluateRules(rules_, SmallKnowledge(), *store_, problems));
    EXPECT_TRUE(updated == full) << "the update differs";
    EXPECT_TRUE(problems.items().empty());
    EXPECT_EQ(work.evaluated + work.kept, rules_.size());
    return work;
  }

  static Made Event(std::uint16_t id, const std::string& host, const std::string& time,
                    std::vector<std::string> strings) {
    Made made;
    made.provider = "P";
    made.event_id = id;
    made.host = host;
    made.computer = host;
    made.time = time;
    made.channel = "Application";
    made.strings = std::move(strings);
    return made;
  }
  void Import(const std::vector<Made>& events) { exdiag::testing::Import(*store_, events); }

  std::vector<RuleSet> sets_;
  std::vector<const Rule*> rules_;
  std::unique_ptr<Store> store_;
};

TEST_F(KeptSignalsTest, NothingIsEvaluatedTwiceWithoutAReason) {
  EXPECT_EQ(Check().evaluated, rules_.size());
  EXPECT_EQ(Check().evaluated, 0u);
  Import({Event(100, "a", "2000-01-10T10:00:00Z", {"b", "5", "x"})});
  EXPECT_EQ(Check().evaluated, std::size(kLifeRules));  // the others have no trigger
  EXPECT_EQ(Check().evaluated, 0u);
  // No rule names this, and what was read before suffices for no answer.
  Import({Event(500, "z", "2000-01-10T10:00:00Z", {})});
  EXPECT_EQ(Check().evaluated, 0u);
  // Only those that look at 102.
  Import({Event(102, "z", "2000-01-12T10:00:00Z", {"9", "x"})});
  EXPECT_EQ(Check().evaluated, 3u);
  EXPECT_EQ(Check("another key").evaluated, rules_.size());
  EXPECT_EQ(Check("").evaluated, rules_.size());
}

TEST_F(KeptSignalsTest, CoverageThatTurnsUnknownIntoAbsentIsSeen) {
  Import({Event(100, "a", "2000-01-10T10:00:00Z", {"b", "5", "x"})});
  Check();
  // Nothing that a rule names, but now the log was read around the trigger.
  Import(
      {Event(500, "a", "2000-01-10T09:00:00Z", {}), Event(500, "a", "2000-01-10T13:00:00Z", {})});
  const UpdateWork work = Check();
  EXPECT_GT(work.evaluated, 0u);
  EXPECT_GT(work.kept, 2u);
  // Later logs of the same host change no answer.
  Import(
      {Event(500, "a", "2000-01-10T12:00:00Z", {}), Event(500, "a", "2000-01-11T13:00:00Z", {})});
  EXPECT_EQ(Check().evaluated, 0u);
}

TEST_F(KeptSignalsTest, AShorterNameOfAHostIsSeen) {
  Made event = Event(100, "a", "2000-01-10T10:00:00Z", {"b", "5", "x"});
  event.computer = "a.corp.example";
  Import({event});
  Check();
  Made other = Event(110, "a", "2000-01-17T10:00:00Z", {"1"});
  other.computer = "A";
  Import({other});
  Check();
}

// Rules of whose events the store has none are not loaded, and not remembered as "nothing found".
TEST_F(KeptSignalsTest, ARuleThatWasLeftOutIsEvaluatedWhenItComes) {
  const std::vector<const Rule*> all = rules_;
  const Rule* asked_for = all[all.size() - 2];
  ASSERT_EQ(asked_for->id, "test.never.x");
  const Rule* of_facts = all.back();
  rules_ = {of_facts};
  Import({Event(500, "a", "2000-01-10T10:00:00Z", {})});
  EXPECT_EQ(Check().evaluated, 1u);
  EXPECT_EQ(Check().evaluated, 0u);
  rules_ = {asked_for, of_facts};
  EXPECT_EQ(Check().evaluated, 1u);
  EXPECT_EQ(Check().evaluated, 0u);
  rules_ = {of_facts};
  EXPECT_EQ(Check().evaluated, 0u);
  Import({Event(111, "a", "2000-01-10T10:00:00Z", {"1"}),
          Event(101, "a", "2000-01-10T10:05:00Z", {"b", "5", "x"})});
  EXPECT_EQ(Check().evaluated, 0u);
  rules_ = all;
  EXPECT_EQ(Check().evaluated, all.size() - 1);
  DiagnosticList problems;
  const auto signals = UpdateSignals(rules_, SmallKnowledge(), *store_, "key", problems);
  ASSERT_TRUE(signals.ok());
  ASSERT_EQ(signals->size(), 1u);
  EXPECT_EQ(signals->front().rule, asked_for);
}

TEST_F(KeptSignalsTest, WhatIsKeptAndDamagedIsNotUsed) {
  Import({Event(100, "a", "2000-01-10T10:00:00Z", {"b", "5", "x"})});
  Check();
  const std::string kept = store_->Kept("signals");
  ASSERT_FALSE(kept.empty());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kept.size() / 2, kept.size() - 1}) {
    ASSERT_TRUE(store_->Keep("signals", kept.substr(0, size)).ok());
    EXPECT_EQ(Check().evaluated, rules_.size()) << size;
  }
  ASSERT_TRUE(store_->Keep("signals", kept).ok());
  EXPECT_EQ(Check().evaluated, 0u);
}

// Of very many signals nothing is kept, and what was kept before is out of date.
TEST_F(KeptSignalsTest, NoMoreIsKeptThanIsWorthIt) {
  Import({Event(100, "a", "2000-01-10T10:00:00Z", {"b", "5", "x"})});
  Check();
  Import({Event(100, "b", "2000-01-11T10:00:00Z", {"c", "5", "x"}),
          Event(111, "a", "2000-01-10T10:00:00Z", {"1"})});
  DiagnosticList problems;
  const std::string full = Bytes(EvaluateRules(rules_, SmallKnowledge(), *store_, problems));
  for (const std::size_t most : {std::size_t{0}, std::size_t{300}}) {
    UpdateWork work;
    const auto signals =
        UpdateSignals(rules_, SmallKnowledge(), *store_, "key", problems, &work, most);
    EXPECT_TRUE(Bytes(signals) == full) << most;
    EXPECT_EQ(work.evaluated, rules_.size()) << most;
    EXPECT_EQ(work.kept_as, "") << most;
    EXPECT_FALSE(KeptSignals::Current(*store_, "key")) << most;
  }
  Check();
  EXPECT_TRUE(KeptSignals::Current(*store_, "key"));
}

// What a store could hold that was kept by a program with an error: it is read as far as it makes
// sense, and no further.
TEST_F(KeptSignalsTest, WhatCannotBeReadIsEvaluated) {
  Import({Event(100, "a", "2000-01-10T10:00:00Z", {"b", "5", "x"})});
  Check();
  std::string kept = store_->Kept("signals");
  const std::size_t cause = kept.rfind("seen on");
  EXPECT_EQ(cause, std::string::npos);  // only the others have signals
  // The length of the first signal's list of reasons, and so on to its end.
  const std::size_t first = kept.find("test.fault.cause-0");
  ASSERT_NE(first, std::string::npos);
  std::size_t refused = 0;
  for (std::size_t at = first + 18; at < kept.size(); at += 7) {
    std::string damaged = kept;
    damaged[at] = '\xff';
    ASSERT_TRUE(store_->Keep("signals", damaged).ok());
    UpdateWork work;
    DiagnosticList problems;
    const auto signals = UpdateSignals(rules_, SmallKnowledge(), *store_, "key", problems, &work);
    EXPECT_TRUE(signals.ok()) << at;
    if (work.evaluated == rules_.size()) ++refused;
  }
  EXPECT_GT(refused, 20u);
}

TEST_F(KeptSignalsTest, WhateverHappensBothWaysAgree) {
  std::size_t kept = 0, signals = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    store_ = exdiag::testing::Temporary();
    Life life(*store_, seed);
    for (int step = 0; step < 25; ++step) {
      life.Step();
      if (step % 3 == 2) continue;  // several imports before the next look
      kept += Check().kept;
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", step " << step;
    }
    DiagnosticList problems;
    signals += EvaluateRules(rules_, SmallKnowledge(), *store_, problems)->size();
    EXPECT_THAT(*store_->Verify(), ::testing::IsEmpty());
  }
  EXPECT_GT(kept, 200u);
  EXPECT_GT(signals, 200u);
}

TEST(PackSignalTest, KeepsEveryMember) {
  const RuleSet rules = ParseRule(RuleText("when: [{seen: {within: 10m}}]"));
  Signal signal;
  signal.rule = &rules.rules().front();
  signal.start_points = -1.5;
  signal.unknown_conditions = {"u"};
  Reason reason;
  reason.line = 1;
  reason.points = 2;
  reason.because = "b";
  reason.state = Truth::kUnknown;
  reason.evidence = {{{"f", Place::Line(3, 4)}, -5, 6, "s"}};
  reason.evidence_count = 7;
  reason.ask = "a";
  reason.collect = "c";
  reason.question_key = "q";
  reason.proposition = "p";
  reason.negated = true;
  reason.proposed.kind = "k";
  reason.proposed.host = "l";
  reason.proposed.attributes = {{"a", "1"}, {"b", "2"}};
  reason.answer_name = "n";
  reason.answer_value = "v";
  signal.reasons = {reason};
  signal.explained = {-2, 8, 1'000'000};
  signal.explained_kinds = {{"P", 100}};
  signal.hosts = {"h", "i"};
  signal.triggers = {{{"g", Place::Offset(9)}, 10, 11, "t"}};
  signal.trigger_count = 12;
  signal.first_seen = {13};
  signal.last_seen = {14};
  signal.time_basis = TimeBasis::kLocalUnknown;
  signal.cause = "x";
  signal.fix = {{"d", "o", "r", true}};

  PackedWriter out;
  PackSignal(signal, out);
  PackedReader in(out.bytes());
  const Signal back = UnpackSignal(in, rules.rules().front());
  EXPECT_TRUE(in.ok() && in.at_end());
  PackedWriter again;
  PackSignal(back, again);
  EXPECT_EQ(out.bytes(), again.bytes());
  EXPECT_EQ(back.explained, signal.explained);
  EXPECT_EQ(back.reasons[0].evidence[0].where, signal.reasons[0].evidence[0].where);
  EXPECT_EQ(back.reasons[0].answer_value, "v");
  EXPECT_TRUE(back.reasons[0].negated);
  EXPECT_EQ(back.reasons[0].proposed.attributes, signal.reasons[0].proposed.attributes);
  EXPECT_TRUE(back.fix[0].ours);

  signal.site = SitePoints{15, "y", "z", {16}};
  signal.reasons[0].site = SitePoints{17, "1", "2", {18}};
  signal.host_groups = {{"h"}, {"i", "j"}};
  PackedWriter whole;
  PackWholeSignal(signal, whole);
  PackedReader in_whole(whole.bytes());
  const Signal all = UnpackWholeSignal(in_whole, rules.rules().front());
  EXPECT_TRUE(in_whole.ok() && in_whole.at_end());
  EXPECT_EQ(all.site->of_rule, 15);
  EXPECT_EQ(all.site->reason, "y");
  EXPECT_EQ(all.site->by, "z");
  EXPECT_EQ(all.site->since, Ticks{16});
  EXPECT_EQ(all.reasons[0].site->of_rule, 17);
  EXPECT_EQ(all.host_groups, signal.host_groups);
  PackedWriter whole_again;
  PackWholeSignal(all, whole_again);
  EXPECT_EQ(whole.bytes(), whole_again.bytes());
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    PackedReader cut(std::string_view(out.bytes()).substr(0, size));
    UnpackSignal(cut, rules.rules().front());
    EXPECT_FALSE(cut.ok()) << size;
  }
}

}  // namespace
}  // namespace exdiag
