#include "tests/engine/signal/plain_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <tuple>

namespace exdiag::plain {
namespace {

// ---- as text

std::string Length(std::int64_t seconds) {
  return seconds == kEver ? "ever" : fmt::format("{}s", seconds);
}

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

std::string TestYaml(const Test& test) {
  const auto [first, second] = TwoOf(test.value);
  std::string yaml = fmt::format("{{{}: {}}}", test.how, Quoted(test.value));
  if (test.how == "equals") yaml = Quoted(test.value);
  if (test.how == "list") yaml = fmt::format("[{}, {}]", Quoted(first), Quoted(second));
  if (test.how == "mask_is") yaml = fmt::format("{{mask: {}, is: {}}}", first, second);
  if (test.how == "mask_any") yaml = fmt::format("{{mask: {}, any: {}}}", first, second);
  return test.negated ? fmt::format("{{not: {}}}", yaml) : yaml;
}

std::string WhereYaml(const std::vector<Test>& tests) {
  std::string yaml;
  for (const Test& test : tests) {
    yaml += fmt::format("{}{}: {}", yaml.empty() ? "" : ", ", test.field, TestYaml(test));
  }
  return "{" + yaml + "}";
}

std::string PairsYaml(const std::vector<Pair>& pairs) {
  std::string yaml;
  for (const Pair& pair : pairs) {
    yaml += fmt::format("{}'{}={}'", yaml.empty() ? "" : ", ", pair.here, pair.there);
  }
  return "[" + yaml + "]";
}

std::string CondYaml(const Cond& cond);

std::string ListYaml(const std::vector<Cond>& conds) {
  std::string yaml;
  for (const Cond& cond : conds) yaml += (yaml.empty() ? "" : ", ") + CondYaml(cond);
  return "[" + yaml + "]";
}

std::string EventYaml(const Cond& cond) {
  std::string keys;
  const auto add = [&](std::string_view key, const std::string& value) {
    keys += fmt::format("{}{}: {}", keys.empty() ? "" : ", ", key, value);
  };
  if (cond.within) add("within", Length(*cond.within));
  if (cond.before) add("before", Length(*cond.before));
  if (cond.after) add("after", Length(*cond.after));
  if (!cond.of.empty()) add("of", cond.of);
  if (cond.host != "any") add("host", cond.host);
  if (cond.latest) add("latest", "yes");
  if (cond.max) {
    add("count", fmt::format("'{}-{}'", cond.min, *cond.max));
  } else if (cond.min != 1) {
    add("count", fmt::format("'{}+'", cond.min));
  }
  if (cond.in) add("in", Length(*cond.in));
  if (!cond.per.empty()) add("per", cond.per);
  if (!cond.distinct.empty()) add("distinct", cond.distinct);
  if (!cond.same.empty()) add("same", PairsYaml(cond.same));
  if (!cond.differ.empty()) add("differ", PairsYaml(cond.differ));
  if (!cond.where.empty()) add("where", WhereYaml(cond.where));
  return fmt::format("{}: {{{}}}", cond.pattern, keys);
}

std::string KindYaml(const Cond& cond) {
  switch (cond.kind) {
    case Cond::Kind::kEvent:
      return EventYaml(cond);
    case Cond::Kind::kTrigger:
      return fmt::format("{}: {{where: {}}}", cond.pattern, WhereYaml(cond.where));
    case Cond::Kind::kFact:
      return fmt::format("fact: {{kind: {}{}, where: {}}}", cond.fact_kind,
                         cond.host.empty() ? "" : ", host: '" + cond.host + "'",
                         WhereYaml(cond.where));
    case Cond::Kind::kAnswer:
      return fmt::format("fact: {{kind: answer, name: {}, is: '{}'}}", cond.answer_name,
                         cond.answer_value);
    case Cond::Kind::kSequence: {
      std::string places;
      for (const std::string& place : cond.places) places += (places.empty() ? "" : ", ") + place;
      return fmt::format("sequence: [{}], within: {}", places, Length(cond.within.value_or(600)));
    }
    case Cond::Kind::kNo:
      return "no: " + CondYaml(cond.parts[0]);
    case Cond::Kind::kAny:
      return "any: " + ListYaml(cond.parts);
    case Cond::Kind::kAll:
      return "all: " + ListYaml(cond.parts);
  }
  return "";
}

std::string CondYaml(const Cond& cond) {
  return fmt::format("{{{}{}}}", KindYaml(cond), cond.required ? ", coverage: required" : "");
}

std::string Clock(std::int64_t time) {
  const std::int64_t day = 10 + (time >= 0 ? time / kDay : -((-time + kDay - 1) / kDay));
  const std::int64_t second = ((time % kDay) + kDay) % kDay;
  return fmt::format("2000-01-{:02}T{:02}:{:02}:{:02}", day, second / 3600, second / 60 % 60,
                     second % 60);
}

// ---- by chance

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Case Make() {
    Case one;
    mood_ = Chance(60) ? Pick::kPlain : Pick::kWild;
    with_frames_ = Chance(30);
    MakeRule(one.rule);
    MakeLog(one.log);
    MakeCoverage(one.coverage);
    MakeFacts(one.facts);
    return one;
  }

