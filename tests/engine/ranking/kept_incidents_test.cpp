// Incidents put together from what was kept, against RankCauses over all signals: whatever happens
// to a store, both give the same findings, at the same places, to the last byte.
#include "engine/ranking/kept_incidents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/signal/packed_signal.h"
#include "tests/engine/signal/store_life.h"

namespace exdiag {
namespace {

constexpr const char* kKey = "key";

std::string Bytes(const Ranking& ranking) {
  PackedWriter out;
  for (const Finding& finding : ranking.findings) {
    out.Number(finding.rank);
    out.Text(finding.incident);
    out.Double(finding.points);
    out.Double(finding.confidence);
    out.Text(finding.signal.rule()->id);
    PackWholeSignal(finding.signal.ReadWithRows(), out);
  }
  for (const Incident& incident : ranking.incidents) {
    out.Text(incident.id);
    for (const std::size_t finding : incident.findings) {
      out.Number(ranking.findings[finding].rank);
    }
    for (const std::size_t signal : incident.signals) out.Number(signal);
    out.Double(incident.unknown_cause);
    for (const std::string& host : incident.hosts) out.Text(host);
    out.Signed(incident.first_seen.value);
    out.Signed(incident.last_seen.value);
    out.Number(static_cast<std::uint64_t>(incident.time_basis));
    out.Number(incident.events);
  }
  return out.Take();
}

// The incidents in which one of `rules` has a finding.
Ranking Part(const Ranking& all, const RuleIds& rules) {
  Ranking part;
  std::map<std::size_t, std::size_t> places;  // in all, in part
  for (const Incident& incident : all.incidents) {
    const bool asked =
        std::any_of(incident.findings.begin(), incident.findings.end(), [&](std::size_t finding) {
          return rules.contains(all.findings[finding].signal.rule()->id);
        });
    if (!asked) continue;
    part.incidents.push_back(incident);
    for (const std::size_t finding : incident.findings) places[finding];
  }
  for (auto& [in_all, in_part] : places) {
    in_part = part.findings.size();
    part.findings.push_back(all.findings[in_all]);
  }
  for (Incident& incident : part.incidents) {
    for (std::size_t& finding : incident.findings) finding = places[finding];
  }
  return part;
}

class KeptIncidentsTest : public ::testing::Test {
 protected:
  KeptIncidentsTest() : sets_(MakeLifeRules()), store_(exdiag::testing::Temporary()) {
    for (const RuleSet& set : sets_) rules_.push_back(&set.rules().front());
    std::sort(rules_.begin(), rules_.end(),
              [](const Rule* a, const Rule* b) { return a->id < b->id; });
  }

  // Diagnoses the store and keeps what was found.
  Ranking Diagnose() {
    DiagnosticList problems;
    UpdateWork work;
    auto signals = UpdateSignals(rules_, SmallKnowledge(), *store_, kKey, problems, &work);
    EXPECT_TRUE(signals.ok());
    EXPECT_FALSE(work.kept_as.empty());
    Ranking ranking = RankCauses(std::move(*signals));
    KeepIncidents(ranking, work.kept_as, *store_);
    return ranking;
  }

  std::optional<KeptIncidents> Find(const RuleIds& rules, const std::string& key = kKey) const {
    return KeptIncidents::Find(*store_, key, rules);
  }

  // "not kept", or the bytes of what is found with no other rules than are needed.
  std::string Found(const RuleIds& asked) const {
    const auto kept = Find(asked);
    if (!kept) return "not kept";
    const RuleIds needed = kept->Rules();
    std::vector<const Rule*> rules;
    for (const Rule* rule : rules_) {
      if (needed.contains(rule->id)) rules.push_back(rule);
    }
    const auto ranking = kept->Rank(rules);
    return ranking ? Bytes(*ranking) : "does not fit";
  }

