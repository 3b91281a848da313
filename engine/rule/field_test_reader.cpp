#include "engine/rule/field_test_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "engine/base/text.h"
#include "engine/rule/regex.h"
#include "engine/rule/template.h"

namespace exdiag {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// A pattern is checked once however many rules share it, since trying to provoke it takes a moment.
struct CheckedRegex {
  Result<std::shared_ptr<const CompiledRegex>> compiled;
  bool backtracks_badly = false;
};

const CheckedRegex& CheckRegex(const std::string& pattern) {
  thread_local std::map<std::string, CheckedRegex> known;
  const auto found = known.find(pattern);
  if (found != known.end()) return found->second;
  CheckedRegex checked{CompileRegex(pattern)};
  checked.backtracks_badly = checked.compiled && BacktracksBadly(**checked.compiled);
  return known.emplace(pattern, std::move(checked)).first->second;
}

class WhereReader {
 public:
  WhereReader(YamlProblems& problems, const TemplateCheck& check_template)
      : problems_(problems), check_template_(check_template) {}

  std::vector<FieldCondition> Read(const YamlNode& node) {
    std::vector<FieldCondition> conditions;
    if (node.kind != YamlNode::Kind::kMap) {
      problems_.Error(
          "yaml.type", node.place,
          fmt::format("\"where\" must be a map from field to test, not {}", KindName(node)));
      return conditions;
    }
    for (const YamlEntry& entry : node.entries) {
      std::vector<FieldTest> tests = ReadTest(entry.key, entry.value);
      if (tests.empty()) continue;  // complained about
      conditions.push_back({entry.key, std::move(tests), problems_.At(entry.key_place)});
    }
    return conditions;
  }

 private:
  std::vector<FieldTest> ReadTest(std::string_view field, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) return ReadEquals(field, node);
    YamlMap map(node, fmt::format("the test of \"{}\"", field), problems_);
    std::vector<FieldTest> tests;
    ReadRange(map, tests);
    ReadText(map, "contains", TestText::Where::kContains, tests);
    ReadText(map, "starts_with", TestText::Where::kStartsWith, tests);
    ReadText(map, "ends_with", TestText::Where::kEndsWith, tests);
    ReadRegex(map, tests);
    if (const auto exists = map.Bool("exists")) tests.push_back({TestExists{*exists}});
    ReadMask(map, tests);
    if (map.Has("equals_field")) tests.push_back({TestEqualsField{map.NeedText("equals_field")}});
    ReadHost(map, tests);
    if (const auto ip = map.Bool("ip")) tests.push_back({TestIp{*ip}});
    ReadVersion(map, tests);
    ReadNot(field, map, tests);
    map.Finish();
    if (node.entries.empty()) {
      problems_.Error("rule.empty_test", node.place,
                      fmt::format("the test of \"{}\" says nothing", field));
    }
    return tests;
  }

  std::vector<FieldTest> ReadEquals(std::string_view field, const YamlNode& node) {
    const std::size_t before = problems_.errors();
    std::vector<std::string> values = ReadTexts(node, field, problems_);
    if (values.empty() && problems_.errors() == before) {
      problems_.Error("rule.empty_test", node.place,
                      fmt::format("the test of \"{}\" says nothing", field));
    }
    if (values.empty()) return {};
    return {{TestEquals{std::move(values)}, Templates(node)}};
  }

  void ReadRange(YamlMap& map, std::vector<FieldTest>& tests) {
    TestRange range{map.Integer("min", kMin, kMax), map.Integer("max", kMin, kMax)};
    if (range.min && range.max && *range.min > *range.max) {
      problems_.Error("rule.empty_range", map.place(),
                      fmt::format("no number is from {} to {}", *range.min, *range.max));
    }
    if (range.min || range.max) tests.push_back({range});
  }

