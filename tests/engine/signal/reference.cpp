#include "tests/engine/signal/reference.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <regex>
#include <sstream>

namespace exdiag::plain {
namespace {

using Found = std::set<std::size_t>;
// Events, each with the pattern that it was counted for.
using Counted = std::set<std::pair<std::string, std::size_t>>;

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// NetBIOS and FQDN forms of one host are one.
std::string Host(const std::string& name) { return Lower(name.substr(0, name.find('.'))); }

// Decimal or with 0x.
std::optional<std::int64_t> Number(const std::string& text) {
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  const bool hex = Lower(text).starts_with("0x");
  const std::int64_t value = std::strtoll(text.c_str(), &end, hex ? 16 : 10);
  return *end == '\0' ? std::optional(value) : std::nullopt;
}

std::int64_t Unsigned(std::int64_t value) { return value < 0 ? value + (1LL << 32) : value; }

// What a value is compared as: signed and unsigned form of a code are one, and so are its eight
// hexadecimal digits with and without 0x.
std::string Key(const std::string& text) {
  const bool eight =
      text.size() == 8 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  const auto number = Number(eight ? "0x" + text : text);
  return number ? std::to_string(Unsigned(*number)) : Lower(text);
}

bool Equal(const std::string& a, const std::string& b) { return Key(a) == Key(b); }

// "1.9.0" as 1, 9, 0; nullopt for what is no build number.
std::optional<std::vector<long>> Version(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string::npos) {
    return std::nullopt;
  }
  std::vector<long> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, '.');) parts.push_back(std::atol(part.c_str()));
  while (!parts.empty() && parts.back() == 0) parts.pop_back();  // 1.9.0 is 1.9
  return parts;
}

bool PassesVersion(const std::string& value, const std::string& bound) {
  const std::size_t blank = bound.find(' ');
  const std::string op = bound.substr(0, blank);
  const auto a = Version(value), b = Version(bound.substr(blank + 1));
  if (!a || !b) return false;
  if (op == "<") return *a < *b;
  if (op == "<=") return *a <= *b;
  if (op == "=") return *a == *b;
  if (op == ">=") return *a >= *b;
  return *a > *b;
}

bool IsAddress(const std::string& text) {
  int a = 0, b = 0, c = 0, d = 0, end = 0;
  return std::sscanf(text.c_str(), "%3d.%3d.%3d.%3d%n", &a, &b, &c, &d, &end) == 4 &&
         static_cast<std::size_t>(end) == text.size();
}

bool Matches(const std::string& value, const std::string& regex) {
  return std::regex_search(value, std::regex(regex, std::regex::icase));
}

bool PassesMask(const Test& test, const std::string& value) {
  const auto number = Number(value);
  if (!number) return false;
  const auto [mask, wanted] = TwoOf(test.value);
  const std::int64_t bits = Unsigned(*number) & *Number(mask);
  return test.how == "mask_is" ? bits == *Number(wanted) : (bits != 0) == (wanted == "yes");
}

// A test but `exists` and `equals_field`, on a value that is there.
bool PassesTest(const Test& test, const std::string& value) {
  const std::string lower = Lower(value), wanted = Lower(test.value);
  if (test.how == "equals") return Equal(value, test.value);
  if (test.how == "list") {
    return Equal(value, TwoOf(test.value).first) || Equal(value, TwoOf(test.value).second);
  }
  if (test.how == "contains") return lower.find(wanted) != std::string::npos;
  if (test.how == "starts_with") return lower.starts_with(wanted);
  if (test.how == "ends_with") return lower.ends_with(wanted);
  if (test.how == "min") return Number(value) && *Number(value) >= *Number(test.value);
  if (test.how == "max") return Number(value) && *Number(value) <= *Number(test.value);
  if (test.how == "regex") return Matches(value, test.value);
  if (test.how == "version") return PassesVersion(value, test.value);
  if (test.how == "host") return Host(value) == Host(test.value);
  if (test.how == "ip") return IsAddress(value) == (test.value == "yes");
  return PassesMask(test, value);
}

bool IsHostField(const std::string& field) { return field == "computer" || field == "peer"; }

// By how much an event lies behind another, for every zone that their clocks may have.
struct Distance {
  std::int64_t least = 0, greatest = 0;
  bool comparable = true;  // one has a time and the other has none
};

