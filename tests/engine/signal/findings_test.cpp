// Whole findings at the edges of the language: one row, one rule, one log, what is found and why.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

struct Case {
  const char* why;
  const char* rule;  // lines of it, see RuleText
  const char* log;   // see MemoryStore::AddLog
  const char* coverage;
  // A finding a line: hosts, how many triggers, starting points, the evidence lines that hold (+)
  // or are unknown (?), the log lines explained.
  const char* findings;
  const char* facts = "";  // "KIND HOST name=value ...", a line each; "-" for no host
};

const char* const kCovered = "A 00:00:00 23:59:59\nB 00:00:00 23:59:59\nC 00:00:00 23:59:59";

const Case kCases[] = {
    // ---- incidents
    {"two incidents of one pair, apart by more than the quiet time",
     "between: [bad.computer, bad.peer]\nquiet: 1h",
     "10:00:00 A 100 peer=B\n10:59:00 B 100 peer=A\n11:59:01 A 100 peer=B", "",
     "A,B 2 triggers 3; 1 2\nA,B 1 triggers 3; 3"},
    {"three hosts make three pairs", "between: [bad.computer, bad.peer]",
     "10:00:00 A 100 peer=B\n10:00:00 B 100 peer=C\n10:00:00 C 100 peer=A\n10:01:00 B 100 peer=A",
     "", "A,B 2 triggers 3; 1 4\nB,C 1 triggers 3; 2\nA,C 1 triggers 3; 3"},
    {"overlapping incidents of two hosts", "quiet: 1h",
     "10:00:00 A 100\n10:01:00 B 100\n10:02:00 A 100\n10:03:00 B 100", "",
     "A 2 triggers 3; 1 3\nB 2 triggers 3; 2 4"},
    {"a pair is one in short and in full names", "between: [bad.computer, bad.peer]",
     "10:00:00 a.corp.example 100 peer=B\n10:01:00 B 100 peer=A\n10:02:00 A 100 "
     "peer=b.other.example",
     "", "A,B 3 triggers 3; 1 2 3"},
    {"a clock set back: event time alone counts, whatever the order of the log", "quiet: 1h",
     "10:30:00 A 100\n09:45:00 A 100\n10:00:00 A 100", "", "A 3 triggers 3; 1 2 3"},
    {"equal triggers at one time are one incident", "",
     "10:00:00 A 100 code=1\n10:00:00 A 100 code=1\n10:00:00 A 100 code=1", "",
     "A 3 triggers 3; 1 2 3"},
    {"an event without a computer is a host of its own", "quiet: 1h",
     "10:00:00 A 100\n10:00:00 - 100", "", " 1 triggers 3; 2\nA 1 triggers 3; 1"},
    {"wall clocks and UTC never make one incident", "quiet: 1h", "10:00:00 A 100\n~10:00:00 A 100",
     "", "A 1 triggers 3; 1\nA 1 triggers 3; 2"},

    // ---- what one trigger says for all
    {"a line that holds for one trigger holds",
     "evidence: [{if: {seen: {within: 1m}}, points: 1, because: x}]\nquiet: 1h",
     "10:00:00 A 100\n10:30:00 A 100\n10:30:30 A 101", kCovered, "A 2 triggers 3 +0; 1 2"},
    {"one that is unknown for one and holds for none is unknown",
     "evidence: [{if: {seen: {within: 1m}}, points: 1, because: x}]\nquiet: 1h",
     "10:00:00 A 100\n10:30:00 A 100", "A 09:00:00 10:05:00", "A 2 triggers 3 ?0; 1 2"},
    {"lines that fail are left out",
     "evidence:\n  - {if: seen, points: 1, because: x}\n  - {if: {no: seen}, points: 1, because: "
     "x}",
     "10:00:00 A 100", kCovered, "A 1 triggers 3 +1; 1"},

    // ---- of
    {"around the event of an earlier condition",
     "when: [{seen: {before: 10m}}, {more: {after: 30s, of: seen}}]",
     "09:55:00 B 101\n09:55:30 B 102\n10:00:00 A 100", "", "A 1 triggers 3; 3"},
    {"a second later is too late", "when: [{seen: {before: 10m}}, {more: {after: 30s, of: seen}}]",
     "09:55:00 B 101\n09:55:31 B 102\n10:00:00 A 100", kCovered, ""},
    {"the first event is meant", "when: [{seen: {before: 10m}}, {more: {after: 30s, of: seen}}]",
     "09:55:00 B 101\n09:58:00 B 101\n09:58:10 B 102\n10:00:00 A 100", kCovered, ""},
    {"and with latest the last one",
     "when: [{seen: {before: 10m, latest: yes}}, {more: {after: 30s, of: seen}}]",
     "09:55:00 B 101\n09:58:00 B 101\n09:58:10 B 102\n10:00:00 A 100", "", "A 1 triggers 3; 4"},
    {"host: same is the host of that event",
     "when: [{seen: {host: other}}, {more: {of: seen, host: same}}]",
     "10:00:00 A 100\n10:01:00 B 101\n10:02:00 B 102", "", "A 1 triggers 3; 1"},
    {"and not that of the trigger", "when: [{seen: {host: other}}, {more: {of: seen, host: same}}]",
     "10:00:00 A 100\n10:01:00 B 101\n10:02:00 A 102", kCovered, ""},
    {"same is asked of that event", "when: [seen, {more: {of: seen, same: [code]}}]",
     "10:00:00 A 100 code=1\n10:01:00 A 101 code=2\n10:02:00 A 102 code=0x2", "",
     "A 1 triggers 3; 1"},
    {"that event does not count for itself", "when: [seen, {seen: {of: seen}}]",
     "10:00:00 A 100\n10:01:00 A 101", kCovered, ""},
    {"nor does the trigger", "when: [seen, {bad: {of: seen}}]", "10:00:00 A 100\n10:01:00 A 101",
     kCovered, ""},
    {"another trigger near it does", "when: [seen, {bad: {within: 1m, of: seen}}]\nquiet: 1m",
     "10:00:00 A 100\n10:05:00 A 101\n10:06:00 A 100", kCovered, "A 1 triggers 3; 1 3"},
    {"a peer that only a part of a text names", "when: [named, {seen: {of: named, host: peer}}]",
     "10:00:00 A 100\n10:01:00 A 103 place=Server:C\n10:02:00 c.corp.example 101", "",
     "A 1 triggers 3; 1"},
    {"unknown as the condition it rests on", "when: [seen, {more: {of: seen}}]",
     "10:00:00 A 100\n10:01:00 A 102", "", "A 1 triggers 2; 1"},
    {"evidence rests on what when needs",
     "when: [seen]\nevidence: [{if: {more: {after: 10s, of: seen}}, points: 1, because: x}]",
     "10:00:00 A 100\n10:05:00 B 101\n10:05:10 B 102", "", "A 1 triggers 3 +0; 1"},
    {"inside all",
     "evidence: [{if: {all: [seen, {more: {after: 10s, of: seen}}]}, points: 1, because: x}]",
     "10:00:00 A 100\n10:05:00 B 101\n10:05:10 B 102", "", "A 1 triggers 3 +0; 1"},

    // ---- in
    {"three in a minute", "when: [{seen: {within: 1h, count: '3+', in: 1m}}]",
     "10:00:00 A 100\n10:20:00 A 101\n10:20:30 A 101\n10:21:00 A 101", "", "A 1 triggers 3; 1"},
    {"three in 61 seconds", "when: [{seen: {within: 1h, count: '3+', in: 1m}}]",
     "10:00:00 A 100\n10:20:00 A 101\n10:20:30 A 101\n10:21:01 A 101", kCovered, ""},
    {"of one group", "when: [{seen: {within: 1h, count: '2+', in: 1m, per: code}}]",
     "10:00:00 A 100\n10:20:00 A 101 code=1\n10:20:30 A 101 code=2\n10:21:00 A 101 code=0x1", "",
     "A 1 triggers 3; 1"},
    {"of different groups", "when: [{seen: {within: 1h, count: '2+', in: 1m, per: code}}]",
     "10:00:00 A 100\n10:20:00 A 101 code=1\n10:20:30 A 101 code=2\n10:21:01 A 101 code=1",
     kCovered, ""},
    {"the trigger makes up no burst", "when: [{bad: {within: 1h, count: '2+', in: 1m}}]",
     "10:00:00 A 100\n10:00:30 A 100", kCovered, ""},
    {"around the trigger", "when: [{bad: {within: 1h, count: '2+', in: 1m}}]",
     "10:00:00 A 100\n10:00:30 A 100\n10:01:00 A 100", kCovered, "A 3 triggers 3; 1 2 3"},

    // ---- facts and answers
    {"a fact of the host that the trigger names",
     "when: [{fact: {kind: spn, host: '{bad.peer}', where: {service: SMTPSVC}}}]",
     "10:00:00 A 100 peer=b.corp.example", "", "A 1 triggers 3; 1", "spn B service=smtpsvc"},
    {"of another host",
     "when: [{fact: {kind: spn, host: '{bad.peer}', where: {service: SMTPSVC}}}]",
     "10:00:00 A 100 peer=B", "", "A 1 triggers 2; 1", "spn C service=SMTPSVC"},
    {"of another host, and the list of this one is whole",
     "when: [{fact: {kind: spn, host: '{bad.peer}', where: {service: SMTPSVC}}}]",
     "10:00:00 A 100 peer=B", "", "", "spn C service=SMTPSVC\nspn_listing b.corp.example count=0"},
    {"the trigger does not say which host",
     "when: [{fact: {kind: spn, host: '{bad.peer}', where: {service: SMTPSVC}}}]", "10:00:00 A 100",
     "", "A 1 triggers 2; 1", "spn_listing B count=0"},
    {"a test with a value of the trigger",
     "when: [{fact: {kind: spn, where: {instance: '{bad.text}'}}}]", "10:00:00 A 100 text=mail", "",
     "A 1 triggers 3; 1", "spn - instance=MAIL"},
    {"numbers in any form", "when: [{fact: {kind: spn, where: {port: '{bad.code}'}}}]",
     "10:00:00 A 100 code=0x19", "", "A 1 triggers 3; 1", "spn - port=25"},
    {"an answer to the other host of the pair",
     "between: [bad.computer, bad.peer]\nwhen: [{fact: {kind: answer, name: trust, is: 'no'}}]",
     "10:00:00 A 100 peer=B", "", "A,B 1 triggers 3; 1", "answer B name=trust value=no"},
    {"an answer to a third host",
     "between: [bad.computer, bad.peer]\nwhen: [{fact: {kind: answer, name: trust, is: 'no'}}]",
     "10:00:00 A 100 peer=B", "", "A,B 1 triggers 2; 1", "answer C name=trust value=no"},
    {"another answer", "when: [{fact: {kind: answer, name: trust, is: 'no'}}]", "10:00:00 A 100",
     "", "", "answer A name=trust value=yes"},

    // ---- what is explained
    {"counted events, and those of other patterns nearby",
     "when: [{seen: {within: 1h, host: other}}]\nexplains: [seen, more]",
     "10:00:00 A 100\n10:59:00 B 101\n10:01:00 A 101\n10:02:00 A 102\n10:02:00 B 102", "",
     "A 1 triggers 3; 1 2 4"},
    {"also when there were not enough",
     "evidence: [{if: {seen: {count: '3+'}}, points: 1, because: x}]\nexplains: [seen]",
     "10:00:00 A 100\n10:01:00 A 101\n10:02:00 A 101", kCovered, "A 1 triggers 3; 1 2 3"},
    {"but not what stands behind no",
     "evidence: [{if: {no: {seen: {host: same}}}, points: 1, because: x}]\nexplains: [seen]",
     "10:00:00 A 100\n10:01:00 B 101", kCovered, "A 1 triggers 3 +0; 1"},
    {"of latest, the one that passed",
     "when: [{seen: {latest: yes, where: {code: 2}}}]\nexplains: [seen]",
     "09:58:00 A 101 code=1\n09:59:00 A 101 code=2\n10:00:00 A 100", "", "A 1 triggers 3; 2 3"},
    {"of several latest at one time, one that passes is enough",
     "when: [{seen: {latest: yes, where: {code: 2}}}]\nexplains: [seen]",
     "09:59:00 A 101 code=2\n09:59:00 A 101 code=1\n10:00:00 A 100", "", "A 1 triggers 3; 1 3"},
    {"a sequence's own events",
     "when: [{sequence: [seen, more, bad], within: 10m}]\nexplains: [seen, more]",
     "09:51:00 A 101\n09:52:00 A 102\n09:58:00 A 101\n09:59:00 A 102\n10:00:00 A 100", "",
     "A 1 triggers 3; 3 4 5"},
};

