// UpdateSignals against EvaluateRules: whatever happens to a store, and in whatever order, both
// give the same signals to the last byte.
#include "engine/signal/kept_signals.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "engine/signal/packed_signal.h"
#include "tests/engine/signal/world.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using exdiag::testing::Made;

// What rules can rest on: other hosts, counts, absence, raised levels, sequences, facts, answers,
// names of hosts, events that are only explained.
constexpr const char* kRules[] = {
    "when: [{seen: {within: 10m}}]",
    "when: [{no: {seen: {within: 10m, host: same}}}]",
    "unless: [{seen: {within: 1h, host: peer}}]",
    "when: [{no: {seen: {host: any, within: 30m}}}]\nbetween: [bad.computer, bad.peer]",
    "when: [{seen: {count: '3+', within: 1h}}]\nexplains: [bad, seen]",
    "when: [{no: {detail: {within: 10m}}}]",
    "when: [{no: {third: {within: 2h}}}]\nexplains: [bad, third]",
    "evidence: [{if: {more: {latest: yes, where: {code: 1}}}, points: 1, because: "
    "\"{more.text}\"}]",
    "evidence: [{if: {sequence: [more, bad, seen], within: 1h}, points: 1, because: b}]",
    "evidence: [{if: {fact: {kind: spn, host: '{bad.peer}', where: {service: SMTP/x}}}, points: 2, "
    "because: b, collect: c}]",
    "evidence: [{if: {fact: {kind: answer, name: q, is: 'yes'}}, points: 3, because: b, ask: a}]",
    "when: [{frame: {within: 1h, host: any}}]",
};

