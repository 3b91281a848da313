#include "engine/knowledge/yaml_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {

YamlFile::YamlFile(std::string name, DiagnosticSink& problems)
    : name_(std::move(name)), problems_(problems) {}

YAML::Node YamlFile::Parse(std::string_view text) {
  try {
    return YAML::Load(std::string(text));
  } catch (const YAML::ParserException& error) {
    ok_ = false;
    problems_.Report(
        {.severity = Severity::kError,
         .id = "kbdata.yaml",
         .where = {name_, Place::Line(static_cast<std::uint64_t>(error.mark.line) + 1,
                                      static_cast<std::uint32_t>(error.mark.column) + 1)},
         .reason = fmt::format("{}; the file is not used", error.msg)});
    return YAML::Node(YAML::NodeType::Undefined);
  }
}

Location YamlFile::Where(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null()) return {name_, {}};
  return {name_, Place::Line(static_cast<std::uint64_t>(mark.line) + 1,
                             static_cast<std::uint32_t>(mark.column) + 1)};
}

void YamlFile::Fail(const YAML::Node& node, const std::string& reason) {
  ok_ = false;
  problems_.Report({.severity = Severity::kError,
                    .id = "kbdata.value",
                    .where = Where(node),
                    .reason = reason + "; the file is not used"});
}

bool YamlFile::IsMap(const YAML::Node& map, std::string_view what,
                     std::initializer_list<std::string_view> keys) {
  if (!map.IsMap()) {
    Fail(map, fmt::format("{} must be a map", what));
    return false;
  }
  std::vector<std::string_view> seen;
  for (const auto& pair : map) {
    const std::string& key = pair.first.Scalar();
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known == keys.end()) {
      const std::string_view nearest = Nearest(key, {keys.begin(), keys.size()});
      Fail(pair.first,
           nearest.empty()
               ? fmt::format("unknown key \"{}\" in {}", key, what)
               : fmt::format("unknown key \"{}\" in {}; did you mean \"{}\"?", key, what, nearest));
    } else if (std::find(seen.begin(), seen.end(), *known) != seen.end()) {
      Fail(pair.first, fmt::format("key \"{}\" is there twice in {}", key, what));
    } else {
      seen.push_back(*known);
    }
  }
  return true;
}

bool YamlFile::IsList(const YAML::Node& list, std::string_view what) {
  if (list.IsSequence()) return true;
  Fail(list, fmt::format("{} must be a list", what));
  return false;
}

std::string YamlFile::Text(const YAML::Node& map, std::string_view key) {
  const YAML::Node value = map[std::string(key)];
  if (!value || value.IsNull()) return {};
  if (!value.IsScalar()) {
    Fail(value, fmt::format("{} must be a text", key));
    return {};
  }
  return value.Scalar();
}

std::string YamlFile::NeedText(const YAML::Node& map, std::string_view key, std::string_view what) {
  std::string text = Text(map, key);
  if (text.empty()) Fail(map, fmt::format("{} has no {}", what, key));
  return text;
}

std::vector<std::string> YamlFile::Texts(const YAML::Node& map, std::string_view key) {
  const YAML::Node value = map[std::string(key)];
  if (!value || value.IsNull()) return {};
  if (value.IsScalar()) return {value.Scalar()};
  std::vector<std::string> texts;
  if (!IsList(value, key)) return texts;
  for (const YAML::Node& item : value) {
    if (item.IsScalar()) {
      texts.push_back(item.Scalar());
    } else {
      Fail(item, fmt::format("each of {} must be a text", key));
    }
  }
  return texts;
}

std::optional<std::int64_t> YamlFile::Number(const YAML::Node& value, std::string_view what,
                                             std::int64_t low, std::int64_t high) {
  const auto number = value.IsScalar() ? ParseInteger(value.Scalar()) : std::nullopt;
  if (number && *number >= low && *number <= high) return number;
  Fail(value, fmt::format("{} must be a whole number from {} to {}", what, low, high));
  return std::nullopt;
}

}  // namespace exdiag
