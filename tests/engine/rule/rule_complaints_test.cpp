// Everything that can be wrong with one rule, each with its whole message.
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
       {"rule.article | rules/x.yaml: line 7, column 11: \"217142\" is no article number such as "
        "Q217142; rule left out"}},
      {"articles: [Q217142]",
       "articles: [Q999999]",
       {"rule.article | rules/x.yaml: line 7, column 11: the article Q999999 is not in "
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
        "fact, any, all, sequence, coverage, within; rule left out",
        "rule.unused_event | rules/x.yaml: line 10, column 3: the event pattern \"Dialled\" is "
        "never used; rule left out"}},
      {"  dialled: {provider",
       "  no: {provider: X, id: 1}\n  dialled: {provider",
       {"rule.event_name | rules/x.yaml: line 10, column 3: \"no\" cannot name an event pattern: a "
        "lower-case letter, then such letters, digits, '_' and '-', and not one of no, fact, any, "
        "all, sequence, coverage, within; rule left out",
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
       {"rule.condition | rules/x.yaml: line 14, column 32: \"of\" must name the trigger, and "
        "\"dialled\" is none; rule left out"}},
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
       "    expect: {finding: no}\n    facts: [{kind: spn, hst: x}]",
       {"rule.unknown_field | rules/x.yaml: line 33, column 13: a spn fact has no attribute "
        "\"hst\"; rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: no}\n    facts: [{kind: spn, at: noon}]",
       {"yaml.type | rules/x.yaml: line 33, column 29: \"at\" must be a time such as 1999-11-02 "
        "19:05:31, not \"noon\"; rule left out"}},
      {"    expect: {finding: no}",
       "    expect: {finding: no, confidence: {min: 2}}",
       {"yaml.type | rules/x.yaml: line 32, column 45: \"min\" must be a number from 0 to 1, not "
        "\"2\"; rule left out"}},
  };
  ExpectComplaints(kCases);
}

}  // namespace
}  // namespace exdiag