 private:
  // Plain cases keep to UTC and covered logs, so that much holds and fails; wild ones do not.
  enum class Pick : std::uint8_t { kPlain, kWild };

  std::size_t Below(std::size_t end) { return random_() % end; }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  bool Wild(std::size_t percent) { return mood_ == Pick::kWild && Chance(percent); }
  template <typename T, std::size_t N>
  T One(const T (&of)[N]) {
    return of[Below(N)];
  }
  std::string Text(std::initializer_list<const char*> of) { return of.begin()[Below(of.size())]; }

  // ---- the log
  void MakeLog(std::vector<Entry>& log) {
    const std::size_t size = 1 + Below(11);
    for (std::size_t i = 0; i < size; ++i) log.push_back(MakeEntry());
    Entry& trigger = log[Below(size)];
    if (trigger.is_fact()) trigger.fields.clear();
    trigger.id = 100;
    if (uses_of_) MakeDifferent(log);
  }

  // Which event is the first is told by time and host; so that one of them is, no two are alike.
  static void MakeDifferent(std::vector<Entry>& log) {
    const auto key = [](const Entry& entry) {
      return std::tuple(entry.wall, *entry.time,
                        std::tolower(entry.computer.empty() ? ' ' : entry.computer[0]));
    };
    for (Entry& entry : log) {
      if (!entry.time) entry.time = 10 * kHour;
    }
    for (std::size_t i = 0; i < log.size(); ++i) {
      const auto alike = [&](const Entry& other) { return key(other) == key(log[i]); };
      const auto end = log.begin() + static_cast<std::ptrdiff_t>(i);
      while (std::any_of(log.begin(), end, alike)) ++*log[i].time;
    }
  }

  Entry MakeEntry() {
    static constexpr std::int64_t kSteps[] = {0,   0,   1,    60,   61,   300,  599,
                                              600, 601, 1200, 3600, 3601, 21600};
    Entry entry;
    std::int64_t time = 10 * kHour + One(kSteps) * (Chance(50) ? 1 : -1);
    if (Wild(20)) {
      entry.wall = true;
      static constexpr std::int64_t kAway[] = {0, 12, -12, 14, -14, 5, 26};
      time += One(kAway) * kHour + (Chance(20) ? 1 : 0) - (Chance(20) ? 1 : 0);
    }
    if (Chance(5)) time += kDay;
    entry.time = time;
    if (Wild(10)) {
      entry.time = std::nullopt;
      entry.wall = false;
    }
    entry.computer = Text({"A", "A", "a.corp.example", "B", "b.corp.example", "C"});
    if (Wild(8)) entry.computer = "";
    static constexpr int kIds[] = {100, 100, 101, 101, 101, 102, 102, 110};
    entry.id = One(kIds);
    if (Chance(3)) entry.id = 111;
    if (Chance(with_frames_ ? 20 : 2)) {
      MakeFrame(entry);
      return entry;
    }
    if (entry.id < 102 && Chance(85)) {
      entry.fields["peer"] = Text({"A", "B", "B", "b.corp.example", "C", "c.other.example"});
    }
    if (Chance(90)) entry.fields["code"] = MakeCode();
    if (entry.id < 110) entry.fields["text"] = MakeText();
    return entry;
  }

  std::string MakeCode() {
    if (Chance(75)) return Text({"3", "3", "5", "0x5", "6"});
    return Text({"00000005", "-5", "0xfffffffb", "FFFFFFFB", "00000010", "16", "0x10"});
  }