std::vector<RuleSet> MakeRules() {
  std::vector<RuleSet> sets;
  for (const char* lines : kRules) {
    std::string text = RuleText(lines);
    const std::string id = fmt::format("test.fault.cause-{}", sets.size());
    text.replace(text.find("test.fault.cause"), 16, id);
    sets.push_back(ParseRule(text));
  }
  // Never triggered by what the logs hold, and by facts.
  sets.push_back(ParseRule(R"(id: test.never.x
version: 1
status: draft
title: t
verdict: fault
articles: [Q1]
events:
  fine: {provider: P, id: 111}
  seen: {provider: P, id: 101}
trigger: fine
when: [{seen: {within: 1h}}]
strength: hint
explains: [fine, seen]
cause: c
fix: [{do: d}]
)"));
  sets.push_back(ParseRule(R"(id: test.fact.x
version: 1
status: draft
title: t
verdict: fault
articles: [Q1]
events:
  frame: {fact: tpkt_frame, where: {reserved: {not: 0}}}
trigger: frame
strength: hint
explains: [frame]
cause: "seen on {frame.computer}"
fix: [{do: d}]
)"));
  return sets;
}

std::string Bytes(const Result<std::vector<Signal>>& signals) {
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
  KeptSignalsTest() : sets_(MakeRules()), store_(exdiag::testing::Temporary()) {
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
  EXPECT_EQ(Check().evaluated, std::size(kRules));  // the others have no trigger
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
  const std::string kept = *store_->Kept("signals");
  ASSERT_FALSE(kept.empty());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kept.size() / 2, kept.size() - 1}) {
    ASSERT_TRUE(store_->Keep("signals", kept.substr(0, size)).ok());
    EXPECT_EQ(Check().evaluated, rules_.size()) << size;
  }
  ASSERT_TRUE(store_->Keep("signals", kept).ok());
  EXPECT_EQ(Check().evaluated, 0u);
}

// One store's life, made up.
class Life {
 public:
  Life(Store& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void Step() {
    switch (Random(11)) {
      case 0:
        return AddFacts();
      case 1:
        return Answer();
      case 2:
        if (!fed_.empty()) return Again();
        break;
      case 3:
        return Remove();
      default:
        break;
    }
    std::vector<Made> events;
    const std::string host = Pick({"a", "b", "c"});
    const std::uint64_t hour = Random(30);
    for (std::uint64_t i = 0, count = 1 + Random(6); i < count; ++i) {
      events.push_back(Event(host, hour * 60 + Random(Random(3) == 0 ? 600 : 40)));
    }
    fed_.push_back(events);
    exdiag::testing::Import(store_, events);
  }

 private:
  // What is old, as retention does.
  void Remove() {
    const auto before =
        ParseIsoTime(fmt::format("2000-01-{:02}T{:02}:30:00Z", 10 + Random(2), Random(24)));
    EXPECT_TRUE(store_.RemoveEventsBefore(before->ticks).ok());
  }

  std::uint64_t Random(std::uint64_t below) { return random_() % below; }
  std::string Pick(std::vector<std::string> texts) { return texts[Random(texts.size())]; }

  Made Event(const std::string& host, std::uint64_t minute) {
    Made made;
    made.provider = "P";
    made.event_id = static_cast<std::uint16_t>(
        std::stoi(Pick({"100", "100", "101", "101", "102", "110", "111", "500", "500"})));
    if (Random(4) != 0 && made.event_id == 111) made.event_id = 500;
    made.host = host;
    made.computer = Pick({host, host + ".corp.example"});
    made.time = fmt::format("2000-01-{:02}T{:02}:{:02}:00Z", 10 + minute / 1440, minute / 60 % 24,
                            minute % 60);
    if (Random(20) == 0) made.basis = TimeBasis::kLocalUnknown;
    made.channel = Random(5) == 0 ? "" : "Application";
    const std::string code = Pick({"1", "3", "5"});
    if (made.event_id < 102) made.strings = {Pick({"a", "b", "c.corp.example", "d"}), code, "x"};
    if (made.event_id == 102) made.strings = {code, "x"};
    if (made.event_id > 102) made.strings = {code};
    return made;
  }

  // The same events in a finer format, or some of them and new ones.
  void Again() {
    std::vector<Made> events = fed_[Random(fed_.size())];
    const bool finer = Random(2) == 0;
    for (Made& made : events) {
      if (finer) made.record_id = ++last_record_;
      if (finer) made.channel = "Application";
      if (finer && Random(2) == 0) made.level = Level::kWarning;
    }
    if (Random(3) == 0) events.push_back(Event(events[0].host, Random(2000)));
    exdiag::testing::Import(store_, events, "again.csv");
  }

  void AddFacts() {
    const auto session = exdiag::testing::Begin(store_, "facts.txt");
    Fact fact;
    fact.host = Pick({"a", "b"});
    if (Random(2) == 0) {
      fact.kind = "spn";
      fact.attributes = {{"service", Pick({"SMTP/x", "HTTP/x"})}};
    } else {
      fact.kind = "tpkt_frame";
      fact.attributes = {{"reserved", Pick({"0", "1"})}};
      fact.observed_at = ParseIsoTime(fmt::format("2000-01-10T{:02}:00:00Z", Random(24)))->ticks;
      fact.time_basis = TimeBasis::kUtc;
    }
    session->AddFact(fact);
    if (fact.kind == "spn" && Random(2) == 0) {
      Fact listing;
      listing.kind = "spn_listing";
      listing.host = fact.host;
      session->AddFact(listing);
    }
    EXPECT_TRUE(session->Commit().ok());
  }

  void Answer() {
    Note note;
    note.subject = "q";
    note.text = Pick({"yes", "no"});
    note.noted_at = {static_cast<std::int64_t>(125'000'000'000'000'000 + Random(1000))};
    note.noted_by = "me";
    if (Random(3) == 0) {
      EXPECT_TRUE(store_.WithdrawNotes(NoteKind::kAnswer, "q", "", note.noted_at, "me").ok());
    } else {
      EXPECT_TRUE(store_.AddNote(note).ok());
    }
  }

  Store& store_;
  std::mt19937_64 random_;
  std::vector<std::vector<Made>> fed_;
  std::uint64_t last_record_ = 0;
};

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
  EXPECT_TRUE(back.fix[0].ours);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    PackedReader cut(std::string_view(out.bytes()).substr(0, size));
    UnpackSignal(cut, rules.rules().front());
    EXPECT_FALSE(cut.ok()) << size;
  }
}

}  // namespace
}  // namespace exdiag
