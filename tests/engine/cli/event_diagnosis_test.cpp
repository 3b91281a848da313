// What causes --store answers from what was kept, against the answer by all rules.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "engine/cli/diagnosis.h"
#include "engine/evidence/strings.h"
#include "engine/normalise/normaliser.h"
#include "engine/ranking/rule_log.h"
#include "engine/report/causes.h"
#include "engine/report/html.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using exdiag::testing::TestFolder;

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kStep = 8;  // ask for one event ID in so many: the sanitizer is slow
#else
constexpr std::size_t kStep = 1;
#endif

class EventDiagnosisTest : public ::testing::Test {
 protected:
  EventDiagnosisTest() {
    ::setenv("EXDIAG_CACHE", (folder_ / "cache").c_str(), 1);
    options_.rules = EXDIAG_SOURCE_DIR "/rules";
    options_.kbdata = EXDIAG_SOURCE_DIR "/kbdata";
    auto store = Store::Open(folder_ / "site.db");
    EXPECT_TRUE(store.ok());
    store_ = std::move(*store);
    auto data = LoadData(options_, problems_);
    EXPECT_TRUE(data.ok());
    data_ = std::move(*data);
  }
  ~EventDiagnosisTest() override { ::unsetenv("EXDIAG_CACHE"); }

  // The logs of all rules' own tests, six hours apart, each as one import.
  void ImportTestsOfRules() {
    Normaliser normaliser(data_->knowledge, {});
    Ticks start = ParseIsoTime("1999-01-01T00:00:00Z")->ticks;
    for (const Rule& rule : data_->rules.rules()) {
      const auto session = exdiag::testing::Begin(*store_, rule.id + ".csv");
      for (const RuleTest& test : rule.tests) {
        const auto lines = ParseRuleLog(test.log);
        for (std::size_t i = 0; lines && i < lines->size(); ++i) {
          const Ticks time = start + ((*lines)[i].time - lines->front().time);
          EXPECT_TRUE(Add(*session, (*lines)[i], time, normaliser));
        }
        start = start + Duration::Seconds(6 * 3600);
      }
      EXPECT_TRUE(session->Commit().ok());
    }
  }

  bool Add(ImportSession& session, const RuleLogLine& line, Ticks time, Normaliser& normaliser) {
    const auto filled = FillRuleLogRecord(line, data_->knowledge.catalogue());
    if (!filled) return true;
    std::vector<std::string_view> strings;
    for (const auto& value : filled->strings) {
      strings.push_back(value ? std::string_view(*value) : "");
    }
    Record record;
    record.place = Place::Line(++line_);
    record.channel = filled->channel;
    record.provider = line.provider;
    record.event_id = line.event_id;
    record.level = filled->level;
    record.category_text = filled->category;
    record.time = time;
    record.time_basis = TimeBasis::kUtc;
    record.computer = line.computer;
    record.message = filled->message;
    record.has_strings = filled->message.empty();
    record.strings = strings;
    NormalisedEvent event = normaliser.Normalise(record);
    const std::string encoded = EncodeStrings(filled->strings);
    if (record.has_strings) event.strings = encoded;
    return session.Add(event);
  }

  Diagnosis Full() {
    auto diagnosis = Diagnose(*data_, *store_, site_, {}, problems_);
    EXPECT_TRUE(diagnosis.ok());
    return std::move(*diagnosis);
  }

  EventDiagnosis Ask(std::uint16_t event_id) {
    auto found = DiagnoseEvent(event_id, *store_, site_, {}, options_, problems_);
    EXPECT_TRUE(found.ok());
    return std::move(*found);
  }

  // In all formats.
  std::string Answer(std::uint16_t event_id, const Data& data, const Ranking& ranking) {
    CausesAnswer answer =
        AnswerCauses(std::to_string(event_id), {"", event_id}, data.knowledge, data.rules);
    EXPECT_TRUE(AddFound(ranking, *store_, {}, answer).ok());
    findings_ += answer.findings.size();
    const Document document = CausesDocument(answer);
    return CausesJson(answer) + RenderText(document, {.width = 80}) + RenderMarkdown(document) +
           RenderHtml(document);
  }

