#include "engine/rule/condition_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"
#include "engine/rule/fact_kinds.h"
#include "engine/rule/field_test_reader.h"

namespace exdiag {
namespace {

const Duration kDefaultWindow = Duration::Seconds(600);
const Duration kDay = Duration::Seconds(86'400);

// More places than any cause needs would only make its evaluation dear.
constexpr std::size_t kMostPlaces = 10;

// "3+", "3", "2-5".
std::optional<CountRange> ParseCount(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::optional<std::uint64_t> {
    const auto value = ParseInteger(digits);
    if (!value || *value < 0 || digits.front() == '+') return std::nullopt;
    return static_cast<std::uint64_t>(*value);
  };
  const std::size_t dash = text.find('-');
  if (text.ends_with('+')) {
    const auto min = number(text.substr(0, text.size() - 1));
    return min ? std::optional(CountRange{*min, std::nullopt}) : std::nullopt;
  }
  if (dash == std::string_view::npos) {
    const auto count = number(text);
    return count ? std::optional(CountRange{*count, *count}) : std::nullopt;
  }
  const auto min = number(text.substr(0, dash));
  const auto max = number(text.substr(dash + 1));
  if (!min || !max || *min > *max) return std::nullopt;
  return CountRange{*min, *max};
}

}  // namespace

Condition ConditionReader::Make(decltype(Condition::kind) kind, const Place& place) {
  return {std::move(kind), false, problems_.At(place)};
}

std::vector<Condition> ConditionReader::ReadList(const YamlNode& node) {
  const std::size_t outside = earlier_.size();
  std::vector<Condition> conditions;
  for (const YamlNode& item : ItemsOf(node)) {
    if (auto condition = Read(item)) conditions.push_back(std::move(*condition));
    earlier_.resize(outside);
  }
  return conditions;
}

std::vector<Condition> ConditionReader::ReadAll(const YamlNode& node) {
  std::vector<Condition> conditions;
  for (const YamlNode& item : ItemsOf(node)) {
    auto condition = Read(item);
    if (!condition) continue;
    const auto* event = std::get_if<EventCondition>(&condition->kind);
    if (event != nullptr && !event->on_trigger) {
      earlier_.push_back(std::make_shared<const EventCondition>(*event));
    }
    conditions.push_back(std::move(*condition));
  }
  return conditions;
}

std::span<const YamlNode> ConditionReader::ItemsOf(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kList) return {&node, 1};
  if (node.items.empty()) {
    problems_.Error("rule.condition", node.place, "a list of conditions that holds none");
  }
  return node.items;
}

std::optional<Condition> ConditionReader::Read(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kText: {
      YamlEntry entry{node.text, node.place, {}};
      entry.value.place = node.place;
      return ReadEvent(entry);
    }
    case YamlNode::Kind::kMap:
      return ReadMap(node);
    case YamlNode::Kind::kList:
    case YamlNode::Kind::kNull:
      break;
  }
  problems_.Error("rule.condition", node.place,
                  fmt::format("a condition must be a map or the name of an event pattern, not {}",
                              KindName(node)));
  return std::nullopt;
}

std::optional<Condition> ConditionReader::ReadMap(const YamlNode& node) {
  const bool sequence = node.Find("sequence") != nullptr;
  const YamlEntry* kind = nullptr;
  for (const YamlEntry& entry : node.entries) {
    if (entry.key == "coverage" || (sequence && entry.key == "within")) continue;
    if (kind != nullptr) {
      problems_.Error(
          "rule.condition", entry.key_place,
          fmt::format("\"{}\" beside \"{}\": a condition has one of them; write \"all\" "
                      "to join conditions, and put a condition's own keys one level "
                      "deeper",
                      Printable(entry.key), Printable(kind->key)));
      return std::nullopt;
    }
    kind = &entry;
  }
  if (kind == nullptr) {
    problems_.Error("rule.condition", node.place, "a condition that names nothing");
    return std::nullopt;
  }
  YamlMap map(node, "a condition", problems_);
  std::optional<Condition> condition = ReadKind(map, *kind);
  constexpr std::pair<std::string_view, bool> kCoverage[] = {{"required", true}};
  const auto required = map.Choice("coverage", kCoverage);
  if (condition && required) condition->coverage_required = true;
  return condition;
}