  void ReadText(YamlMap& map, std::string_view key, TestText::Where where,
                std::vector<FieldTest>& tests) {
    const YamlNode* node = map.Get(key);
    if (node == nullptr) return;
    std::vector<std::string> parts = ReadTexts(*node, key, problems_);
    if (std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); })) {
      problems_.Error("rule.empty_test", node->place,
                      fmt::format("\"{}\" with an empty text holds always", key));
    }
    if (!parts.empty()) tests.push_back({TestText{where, std::move(parts)}, Templates(*node)});
  }

  void ReadRegex(YamlMap& map, std::vector<FieldTest>& tests) {
    const YamlNode* node = map.Get("regex");
    if (node == nullptr) return;
    const std::string pattern = map.NeedText("regex");
    if (pattern.empty()) return;
    const CheckedRegex& checked = CheckRegex(pattern);
    if (!checked.compiled) {
      problems_.Error("rule.regex", node->place,
                      fmt::format("the regex \"{}\" cannot be used: {}", Printable(pattern),
                                  checked.compiled.error().message));
      return;
    }
    if (checked.backtracks_badly) {
      problems_.Error("rule.regex_backtracks", node->place,
                      fmt::format("the regex \"{}\" backtracks without end on some values; write "
                                  "it so that its repeats cannot match the same text in two ways",
                                  Printable(pattern)));
      return;
    }
    tests.push_back(
        {TestRegex{pattern, RequiredLiteral(pattern), CaptureNames(pattern), *checked.compiled}});
  }

  void ReadMask(YamlMap& map, std::vector<FieldTest>& tests) {
    const auto mask = map.Integer("mask", 1, kMax);
    const auto is = map.Integer("is", 0, kMax);
    const auto any = map.Bool("any");
    if (!map.Has("mask")) {
      if (map.Has("is") || map.Has("any")) {
        problems_.Error("rule.mask", map.place(), "\"is\" and \"any\" need a \"mask\" beside them");
      }
      return;
    }
    if (!mask) return;
    if (map.Has("is") == map.Has("any")) {
      problems_.Error("rule.mask", map.place(), "\"mask\" needs either \"is\" or \"any\"");
      return;
    }
    if (is && (*is & ~*mask) != 0) {
      problems_.Error(
          "rule.mask", map.place(),
          fmt::format("{:#x} has bits outside the mask {:#x}; this never holds", *is, *mask));
    }
    TestMask test{static_cast<std::uint64_t>(*mask), std::nullopt, any};
    if (is) test.is = static_cast<std::uint64_t>(*is);
    tests.push_back({test});
  }

  void ReadHost(YamlMap& map, std::vector<FieldTest>& tests) {
    if (!map.Has("host")) return;
    const std::string name = map.NeedText("host");
    if (!name.empty()) tests.push_back({TestHost{name}, Templates(*map.Get("host"))});
  }

  void ReadVersion(YamlMap& map, std::vector<FieldTest>& tests) {
    const YamlNode* node = map.Get("version");
    if (node == nullptr) return;
    TestVersion test;
    for (const std::string& text : ReadTexts(*node, "version", problems_)) {
      AddBound(text, node->place, test);
    }
    if (!test.bounds.empty()) tests.push_back({std::move(test)});
  }

  void AddBound(std::string_view text, const Place& place, TestVersion& test) {
    using Op = TestVersion::Op;
    constexpr std::pair<std::string_view, Op> kOps[] = {{"<=", Op::kLessEqual},
                                                        {">=", Op::kGreaterEqual},
                                                        {"<", Op::kLess},
                                                        {">", Op::kGreater},
                                                        {"=", Op::kEqual}};
    std::string_view number = Trim(text);
    Op op = Op::kEqual;
    for (const auto& [sign, meaning] : kOps) {
      if (!number.starts_with(sign)) continue;
      op = meaning;
      number = Trim(number.substr(sign.size()));
      break;
    }
    if (number.empty() || number.find_first_not_of("0123456789.") != std::string_view::npos) {
      problems_.Error("rule.version", place,
                      fmt::format("\"{}\" is no comparison with a build number, such as \"< "
                                  "2651.75\"",
                                  Printable(text)));
      return;
    }
    test.bounds.emplace_back(op, number);
  }

  void ReadNot(std::string_view field, YamlMap& map, std::vector<FieldTest>& tests) {
    const YamlNode* node = map.Get("not");
    if (node == nullptr) return;
    std::vector<FieldTest> inner = ReadTest(field, *node);
    if (inner.empty()) return;
    const bool has_template = std::any_of(inner.begin(), inner.end(),
                                          [](const FieldTest& test) { return test.has_template; });
    tests.push_back({TestNot{std::move(inner)}, has_template});
  }

  // Whether a text, or one of a list of texts, holds a template; each is checked.
  bool Templates(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kList) {
      bool any = false;
      for (const YamlNode& item : node.items) any = Templates(item) || any;
      return any;
    }
    if (node.text.find_first_of("{}") == std::string::npos) return false;
    if (check_template_) {
      check_template_(node);
      return true;
    }
    ComplainIfTemplate(node);
    return false;
  }

  void ComplainIfTemplate(const YamlNode& node) {
    const auto parts = ParseTemplate(node.text);
    if (!parts) return;
    for (const TemplatePart& part : *parts) {
      if (part.pattern.empty()) continue;
      problems_.Error("rule.template", node.place,
                      fmt::format("{{{}.{}}} is a template; those are for tests inside conditions, "
                                  "not for event patterns",
                                  part.pattern, part.field));
      return;
    }
  }

  YamlProblems& problems_;
  const TemplateCheck& check_template_;
};

void AddCaptures(std::span<const FieldTest> tests, std::vector<std::string>& names) {
  for (const FieldTest& test : tests) {
    if (const auto* regex = std::get_if<TestRegex>(&test.test)) {
      names.insert(names.end(), regex->captures.begin(), regex->captures.end());
    }
  }
}

}  // namespace

std::vector<FieldCondition> ReadWhere(const YamlNode& node, YamlProblems& problems,
                                      const TemplateCheck& check_template) {
  return WhereReader(problems, check_template).Read(node);
}

std::vector<std::string> CapturesOf(std::span<const FieldCondition> where) {
  std::vector<std::string> names;
  for (const FieldCondition& condition : where) AddCaptures(condition.tests, names);
  return names;
}

}  // namespace exdiag