  TestFolder folder_;
  DataOptions options_;
  SiteOptions site_;
  DiagnosticList problems_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Data> data_;
  std::uint64_t line_ = 0;
  std::size_t findings_ = 0;
};

TEST_F(EventDiagnosisTest, EveryEventOfALargeStoreIsAnsweredAsByAllRules) {
  ImportTestsOfRules();
  const Ranking all = Full().ranking;
  std::set<std::uint16_t> event_ids = {1};  // the store has none
  const auto stored = store_->ChangesSince(0);
  ASSERT_TRUE(stored.ok());
  for (const EventKind& kind : stored->kinds) event_ids.insert(kind.event_id);
  EXPECT_GT(event_ids.size(), 100u);
  std::size_t count = 0;
  for (const std::uint16_t event_id : event_ids) {
    if (count++ % kStep != 0) continue;
    const EventDiagnosis found = Ask(event_id);
    EXPECT_TRUE(found.from_kept) << event_id;
    EXPECT_LT(found.data->rules.rules().size(), data_->rules.rules().size()) << event_id;
    const bool same =
        Answer(event_id, *found.data, found.diagnosis.ranking) == Answer(event_id, *data_, all);
    EXPECT_TRUE(same) << event_id;
  }
  EXPECT_GT(findings_, 1000 / kStep);
  EXPECT_TRUE(problems_.items().empty());
}

TEST_F(EventDiagnosisTest, WhatChangedIsEvaluatedAndThenKept) {
  exdiag::testing::Import(*store_, {{.event_id = 9322}});
  EXPECT_FALSE(Ask(9322).from_kept);
  EXPECT_TRUE(Ask(9322).from_kept);
  EXPECT_TRUE(Ask(9318).from_kept);
  exdiag::testing::Import(*store_, {{.event_id = 9318, .time = "1999-11-02T19:06:00Z"}});
  EXPECT_FALSE(Ask(9318).from_kept);
  EXPECT_TRUE(Ask(9322).from_kept);

  Note answer;
  answer.subject = "domains_trust_each_other";
  answer.text = "yes";
  answer.noted_at = {125'000'000'000'000'000};
  ASSERT_TRUE(store_->AddNote(answer).ok());
  EXPECT_FALSE(Ask(9322).from_kept);
  EXPECT_TRUE(Ask(9322).from_kept);

  site_.file = folder_ / "site.yaml";  // may change points of any rule
  std::ofstream(site_.file) << "acknowledge: []\n";
  EXPECT_FALSE(Ask(9322).from_kept);
  EXPECT_EQ(Ask(9322).data->rules.rules().size(), data_->rules.rules().size());
}

TEST_F(EventDiagnosisTest, AcknowledgementsOfTheStoreCount) {
  ImportTestsOfRules();
  const Ranking before = Full().ranking;
  ASSERT_FALSE(before.findings.empty());
  const Finding& leader = before.findings.front();
  EXPECT_FALSE(leader.acknowledged);
  Note note;
  note.kind = NoteKind::kAcknowledgement;
  note.subject = leader.signal.rule()->id;
  note.text = "known";
  note.noted_at = {125'000'000'000'000'000};
  note.until = ParseIsoTime("9000-01-01")->ticks;
  ASSERT_TRUE(store_->AddNote(note).ok());
  const auto event_id = leader.signal.Read().explained_kinds.front().event_id;
  const EventDiagnosis found = Ask(event_id);
  EXPECT_TRUE(found.from_kept);
  std::size_t acknowledged = 0;
  for (const Finding& finding : found.diagnosis.ranking.findings) {
    EXPECT_EQ(finding.acknowledged, finding.signal.rule()->id == note.subject);
    if (finding.acknowledged) ++acknowledged;
  }
  EXPECT_GT(acknowledged, 0u);
}

}  // namespace
}  // namespace exdiag