  std::string MakeText() {
    if (Chance(70)) return Text({"x", "X", "y", "xy"});
    return Text({"1.10", "1.9", "1.9.0", "2", "10.0.0.1", "yx5", "zebra", "5"});
  }

  void MakeFrame(Entry& entry) {
    entry.id = 0;
    entry.fields = {{"reserved", Text({"0", "1", "2"})}};
    if (Chance(90)) entry.fields["length"] = MakeCode();
    entry.fields["tpdu"] = MakeText();
  }

  void MakeCoverage(std::vector<Period>& coverage) {
    for (const char* host : {"A", "B", "c.corp.example"}) {
      if (!Chance(mood_ == Pick::kPlain ? 85 : 60)) continue;
      Period period{host, -2 * kDay, 4 * kDay, false, ""};
      if (Wild(40)) {
        period.from = 10 * kHour - static_cast<std::int64_t>(Below(3)) * 600;
        period.to = 10 * kHour + static_cast<std::int64_t>(Below(4)) * 600;
        if (Chance(50)) coverage.push_back({host, period.to, period.to + kHour, false, ""});
      }
      if (Wild(20)) period.wall = true;
      if (Chance(20)) period.channel = Text({"application", "Application", "System"});
      coverage.push_back(period);
    }
  }

  void MakeFacts(std::vector<PlainFact>& facts) {
    for (std::size_t i = Below(with_frames_ ? 7 : 4); i > 0; --i) {
      const std::string host = Text({"A", "b.corp.example", "C", ""});
      if (Chance(40)) {
        facts.push_back(
            {"answer", host, {{"name", Text({"trust", "mail"})}, {"value", Text({"no", "yes"})}}});
      } else if (Chance(50)) {
        const bool frames = with_frames_ && Chance(60);
        facts.push_back({frames ? "tpkt_frame_listing" : "spn_listing", host, {{"count", "1"}}});
      } else {
        facts.push_back(
            {"spn", host, {{"instance", Text({"A", "B", "C", "x"})}, {"service", "SMTPSVC"}}});
      }
    }
  }

  // ---- the rule
  void MakeRule(PlainRule& rule) {
    rule.between = Chance(35);
    static constexpr std::int64_t kQuiet[] = {600, 3600, 21600, 21600};
    rule.quiet = One(kQuiet);
    for (const char* name : {"seen", "more"}) {
      if (Chance(50)) rule.explains.emplace_back(name);
    }
    if (with_frames_ && Chance(50)) rule.explains.emplace_back("frame");
    MakeTriggers(rule);
    triggers_ = rule.triggers;
    std::vector<std::string> known;
    for (std::size_t i = Below(4); i > 0; --i) rule.when.push_back(MakeIn(known, 2));
    for (std::size_t i = Below(2); i > 0; --i) rule.unless.push_back(MakeCond(known, 2));
    for (std::size_t i = Below(4); i > 0; --i) rule.evidence.push_back(MakeCond(known, 2));
  }

  void MakeTriggers(PlainRule& rule) {
    if (Chance(70)) return;
    const std::string second = with_frames_ && Chance(50) ? "frame" : "worse";
    rule.triggers = Chance(50) ? std::vector<std::string>{"bad", second}
                               : std::vector<std::string>{second, "bad"};
    if (!std::count(rule.explains.begin(), rule.explains.end(), second)) {
      rule.explains.push_back(second);
    }
  }

  bool IsTrigger(const std::string& pattern) const {
    return std::count(triggers_.begin(), triggers_.end(), pattern) > 0;
  }

  // A condition whose event later ones may name with `of`.
  Cond MakeIn(std::vector<std::string>& known, int depth) {
    Cond cond = MakeCond(known, depth);
    if (cond.kind == Cond::Kind::kEvent && cond.min > 0) known.push_back(cond.pattern);
    return cond;
  }

  Cond MakeCond(const std::vector<std::string>& known, int depth) {
    Cond cond;
    const std::size_t kind = Below(depth > 0 ? 100 : 70);
    if (kind < 50) {
      cond = MakeEvent(known);
    } else if (kind < 55) {
      cond.kind = Cond::Kind::kTrigger;
      cond.pattern = triggers_[Below(triggers_.size())];
      cond.where = {MakeTest(cond.pattern, false)};
    } else if (kind < 60) {
      MakeFact(cond);
    } else if (kind < 64) {
      cond.kind = Cond::Kind::kAnswer;
      cond.answer_name = "trust";
      cond.answer_value = Text({"no", "No", "yes"});
    } else if (kind < 70) {
      MakeSequence(cond);
    } else if (kind < 85) {
      cond.kind = Cond::Kind::kNo;
      cond.parts.push_back(MakeCond(known, depth - 1));
    } else {
      MakeGroup(cond, known, depth);
    }
    if (Chance(8)) cond.required = true;
    return cond;
  }