std::optional<Condition> ConditionReader::ReadKind(YamlMap& map, const YamlEntry& kind) {
  const YamlNode& value = kind.value;
  const Place& place = kind.key_place;
  if (kind.key == "no") {
    std::optional<Condition> inner = Read(value);
    if (!inner) return std::nullopt;
    return Make(NotCondition{std::make_unique<Condition>(std::move(*inner))}, place);
  }
  if (kind.key == "any") return Make(AnyCondition{ReadList(value)}, place);
  if (kind.key == "all") {
    const std::size_t outside = earlier_.size();
    AllCondition all{ReadAll(value)};
    earlier_.resize(outside);
    return Make(std::move(all), place);
  }
  if (kind.key == "fact") return ReadFact(value);
  if (kind.key == "sequence") return ReadSequence(map, value);
  return ReadEvent(kind);
}

// ---- events
// --------------------------------------------------------------------------------------

std::optional<Condition> ConditionReader::ReadEvent(const YamlEntry& entry) {
  const std::optional<std::size_t> pattern = scope_.Use(entry.key, entry.key_place);
  if (!pattern) return std::nullopt;
  EventCondition event;
  event.pattern = *pattern;
  event.before = event.after = kDefaultWindow;
  event.on_trigger = scope_.IsTrigger(*pattern);
  if (entry.value.kind != YamlNode::Kind::kNull) {
    YamlMap map(entry.value, fmt::format("the condition on \"{}\"", entry.key), problems_);
    ReadEventKeys(map, event);
    map.Finish();
  }
  return Make(std::move(event), entry.key_place);
}

void ConditionReader::ReadEventKeys(YamlMap& map, EventCondition& event) {
  ReadWindow(map, event);
  ReadOf(map, event);
  event.latest = map.Bool("latest").value_or(false);
  ReadHost(map, event);
  ReadCount(map, event);
  ReadIn(map, event);
  CheckLatest(map, event);
  event.per = ReadField(map, "per", event.pattern);
  event.distinct = ReadField(map, "distinct", event.pattern);
  event.same = ReadPairs(map, "same", event);
  event.differ = ReadPairs(map, "differ", event);
  event.where_all = ReadTests(map);
  scope_.CheckFields(event.pattern, event.where_all);
  scope_.AddCaptures(event.pattern, event.where_all);
  if (!event.on_trigger) return;
  for (const std::string_view key :
       {"latest", "host", "count", "in", "per", "distinct", "same", "differ"}) {
    if (!map.Has(key)) continue;
    problems_.Error("rule.condition", map.Get(key)->place,
                    fmt::format("\"{}\" on the trigger itself; add a window (within, before or "
                                "after) to speak of other events like it",
                                key));
    return;
  }
}

void ConditionReader::ReadWindow(YamlMap& map, EventCondition& event) {
  const std::optional<Duration> within = ReadSpan(map, "within");
  const std::optional<Duration> before = ReadSpan(map, "before");
  const std::optional<Duration> after = ReadSpan(map, "after");
  if (map.Has("within") && (map.Has("before") || map.Has("after"))) {
    problems_.Error("rule.window", map.place(),
                    "\"within\" looks both ways; use it, or \"before\" and \"after\"");
  }
  if (within) {
    event.before = event.after = *within;
  } else if (before || after) {
    event.before = before.value_or(Duration{});
    event.after = after.value_or(Duration{});
  }
  if (within || before || after) event.on_trigger = false;
}