Distance Between(const Entry& from, const Entry& to) {
  if (!from.time && !to.time) return {};
  if (!from.time || !to.time) return {0, 0, false};
  const std::int64_t apart = *to.time - *from.time;
  if (from.wall == to.wall) return {apart, apart};
  // A wall clock shows between UTC-12 and UTC+14.
  if (to.wall) return {apart - 14 * kHour, apart + 12 * kHour};
  return {apart - 12 * kHour, apart + 14 * kHour};
}

struct Span {
  std::int64_t before = 600, after = 600;
  bool ever() const { return before == kEver || after == kEver; }
  bool Holds(std::int64_t apart) const {
    return (before == kEver || apart >= -before) && (after == kEver || apart <= after);
  }
};

Span SpanOf(const Cond& cond) {
  Span span;
  if (cond.within) span = {*cond.within, *cond.within};
  if (cond.before || cond.after) span = {cond.before.value_or(0), cond.after.value_or(0)};
  if (cond.latest) span.after = 0;
  return span;
}

enum class Lies : std::uint8_t { kOutside, kPerhaps, kInside };

Lies In(const Span& span, const Distance& distance) {
  if (!distance.comparable) return span.ever() ? Lies::kInside : Lies::kOutside;
  if (span.Holds(distance.least) && span.Holds(distance.greatest)) return Lies::kInside;
  // Between the two ends every distance is possible.
  const bool reaches_back = span.after == kEver || distance.least <= span.after;
  const bool reaches_on = span.before == kEver || distance.greatest >= -span.before;
  return reaches_back && reaches_on ? Lies::kPerhaps : Lies::kOutside;
}

class Evaluator {
 public:
  explicit Evaluator(const Case& one) : case_(one), rule_(one.rule), log_(one.log) {}

  std::vector<Expected> Run() {
    std::vector<std::size_t> triggers;
    std::map<std::size_t, bool> unknown;
    for (std::size_t i = 0; i < log_.size(); ++i) {
      if (!Opens(i)) continue;
      if (const auto judged = Judge(i)) {
        triggers.push_back(i);
        unknown[i] = *judged;
      }
    }
    std::vector<Expected> incidents;
    for (const std::vector<std::size_t>& group : Incidents(triggers)) {
      incidents.push_back(Describe(group, unknown));
    }
    return incidents;
  }

 private:
  // ---- events

  bool Matches(const std::string& pattern, std::size_t i) const {
    const Entry& entry = log_[i];
    if (pattern == "frame") return entry.is_fact() && !Equal(entry.fields.at("reserved"), "0");
    const std::string code = Show(i, "code").value_or("");
    if (pattern == "worse") return (entry.id == 100 || entry.id == 101) && Equal(code, "6");
    const std::map<std::string, int> ids = {{"bad", 100},   {"seen", 101},   {"more", 102},
                                            {"third", 102}, {"caught", 102}, {"detail", 110}};
    if (entry.id != ids.at(pattern)) return false;
    if (pattern == "caught") return Letter(i).has_value();
    return pattern != "third" || Equal(code, "3");
  }

  // Whether it is one of the rule's triggers.
  bool Opens(std::size_t i) const {
    return std::any_of(rule_.triggers.begin(), rule_.triggers.end(),
                       [&](const std::string& pattern) { return Matches(pattern, i); });
  }

  // What the regex of `caught` captures.
  std::optional<std::string> Letter(std::size_t i) const {
    const std::string text = Show(i, "text").value_or("");
    const std::size_t at = Lower(text).find_first_of("xyz");
    if (at == std::string::npos) return std::nullopt;
    return text.substr(at, 1);
  }

  // nullopt: the event does not show the field.
  std::optional<std::string> Show(std::size_t i, const std::string& field) const {
    if (field == "computer") {
      if (log_[i].computer.empty()) return std::nullopt;
      return log_[i].computer;
    }
    if (field == "letter") return Letter(i);
    const auto found = log_[i].fields.find(field);
    if (found == log_[i].fields.end()) return std::nullopt;
    return found->second;
  }

  std::string HostOf(std::size_t i) const { return Host(log_[i].computer); }

  std::set<std::string> NamedHosts(std::size_t i) const {
    const auto peer = Show(i, "peer");
    return peer ? std::set<std::string>{Host(*peer)} : std::set<std::string>{};
  }