  void MakeGroup(Cond& cond, std::vector<std::string> known, int depth) {
    cond.kind = Chance(50) ? Cond::Kind::kAny : Cond::Kind::kAll;
    for (std::size_t i = 1 + Below(3); i > 0; --i) {
      cond.parts.push_back(cond.kind == Cond::Kind::kAll ? MakeIn(known, depth - 1)
                                                         : MakeCond(known, depth - 1));
    }
  }

  void MakeFact(Cond& cond) {
    cond.kind = Cond::Kind::kFact;
    cond.fact_kind = "spn";
    cond.host = Text({"", "", "A", "{bad.computer}", "{bad.peer}"});
    cond.where = {{"instance", "equals", Text({"{bad.peer}", "B", "x"}), Chance(15)}};
  }

  void MakeSequence(Cond& cond) {
    cond.kind = Cond::Kind::kSequence;
    for (std::size_t i = 2 + Below(3); i > 0; --i) {
      cond.places.push_back(Text({"bad", "seen", "more", "third"}));
      if (with_frames_ && Chance(20)) cond.places.back() = "frame";
      if (IsTrigger("worse") && Chance(20)) cond.places.back() = "worse";
    }
    static constexpr std::int64_t kWithin[] = {60, 600, 1200, 7200, kEver};
    cond.within = One(kWithin);
  }

  // `pattern`'s fields are named for events; those of a frame are found at the end.
  Test MakeTest(const std::string& pattern, bool may_be_template) {
    Test test;
    const bool frame = pattern == "frame", detail = pattern == "detail";
    if (detail || Chance(50)) {
      MakeCodeTest(test);
    } else if (!frame && Chance(10)) {
      test = {"computer", "host", Text({"A", "b.corp.example", "C"}), false};
    } else {
      MakeTextTest(test);
    }
    if (!detail && !frame && Chance(4)) test = {"code", "equals_field", "text", false};
    if (may_be_template && Chance(30)) {
      const bool text = test.how == "contains" || test.how == "starts_with" ||
                        test.how == "ends_with" || test.how == "host";
      if (!text) test.how = "equals";
      test.value = "{" + triggers_[Below(triggers_.size())] + "." + test.field + "}";
      if (test.value.starts_with("{frame")) test.value = "{bad." + test.field + "}";
    }
    if (frame) test.field = test.field == "code" ? "length" : "tpdu";
    test.negated = Chance(15);
    return test;
  }

  void MakeCodeTest(Test& test) {
    test = {"code", "equals", Text({"3", "5", "0x6", "-5", "16", "00000010"}), false};
    if (Chance(15)) test = {"code", "min", "5", false};
    if (Chance(10)) test = {"code", "max", "5", false};
    if (Chance(10)) test = {"code", "exists", Text({"yes", "no"}), false};
    if (Chance(10)) test = {"code", "list", Text({"3,6", "5,x"}), false};
    if (Chance(10))
      test = {"code", "mask_is", Text({"7,5", "0x2,0", "0xffff0000,0xffff0000"}), false};
    if (Chance(10)) test = {"code", "mask_any", Text({"2,yes", "0x5,no"}), false};
  }

  void MakeTextTest(Test& test) {
    test = {"text", Text({"equals", "contains", "starts_with", "ends_with"}), Text({"x", "Y"}),
            false};
    if (Chance(20)) {
      test = {"text", "regex", Text({"^x", "x.*5", "[yz]+$", "(a|e)b", "\\d\\.\\d+", "^[^x]+$"}),
              false};
    }
    if (Chance(12))
      test = {"text", "version", Text({"< 1.10", "<= 1.9", "= 1.9", ">= 2", "> 1.9"}), false};
    if (Chance(5)) test = {"text", "ip", Text({"yes", "no"}), false};
  }

