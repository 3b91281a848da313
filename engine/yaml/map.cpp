#include "engine/yaml/map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"

namespace exdiag {
namespace {

// A value as it is quoted in a complaint; long ones are cut.
std::string Shown(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::kText) return std::string(KindName(node));
  constexpr std::size_t kLongest = 60;
  std::string text = Printable(node.text);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return "\"" + text + "\"";
}

void ComplainType(const YamlNode& node, std::string_view what, std::string_view wanted,
                  YamlProblems& problems) {
  problems.Error("yaml.type", node.place,
                 fmt::format("\"{}\" must be {}, not {}", what, wanted, Shown(node)));
}

std::string RangeText(std::int64_t min, std::int64_t max) {
  if (max == std::numeric_limits<std::int64_t>::max()) {
    return min == std::numeric_limits<std::int64_t>::min() ? "" : fmt::format(" not below {}", min);
  }
  return fmt::format(" from {} to {}", min, max);
}

// The known key that was meant: one that is spelt nearly so, or one of the words of the unknown
// key, as in "event-id" for "id".
std::string_view NearestKey(std::string_view key, std::span<const std::string_view> known) {
  if (const std::string_view nearest = Nearest(key, known); !nearest.empty()) return nearest;
  while (!key.empty()) {
    const std::size_t end = key.find_first_of("-_ ");
    const std::string_view word = key.substr(0, end);
    const auto found = std::find(known.begin(), known.end(), word);
    if (found != known.end()) return *found;
    key.remove_prefix(end == std::string_view::npos ? key.size() : end + 1);
  }
  return {};
}

std::optional<double> ParseDecimal(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (text.empty() || error != std::errc{} || stop != end || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<std::string> ReadText(const YamlNode& node, std::string_view what,
                                    YamlProblems& problems) {
  if (node.kind == YamlNode::Kind::kText) return node.text;
  ComplainType(node, what, "text", problems);
  return std::nullopt;
}

std::optional<std::int64_t> ReadInteger(const YamlNode& node, std::string_view what,
                                        std::int64_t min, std::int64_t max,
                                        YamlProblems& problems) {
  if (node.kind == YamlNode::Kind::kText) {
    const std::optional<std::int64_t> value = ParseInteger(node.text);
    if (value && *value >= min && *value <= max) return value;
  }
  ComplainType(node, what, "a whole number" + RangeText(min, max), problems);
  return std::nullopt;
}

std::optional<double> ReadNumber(const YamlNode& node, std::string_view what, double min,
                                 double max, YamlProblems& problems) {
  if (node.kind == YamlNode::Kind::kText) {
    const std::optional<double> value = ParseDecimal(node.text);
    if (value && *value >= min && *value <= max) return value;
  }
  ComplainType(node, what, fmt::format("a number from {} to {}", min, max), problems);
  return std::nullopt;
}

std::optional<bool> ReadBool(const YamlNode& node, std::string_view what, YamlProblems& problems) {
  if (node.kind == YamlNode::Kind::kText) {
    if (node.text == "yes" || node.text == "true") return true;
    if (node.text == "no" || node.text == "false") return false;
  }
  ComplainType(node, what, "yes or no", problems);
  return std::nullopt;
}

std::optional<Duration> ReadDuration(const YamlNode& node, std::string_view what,
                                     YamlProblems& problems) {
  if (node.kind == YamlNode::Kind::kText) {
    if (const std::optional<Duration> value = ParseDuration(node.text)) return value;
  }
  ComplainType(node, what, "a duration such as 90s, 10m, 1h or 7d", problems);
  return std::nullopt;
}

std::vector<std::string> ReadTexts(const YamlNode& node, std::string_view what,
                                   YamlProblems& problems) {
  std::vector<std::string> texts;
  if (node.kind == YamlNode::Kind::kText) return {node.text};
  if (node.kind != YamlNode::Kind::kList) {
    ComplainType(node, what, "text or a list of texts", problems);
    return texts;
  }
  for (const YamlNode& item : node.items) {
    if (std::optional<std::string> text = ReadText(item, what, problems)) {
      texts.push_back(std::move(*text));
    }
  }
  return texts;
}

std::vector<std::int64_t> ReadIntegers(const YamlNode& node, std::string_view what,
                                       std::int64_t min, std::int64_t max, YamlProblems& problems) {
  std::vector<std::int64_t> values;
  const auto read = [&](const YamlNode& item) {
    if (const auto value = ReadInteger(item, what, min, max, problems)) values.push_back(*value);
  };
  if (node.kind == YamlNode::Kind::kList) {
    for (const YamlNode& item : node.items) read(item);
  } else {
    read(node);
  }
  return values;
}

void ComplainNotOneOf(const Place& place, std::string_view what, std::string_view text,
                      std::span<const std::string_view> known, YamlProblems& problems) {
  constexpr std::size_t kFew = 8;
  std::string reason = fmt::format("\"{}\" cannot be \"{}\"", what, Printable(text));
  const std::string offer = DidYouMean(text, known);
  if (!offer.empty()) {
    reason += offer;
  } else if (known.size() <= kFew) {
    reason += fmt::format(", only one of: {}", fmt::join(known, ", "));
  }
  problems.Error("yaml.value", place, reason);
}

YamlMap::YamlMap(const YamlNode& node, std::string_view what, YamlProblems& problems)
    : node_(node), what_(what), problems_(problems) {
  if (ok()) return;
  problems.Error("yaml.type", node.place,
                 fmt::format("{} must be a map, not {}", what_, Shown(node)));
}

const YamlNode* YamlMap::Get(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return node_.Find(key);
}

const YamlNode* YamlMap::Need(std::string_view key) {
  const YamlNode* value = Get(key);
  if (value == nullptr && ok()) {
    problems_.Error("yaml.missing_key", node_.place,
                    fmt::format("{} lacks the key \"{}\"", what_, key));
  }
  return value;
}

std::string YamlMap::Text(std::string_view key) {
  const YamlNode* value = Get(key);
  return value == nullptr ? "" : ReadText(*value, key, problems_).value_or("");
}

std::string YamlMap::NeedText(std::string_view key) {
  const YamlNode* value = Need(key);
  if (value == nullptr) return "";
  if (value->kind == YamlNode::Kind::kText && Trim(value->text).empty()) {
    problems_.Error("yaml.value", value->place, fmt::format("\"{}\" is empty", key));
    return "";
  }
  return ReadText(*value, key, problems_).value_or("");
}

std::optional<std::int64_t> YamlMap::Integer(std::string_view key, std::int64_t min,
                                             std::int64_t max) {
  const YamlNode* value = Get(key);
  return value == nullptr ? std::nullopt : ReadInteger(*value, key, min, max, problems_);
}

std::optional<double> YamlMap::Number(std::string_view key, double min, double max) {
  const YamlNode* value = Get(key);
  return value == nullptr ? std::nullopt : ReadNumber(*value, key, min, max, problems_);
}

std::optional<bool> YamlMap::Bool(std::string_view key) {
  const YamlNode* value = Get(key);
  return value == nullptr ? std::nullopt : ReadBool(*value, key, problems_);
}

std::optional<Duration> YamlMap::Time(std::string_view key) {
  const YamlNode* value = Get(key);
  return value == nullptr ? std::nullopt : ReadDuration(*value, key, problems_);
}

std::vector<std::string> YamlMap::Texts(std::string_view key) {
  const YamlNode* value = Get(key);
  return value == nullptr ? std::vector<std::string>() : ReadTexts(*value, key, problems_);
}

std::vector<std::string> YamlMap::NeedTexts(std::string_view key) {
  return Need(key) == nullptr ? std::vector<std::string>() : Texts(key);
}

std::vector<std::int64_t> YamlMap::Integers(std::string_view key, std::int64_t min,
                                            std::int64_t max) {
  const YamlNode* value = Get(key);
  return value == nullptr ? std::vector<std::int64_t>()
                          : ReadIntegers(*value, key, min, max, problems_);
}

std::vector<std::int64_t> YamlMap::NeedIntegers(std::string_view key, std::int64_t min,
                                                std::int64_t max) {
  return Need(key) == nullptr ? std::vector<std::int64_t>() : Integers(key, min, max);
}

void YamlMap::Finish() {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const YamlEntry& entry : node_.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    problems_.Error("yaml.unknown_key", entry.key_place,
                    fmt::format("unknown key \"{}\"{}", Printable(entry.key),
                                DidYouMean(NearestKey(entry.key, known))));
  }
}

}  // namespace exdiag