  std::vector<std::string> HostsOfIncident(std::size_t trigger) const {
    if (!rule_.between) return {HostOf(trigger)};
    return {HostOf(trigger), Host(Show(trigger, "peer").value_or(""))};
  }

  std::set<std::string> Peers(std::size_t trigger, std::size_t of) const {
    std::set<std::string> peers = NamedHosts(of);
    if (rule_.between) {
      const auto hosts = HostsOfIncident(trigger);
      peers = {hosts.begin(), hosts.end()};
    }
    peers.erase(HostOf(of));
    peers.erase("");
    return peers;
  }

  // ---- field tests

  // The text with {trigger.field} filled in; nullopt when the trigger does not show it.
  std::optional<std::string> Fill(const std::string& text, std::size_t trigger) const {
    if (!text.starts_with("{")) return text;
    const std::size_t stop = text.find('.');
    return Show(trigger, text.substr(stop + 1, text.size() - stop - 2));
  }

  std::optional<std::vector<Test>> Fill(std::vector<Test> tests, std::size_t trigger) const {
    for (Test& test : tests) {
      const auto value = Fill(test.value, trigger);
      if (!value) return std::nullopt;
      test.value = *value;
    }
    return tests;
  }

  static bool Passes(const std::vector<Test>& tests,
                     const std::function<std::optional<std::string>(const std::string&)>& show) {
    for (const Test& test : tests) {
      const auto value = show(test.field);
      bool passes = false;
      if (test.how == "exists") {
        passes = (test.value == "yes") == (value && !value->empty());
        if (passes == test.negated || (test.negated && !value)) return false;
        continue;
      }
      if (!value) return false;
      if (test.how == "equals_field") {
        const auto other = show(test.value);
        passes = other && Equal(*value, *other);
      } else {
        passes = PassesTest(test, *value);
      }
      if (passes == test.negated) return false;
    }
    return true;
  }

  bool PassesEvent(const std::vector<Test>& tests, std::size_t i) const {
    return Passes(tests, [&](const std::string& field) { return Show(i, field); });
  }

  bool SameValue(const Pair& pair, std::size_t i, std::size_t of) const {
    const std::string here = *Show(i, pair.here), there = *Show(of, pair.there);
    if (IsHostField(pair.here) || IsHostField(pair.there)) return Host(here) == Host(there);
    return Equal(here, there);
  }

  // ---- coverage

  bool Covered(const std::string& host, const Entry& of, const Span& span, bool diagnostics) const {
    if (host.empty() || !of.time || span.ever()) return false;
    // Each second of the window is in some period: periods of one log meet or they do not.
    const std::int64_t from = *of.time - span.before, to = *of.time + span.after;
    std::int64_t covered_to = from;
    bool any = false;
    for (std::size_t round = 0; round <= case_.coverage.size(); ++round) {
      for (const Period& period : case_.coverage) {
        if (Host(period.host) != host || period.wall != of.wall) continue;
        if (!period.channel.empty() && Lower(period.channel) != "application") continue;
        if (period.from > covered_to || period.to < covered_to) continue;
        any = true;
        covered_to = std::max(covered_to, period.to);
      }
    }
    if (!any || covered_to < to) return false;
    if (!diagnostics) return true;
    return std::any_of(log_.begin(), log_.end(), [&](const Entry& entry) {
      return (entry.id == 110 || entry.id == 111) && Host(entry.computer) == host && entry.time &&
             entry.wall == of.wall && *entry.time >= from - kDay && *entry.time <= to + kDay;
    });
  }