  Cond MakeEvent(const std::vector<std::string>& known) {
    Cond cond;
    cond.pattern = Text({"seen", "seen", "more", "third", "detail", "bad", "caught"});
    if (with_frames_ && Chance(25)) cond.pattern = "frame";
    if (IsTrigger("worse") && Chance(10)) cond.pattern = "worse";
    static constexpr std::int64_t kLengths[] = {1,    60,       600,        600,  1200,
                                                3600, 2 * kDay, 26 * kHour, kEver};
    // The trigger's own name without a window means the trigger.
    if (IsTrigger(cond.pattern) || Chance(60)) {
      cond.within = One(kLengths);
    } else if (Chance(70)) {
      if (Chance(60)) cond.before = One(kLengths);
      if (!cond.before || Chance(50)) cond.after = One(kLengths);
    }
    if (!known.empty() && Chance(50)) cond.of = known[Below(known.size())];
    if (IsTrigger(cond.of)) cond.of = "";
    uses_of_ = uses_of_ || !cond.of.empty();
    cond.host = Text({"any", "any", "same", "other", "peer"});
    const bool has_peer =
        cond.pattern == "bad" || cond.pattern == "seen" || cond.pattern == "worse";
    MakeCount(cond, has_peer);
    if (Chance(20)) MakePair(cond, Chance(60) ? cond.same : cond.differ, has_peer);
    if (Chance(35)) cond.where = {MakeTest(cond.pattern, true)};
    // `peer` of an event that can name no host is an error.
    if (cond.host == "peer" && cond.of != "" && cond.of != "seen") cond.host = "same";
    return cond;
  }

  void MakeCount(Cond& cond, bool has_peer) {
    const std::size_t kind = Below(100);
    if (kind < 50) return;
    if (kind < 60) {
      cond.latest = true;
      return;
    }
    const std::string code = cond.pattern == "frame"                  ? "length"
                             : cond.pattern == "caught" && Chance(60) ? "letter"
                                                                      : "code";
    cond.min = Below(4);
    if (kind < 75) {
      cond.max = cond.min + Below(2);
      if (cond.min > 0 && Chance(30)) cond.per = code;
      if (cond.per.empty() && Chance(20)) cond.distinct = code;
      return;
    }
    cond.min = 1 + Below(3);
    if (kind < 82) cond.distinct = has_peer && Chance(40) ? "peer" : code;
    if (kind >= 88) cond.per = has_peer && Chance(40) ? "peer" : Chance(50) ? code : "computer";
    if (kind < 82 || kind > 94) return;
    cond.min = 2 + Below(2);
    static constexpr std::int64_t kSpans[] = {1, 60, 300, 600, 3600};
    cond.in = One(kSpans);
  }

  void MakePair(Cond& cond, std::vector<Pair>& pairs, bool has_peer) {
    const bool there_has_peer = cond.of.empty() || cond.of == "seen";
    const bool here_frame = cond.pattern == "frame";
    const bool there_frame = cond.of.empty() ? IsTrigger("frame") : cond.of == "frame";
    if (here_frame || there_frame) {
      pairs.push_back({"computer", "computer"});
    } else if (cond.pattern == "caught" && cond.of.empty() && Chance(50)) {
      pairs.push_back({"letter", "text"});
    } else if (has_peer && there_has_peer && Chance(50)) {
      pairs.push_back({"peer", "peer"});
    } else if (there_has_peer && Chance(30)) {
      pairs.push_back({"computer", "peer"});
    } else {
      pairs.push_back({"code", "code"});
    }
  }

  std::mt19937_64 random_;
  Pick mood_ = Pick::kPlain;
  bool uses_of_ = false;
  bool with_frames_ = false;
  std::vector<std::string> triggers_;
};

// ---- less

// Every list of conditions that lacks one, or has a smaller one in its place.
std::vector<std::vector<Cond>> SmallerLists(const std::vector<Cond>& conds);

std::vector<Cond> SmallerConds(const Cond& cond) {
  std::vector<Cond> out = cond.parts;
  const auto with = [&](const auto& change) {
    Cond copy = cond;
    change(copy);
    if (CondYaml(copy) != CondYaml(cond)) out.push_back(std::move(copy));
  };
  with([](Cond& c) { c.required = false; });
  with([](Cond& c) { c.where.clear(); });
  with([](Cond& c) { c.same.clear(); });
  with([](Cond& c) { c.differ.clear(); });
  with([](Cond& c) { c.per.clear(); });
  with([](Cond& c) { c.distinct.clear(); });
  with([](Cond& c) { c.of.clear(); });
  with([](Cond& c) { c.in.reset(); });
  with([](Cond& c) { c.latest = false; });
  if (cond.kind == Cond::Kind::kEvent) with([](Cond& c) { c.host = "any"; });
  with([](Cond& c) {
    c.max.reset();
    c.min = c.in ? c.min : 1;
  });
  for (std::vector<Cond>& parts : SmallerLists(cond.parts)) {
    if (!parts.empty()) with([&](Cond& c) { c.parts = parts; });
  }
  return out;
}

std::vector<std::vector<Cond>> SmallerLists(const std::vector<Cond>& conds) {
  std::vector<std::vector<Cond>> out;
  for (std::size_t i = 0; i < conds.size(); ++i) {
    std::vector<Cond> less = conds;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(std::move(less));
    for (Cond& smaller : SmallerConds(conds[i])) {
      std::vector<Cond> changed = conds;
      changed[i] = std::move(smaller);
      out.push_back(std::move(changed));
    }
  }
  return out;
}

}  // namespace

