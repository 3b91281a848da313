#include "tests/engine/rule/test_knowledge.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFields = R"(types:
  error: [nt_error]
  host: [remote_server]
)";
constexpr std::string_view kEvents = R"(provider: MSExchangeMTA
aliases: [MTA]
channel: Application
events:
  289:
    level: warning
    category: X.400 Service
    meaning: A connection could not be opened.
    fields: entity tag
    text: A connection to %1 could not be opened. [%2 %3 %4 %5] (12)
  9318:
    level: warning
    category: Interface
    meaning: An RPC bind failed.
    fields: remote_server nt_error tag
    text: An RPC communications error occurred, server %1, error %2. [%3 %4 %5 %6] (14)
  9322:
    level: warning
    category: Interface
    meaning: A bind back was refused.
    fields: nt_error remote_server protocol_string tag
    text: An interface error occurred, error %1, server %2, protocol %3. [%4 %5 %6 %7] (14)
)";

constexpr std::string_view kArticles = R"(articles:
  Q217142: {title: Dynamic RAS between domains without a trust, applies_to: "Exchange 5.5"}
  Q253307: {title: Name mismatch, applies_to: "Exchange 5.5"}
)";

Knowledge LoadTestKnowledge() {
  const TestFolder folder;
  folder.Write("events/_fields.yaml", std::string(kFields));
  folder.Write("events/mta.yaml", std::string(kEvents));
  folder.Write("articles/index.yaml", std::string(kArticles));
  for (const char* name : {"errors", "builds", "files"}) {
    fs::create_directories(fs::path(folder.path()) / name);
  }
  DiagnosticList problems;
  Result<Knowledge> knowledge = Knowledge::Load(folder.path(), problems);
  EXPECT_TRUE(knowledge.ok());
  EXPECT_EQ(Shown(problems), std::vector<std::string>{});
  return std::move(knowledge).value();
}

}  // namespace

const Knowledge& TestKnowledge() {
  static const Knowledge knowledge = LoadTestKnowledge();
  return knowledge;
}

TestFolder::TestFolder() {
  std::string name = ::testing::TempDir() + "exdiag_rule_XXXXXX";
  path_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
  EXPECT_FALSE(path_.empty());
}

TestFolder::~TestFolder() { fs::remove_all(path_); }

void TestFolder::Write(const std::string& name, const std::string& text) const {
  const fs::path file = fs::path(path_) / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::vector<std::string> Shown(const DiagnosticList& problems) {
  std::vector<std::string> out;
  for (const Diagnostic& item : problems.items()) out.push_back(item.id + " | " + ToString(item));
  return out;
}

std::string SoundRule() {
  return R"(id: mta.rpc-denied.dras
version: 1
status: stable
title: Dynamic RAS connector between servers whose domains do not trust each other
verdict: fault
applies_to: [exchange-5.5]
articles: [Q217142]
events:
  refused: {provider: MSExchangeMTA, id: 9322, where: {nt_error: 5}}
  dialled: {provider: MSExchangeMTA, id: 9318}
trigger: refused
between: [refused.computer, refused.remote_server]
when:
  - dialled: {within: 10m, host: other}
strength: probable
evidence:
  - if: {dialled: {within: 10m, host: same}}
    points: -2
    because: "{refused.computer} failed to bind as well"
explains: [refused, dialled]
cause: Windows error {refused.nt_error} on {refused.computer}.
fix:
  - {do: "Use an override account.", on: "{refused.remote_server}", risk: low}
tests:
  - name: fires
    log: |
      1999-11-02 19:05:31 BREST MSExchangeMTA/9322 nt_error=5
    expect: {finding: yes}
  - name: near miss
    log: |
      1999-11-02 19:05:31 BREST MSExchangeMTA/9322 nt_error=14
    expect: {finding: no}
)";
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::vector<std::string> ComplaintsAbout(const std::string& yaml) {
  DiagnosticList problems;
  (void)RuleSet::Parse(yaml, "rules/x.yaml", TestKnowledge(), problems);
  return Shown(problems);
}

}  // namespace exdiag