  std::vector<RuleSet> sets_;
  std::vector<const Rule*> rules_;
  std::unique_ptr<Store> store_;
};

TEST_F(KeptIncidentsTest, WhateverHappensAndWhateverIsAskedBothWaysAgree) {
  std::mt19937_64 random(1);
  std::size_t parts = 0, findings = 0, unknown = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    store_ = exdiag::testing::Temporary();
    Life life(*store_, seed);
    for (int step = 0; step < 20; ++step) {
      life.Step();
      const Ranking all = Diagnose();
      if (!Find({})) {  // after a removal, until the next import
        ++unknown;
        continue;
      }
      for (const Rule* rule : rules_) {
        RuleIds asked = {rule->id};
        if (random() % 3 == 0) asked.insert(rules_[random() % rules_.size()]->id);
        const Ranking part = Part(all, asked);
        ASSERT_TRUE(Found(asked) == Bytes(part))
            << "seed " << seed << ", step " << step << ", " << rule->id;
        findings += part.findings.size();
        if (!part.findings.empty() && part.findings.size() < all.findings.size()) ++parts;
      }
    }
  }
  EXPECT_GT(findings, 500u);
  EXPECT_GT(parts, 100u);
  EXPECT_LT(unknown, 60u);  // of 160
}

TEST_F(KeptIncidentsTest, AnyChangeEndsIt) {
  Life life(*store_, 3);
  for (int step = 0; step < 10; ++step) life.Step();
  const RuleIds rule = {rules_.front()->id};
  EXPECT_FALSE(Find(rule));
  Diagnose();
  EXPECT_TRUE(Find(rule));
  EXPECT_FALSE(Find(rule, "another key"));
  EXPECT_FALSE(Find(rule, ""));

  exdiag::testing::Import(*store_, {{.provider = "Other", .event_id = 1}});
  EXPECT_FALSE(Find(rule));
  Diagnose();
  EXPECT_TRUE(Find(rule));

  Note note;
  note.subject = "q";
  note.text = "yes";
  note.noted_at = {125'000'000'000'000'000};
  ASSERT_TRUE(store_->AddNote(note).ok());
  EXPECT_FALSE(Find(rule));
  Diagnose();
  EXPECT_TRUE(Find(rule));
}

// The signals of one diagnosis, the incidents of another: two processes may keep theirs at once.
TEST_F(KeptIncidentsTest, IncidentsOfOtherSignalsAreNotUsed) {
  Life life(*store_, 5);
  for (int step = 0; step < 10; ++step) life.Step();
  Diagnose();
  const std::string before = store_->Kept("incidents");
  for (int step = 0; step < 10; ++step) life.Step();
  Diagnose();
  const RuleIds rule = {rules_.front()->id};
  ASSERT_TRUE(Find(rule));
  ASSERT_NE(store_->Kept("incidents"), before);
  ASSERT_TRUE(store_->Keep("incidents", before).ok());
  EXPECT_FALSE(Find(rule));
}

TEST_F(KeptIncidentsTest, RulesInAnotherOrderKeepNone) {
  std::reverse(rules_.begin(), rules_.end());
  DiagnosticList problems;
  for (int run = 0; run < 2; ++run) {
    UpdateWork work;
    ASSERT_TRUE(UpdateSignals(rules_, SmallKnowledge(), *store_, kKey, problems, &work).ok());
    EXPECT_EQ(work.kept_as, "");
    EXPECT_EQ(work.kept, run == 0 ? 0 : rules_.size());
  }
}

TEST_F(KeptIncidentsTest, WhatDoesNotFitIsNoAnswer) {
  Life life(*store_, 7);
  for (int step = 0; step < 20; ++step) life.Step();
  const Ranking all = Diagnose();
  const std::string kept = store_->Kept("incidents");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < kept.size(); ++at) {
    std::string damaged = kept;
    damaged[at] = static_cast<char>(damaged[at] ^ 3);
    ASSERT_TRUE(store_->Keep("incidents", damaged).ok());
    for (const Rule* rule : rules_) {
      const std::string found = Found({rule->id});
      if (found == "not kept" || found == "does not fit") ++refused;
    }
  }
  EXPECT_GT(refused, kept.size());
  for (const std::size_t size : {std::size_t{0}, kept.size() / 2, kept.size() - 1}) {
    ASSERT_TRUE(store_->Keep("incidents", kept.substr(0, size)).ok());
    EXPECT_FALSE(Find({rules_.front()->id})) << size;
  }
}

}  // namespace
}  // namespace exdiag