std::optional<Duration> ConditionReader::ReadSpan(YamlMap& map, std::string_view key) {
  const YamlNode* node = map.Get(key);
  if (node == nullptr) return std::nullopt;
  if (node->text == "ever") return kEver;
  const std::optional<Duration> span = ReadDuration(*node, key, problems_);
  if (span && *span > kDay) {
    problems_.Warning("rule.long_window", node->place,
                      fmt::format("a window of {} will often hold by chance; the rule is used",
                                  FormatDuration(*span)));
  }
  return span;
}

void ConditionReader::ReadOf(YamlMap& map, EventCondition& event) {
  const YamlNode* node = map.Get("of");
  if (node == nullptr) return;
  const std::optional<std::size_t> of = scope_.Use(*node);
  if (!of || scope_.IsTrigger(*of)) return;
  event.of = Earlier(*of);
  if (event.of == nullptr) {
    problems_.Error("rule.of", node->place,
                    fmt::format("\"of\" must name the trigger, or a pattern of which a condition "
                                "before this one in the same list, or in \"when\", needs an event; "
                                "\"{}\" is neither",
                                Printable(node->text)));
  }
  event.on_trigger = false;
}

std::shared_ptr<const EventCondition> ConditionReader::Earlier(std::size_t pattern) const {
  const auto found = std::find_if(earlier_.rbegin(), earlier_.rend(), [&](const auto& condition) {
    return condition->pattern == pattern && condition->count.min > 0;
  });
  return found == earlier_.rend() ? nullptr : *found;
}

std::vector<std::size_t> ConditionReader::PatternsOfAnchor(const EventCondition& event) const {
  if (event.of != nullptr) return {event.of->pattern};
  return scope_.rule().triggers;
}

void ConditionReader::ReadIn(YamlMap& map, EventCondition& event) {
  event.in = map.Time("in");
  if (!event.in) return;
  const Place& place = map.Get("in")->place;
  if (event.count.max || event.count.min < 2) {
    problems_.Error("rule.count", place,
                    "\"in\" needs a \"count\" such as \"3+\": so many events in a span of time");
  }
  if (map.Has("distinct")) {
    problems_.Error("rule.count", place,
                    "\"in\" counts events; it cannot stand beside \"distinct\"");
  }
}

// The last event is one, or several at one time: there is nothing to count.
void ConditionReader::CheckLatest(YamlMap& map, const EventCondition& event) {
  if (!event.latest) return;
  for (const std::string_view key : {"count", "in", "per", "distinct"}) {
    if (!map.Has(key)) continue;
    problems_.Error(
        "rule.latest", map.Get(key)->place,
        fmt::format("\"{}\" beside \"latest\", which looks at the last event only", key));
  }
}

void ConditionReader::ReadHost(YamlMap& map, EventCondition& event) {
  constexpr std::pair<std::string_view, HostScope> kScopes[] = {{"any", HostScope::kAny},
                                                                {"same", HostScope::kSame},
                                                                {"other", HostScope::kOther},
                                                                {"peer", HostScope::kPeer}};
  event.host = map.Choice("host", kScopes).value_or(HostScope::kAny);
  if (event.host != HostScope::kPeer || !scope_.rule().between.empty()) return;
  const std::vector<std::size_t> around = PatternsOfAnchor(event);
  if (std::none_of(around.begin(), around.end(),
                   [&](std::size_t pattern) { return scope_.MayNameHost(pattern); })) {
    problems_.Error("rule.peer", map.Get("host")->place,
                    fmt::format("\"peer\" needs \"between\", since no field of {} names a host",
                                event.of == nullptr ? "the trigger" : "the event"));
  }
}

void ConditionReader::ReadCount(YamlMap& map, EventCondition& event) {
  const YamlNode* node = map.Get("count");
  if (node == nullptr) return;
  const std::optional<CountRange> count =
      node->kind == YamlNode::Kind::kText ? ParseCount(node->text) : std::nullopt;
  if (count) {
    event.count = *count;
  } else {
    problems_.Error("rule.count", node->place, "\"count\" must be like \"3+\", \"3\" or \"2-5\"");
  }
}