bool PlainRule::IsTrigger(const std::string& pattern) const {
  return std::count(triggers.begin(), triggers.end(), pattern) > 0;
}

std::pair<std::string, std::string> TwoOf(const std::string& value) {
  const std::size_t comma = value.find(',');
  if (comma == std::string::npos) return {value, ""};
  return {value.substr(0, comma), value.substr(comma + 1)};
}

std::string RuleYaml(const PlainRule& rule) {
  std::string lines = fmt::format("trigger: [{}]\n", fmt::join(rule.triggers, ", "));
  if (rule.between) lines += "between: [bad.computer, bad.peer]\n";
  lines += fmt::format("quiet: {}\n", Length(rule.quiet));
  if (!rule.when.empty()) lines += "when: " + ListYaml(rule.when) + "\n";
  if (!rule.unless.empty()) lines += "unless: " + ListYaml(rule.unless) + "\n";
  if (!rule.evidence.empty()) lines += "evidence:\n";
  for (const Cond& cond : rule.evidence) {
    lines += fmt::format("  - {{if: {}, points: 1, because: x}}\n", CondYaml(cond));
  }
  return lines + fmt::format("explains: [{}]\n", fmt::join(rule.explains, ", "));
}

std::string LogLine(const Entry& entry) {
  std::string line = entry.time ? (entry.wall ? "~" : "") + Clock(*entry.time) : "-";
  line += fmt::format(" {} {}", entry.computer.empty() ? "-" : entry.computer, entry.id);
  for (const auto& [name, value] : entry.fields) line += fmt::format(" {}={}", name, value);
  return line;
}

std::string CoverageLine(const Period& period) {
  return fmt::format("{}{} {} {} {}", period.wall ? "~" : "", period.host, Clock(period.from),
                     Clock(period.to), period.channel);
}

std::string Print(const Case& one) {
  std::string text = RuleYaml(one.rule) + "log:\n";
  for (const Entry& entry : one.log) text += "  " + LogLine(entry) + "\n";
  for (const Period& period : one.coverage) text += "covered: " + CoverageLine(period) + "\n";
  for (const PlainFact& fact : one.facts) {
    text += fmt::format("fact: {} of '{}'", fact.kind, fact.host);
    for (const auto& [name, value] : fact.attributes) text += fmt::format(" {}={}", name, value);
    text += "\n";
  }
  return text;
}

Case Generate(std::uint64_t seed) { return Generator(seed).Make(); }

std::vector<Case> Smaller(const Case& one) {
  std::vector<Case> out;
  const auto without = [&](auto list) {
    for (std::size_t i = 0; i < (one.*list).size(); ++i) {
      Case less = one;
      (less.*list).erase((less.*list).begin() + static_cast<std::ptrdiff_t>(i));
      out.push_back(std::move(less));
    }
  };
  without(&Case::log);
  without(&Case::coverage);
  without(&Case::facts);
  for (auto list : {&PlainRule::evidence, &PlainRule::unless, &PlainRule::when}) {
    for (std::vector<Cond>& conds : SmallerLists(one.rule.*list)) {
      Case less = one;
      less.rule.*list = std::move(conds);
      out.push_back(std::move(less));
    }
  }
  if (one.rule.triggers.size() > 1) {
    out.push_back(one);
    out.back().rule.triggers = {"bad"};
  }
  if (one.rule.between) {
    out.push_back(one);
    out.back().rule.between = false;
  }
  return out;
}

}  // namespace exdiag::plain
