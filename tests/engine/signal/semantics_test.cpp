// The rule language's semantics at its edges: one row, one world.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/engine/signal/world.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;

// What the one condition of a rule came to.
enum class Came : std::uint8_t { kHolds, kFails, kUnknown };

struct Case {
  const char* why;
  const char* condition;  // under `when`
  const char* log;
  const char* coverage;
  Came came;
  const char* more = "";  // further lines of the rule
  const char* trigger = "10:00:00 A 100 peer=B code=5 text=x\n";
};

const char* const kAll = "A 00:00:00 23:59:59\nB 00:00:00 23:59:59\nC 00:00:00 23:59:59";

const Case kCases[] = {
    // ---- windows
    {"600 s behind lies within 10 min", "seen: {within: 10m}", "10:10:00 A 101", "", Came::kHolds},
    {"601 s behind does not", "seen: {within: 10m}", "10:10:01 A 101", kAll, Came::kFails},
    {"600 s before lies within 10 min", "seen: {within: 10m}", "09:50:00 A 101", "", Came::kHolds},
    {"601 s before does not", "seen: {within: 10m}", "09:49:59 A 101", kAll, Came::kFails},
    {"equal times lie in every window", "seen: {before: 1s}", "10:00:00 A 101", "", Came::kHolds},
    {"after: takes nothing before", "seen: {after: 10m}", "09:59:59 A 101", kAll, Came::kFails},
    {"after: takes its end", "seen: {after: 10m}", "10:10:00 A 101", "", Came::kHolds},
    {"before: takes nothing after", "seen: {before: 10m}", "10:00:01 A 101", kAll, Came::kFails},
    {"before: takes its end", "seen: {before: 10m}", "09:50:00 A 101", "", Came::kHolds},
    {"ever has no limit", "seen: {within: ever}", "1999-01-01T00:00:00 A 101", "", Came::kHolds},
    {"the default window is 10 min", "seen", "10:10:01 A 101", kAll, Came::kFails},

    // ---- hosts
    {"same host", "seen: {host: same}", "10:00:00 A 101", "", Came::kHolds},
    {"same host under its full name", "seen: {host: same}", "10:00:00 a.corp.example 101", "",
     Came::kHolds},
    {"another host is not the same", "seen: {host: same}", "10:00:00 B 101", kAll, Came::kFails},
    {"other host", "seen: {host: other}", "10:00:00 C 101", "", Came::kHolds},
    {"the same host is no other", "seen: {host: other}", "10:00:00 A 101", kAll, Came::kFails},
    {"an event without a computer is not known to be from another", "seen: {host: other}",
     "10:00:00 - 101", kAll, Came::kFails},
    {"the peer that a field names", "seen: {host: peer}", "10:00:00 b.corp.example 101", "",
     Came::kHolds},
    {"a third host is not the peer", "seen: {host: peer}", "10:00:00 C 101", kAll, Came::kFails},

    {"no peer: neither a field nor between says which", "seen: {host: peer}", "10:00:00 B 101",
     kAll, Came::kUnknown, "", "10:00:00 A 100 code=5 text=x\n"},
    {"with between, the peer is its other host", "seen: {host: peer}", "10:00:00 b.x.example 101",
     "", Came::kHolds, "between: [bad.computer, bad.peer]"},
    {"a full name of another domain is the same host", "seen: {host: same}",
     "10:00:00 a.elsewhere.example 101", "", Came::kHolds},

    // ---- counts
    {"n-1 of n", "seen: {count: '3+'}", "10:00:01 A 101 code=1\n10:00:02 A 101 code=2", kAll,
     Came::kFails},
    {"n of n", "seen: {count: '3+'}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2\n10:00:03 A 101 code=3", "", Came::kHolds},
    {"n-1 of n, and more may not have been read", "seen: {count: '3+'}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2", "", Came::kUnknown},
    {"exactly n", "seen: {count: 2}", "10:00:01 A 101 code=1\n10:00:02 A 101 code=2", kAll,
     Came::kHolds},
    {"exactly n, but more may not have been read", "seen: {count: 2}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2", "", Came::kUnknown},
    {"n+1 is too many, whatever was not read", "seen: {count: 2}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2\n10:00:03 A 101 code=3", "", Came::kFails},
    {"a range with 0 holds on none", "seen: {count: 0-2}", "", kAll, Came::kHolds},
    {"a group reaches the count", "seen: {count: '2+', per: code}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2\n10:00:03 A 101 code=0x2", "", Came::kHolds},
    {"no group reaches the count", "seen: {count: '2+', per: code}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2\n10:00:03 A 101 code=3", kAll, Came::kFails},
    {"different values reach the count", "seen: {count: '2+', distinct: code}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=2", "", Came::kHolds},
    {"equal values count once", "seen: {count: '2+', distinct: code}",
     "10:00:01 A 101 code=2\n10:00:02 A 101 code=0x2", kAll, Came::kFails},
    {"exactly n in a group", "seen: {count: 2, per: code}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=1\n10:00:03 A 101 code=2", kAll, Came::kHolds},
    {"no group has exactly n", "seen: {count: 2, per: code}",
     "10:00:01 A 101 code=1\n10:00:02 A 101 code=1\n10:00:03 A 101 code=1", kAll, Came::kFails},
    {"an event without the field is in no group", "seen: {count: '2+', per: code}",
     "10:00:01 A 101\n10:00:02 A 101", kAll, Came::kFails},
    {"groups by host, in either form of its name", "seen: {count: '2+', per: peer}",
     "10:00:01 A 101 peer=C\n10:00:02 A 101 peer=c.corp.example", "", Came::kHolds},
    {"upper end of a range", "seen: {count: 0-1}", "10:00:01 A 101 code=1", kAll, Came::kHolds},
    {"past it", "seen: {count: 0-1}", "10:00:01 A 101 code=1\n10:00:02 A 101 code=2", "",
     Came::kFails},
    {"the trigger is no evidence for itself", "bad: {within: 10m, count: '1+'}", "", kAll,
     Came::kFails},

    // ---- fields
    {"a test of the condition", "seen: {where: {code: 7}}", "10:00:00 A 101 code=7", "",
     Came::kHolds},
    {"a test with a value of the trigger", "seen: {where: {text: {contains: '{bad.text}'}}}",
     "10:00:00 A 101 text=yxy", "", Came::kHolds},
    {"and one that does not pass", "seen: {where: {text: {contains: '{bad.text}'}}}",
     "10:00:00 A 101 text=yyy", kAll, Came::kFails},
    {"same, as numbers", "seen: {same: [code]}", "10:00:00 A 101 code=0x5", "", Came::kHolds},
    {"same, but it differs", "seen: {same: [code]}", "10:00:00 A 101 code=6", kAll, Came::kFails},
    {"same, other field of the trigger", "seen: {same: [text=code]}", "10:00:00 A 101 text=5", "",
     Came::kHolds},
    {"same, as hosts", "seen: {same: [peer]}", "10:00:00 A 101 peer=b.corp.example", "",
     Came::kHolds},
    {"differ", "seen: {differ: [code]}", "10:00:00 A 101 code=6", "", Came::kHolds},
    {"differ, but it is equal", "seen: {differ: [code]}", "10:00:00 A 101 code=5", kAll,
     Came::kFails},
    {"differ needs the field on both sides", "seen: {differ: [code]}", "10:00:00 A 101 text=y",
     kAll, Came::kFails},
    {"the trigger itself", "bad: {where: {code: 5}}", "", "", Came::kHolds},
    {"the trigger itself, other value", "bad: {where: {code: 6}}", "", "", Came::kFails},

    {"same, a code as events print it and with 0x", "seen: {same: [code]}",
     "10:00:00 A 101 code=80004005", "", Came::kHolds, "", "10:00:00 A 100 code=0x80004005\n"},
    {"differ, the two forms of one code", "seen: {differ: [code]}", "10:00:00 A 101 code=-5", kAll,
     Came::kFails, "", "10:00:00 A 100 code=FFFFFFFB\n"},
    {"a group of the forms of one code", "seen: {count: '3+', per: code}",
     "10:00:01 A 101 code=00000BB8\n10:00:02 A 101 code=0xbb8\n10:00:03 A 101 code=3000", "",
     Came::kHolds},
    {"which are one value", "seen: {count: '2+', distinct: code}",
     "10:00:01 A 101 code=00000BB8\n10:00:02 A 101 code=0xbb8\n10:00:03 A 101 code=3000", kAll,
     Came::kFails},
    {"equals_field, in another form", "seen: {where: {code: {equals_field: text}}}",
     "10:00:00 A 101 code=0x80004005 text=80004005", "", Came::kHolds},
    {"a test with a value of the trigger, in another form", "seen: {where: {code: '{bad.code}'}}",
     "10:00:00 A 101 code=0x80004005", "", Came::kHolds, "", "10:00:00 A 100 code=80004005\n"},
    {"a list", "seen: {where: {code: [4, 5]}}", "10:00:00 A 101 code=0x5", "", Came::kHolds},
    {"none of a list", "seen: {where: {code: [4, 5]}}", "10:00:00 A 101 code=6", kAll,
     Came::kFails},
    {"a range, at its end", "seen: {where: {code: {min: 1, max: 5}}}", "10:00:00 A 101 code=5", "",
     Came::kHolds},
    {"past it", "seen: {where: {code: {min: 1, max: 5}}}", "10:00:00 A 101 code=6", kAll,
     Came::kFails},
    {"starts_with", "seen: {where: {text: {starts_with: AB}}}", "10:00:00 A 101 text=abc", "",
     Came::kHolds},
    {"ends_with", "seen: {where: {text: {ends_with: BC}}}", "10:00:00 A 101 text=abc", "",
     Came::kHolds},
    {"ends_with, but it stands in the middle", "seen: {where: {text: {ends_with: b}}}",
     "10:00:00 A 101 text=abc", kAll, Came::kFails},
    {"exists", "seen: {where: {text: {exists: yes}}}", "10:00:00 A 101 code=1", kAll, Came::kFails},
    {"exists: no", "seen: {where: {text: {exists: no}}}", "10:00:00 A 101 code=1", "",
     Came::kHolds},
    {"mask", "seen: {where: {code: {mask: 0xff00, is: 0x0300}}}", "10:00:00 A 101 code=769", "",
     Came::kHolds},
    {"version", "seen: {where: {text: {version: '< 2651.75'}}}", "10:00:00 A 101 text=2651.8", "",
     Came::kHolds},
    {"the version itself", "seen: {where: {text: {version: '< 2651.75'}}}",
     "10:00:00 A 101 text=2651.75", kAll, Came::kFails},
    {"a host in another form", "seen: {where: {peer: {host: '{bad.peer}'}}}",
     "10:00:00 A 101 peer=b.corp.example", "", Came::kHolds},
    {"not, and the field is there", "seen: {where: {code: {not: 5}}}", "10:00:00 A 101 code=6", "",
     Came::kHolds},
    {"not, and it is not there", "seen: {where: {code: {not: 5}}}", "10:00:00 A 101 text=x", kAll,
     Came::kFails},
    {"a regex in a condition", "seen: {where: {text: {regex: '^a.c$'}}}", "10:00:00 A 101 text=ABC",
     "", Came::kHolds},
    {"what a regex captured is a field", "caught: {same: [letter=text]}",
     "10:00:00 A 102 text=a-Y-b", "", Came::kHolds, "", "10:00:00 A 100 text=y\n"},
    {"and can be counted by", "caught: {count: '2+', per: letter}",
     "10:00:01 A 102 text=1x\n10:00:02 A 102 text=2X", "", Came::kHolds},

    // ---- several triggers
    {"the trigger at hand is this one", "worse: {where: {text: w}}", "", "", Came::kHolds,
     "trigger: [bad, worse]", "10:00:00 A 101 code=6 text=w\n"},
    {"the trigger at hand is another", "bad: {where: {text: w}}", "", "", Came::kFails,
     "trigger: [bad, worse]", "10:00:00 A 101 code=6 text=w\n"},
    {"the name of one means the trigger at hand", "seen: {where: {text: '{bad.text}'}}",
     "10:00:30 A 101 code=1 text=w", "", Came::kHolds, "trigger: [bad, worse]",
     "10:00:00 A 101 code=6 text=w\n"},

    // ---- latest
    {"the latest one passes", "seen: {latest: yes, where: {code: 2}}",
     "09:55:00 A 101 code=1\n09:58:00 A 101 code=2", "", Came::kHolds},
    {"an earlier one does not count", "seen: {latest: yes, where: {code: 1}}",
     "09:55:00 A 101 code=1\n09:58:00 A 101 code=2", "", Came::kFails},
    {"one after the trigger does not count", "seen: {latest: yes, where: {code: 2}}",
     "09:58:00 A 101 code=2\n10:00:01 A 101 code=1", "", Came::kHolds},
    {"none in the window", "seen: {latest: yes, where: {code: 2}}", "10:00:01 A 101 code=2", kAll,
     Came::kFails},

    // ---- absence
    {"absent and covered", "no: {seen: {within: 10m}}", "", kAll, Came::kHolds},
    {"absent, not covered", "no: {seen: {within: 10m}}", "", "", Came::kUnknown},
    {"covered to a second before the window ends", "no: {seen: {within: 10m}}", "",
     "A 09:50:00 10:09:59", Came::kUnknown},
    {"covered to its very end", "no: {seen: {within: 10m}}", "", "A 09:50:00 10:10:00",
     Came::kHolds},
    {"two files that meet cover the whole", "no: {seen: {within: 10m}}", "",
     "A 09:00:00 10:00:00\nA 10:00:00 11:00:00", Came::kHolds},
    {"a gap between two files", "no: {seen: {within: 10m}}", "",
     "A 09:00:00 10:00:00\nA 10:00:01 11:00:00", Came::kUnknown},
    {"another log was read", "no: {seen: {within: 10m}}", "", "A 09:00:00 11:00:00 System",
     Came::kUnknown},
    {"the right log was read", "no: {seen: {within: 10m}}", "", "A 09:00:00 11:00:00 application",
     Came::kHolds},
    {"found is a fact, covered or not", "no: {seen: {within: 10m}}", "10:00:00 A 101", "",
     Came::kFails},
    {"the peer's log counts, not ours", "no: {seen: {host: peer}}", "", "A 00:00:00 23:59:59",
     Came::kUnknown},
    {"the peer's log was read", "no: {seen: {host: peer}}", "", "B 00:00:00 23:59:59",
     Came::kHolds},
    {"with between, both logs count", "no: {seen: {host: any}}", "", "A 00:00:00 23:59:59",
     Came::kUnknown, "between: [bad.computer, bad.peer]"},
    {"with between, both logs read", "no: {seen: {host: any}}", "", kAll, Came::kHolds,
     "between: [bad.computer, bad.peer]"},
    {"covered, but not logged at that level", "no: {detail: {within: 10m}}", "", kAll,
     Came::kUnknown},
    {"a neighbour that needs as much was logged", "no: {detail: {within: 10m, where: {code: 1}}}",
     "2000-01-10T22:00:00 A 110 code=2", kAll, Came::kHolds},
    {"one that needs more was logged", "no: {detail: {within: 10m}}",
     "2000-01-10T22:00:00 A 111 code=2", kAll, Came::kHolds},
    {"it was logged more than a day away", "no: {detail: {within: 10m}}",
     "2000-01-11T10:10:01 A 111 code=2", kAll, Came::kUnknown},
    {"it was logged on another host", "no: {detail: {within: 10m}}", "10:30:00 B 111 code=2", kAll,
     Came::kUnknown},

    // ---- times that do not compare
    {"without a time is far from all with one", "seen: {within: 10m}", "- A 101", kAll,
     Came::kFails},
    {"without a time but for ever", "seen: {within: ever}", "- A 101", "", Came::kHolds},
    {"another zone, hours away: it may lie in the window", "seen: {within: 10m}", "~15:00:00 A 101",
     kAll, Came::kUnknown},
    {"another zone, too far away for any offset", "seen: {within: 10m}",
     "~2000-01-11T09:00:00 A 101", kAll, Came::kFails},
    {"another zone, but inside for every offset", "seen: {within: 2d}", "~12:00:00 A 101", "",
     Came::kHolds},
    {"one that may lie in the window, but would change nothing", "seen: {count: 0-2}",
     "~15:00:00 A 101", kAll, Came::kHolds},
    {"one that may be one too many", "seen: {count: 0-2}",
     "10:00:01 A 101\n10:00:02 A 101\n~15:00:00 A 101", kAll, Came::kUnknown},
    {"which is the last depends on the zone", "seen: {latest: yes, where: {code: 2}}",
     "09:55:00 A 101 code=2\n~09:58:00 A 101 code=1", kAll, Came::kUnknown},
    {"the last is the same in every zone", "seen: {before: 2d, latest: yes, where: {code: 2}}",
     "2000-01-08T12:00:00 A 101 code=1\n~2000-01-09T12:00:00 A 101 code=2", "", Came::kHolds},
    {"wall clocks cover no UTC window", "no: {seen: {within: 10m}}", "", "~A 00:00:00 23:59:59",
     Came::kUnknown},

    // ---- sequences
    {"in order", "{sequence: [seen, more, bad], within: 10m}", "09:55:00 A 101\n09:56:00 A 102", "",
     Came::kHolds},
    {"out of order", "{sequence: [seen, more, bad], within: 10m}", "09:57:00 A 101\n09:56:00 A 102",
     kAll, Came::kFails},
    {"equal times are in order", "{sequence: [seen, more, bad], within: 10m}",
     "10:00:00 A 101\n10:00:00 A 102", "", Came::kHolds},
    {"600 s from the first to the last", "{sequence: [seen, bad, more], within: 10m}",
     "09:55:00 A 101\n10:05:00 A 102", "", Came::kHolds},
    {"601 s from the first to the last", "{sequence: [seen, bad, more], within: 10m}",
     "09:55:00 A 101\n10:05:01 A 102", kAll, Came::kFails},
    {"a trigger that is not named stands anywhere", "{sequence: [seen, more], within: 10m}",
     "10:01:00 A 101\n10:02:00 A 102", "", Came::kHolds},
    {"but all of it within its reach", "{sequence: [seen, more], within: 10m}",
     "10:09:00 A 101\n10:10:01 A 102", kAll, Came::kFails},
    {"the last of them at the very end", "{sequence: [seen, more], within: 10m}",
     "10:09:00 A 101\n10:10:00 A 102", "", Came::kHolds},
    {"only a later start is near enough", "{sequence: [seen, more], within: 1m}",
     "09:59:00 A 101\n10:00:10 A 101\n10:01:00 A 102", "", Came::kHolds},
    {"a sequence on another clock may be one", "{sequence: [seen, bad], within: 10m}",
     "~09:00:00 A 101", kAll, Came::kUnknown},
    {"one event cannot stand in two places", "{sequence: [more, third, bad], within: 10m}",
     "09:55:00 A 102 code=3", kAll, Came::kFails},
    {"the event that only fits one place is left for it",
     "{sequence: [third, more, bad], within: 10m}", "09:55:00 A 102 code=3\n09:55:00 A 102 code=4",
     "", Came::kHolds},

    {"no time from the first to the last, at one time", "{sequence: [seen, bad], within: 0s}",
     "10:00:00 A 101", "", Came::kHolds},
    {"and a second apart", "{sequence: [seen, bad], within: 0s}", "09:59:59 A 101", kAll,
     Came::kFails},

    // ---- groups
    {"any: one holds", "{any: [seen, more]}", "10:00:00 A 102", "", Came::kHolds},
    {"any: none holds, one is not known", "{any: [seen, more]}", "", "", Came::kUnknown},
    {"any: all fail", "{any: [seen, more]}", "", kAll, Came::kFails},
    {"all: one fails", "{all: [seen, {bad: {where: {code: 6}}}]}", "", "", Came::kFails},
    {"all: one is not known", "{all: [seen, {bad: {where: {code: 5}}}]}", "", "", Came::kUnknown},
    {"not known stays so behind no", "{no: {any: [seen, more]}}", "", "", Came::kUnknown},
};