std::string ConditionReader::ReadField(YamlMap& map, std::string_view key, std::size_t pattern) {
  const std::string field = map.Text(key);
  if (!field.empty()) scope_.CheckField(pattern, field, map.Get(key)->place);
  return field;
}

std::vector<FieldPair> ConditionReader::ReadPairs(YamlMap& map, std::string_view key,
                                                  const EventCondition& event) {
  std::vector<FieldPair> pairs;
  for (const std::string& text : map.Texts(key)) {
    const std::size_t sign = text.find('=');
    FieldPair pair{text.substr(0, sign), sign == std::string::npos ? text : text.substr(sign + 1)};
    const Place& place = map.Get(key)->place;
    scope_.CheckField(event.pattern, pair.here, place);
    for (const std::size_t around : PatternsOfAnchor(event)) {
      scope_.CheckField(around, pair.there, place);
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::vector<FieldCondition> ConditionReader::ReadTests(YamlMap& map) {
  const YamlNode* where = map.Get("where");
  if (where == nullptr) return {};
  return ReadWhere(*where, problems_, [&](const YamlNode& text) {
    scope_.CheckTemplate(text.text, text.place, true);
  });
}

// ---- facts and sequences
// -------------------------------------------------------------------------

std::optional<Condition> ConditionReader::ReadFact(const YamlNode& node) {
  YamlMap map(node, "the condition on a fact", problems_);
  if (!map.ok()) return std::nullopt;
  FactCondition fact;
  fact.kind = map.NeedText("kind");
  if (!fact.kind.empty() && FindFactKind(fact.kind) == nullptr) {
    std::vector<std::string_view> known;
    for (const FactKind& kind : FactKinds()) known.push_back(kind.name);
    problems_.Error("rule.fact_kind", map.Get("kind")->place,
                    fmt::format("no facts of the kind \"{}\"{}", Printable(fact.kind),
                                DidYouMean(fact.kind, known)));
  }
  fact.host = map.Text("host");
  if (!fact.host.empty()) scope_.CheckTemplate(fact.host, map.Get("host")->place, true);
  fact.where_all = ReadTests(map);
  scope_.CheckAttributes(fact.kind, fact.where_all);
  if (fact.kind == "answer") ReadAnswer(map, fact);
  map.Finish();
  return Make(std::move(fact), node.place);
}

// {kind: answer, name: N, is: V} is short for tests of the two attributes.
void ConditionReader::ReadAnswer(YamlMap& map, FactCondition& fact) {
  const auto add = [&](std::string_view key, std::string_view attribute) {
    const std::string value = map.NeedText(key);
    if (value.empty()) return;
    fact.where_all.push_back(
        {std::string(attribute), {{TestEquals{{value}}}}, problems_.At(map.Get(key)->place)});
  };
  add("name", "name");
  add("is", "value");
}

std::optional<Condition> ConditionReader::ReadSequence(YamlMap& map, const YamlNode& node) {
  SequenceCondition sequence{{}, kDefaultWindow};
  if (const auto within = ReadSpan(map, "within")) sequence.within = *within;
  if (node.kind != YamlNode::Kind::kList || node.items.size() < 2) {
    problems_.Error("rule.condition", node.place,
                    "\"sequence\" must be a list of at least two event patterns");
    return std::nullopt;
  }
  if (node.items.size() > kMostPlaces) {
    problems_.Error("rule.condition", node.place,
                    fmt::format("a \"sequence\" of {} events; {} are the most", node.items.size(),
                                kMostPlaces));
  }
  for (const YamlNode& item : node.items) {
    const auto text = ReadText(item, "sequence", problems_);
    const auto pattern = text ? scope_.Use(item) : std::nullopt;
    if (pattern) sequence.patterns.push_back(*pattern);
  }
  return Make(std::move(sequence), node.place);
}

}  // namespace exdiag
