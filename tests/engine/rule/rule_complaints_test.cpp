// Everything that can be wrong with one rule, each with its whole message.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/rule/test_knowledge.h"

namespace exdiag {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

struct Case {
  std::string from;  // this line of the sound rule ...
  std::string to;    // ... becomes this
  std::vector<std::string> complaints;
};

void ExpectComplaints(std::span<const Case> cases) {
  for (const Case& row : cases) {
    EXPECT_THAT(ComplaintsAbout(Replaced(SoundRule(), row.from, row.to)),
                ElementsAreArray(row.complaints))
        << row.from << " -> " << row.to;
  }
}

TEST(RuleComplaintsTest, TheSoundRuleHasNone) {
  EXPECT_THAT(ComplaintsAbout(SoundRule()), IsEmpty());
}

TEST(RuleComplaintsTest, Head) {
  const Case kCases[] = {
      {"version: 1",
       "versoin: 1",
       {"yaml.missing_key | rules/x.yaml: line 1, column 1: a rule lacks the key \"version\"; rule "
        "left out",
        "yaml.unknown_key | rules/x.yaml: line 2, column 1: unknown key \"versoin\"; did you mean "
        "\"version\"? (rule left out)"}},
      {"status: stable\n",
       "",
       {"yaml.missing_key | rules/x.yaml: line 1, column 1: a rule lacks the key \"status\"; rule "
        "left out"}},
      {"id: mta.rpc-denied.dras",
       "id: MTA.dras",
       {"rule.bad_id | rules/x.yaml: line 1, column 5: \"MTA.dras\" is no rule id: "
        "area.fault.cause in lower-case letters, digits and '-'; rule left out"}},
      {"version: 1",
       "version: 0",
       {"yaml.type | rules/x.yaml: line 2, column 10: \"version\" must be a whole number from 1 to "
        "100000, not \"0\"; rule left out"}},
      {"status: stable",
       "status: stabel",
       {"yaml.value | rules/x.yaml: line 3, column 9: \"status\" cannot be \"stabel\"; did you "
        "mean \"stable\"? (rule left out)"}},
      {"status: stable",
       "status: retired",
       {"rule.superseded_by | rules/x.yaml: line 3, column 9: a retired rule names its successor "
        "with \"superseded_by\"; rule left out"}},
      {"version: 1",
       "version: 1\nsuperseded_by: a.b.c",
       {"rule.superseded_by | rules/x.yaml: line 3, column 16: \"superseded_by\" in a rule that is "
        "not retired; rule left out"}},
      {"verdict: fault",
       "verdict: guilty",
       {"yaml.value | rules/x.yaml: line 5, column 10: \"verdict\" cannot be \"guilty\", only one "
        "of: fault, expected; rule left out"}},
      {"strength: probable",
       "strength: 3",
       {"yaml.value | rules/x.yaml: line 15, column 11: \"strength\" cannot be \"3\", only one of: "
        "sure, probable, possible, hint; rule left out"}},
      {"articles: [Q217142]",
       "articles: [217142]",
       {"rule.article | rules/x.yaml: line 7, column 12: \"217142\" is no article number such as "
        "Q217142; rule left out"}},
      {"articles: [Q217142]",
       "articles: [Q217142, Q999998]",
       {"rule.article | rules/x.yaml: line 7, column 21: the article Q999998 is not in "
        "kbdata/articles; rule left out"}},
      {"articles: [Q217142]",
       "articles: [Q999999]",
       {"rule.article | rules/x.yaml: line 7, column 12: the article Q999999 is not in "
        "kbdata/articles; rule left out"}},
      {"title: Dynamic",
       "title: ''\nnotes: Dynamic",
       {"yaml.value | rules/x.yaml: line 4, column 8: \"title\" is empty; rule left out"}},
      {"version: 1",
       "version: 1\nversion: 2",
       {"yaml.duplicate_key | rules/x.yaml: line 3, column 1: duplicate key \"version\"; it stands "
        "in line 2 already; rule left out"}},
  };
  ExpectComplaints(kCases);
}

TEST(RuleComplaintsTest, Events) {
  const Case kCases[] = {
      {"  dialled: {provider",
       "  Dialled: {provider: X, id: 1}\n  dialled: {provider",
       {"rule.event_name | rules/x.yaml: line 10, column 3: \"Dialled\" cannot name an event "
        "pattern: a lower-case letter, then such letters, digits, '_' and '-', and not one of no, "
        "fact, any, all, sequence, coverage, within, use; rule left out",
        "rule.unused_event | rules/x.yaml: line 10, column 3: the event pattern \"Dialled\" is "
        "never used; rule left out"}},
      {"  dialled: {provider",
       "  no: {provider: X, id: 1}\n  dialled: {provider",
       {"rule.event_name | rules/x.yaml: line 10, column 3: \"no\" cannot name an event pattern: a "
        "lower-case letter, then such letters, digits, '_' and '-', and not one of no, fact, any, "
        "all, sequence, coverage, within, use; rule left out",
        "rule.unused_event | rules/x.yaml: line 10, column 3: the event pattern \"no\" is never "
        "used; rule left out"}},
      {"id: 9318}",
       "event-id: 9318}",
       {"yaml.missing_key | rules/x.yaml: line 10, column 12: the event pattern \"dialled\" lacks "
        "the key \"id\"; rule left out",
        "yaml.unknown_key | rules/x.yaml: line 10, column 38: unknown key \"event-id\"; did you "
        "mean \"id\"? (rule left out)"}},
      {"id: 9318}",
       "id: 93180}",
       {"yaml.type | rules/x.yaml: line 10, column 42: \"id\" must be a whole number from 0 to "
        "65535, not \"93180\"; rule left out"}},
      {"id: 9318}",
       "id: 9318, level: eror}",
       {"yaml.value | rules/x.yaml: line 10, column 55: \"level\" cannot be \"eror\"; did you mean "
        "\"error\"? (rule left out)"}},
      {"id: 9318}",
       "id: 9318, where: {nt_eror: 5}}",
       {"rule.unknown_field | rules/x.yaml: line 10, column 56: MSExchangeMTA 9318 has no field "
        "\"nt_eror\"; did you mean \"nt_error\"? (rule left out)"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {equals_field: ltab}}}",
       {"rule.unknown_field | rules/x.yaml: line 10, column 56: MSExchangeMTA 9318 has no field "
        "\"ltab\"; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: '{refused.nt_error}'}}",
       {"rule.template | rules/x.yaml: line 10, column 66: {refused.nt_error} is a template; those "
        "are for tests inside conditions, not for event patterns; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: [nt_error]}",
       {"yaml.type | rules/x.yaml: line 10, column 55: \"where\" must be a map from field to test, "
        "not a list; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: []}}",
       {"rule.empty_test | rules/x.yaml: line 10, column 66: the test of \"nt_error\" says "
        "nothing; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {}}}",
       {"rule.empty_test | rules/x.yaml: line 10, column 66: the test of \"nt_error\" says "
        "nothing; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {contans: 5}}}",
       {"yaml.unknown_key | rules/x.yaml: line 10, column 67: unknown key \"contans\"; did you "
        "mean \"contains\"? (rule left out)"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {contains: ''}}}",
       {"rule.empty_test | rules/x.yaml: line 10, column 77: \"contains\" with an empty text holds "
        "always; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {min: 9, max: 1}}}",
       {"rule.empty_range | rules/x.yaml: line 10, column 66: no number is from 9 to 1; rule left "
        "out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {mask: 0xff}}}",
       {"rule.mask | rules/x.yaml: line 10, column 66: \"mask\" needs either \"is\" or \"any\"; "
        "rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {mask: 0xff, is: 0x100}}}",
       {"rule.mask | rules/x.yaml: line 10, column 66: 0x100 has bits outside the mask 0xff; this "
        "never holds; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {any: yes}}}",
       {"rule.mask | rules/x.yaml: line 10, column 66: \"is\" and \"any\" need a \"mask\" beside "
        "them; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {version: 'SP4'}}}",
       {"rule.version | rules/x.yaml: line 10, column 76: \"SP4\" is no comparison with a build "
        "number, such as \"< 2651.75\"; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {regex: '(a'}}}",
       {"rule.regex | rules/x.yaml: line 10, column 74: the regex \"(a\" cannot be used: Unmatched "
        "marking parenthesis ( or \\(.  The error occurred while parsing the regular expression: "
        "'(a>>>HERE>>>'.; rule left out"}},
      {"id: 9318}",
       "id: 9318, where: {message: {regex: '(x+x+)+y'}}}",
       {"rule.regex_backtracks | rules/x.yaml: line 10, column 73: the regex \"(x+x+)+y\" "
        "backtracks without end on some values; write it so that its repeats cannot match the same "
        "text in two ways; rule left out"}},
      {"dialled: {provider: MSExchangeMTA, id: 9318}",
       "dialled: {use: rpc.bind}",
       {"rule.unknown_name | rules/x.yaml: line 10, column 18: no shared pattern \"rpc.bind\"; "
        "rule left out"}},
      {"dialled: {provider: MSExchangeMTA, id: 9318}",
       "dialled: {fact: spm}",
       {"rule.fact_kind | rules/x.yaml: line 10, column 19: no facts of the kind \"spm\"; did you "
        "mean \"spn\"? (rule left out)"}},
      {"dialled: {provider: MSExchangeMTA, id: 9318}",
       "dialled: {fact: spn, where: {servce: x}}",
       {"rule.unknown_field | rules/x.yaml: line 10, column 32: a spn fact has no attribute "
        "\"servce\"; did you mean \"service\"? (rule left out)"}},
      {"  dialled: {provider",
       "  spare: {provider: X, id: 1}\n  dialled: {provider",
       {"rule.unused_event | rules/x.yaml: line 10, column 3: the event pattern \"spare\" is never "
        "used; rule left out"}},
  };
  ExpectComplaints(kCases);
}

TEST(RuleComplaintsTest, Names) {
  const Case kCases[] = {
      {"trigger: refused",
       "trigger: refusde",
       {"rule.unknown_name | rules/x.yaml: line 11, column 10: no event pattern \"refusde\" in "
        "this rule; did you mean \"refused\"? (rule left out)"}},
      {"between: [refused.computer, refused.remote_server]",
       "between: [refused.computer]",
       {"rule.between | rules/x.yaml: line 12, column 10: \"between\" must be a list of two "
        "references such as refused.computer; rule left out"}},
      {"between: [refused.computer, refused.remote_server]",
       "between: [refused.computer, remote_server]",
       {"rule.reference | rules/x.yaml: line 12, column 29: \"remote_server\" is not of the form "
        "name.field; rule left out"}},
      {"between: [refused.computer, refused.remote_server]",
       "between: [refused.computer, refused.remote_srv]",
       {"rule.unknown_field | rules/x.yaml: line 12, column 29: MSExchangeMTA 9322 has no field "
        "\"remote_srv\"; did you mean \"remote_server\"? (rule left out)"}},
      {"between: [refused.computer, refused.remote_server]",
       "between: [refused.computer, dialled.remote_server]",
       {"rule.between | rules/x.yaml: line 12, column 29: \"between\" speaks of the trigger, and "
        "\"dialled.remote_server\" is not of it; rule left out"}},
      {"explains: [refused, dialled]",
       "explains: [refused, dialed]",
       {"rule.unknown_name | rules/x.yaml: line 20, column 11: no event pattern \"dialed\" in this "
        "rule; did you mean \"dialled\"? (rule left out)"}},
      {"cause: Windows error {refused.nt_error}",
       "cause: Windows error {refsed.nt_error}",
       {"rule.unknown_name | rules/x.yaml: line 21, column 8: no event pattern \"refsed\" in this "
        "rule; did you mean \"refused\"? (rule left out)"}},
      {"cause: Windows error {refused.nt_error}",
       "cause: Windows error {refused.nterror}",
       {"rule.unknown_field | rules/x.yaml: line 21, column 8: MSExchangeMTA 9322 has no field "
        "\"nterror\"; did you mean \"nt_error\"? (rule left out)"}},
      {"cause: Windows error {refused.nt_error}",
       "cause: Windows error {nt_error}",
       {"rule.template | rules/x.yaml: line 21, column 8: \"{nt_error}\" is not of the form "
        "{name.field}; a brace in the text is written twice; rule left out"}},
      {"on: \"{refused.remote_server}\"",
       "on: \"{refused.remote_server\"",
       {"rule.template | rules/x.yaml: line 23, column 42: a \"{\" that no \"}\" follows; rule "
        "left out"}},
      {"cause: Windows error",
       "cause: ' '\nnotes: Windows error",
       {"yaml.value | rules/x.yaml: line 21, column 8: \"cause\" is empty; rule left out"}},
  };
  ExpectComplaints(kCases);
}

TEST(RuleComplaintsTest, Conditions) {
  const Case kCases[] = {
      {"  - dialled: {within: 10m, host: other}",
       "  - dialed: {within: 10m}",
       {"rule.unknown_name | rules/x.yaml: line 14, column 5: no event pattern \"dialed\" in this "
        "rule; did you mean \"dialled\"? (rule left out)"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10}",
       {"yaml.type | rules/x.yaml: line 14, column 23: \"within\" must be a duration such as 90s, "
        "10m, 1h or 7d, not \"10\"; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, before: 1h}",
       {"rule.window | rules/x.yaml: line 14, column 14: \"within\" looks both ways; use it, or "
        "\"before\" and \"after\"; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {latest: yes, count: 2, per: nt_error}",
       {"rule.latest | rules/x.yaml: line 14, column 35: \"count\" beside \"latest\", which looks "
        "at "
        "the last event only; rule left out",
        "rule.latest | rules/x.yaml: line 14, column 43: \"per\" beside \"latest\", which looks at "
        "the last event only; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {latest: yes, count: '2+', in: 1m, distinct: nt_error}",
       {"rule.count | rules/x.yaml: line 14, column 45: \"in\" counts events; it cannot stand "
        "beside "
        "\"distinct\"; rule left out",
        "rule.latest | rules/x.yaml: line 14, column 35: \"count\" beside \"latest\", which looks "
        "at "
        "the last event only; rule left out",
        "rule.latest | rules/x.yaml: line 14, column 45: \"in\" beside \"latest\", which looks at "
        "the last event only; rule left out",
        "rule.latest | rules/x.yaml: line 14, column 59: \"distinct\" beside \"latest\", which "
        "looks "
        "at the last event only; rule left out"}},
      {"  - dialled: {within: 10m, host: other}", "  - dialled: {latest: no, count: 2}", {}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 2d}",
       {"rule.long_window | rules/x.yaml: line 14, column 23: a window of 2 d will often hold by "
        "chance; the rule is used"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, host: remote}",
       {"yaml.value | rules/x.yaml: line 14, column 34: \"host\" cannot be \"remote\", only one "
        "of: any, same, other, peer; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, count: many}",
       {"rule.count | rules/x.yaml: line 14, column 35: \"count\" must be like \"3+\", \"3\" or "
        "\"2-5\"; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, count: 5-2}",
       {"rule.count | rules/x.yaml: line 14, column 35: \"count\" must be like \"3+\", \"3\" or "
        "\"2-5\"; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, of: dialled}",
       {"rule.of | rules/x.yaml: line 14, column 32: \"of\" must name the trigger, or a pattern of "
        "which a condition before this one in the same list, or in \"when\", needs an event; "
        "\"dialled\" is neither; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, count: 3, in: 1m}",
       {"rule.count | rules/x.yaml: line 14, column 42: \"in\" needs a \"count\" such as \"3+\": "
        "so "
        "many events in a span of time; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, count: 3+, in: 1m, distinct: nt_error}",
       {"rule.count | rules/x.yaml: line 14, column 43: \"in\" counts events; it cannot stand "
        "beside "
        "\"distinct\"; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, per: server}",
       {"rule.unknown_field | rules/x.yaml: line 14, column 33: MSExchangeMTA 9318 has no field "
        "\"server\"; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m, same: [nt_error=nterror]}",
       {"rule.unknown_field | rules/x.yaml: line 14, column 34: MSExchangeMTA 9322 has no field "
        "\"nterror\"; did you mean \"nt_error\"? (rule left out)"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {where: {remote_server: '{dialled.nt_error}'}}",
       {"rule.template | rules/x.yaml: line 14, column 38: {dialled.nt_error} in a test: only "
        "fields of the trigger are known there; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - refused: {count: 3+}\n  - dialled",
       {"rule.condition | rules/x.yaml: line 14, column 22: \"count\" on the trigger itself; add a "
        "window (within, before or after) to speak of other events like it; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled: {within: 10m}\n    host: other",
       {"rule.condition | rules/x.yaml: line 15, column 5: \"host\" beside \"dialled\": a "
        "condition has one of them; write \"all\" to join conditions, and put a condition's own "
        "keys one level deeper; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - dialled:\n    coverage: often",
       {"yaml.value | rules/x.yaml: line 15, column 15: \"coverage\" cannot be \"often\", only one "
        "of: required; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - [dialled]",
       {"rule.condition | rules/x.yaml: line 14, column 5: a condition must be a map or the name "
        "of an event pattern, not a list; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - any: []",
       {"rule.condition | rules/x.yaml: line 14, column 10: a list of conditions that holds none; "
        "rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - {coverage: required}",
       {"rule.condition | rules/x.yaml: line 14, column 5: a condition that names nothing; rule "
        "left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - sequence: [dialled]",
       {"rule.condition | rules/x.yaml: line 14, column 15: \"sequence\" must be a list of at "
        "least two event patterns; rule left out"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - fact: {kind: spns}",
       {"rule.fact_kind | rules/x.yaml: line 14, column 18: no facts of the kind \"spns\"; did you "
        "mean \"spn\"? (rule left out)"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - fact: {kind: spn, where: {instnce: x}}",
       {"rule.unknown_field | rules/x.yaml: line 14, column 31: a spn fact has no attribute "
        "\"instnce\"; did you mean \"instance\"? (rule left out)"}},
      {"  - dialled: {within: 10m, host: other}",
       "  - fact: {kind: answer, name: trust}",
       {"yaml.missing_key | rules/x.yaml: line 14, column 11: the condition on a fact lacks the "
        "key \"is\"; rule left out"}},
  };
  ExpectComplaints(kCases);
}

// Lines of the sound rule: 9 is `refused` (its where: nt_error 5), 10 `dialled`, 14 the condition
// of `when`, 17 the line of evidence.
TEST(RuleComplaintsTest, WhatCanNeverHold) {
  const auto no_event = [](std::string_view why) {
    return std::vector<std::string>{
        "rule.never | rules/x.yaml: line 9, column 3: no event can match \"refused\": " +
        std::string(why) + "; rule left out"};
  };
  const std::string five = "where: {nt_error: 5}";
  const std::string when = "  - dialled: {within: 10m, host: other}";
  const auto condition = [](std::string_view id, int column, std::string_view why) {
    return std::vector<std::string>{
        fmt::format("{} | rules/x.yaml: line 14, column {}: {}", id, column, why)};
  };
  const std::string never =
      "this condition of \"when\" can never hold, so the rule never fires; rule left out";
  const std::string always =
      "this condition of \"when\" always holds and says nothing; the rule is used";
  const Case kCases[] = {
      // Tests of one field.
      {five, "where: {nt_error: {min: 5, max: 9, not: {min: 5, max: 9}}}",
       no_event("nt_error: a test stands there with and without \"not\"")},
      {five, "where: {nt_error: {exists: no, min: 5}}",
       no_event("nt_error: a field that is not there passes no other test")},
      {five, "where: {nt_error: {mask: 0xff, is: 3, not: {mask: 0xff, is: 3}}}",
       no_event("nt_error: a test stands there with and without \"not\"")},
      {five, "where: {nt_error: {version: [\"> 2651.75\", \"< 2650.24\"], exists: yes}}",
       no_event("nt_error: no version passes the bounds with 2651.75 and 2650.24")},
      {five, "where: {nt_error: {version: [\"= 2651.75\", \"< 2651.75\"], exists: yes}}",
       no_event("nt_error: no version passes the bounds with 2651.75 and 2651.75")},
      {five, "where: {nt_error: {version: [\"> 2650.24\", \"<= 2651.75\"], exists: yes}}", {}},
      {five, "where: {nt_error: {contains: a, not: {contains: b}}}", {}},
      // The pattern's tests and those of a condition on the trigger itself.
      {when, "  - refused: {where: {nt_error: 14}}\n  - dialled",
       condition("rule.never", 5, never)},
      {when, "  - refused: {where: {nt_error: {min: 6}}}\n  - dialled",
       condition("rule.never", 5, never)},
      {when, "  - refused: {where: {nt_error: {not: \"0x5\"}}}\n  - dialled",
       condition("rule.never", 5, never)},
      {when, "  - refused: {where: {nt_error: {exists: no}}}\n  - dialled",
       condition("rule.never", 5, never)},
      {when, "  - refused: {where: {nt_error: {starts_with: \"0x\"}}}\n  - dialled", {}},
      {when, "  - refused: {where: {nt_error: \"{refused.remote_server}\"}}\n  - dialled", {}},
      {when, "  - refused: {where: {remote_server: LYON}}\n  - dialled", {}},
      // Conditions.
      {when, "  - no: refused\n  - dialled", condition("rule.never", 5, never)},
      {when, "  - refused\n  - dialled", condition("rule.always", 5, always)},
      {when, "  - refused: {where: {nt_error: 5}}\n  - dialled",
       condition("rule.always", 5, always)},
      {when, "  - dialled: {count: 0+}", condition("rule.always", 5, always)},
      {when, "  - dialled: {host: other, same: computer}", condition("rule.never", 5, never)},
      {when, "  - dialled: {host: same, differ: computer}", condition("rule.never", 5, never)},
      {when, "  - dialled: {same: nt_error, differ: nt_error}",
       condition("rule.never", 5, "\"same\" and \"differ\" both name nt_error; rule left out")},
      {when, "  - sequence: [dialled, refused]\n    within: 0s", {}},  // equal times are in order
      {when, "  - fact: {kind: spn, where: {service: {exists: no, contains: x}}}\n  - dialled",
       condition("rule.never", 11, never)},
      {when, "  - any: [refused, dialled]", condition("rule.always", 5, always)},
      {when, "  - any: [dialled, {no: dialled}]", condition("rule.always", 5, always)},
      {when, "  - all: [dialled, {no: dialled}]", condition("rule.never", 5, never)},
      {when, "  - all: [dialled, {no: refused}]", condition("rule.never", 5, never)},
      {when, "  - any: [dialled, {dialled: {host: other}}]", {}},
      {when,
       "  - dialled\n  - no: dialled",
       {"rule.never | rules/x.yaml: line 15, column 5: this condition is the opposite of one "
        "before it, so the rule never fires; rule left out"}},
      {when,
       when + "\nunless:\n  - dialled: {host: other}",
       {"rule.never | rules/x.yaml: line 16, column 5: this condition is the opposite of one "
        "before it, so the rule never fires; rule left out"}},
      // The trigger in its own `unless`.
      {when,
       when + "\nunless: refused",
       {"rule.never | rules/x.yaml: line 15, column 9: this condition of \"unless\" always holds, "
        "so the rule never fires; rule left out"}},
      {when,
       when + "\nunless:\n  - refused: {where: {nt_error: 14}}",
       {"rule.always | rules/x.yaml: line 16, column 5: this condition of \"unless\" can never "
        "hold and excludes nothing; the rule is used"}},
      {when, when + "\nunless:\n  - refused: {where: {remote_server: LYON}}", {}},
      // Lines of evidence.
      {"  - if: {dialled: {within: 10m, host: same}}",
       "  - if: {no: refused}",
       {"rule.never | rules/x.yaml: line 17, column 10: this line of evidence can never hold; rule "
        "left out"}},
      {"  - if: {dialled: {within: 10m, host: same}}",
       "  - if: refused",
       {"rule.always | rules/x.yaml: line 17, column 9: this line of evidence always holds: its "
        "points belong to the strength; the rule is used"}},
      {"between: [refused.computer, refused.remote_server]",
       "between: [refused.computer, refused.computer]",
       {"rule.between | rules/x.yaml: line 1, column 5: both hosts of \"between\" are "
        "refused.computer, so that there is no other one; rule left out"}},
      // A level that the catalogue does not know for the event.
      {"id: 9318}",
       "id: 9318, level: [error, critical]}",
       {"rule.level | rules/x.yaml: line 10, column 55: the catalogue knows MSExchangeMTA 9318 at "
        "no such level, only as warning; the rule is used"}},
      {"id: 9318}", "id: 9318, level: [error, warning]}", {}},
      {"id: 9318}", "id: [9318, 1], level: error}", {}},
      {"id: 9318}",
       "id: 9318, where: {nt_error: {not: {equals_field: ltab}}}}",
       {"rule.unknown_field | rules/x.yaml: line 10, column 56: MSExchangeMTA 9318 has no field "
        "\"ltab\"; rule left out"}},
  };
  ExpectComplaints(kCases);
}

TEST(RuleComplaintsTest, EvidenceFixAndTests) {
  const Case kCases[] = {
      {"    points: -2\n",
       "",
       {"yaml.missing_key | rules/x.yaml: line 17, column 5: a line of evidence lacks the key "
        "\"points\"; rule left out"}},
      {"    points: -2",
       "    points: -20",
       {"yaml.type | rules/x.yaml: line 18, column 13: \"points\" must be a number from -8 to 8, "
        "not \"-20\"; rule left out"}},
      {"    points: -2",
       "    points: 0",
       {"rule.points | rules/x.yaml: line 18, column 13: \"points\" of 0 move nothing; rule left "
        "out"}},
      {"    points: -2",
       "    points: -2\n    ask: Really?",
       {"rule.ask | rules/x.yaml: line 19, column 10: \"ask\" without a condition on an answer: "
        "nobody could use the answer; rule left out"}},
      {"    because: \"{refused.computer} failed to bind as well\"\n",
       "",
       {"yaml.missing_key | rules/x.yaml: line 17, column 5: a line of evidence lacks the key "
        "\"because\"; rule left out"}},
      {"risk: low",
       "risk: lowest",
       {"yaml.value | rules/x.yaml: line 23, column 75: \"risk\" cannot be \"lowest\", only one "
        "of: none, low, medium, high; rule left out"}},
      {"{do: \"Use an override account.\",",
       "{",
       {"yaml.missing_key | rules/x.yaml: line 23, column 5: a fix step lacks the key \"do\"; rule "
        "left out"}},
      {"risk: low}",
       "risk: low, check: {no: refused}}",
       {"yaml.missing_key | rules/x.yaml: line 23, column 87: a check lacks the key \"for\"; rule "
        "left out"}},
      {"    expect: {finding: no}\n",
       "    expect: {finding: yes}\n",
       {"rule.tests | rules/x.yaml: line 25, column 3: a stable rule needs a test that must not "
        "fire (expect: {finding: no}); rule left out"}},
      {"    expect: {finding: yes}\n",
       "    expect: {finding: no}\n",
       {"rule.tests | rules/x.yaml: line 25, column 3: a stable rule needs a test that fires "
        "(expect: {finding: yes}); rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: perhaps}",
       {"yaml.type | rules/x.yaml: line 32, column 23: \"finding\" must be yes or no, not "
        "\"perhaps\"; rule left out",
        "rule.tests | rules/x.yaml: line 25, column 3: a stable rule needs a test that must not "
        "fire (expect: {finding: no}); rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: no}\n    facts: [{host: x}]",
       {"yaml.missing_key | rules/x.yaml: line 33, column 13: a fact of a test lacks the key "
        "\"kind\"; rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: no}\n    facts: [{kind: spn, hst: x}]",
       {"rule.unknown_field | rules/x.yaml: line 33, column 13: a spn fact has no attribute "
        "\"hst\"; rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: no}\n    facts: [{kind: spn, at: noon}]",
       {"yaml.type | rules/x.yaml: line 33, column 29: \"at\" must be a time such as 1999-11-02 "
        "19:05:31, not \"noon\"; rule left out"}},
      {"    expect: {finding: yes}",
       "    expect: {finding: yes, confidence: {min: 2}}",
       {"yaml.type | rules/x.yaml: line 28, column 46: \"min\" must be a number from 0 to 1, not "
        "\"2\"; rule left out"}},
      {"    expect: {finding: yes}",
       "    expect: {finding: yes, confidence: {min: 0.5, max: 0.25}}",
       {"rule.empty_range | rules/x.yaml: line 28, column 40: no confidence is from 0.5 to 0.25; "
        "rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: no, leads: yes}",
       {"rule.tests | rules/x.yaml: line 32, column 34: \"leads\" of a rule that is expected to "
        "have no finding; rule left out"}},
  };
  ExpectComplaints(kCases);
}

}  // namespace
}  // namespace exdiag
