#include "engine/site/site_file.h"
#include "engine/rule/rule_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/site/moment.h"
#include "engine/yaml/files.h"
#include "engine/yaml/map.h"

namespace exdiag {
namespace {

constexpr std::pair<std::string_view, Strength> kStrengths[] = {{"sure", Strength::kSure},
                                                                {"probable", Strength::kProbable},
                                                                {"possible", Strength::kPossible},
                                                                {"hint", Strength::kHint}};

class SiteReader {
 public:
  SiteReader(const RuleSet& rules, YamlProblems& problems) : rules_(rules), problems_(problems) {}

  Site Read(const YamlNode& root) {
    YamlMap map(root, "a site file", problems_);
    const YamlNode* acknowledge = map.Get("acknowledge");
    const YamlNode* overrides = map.Get("overrides");
    map.Finish();
    ForEach(acknowledge, "acknowledge", &SiteReader::ReadAcknowledgement);
    ForEach(overrides, "overrides", &SiteReader::ReadOverride);
    return std::move(site_);
  }

 private:
  void ForEach(const YamlNode* list, std::string_view key,
               void (SiteReader::*read)(const YamlNode&)) {
    if (list == nullptr || list->kind == YamlNode::Kind::kNull) return;
    if (list->kind != YamlNode::Kind::kList) {
      problems_.Error(
          "yaml.type", list->place,
          fmt::format("\"{}\" must be a list of entries, here is {}", key, KindName(*list)));
      return;
    }
    for (const YamlNode& item : list->items) (this->*read)(item);
  }

  void ReadAcknowledgement(const YamlNode& node) {
    const std::size_t errors = problems_.errors();
    YamlMap map(node, "an acknowledgement", problems_);
    Acknowledgement one;
    const Rule* rule = ReadRule(map);
    if (rule != nullptr) one.rule = rule->id;
    if (const YamlNode* hosts = map.Get("hosts")) {
      one.hosts = ReadTexts(*hosts, "hosts", problems_);
      const bool blank = std::any_of(one.hosts.begin(), one.hosts.end(),
                                     [](const auto& host) { return CanonicalHost(host).empty(); });
      if (blank || one.hosts.empty()) {
        problems_.Error("yaml.value", hosts->place,
                        "\"hosts\" names no host; leave it out to mean all hosts");
      }
    }
    one.since = ReadMoment(map.Get("since"), "since", OfDay::kFirst);
    one.until = ReadMoment(map.Need("until"), "until", OfDay::kLast);
    one.reason = map.NeedText("reason");
    one.by = map.Text("by");
    one.where = problems_.At(node.place);
    map.Finish();
    if (problems_.errors() == errors) site_.acknowledgements.push_back(std::move(one));
  }

  void ReadOverride(const YamlNode& node) {
    const std::size_t errors = problems_.errors();
    YamlMap map(node, "an override", problems_);
    PointsOverride one;
    const Rule* rule = ReadRule(map);
    if (rule != nullptr) one.rule = rule->id;
    const YamlNode* line = map.Get("line");
    const auto version = map.Integer("version", 1, 1'000'000);
    const auto strength = map.Choice("strength", kStrengths);
    const auto points = map.Number("points", -8, 8);
    one.since = ReadMoment(map.Get("since"), "since", OfDay::kFirst);
    one.reason = map.NeedText("reason");
    one.by = map.Text("by");
    one.where = problems_.At(node.place);
    map.Finish();
    if (map.ok() && map.Has("strength") == map.Has("points")) {
      problems_.Error("site.points", node.place,
                      "an override has either \"strength\" or \"points\"");
    }
    if (strength) one.points = static_cast<double>(*strength);
    if (points) one.points = *points;
    if (rule != nullptr) one.of_rule = static_cast<double>(rule->strength);
    if (rule != nullptr && version && *version != rule->version) {
      problems_.Error("site.version", node.place,
                      fmt::format("it is meant for version {} of {}, which is now version {}; look "
                                  "whether the change is still right",
                                  *version, rule->id, rule->version));
    }
    if (line != nullptr) ReadLine(*line, map, rule, one);
    if (problems_.errors() == errors) Add(std::move(one), node);
  }

  void ReadLine(const YamlNode& node, const YamlMap& map, const Rule* rule, PointsOverride& one) {
    if (map.Has("strength")) {
      problems_.Error("site.points", node.place,
                      "an evidence line has no strength; write \"points\"");
    }
    // Lines have no name that would outlive a change of the rule.
    if (!map.Has("version")) {
      problems_.Error("site.version", node.place,
                      "\"line\" without \"version\"; say for which version of the rule the line is "
                      "counted");
    }
    if (rule == nullptr) return;
    if (rule->evidence.empty()) {
      problems_.Error("site.line", node.place, fmt::format("{} has no evidence lines", rule->id));
      return;
    }
    const auto most = static_cast<std::int64_t>(rule->evidence.size());
    const auto line = ReadInteger(node, "line", 1, most, problems_);
    if (!line) return;
    one.line = static_cast<std::size_t>(*line);
    one.of_rule = rule->evidence[one.line - 1].points;
  }

  void Add(PointsOverride one, const YamlNode& node) {
    const bool again = std::any_of(
        site_.overrides.begin(), site_.overrides.end(),
        [&](const PointsOverride& o) { return o.rule == one.rule && o.line == one.line; });
    if (again) {
      problems_.Error("site.twice", node.place,
                      fmt::format("a second override for the same points of {}", one.rule));
      return;
    }
    site_.overrides.push_back(std::move(one));
  }

  const Rule* ReadRule(YamlMap& map) {
    const std::string id = map.NeedText("rule");
    if (id.empty()) return nullptr;
    const YamlNode* node = map.Get("rule");
    const Rule* rule = rules_.Find(id);
    if (rule == nullptr) {
      problems_.Error("site.rule", node->place, NoRuleWords(id, rules_));
    } else if (rule->status == Status::kRetired) {
      problems_.Error(
          "site.rule", node->place,
          fmt::format("rule {} is retired; its successor is {}", id, rule->superseded_by));
      return nullptr;
    }
    return rule;
  }

  Ticks ReadMoment(const YamlNode* node, std::string_view key, OfDay of_day) {
    if (node == nullptr) return {};
    const auto text = ReadText(*node, key, problems_);
    if (!text) return {};
    const auto moment = ParseMoment(*text, of_day);
    if (moment) return *moment;
    problems_.Error("site.time", node->place,
                    fmt::format("\"{}\": \"{}\" is no time; write 2026-12-31 or "
                                "2026-12-31T18:00:00Z",
                                key, *text));
    return {};
  }

  const RuleSet& rules_;
  YamlProblems& problems_;
  Site site_;
};

}  // namespace

Result<Site> LoadSite(const std::string& path, const RuleSet& rules, DiagnosticSink& problems) {
  YamlProblems file_problems(path, "site file not used", problems);
  const auto root = LoadYamlFile(path, file_problems);
  if (!root || file_problems.failed()) return Error{path + ": site file not used"};
  YamlProblems entry_problems(path, "entry left out", problems);
  return SiteReader(rules, entry_problems).Read(*root);
}

}  // namespace exdiag