  bool SawAll(const std::string& pattern, const std::set<std::string>& hosts, const Entry& of,
              const Span& span) const {
    if (hosts.empty()) return false;
    if (pattern == "frame") return WereListed("tpkt_frame", hosts);
    return std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
      return Covered(host, of, span, pattern == "detail");
    });
  }

  // A complete list of such facts was fed for each of the hosts.
  bool WereListed(const std::string& kind, const std::set<std::string>& hosts) const {
    return std::all_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
      return std::any_of(case_.facts.begin(), case_.facts.end(), [&](const PlainFact& fact) {
        return fact.kind == kind + "_listing" && Host(fact.host) == host;
      });
    });
  }

  std::set<std::string> HostsToCover(const Cond& cond, std::size_t trigger, std::size_t of) const {
    if (cond.host == "same") return {HostOf(of)};
    if (cond.host == "peer") return Peers(trigger, of);
    const auto hosts = HostsOfIncident(trigger);
    return {hosts.begin(), hosts.end()};
  }

  // ---- conditions

  // `list` are the conditions beside this one that come before it and must hold with it, nearest
  // last.  `counted` gets the events that were counted, `behind_no` says that they do not matter.
  struct Around {
    std::size_t trigger;
    std::vector<const Cond*> before;
    Counted* counted;
    Counted* sequences;
    bool* drop;
  };

  Value Ask(const Cond& cond, Around around) const {
    const Value value = AskKind(cond, around);
    if (value == Value::kUnknown && cond.required && around.drop != nullptr) *around.drop = true;
    return value;
  }

  Value AskKind(const Cond& cond, Around around) const {
    switch (cond.kind) {
      case Cond::Kind::kEvent:
        return AskEvent(cond, around);
      case Cond::Kind::kTrigger:
        return AskTrigger(cond, around.trigger);
      case Cond::Kind::kFact:
      case Cond::Kind::kAnswer:
        return AskFact(cond, around.trigger);
      case Cond::Kind::kSequence:
        return AskSequence(cond, around);
      case Cond::Kind::kNo: {
        around.counted = around.sequences = nullptr;
        const Value value = Ask(cond.parts[0], around);
        return value == Value::kUnknown ? value
               : value == Value::kHolds ? Value::kFails
                                        : Value::kHolds;
      }
      case Cond::Kind::kAny:
      case Cond::Kind::kAll:
        break;
    }
    const bool all = cond.kind == Cond::Kind::kAll;
    Value value = all ? Value::kHolds : Value::kFails;
    bool drop = false;
    Around inside = around;
    inside.drop = &drop;
    for (const Cond& part : cond.parts) {
      const Value one = Ask(part, inside);
      value = all ? std::min(value, one) : std::max(value, one);
      if (all) inside.before.push_back(&part);
    }
    if (value == Value::kUnknown && drop && around.drop != nullptr) *around.drop = true;
    return value;
  }

  Value AskTrigger(const Cond& cond, std::size_t trigger) const {
    if (!Matches(cond.pattern, trigger)) return Value::kFails;  // another trigger is at hand
    const auto tests = Fill(cond.where, trigger);
    if (!tests) return Value::kUnknown;
    return PassesEvent(*tests, trigger) ? Value::kHolds : Value::kFails;
  }

  Value AskEvent(const Cond& cond, const Around& around) const {
    std::size_t of = around.trigger;
    if (!cond.of.empty()) {
      const Cond* anchor = nullptr;
      std::size_t place = 0;
      for (std::size_t i = 0; i < around.before.size(); ++i) {
        const Cond* one = around.before[i];
        if (one->kind == Cond::Kind::kEvent && one->pattern == cond.of && one->min > 0) {
          anchor = one;
          place = i;
        }
      }
      Counted counted;
      Around of_anchor = around;
      of_anchor.before.resize(place);
      of_anchor.counted = &counted;
      const Value value = AskEvent(*anchor, of_anchor);
      if (value != Value::kHolds) return value;
      of = First(counted);
    }
    return AskAround(cond, around, of);
  }

  // UTC before wall clocks before no time, then by time.  Cases are made so that no two candidates
  // for "first" are alike; see Generate.
  std::size_t First(const Counted& counted) const {
    const auto key = [&](std::size_t i) {
      const Entry& entry = log_[i];
      return std::tuple(entry.time ? (entry.wall ? 1 : 0) : 2, entry.time.value_or(0), HostOf(i),
                        i);
    };
    return std::min_element(
               counted.begin(), counted.end(),
               [&](const auto& a, const auto& b) { return key(a.second) < key(b.second); })
        ->second;
  }

  Value AskAround(const Cond& cond, const Around& around, std::size_t of) const {
    const auto tests = Fill(cond.where, around.trigger);
    if (!tests) return Value::kUnknown;
    const std::set<std::string> peers = Peers(around.trigger, of);
    if (cond.host == "peer" && peers.empty()) return Value::kUnknown;
    for (const auto* pairs : {&cond.same, &cond.differ}) {
      for (const Pair& pair : *pairs) {
        if (Show(of, pair.there).value_or("").empty()) return Value::kUnknown;
      }
    }
    const Span span = SpanOf(cond);
    std::vector<std::size_t> inside, perhaps;
    for (std::size_t i = 0; i < log_.size(); ++i) {
      if (i == around.trigger || i == of || !Matches(cond.pattern, i)) continue;
      if (!RightHost(cond, i, of, peers) || !RightPairs(cond, i, of)) continue;
      if (!cond.latest && !PassesEvent(*tests, i)) continue;
      const Lies lies = In(span, Between(log_[of], log_[i]));
      if (lies == Lies::kInside) inside.push_back(i);
      if (lies == Lies::kPerhaps) perhaps.push_back(i);
    }
    if (cond.latest) return AskLatest(cond, around, of, *tests, inside, perhaps);
    if (around.counted != nullptr) {
      for (const std::size_t i : inside) around.counted->insert({cond.pattern, i});
    }
    const bool saw_all =
        SawAll(cond.pattern, HostsToCover(cond, around.trigger, of), log_[of], span);
    return Count(cond, inside, perhaps, saw_all);
  }

  bool RightHost(const Cond& cond, std::size_t i, std::size_t of,
                 const std::set<std::string>& peers) const {
    const std::string host = HostOf(i), own = HostOf(of);
    if (cond.host == "same") return host == own;
    if (cond.host == "other") return host != own && !host.empty() && !own.empty();
    if (cond.host == "peer") return peers.contains(host);
    return true;
  }

  bool RightPairs(const Cond& cond, std::size_t i, std::size_t of) const {
    for (const auto* pairs : {&cond.same, &cond.differ}) {
      for (const Pair& pair : *pairs) {
        if (Show(i, pair.here).value_or("").empty()) return false;
        if (SameValue(pair, i, of) != (pairs == &cond.same)) return false;
      }
    }
    return true;
  }

  std::string GroupOf(std::size_t i, const std::string& field) const {
    const std::string value = Show(i, field).value_or("");
    return IsHostField(field) || value.empty() ? Host(value) : Key(value);
  }

  // What is counted: events, different values, or the events of each group.
  std::vector<std::uint64_t> CountsOf(const Cond& cond,
                                      const std::vector<std::size_t>& events) const {
    if (!cond.distinct.empty()) {
      std::set<std::string> values;
      for (const std::size_t i : events) values.insert(GroupOf(i, cond.distinct));
      values.erase("");
      return {values.size()};
    }
    std::map<std::string, std::vector<std::size_t>> groups;
    for (const std::size_t i : events)
      groups[cond.per.empty() ? "*" : GroupOf(i, cond.per)].push_back(i);
    groups.erase("");
    std::vector<std::uint64_t> counts;
    for (const auto& [name, group] : groups) {
      counts.push_back(cond.in ? InSpan(group, *cond.in) : group.size());
    }
    return counts;
  }

  // The most events that a span of this length can hold.
  std::uint64_t InSpan(const std::vector<std::size_t>& events, std::int64_t length) const {
    std::uint64_t most = 0;
    for (const std::size_t first : events) {
      std::uint64_t size = 0;
      for (const std::size_t i : events) {
        const Entry &a = log_[first], &b = log_[i];
        if (a.time.has_value() != b.time.has_value() || (a.time && a.wall != b.wall)) continue;
        const std::int64_t apart = a.time ? *b.time - *a.time : 0;
        if (apart >= 0 && apart <= length) ++size;
      }
      most = std::max(most, size);
    }
    return most;
  }

  Value Count(const Cond& cond, const std::vector<std::size_t>& inside,
              const std::vector<std::size_t>& perhaps, bool saw_all) const {
    const auto fits = [&](std::uint64_t n) { return n >= cond.min && n <= cond.max.value_or(n); };
    std::vector<std::uint64_t> counts = CountsOf(cond, inside);
    if (!cond.per.empty()) return CountGroups(cond, counts, inside, perhaps.size(), saw_all);
    const std::uint64_t count = counts.empty() ? 0 : counts.front();
    if (!cond.max && count >= cond.min) return Value::kHolds;
    if (cond.max && count > *cond.max) return Value::kFails;
    // With `in`, any of those that lie in the window may turn out to be near enough.
    const std::uint64_t from = cond.in ? inside.size() : count;
    for (std::uint64_t more = 1; more <= perhaps.size(); ++more) {
      if (fits(from + more) != fits(count)) return Value::kUnknown;
    }
    if (!saw_all) return Value::kUnknown;
    return fits(count) ? Value::kHolds : Value::kFails;
  }

  // One group must reach the count; each event that may lie in the window may belong to any group,
  // or make one of its own.
  Value CountGroups(const Cond& cond, const std::vector<std::uint64_t>& sizes,
                    const std::vector<std::size_t>& inside, std::size_t perhaps,
                    bool saw_all) const {
    bool fits = false;
    std::uint64_t largest_below = 0;
    for (const std::uint64_t size : sizes) {
      fits = fits || (size >= cond.min && size <= cond.max.value_or(size));
      if (size < cond.min) largest_below = std::max(largest_below, size);
    }
    if (fits && !cond.max) return Value::kHolds;
    if (cond.in) largest_below = inside.size();
    if (perhaps > 0 && (fits || largest_below + perhaps >= cond.min)) return Value::kUnknown;
    if (!saw_all) return Value::kUnknown;
    return fits ? Value::kHolds : Value::kFails;
  }

  // The last events not after `of`, for a zone in which wall clocks are `offset` before UTC.
  Found LastFor(std::int64_t offset, std::size_t of, const Span& span, const Found& events) const {
    const auto utc = [&](const Entry& entry) { return *entry.time - (entry.wall ? offset : 0); };
    Found last;
    std::optional<std::int64_t> last_time;
    for (const std::size_t i : events) {
      const bool timed = log_[i].time && log_[of].time;
      if (timed) {
        if (!span.Holds(utc(log_[i]) - utc(log_[of]))) continue;
      } else if (In(span, Between(log_[of], log_[i])) != Lies::kInside) {
        continue;
      }
      // Events without a time are earlier than all others, but simultaneous with their like.
      std::optional<std::int64_t> time;
      if (log_[i].time) time = utc(log_[i]);
      if (!log_[i].time && !log_[of].time) time = std::numeric_limits<std::int64_t>::max();
      if (!last.empty() && time < last_time) continue;
      if (last.empty() || time > last_time) last.clear();
      last_time = time;
      last.insert(i);
    }
    return last;
  }

  Value AskLatest(const Cond& cond, const Around& around, std::size_t of,
                  const std::vector<Test>& tests, const std::vector<std::size_t>& inside,
                  const std::vector<std::size_t>& perhaps) const {
    const Span span = SpanOf(cond);
    Found events(inside.begin(), inside.end());
    events.insert(perhaps.begin(), perhaps.end());
    std::set<std::int64_t> offsets = {-12 * kHour, 14 * kHour};
    for (const Entry& a : log_) {
      for (const Entry& b : log_) {
        if (!a.time || !b.time) continue;
        for (const std::int64_t edge : {std::int64_t{0}, span.before, -span.before}) {
          for (const std::int64_t near : {-1, 0, 1}) {
            const std::int64_t offset = *a.time - *b.time + edge + near;
            if (offset >= -12 * kHour && offset <= 14 * kHour) offsets.insert(offset);
          }
        }
      }
    }
    std::set<Found> lasts;
    for (const std::int64_t offset : offsets) lasts.insert(LastFor(offset, of, span, events));
    if (lasts.size() > 1) return Value::kUnknown;
    const Found& last = *lasts.begin();
    if (last.empty()) {
      const auto hosts = HostsToCover(cond, around.trigger, of);
      return SawAll(cond.pattern, hosts, log_[of], span) ? Value::kFails : Value::kUnknown;
    }
    Value value = Value::kFails;
    for (const std::size_t i : last) {
      if (!PassesEvent(tests, i)) continue;
      value = Value::kHolds;
      if (around.counted != nullptr) around.counted->insert({cond.pattern, i});
    }
    return value;
  }

  Value AskFact(const Cond& cond, std::size_t trigger) const {
    const bool answer = cond.kind == Cond::Kind::kAnswer;
    const auto tests = Fill(cond.where, trigger);
    const auto host = Fill(answer ? "" : cond.host, trigger);
    if (!tests || !host) return Value::kUnknown;
    bool found = false, told = false;
    for (const PlainFact& fact : case_.facts) {
      const auto show = [&](const std::string& name) -> std::optional<std::string> {
        const auto value = fact.attributes.find(name);
        return value == fact.attributes.end() ? std::nullopt : std::optional(value->second);
      };
      if (answer) {
        const auto hosts = HostsOfIncident(trigger);
        const bool ours = fact.host.empty() ||
                          std::find(hosts.begin(), hosts.end(), Host(fact.host)) != hosts.end();
        if (fact.kind != "answer" || !ours || show("name") != cond.answer_name) continue;
        told = true;
        found = found || Equal(*show("value"), cond.answer_value);
        continue;
      }
      if (!host->empty() && Host(fact.host) != Host(*host)) continue;
      if (fact.kind == cond.fact_kind + "_listing") told = true;
      if (fact.kind == cond.fact_kind && Passes(*tests, show)) found = true;
    }
    return found ? Value::kHolds : told ? Value::kFails : Value::kUnknown;
  }

  // ---- sequences

  Value AskSequence(const Cond& cond, const Around& around) const {
    const std::size_t trigger = around.trigger;
    const std::int64_t within = cond.within.value_or(600);
    bool named = false;
    for (const std::string& place : cond.places) {
      named = named || (rule_.IsTrigger(place) && Matches(place, trigger));
    }
    std::vector<std::size_t> taken;
    if (Place(cond, trigger, named, within, taken, around.sequences)) return Value::kHolds;
    const Span span{within, within};
    for (const std::string& pattern : cond.places) {
      for (std::size_t i = 0; i < log_.size(); ++i) {
        if (!Matches(pattern, i)) continue;
        const bool one_clock = log_[i].time.has_value() == log_[trigger].time.has_value() &&
                               (!log_[i].time || log_[i].wall == log_[trigger].wall);
        if (one_clock) continue;
        if (In(span, Between(log_[trigger], log_[i])) != Lies::kOutside) return Value::kUnknown;
      }
    }
    const auto hosts = HostsOfIncident(trigger);
    for (const std::string& pattern : cond.places) {
      if (!SawAll(pattern, {hosts.begin(), hosts.end()}, log_[trigger], span))
        return Value::kUnknown;
    }
    return Value::kFails;
  }

  // Tries every way to fill the places that are left; true when one of them is a sequence.
  bool Place(const Cond& cond, std::size_t trigger, bool named, std::int64_t within,
             std::vector<std::size_t>& taken, Counted* counted) const {
    if (taken.size() == cond.places.size()) {
      const bool has = std::find(taken.begin(), taken.end(), trigger) != taken.end();
      if (has != named) return false;
      if (counted != nullptr) {
        for (std::size_t i = 0; i < taken.size(); ++i) counted->insert({cond.places[i], taken[i]});
      }
      return true;
    }
    bool found = false;
    for (std::size_t i = 0; i < log_.size(); ++i) {
      if (!Matches(cond.places[taken.size()], i)) continue;
      if (std::find(taken.begin(), taken.end(), i) != taken.end()) continue;
      if (i == trigger && !rule_.IsTrigger(cond.places[taken.size()])) continue;
      if (!OneClock(i, trigger)) continue;
      const std::int64_t time = log_[i].time.value_or(0);
      if (within != kEver && !named && std::abs(time - log_[trigger].time.value_or(0)) > within)
        continue;
      if (!taken.empty()) {
        if (time < log_[taken.back()].time.value_or(0)) continue;
        if (within != kEver && time - log_[taken.front()].time.value_or(0) > within) continue;
      }
      taken.push_back(i);
      found = Place(cond, trigger, named, within, taken, counted) || found;
      taken.pop_back();
      if (found && counted == nullptr) return true;
    }
    return found;
  }

  bool OneClock(std::size_t a, std::size_t b) const {
    return log_[a].time.has_value() == log_[b].time.has_value() &&
           (!log_[a].time || log_[a].wall == log_[b].wall);
  }

  // ---- incidents

  // nullopt: dropped; else whether something is unknown.
  std::optional<bool> Judge(std::size_t trigger) const {
    bool unknown = false, drop = false;
    std::vector<const Cond*> before;
    for (const Cond& cond : rule_.when) {
      const Value value = Ask(cond, {trigger, before, nullptr, nullptr, &drop});
      before.push_back(&cond);
      if (value == Value::kFails) return std::nullopt;
      unknown = unknown || value == Value::kUnknown;
    }
    for (const Cond& cond : rule_.unless) {
      const Value value = Ask(cond, {trigger, before, nullptr, nullptr, &drop});
      if (value == Value::kHolds) return std::nullopt;
      unknown = unknown || value == Value::kUnknown;
    }
    if (drop) return std::nullopt;
    return unknown;
  }

  std::vector<std::vector<std::size_t>> Incidents(std::vector<std::size_t> triggers) const {
    std::sort(triggers.begin(), triggers.end(), [&](std::size_t a, std::size_t b) {
      return log_[a].time.value_or(0) < log_[b].time.value_or(0);
    });
    std::vector<std::vector<std::size_t>> groups;
    for (const std::size_t trigger : triggers) {
      std::vector<std::size_t>* joined = nullptr;
      for (auto& group : groups) {
        if (!OneClock(group.back(), trigger) || HostSet(group.back()) != HostSet(trigger)) continue;
        const std::int64_t gap =
            log_[trigger].time.value_or(0) - log_[group.back()].time.value_or(0);
        if (gap <= rule_.quiet) joined = &group;
      }
      joined != nullptr ? joined->push_back(trigger) : groups.push_back({trigger});
    }
    return groups;
  }

  std::set<std::string> HostSet(std::size_t trigger) const {
    const auto hosts = HostsOfIncident(trigger);
    return {hosts.begin(), hosts.end()};
  }

  Expected Describe(const std::vector<std::size_t>& group,
                    const std::map<std::size_t, bool>& unknown) const {
    Expected expected;
    expected.triggers = {group.begin(), group.end()};
    if (std::all_of(group.begin(), group.end(), [&](auto i) { return unknown.at(i); })) {
      expected.start_points -= 1;
    }
    Counted counted, sequences;
    std::vector<const Cond*> when;
    for (const Cond& cond : rule_.when) {
      for (const std::size_t i : group) (void)Ask(cond, {i, when, &counted, &sequences, nullptr});
      when.push_back(&cond);
    }
    for (std::size_t line = 0; line < rule_.evidence.size(); ++line) {
      Value value = Value::kFails;
      for (const std::size_t i : group) {
        value =
            std::max(value, Ask(rule_.evidence[line], {i, when, &counted, &sequences, nullptr}));
      }
      if (value != Value::kFails) expected.reasons[line] = value;
    }
    for (const auto& [pattern, i] : counted) {
      if (InExplains(pattern)) expected.explained.insert(i);
    }
    for (const auto& [pattern, i] : sequences) {
      if (InExplains(pattern)) expected.maybe_explained.insert(i);
    }
    AddNearby(group, expected.explained);
    expected.explained.insert(group.begin(), group.end());
    return expected;
  }

  bool InExplains(const std::string& pattern) const {
    return rule_.IsTrigger(pattern) ||
           std::find(rule_.explains.begin(), rule_.explains.end(), pattern) != rule_.explains.end();
  }

  // Of a pattern of `explains` that no condition of `when` or `evidence` names.
  bool IsUnnamed(std::size_t i) const {
    std::set<std::string> named(rule_.triggers.begin(), rule_.triggers.end());
    for (const Cond& cond : rule_.when) Names(cond, named);
    for (const Cond& cond : rule_.evidence) Names(cond, named);
    return std::any_of(rule_.explains.begin(), rule_.explains.end(), [&](const std::string& name) {
      return !named.contains(name) && Matches(name, i);
    });
  }

  static void Names(const Cond& cond, std::set<std::string>& names) {
    if (cond.kind == Cond::Kind::kNo) return;
    if (cond.kind == Cond::Kind::kEvent) names.insert(cond.pattern);
    names.insert(cond.places.begin(), cond.places.end());
    for (const Cond& part : cond.parts) Names(part, names);
  }

  void AddNearby(const std::vector<std::size_t>& group, Found& explained) const {
    for (std::size_t i = 0; i < log_.size(); ++i) {
      if (!IsUnnamed(i)) continue;
      for (const std::size_t trigger : group) {
        const Distance distance = Between(log_[trigger], log_[i]);
        if (In(Span{}, distance) != Lies::kInside) continue;
        std::set<std::string> hosts = HostSet(trigger);
        hosts.insert(HostOf(trigger));
        if (!HostOf(trigger).empty()) hosts.erase("");
        bool near = hosts.contains(HostOf(i));
        for (const std::string& named : NamedHosts(i)) near = near || hosts.contains(named);
        if (near) explained.insert(i);
      }
    }
  }

  const Case& case_;
  const PlainRule& rule_;
  const std::vector<Entry>& log_;
};

}  // namespace

std::vector<Expected> Reference(const Case& one) { return Evaluator(one).Run(); }

}  // namespace exdiag::plain