Came CameTo(const std::vector<Signal>& signals) {
  if (signals.empty()) return Came::kFails;
  return signals.front().unknown_conditions.empty() ? Came::kHolds : Came::kUnknown;
}

MemoryStore MakeStore(std::string_view log, std::string_view coverage) {
  MemoryStore store;
  store.AddLog(log);
  std::size_t begin = 0;
  while (begin < coverage.size()) {
    const auto end = std::min(coverage.find('\n', begin), coverage.size());
    store.Cover(coverage.substr(begin, end - begin));
    begin = end + 1;
  }
  return store;
}

TEST(Semantics, EveryConditionAtItsEdges) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.why);
    const MemoryStore store = MakeStore(std::string(row.trigger) + row.log, row.coverage);
    const std::string lines =
        std::string(row.more) + "\nwhen:\n  - " + std::string(row.condition) + "\n";
    const RuleSet rules = ParseRule(RuleText(lines));
    if (rules.rules().empty()) continue;
    const auto signals = Evaluate(rules, store);
    EXPECT_EQ(CameTo(signals), row.came);
    if (row.came != Came::kFails && !signals.empty()) {
      EXPECT_EQ(signals.front().start_points, row.came == Came::kUnknown ? 2 : 3);
    }
    EXPECT_EQ(CameTo(Evaluate(rules, store.Reversed())), row.came) << "imported in other order";
  }
}

}  // namespace
}  // namespace exdiag
