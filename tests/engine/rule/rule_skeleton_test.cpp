#include "engine/rule/rule_skeleton.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string SkeletonOf(const std::optional<EventKind>& event, const std::string& schema = {}) {
  return RuleSkeleton({"mta.rpc-denied.new-cause", event, schema}, TestKnowledge().catalogue());
}

TEST(RuleSkeletonTest, SaysWhatTheCatalogueKnowsOfTheEvent) {
  const std::string text = SkeletonOf(EventKind{"MSExchangeMTA", 9322}, "../s.json");
  EXPECT_THAT(text, ::testing::StartsWith("# yaml-language-server: $schema=../s.json\n# Written"));
  EXPECT_THAT(text, HasSubstr("\nid: mta.rpc-denied.new-cause\nversion: 1\nstatus: draft  "));
  EXPECT_THAT(text, HasSubstr("\n# MSExchangeMTA 9322: A bind back was refused.\n"
                              "# Logged: usually warning, category Interface.\n"
                              "# Fields: nt_error (error code), remote_server (host), "
                              "protocol_string (text).\n"
                              "events:\n"
                              "  seen: {provider: MSExchangeMTA, id: 9322}\n"));
  EXPECT_THAT(text, HasSubstr("      2000-01-01 10:00:00 HOST1 MSExchangeMTA/9322 nt_error=5 "
                              "remote_server=HOST2 protocol_string=TODO\n"));
  EXPECT_THAT(text, HasSubstr("{kind: answer, name: rpc_denied_new_cause, is: \"yes\"}"));
  EXPECT_EQ(FileOfRule("mta.rpc-denied.new-cause"), "mta/rpc-denied-new-cause.yaml");
}

TEST(RuleSkeletonTest, PassesTheCheckAsADraft) {
  const std::optional<EventKind> kEvents[] = {
      std::nullopt,
      EventKind{"MSExchangeMTA", 9322},
      EventKind{"MSExchangeMTA", 1},            // not in the catalogue
      EventKind{"MSExchange Store Driver", 9},  // quoted in the log line
      EventKind{"X\"y\\z: [\n", 9},             // hostile
  };
  for (const auto& event : kEvents) {
    const std::string text = SkeletonOf(event);
    EXPECT_THAT(ComplaintsAbout(text), IsEmpty()) << text;
  }
}

TEST(RuleSkeletonTest, OfEveryEventOfTheProject) {
  DiagnosticList problems;
  const auto knowledge = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems);
  ASSERT_TRUE(knowledge.ok());
  for (const auto& entry : knowledge->catalogue().entries()) {
    const std::string text = RuleSkeleton(
        {"a.b.c", EventKind{entry->provider, entry->event_id}, ""}, knowledge->catalogue());
    DiagnosticList complaints;
    (void)RuleSet::Parse(text, "x.yaml", *knowledge, complaints);
    EXPECT_THAT(Shown(complaints), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace exdiag