std::string Show(const Signal& signal) {
  std::string text = fmt::format("{} {} triggers {}", fmt::join(signal.hosts, ","),
                                 signal.trigger_count, signal.start_points);
  for (const Reason& reason : signal.reasons) {
    text += fmt::format(" {}{}", reason.state == Truth::kHolds ? "+" : "?", reason.line);
  }
  return fmt::format("{}; {}", text, fmt::join(signal.explained, " "));
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (const std::string_view line : Split(text, '\n')) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

Fact ParseFact(std::string_view line) {
  const auto words = Split(line, ' ');
  Fact fact;
  fact.kind = words[0];
  if (words[1] != "-") fact.host = CanonicalHost(words[1]);
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    fact.attributes.emplace(words[i].substr(0, equals), words[i].substr(equals + 1));
  }
  return fact;
}

TEST(Findings, WithTheirReasonsAndWhatTheyExplain) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.why);
    MemoryStore store;
    store.AddLog(row.log);
    for (const std::string_view line : Lines(row.coverage)) store.Cover(line);
    for (const std::string_view line : Lines(row.facts)) store.AddFact(ParseFact(line));
    std::vector<std::string> found;
    for (const Signal& signal : Evaluate(ParseRule(RuleText(row.rule)), store)) {
      found.push_back(Show(signal));
    }
    EXPECT_EQ(fmt::format("{}", fmt::join(found, "\n")), row.findings);
  }
}

}  // namespace
}  // namespace exdiag
