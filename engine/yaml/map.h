// Reads a map key by key and remembers which keys it was asked for: what is left over at the end is
// unknown.
//
//   YamlMap map(node, "an event", problems);
//   entry.provider = map.NeedText("provider");
//   entry.ids = map.NeedIntegers("id", 0, 65535);
//   entry.level = map.Choice("level", kLevels).value_or(Level::kUnknown);
//   map.Finish();
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "engine/yaml/node.h"

namespace exdiag {

// One node as a value.  Each complains ("version" must be ...) and gives nullopt when it is none.
std::optional<std::string> ReadText(const YamlNode& node, std::string_view what,
                                    YamlProblems& problems);
std::optional<std::int64_t> ReadInteger(const YamlNode& node, std::string_view what,
                                        std::int64_t min, std::int64_t max, YamlProblems& problems);
std::optional<double> ReadNumber(const YamlNode& node, std::string_view what, double min,
                                 double max, YamlProblems& problems);
// yes, no, true, false.
std::optional<bool> ReadBool(const YamlNode& node, std::string_view what, YamlProblems& problems);
// "10m"; see ParseDuration.
std::optional<Duration> ReadDuration(const YamlNode& node, std::string_view what,
                                     YamlProblems& problems);
// A list of texts, or one text alone.  Items that are no text are complained about and left out.
std::vector<std::string> ReadTexts(const YamlNode& node, std::string_view what,
                                   YamlProblems& problems);
std::vector<std::int64_t> ReadIntegers(const YamlNode& node, std::string_view what,
                                       std::int64_t min, std::int64_t max, YamlProblems& problems);

// `text` is not one of `known`: a complaint that offers the nearest, or all of them when few.
void ComplainNotOneOf(const Place& place, std::string_view what, std::string_view text,
                      std::span<const std::string_view> known, YamlProblems& problems);

class YamlMap {
 public:
  // `what` names the map in complaints ("an event pattern").  When `node` is not a map that is
  // complained about once, and every getter gives its "not there" without a further word.  `node`
  // and `problems` must outlive this.
  YamlMap(const YamlNode& node, std::string_view what, YamlProblems& problems);

  bool ok() const { return node_.kind == YamlNode::Kind::kMap; }
  bool Has(std::string_view key) const { return node_.Find(key) != nullptr; }
  const YamlNode& node() const { return node_; }
  const Place& place() const { return node_.place; }

  // The value as it stands; nullptr when the key is not there.  Marks the key as known, as do all
  // getters below.
  const YamlNode* Get(std::string_view key);
  // The same, complaining when it is not there.
  const YamlNode* Need(std::string_view key);

  // "" when the key is not there or not text.
  std::string Text(std::string_view key);
  std::string NeedText(std::string_view key);  // also complains about ""
  std::optional<std::int64_t> Integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<double> Number(std::string_view key, double min, double max);
  std::optional<bool> Bool(std::string_view key);
  std::optional<Duration> Time(std::string_view key);
  std::vector<std::string> Texts(std::string_view key);
  std::vector<std::string> NeedTexts(std::string_view key);
  std::vector<std::int64_t> Integers(std::string_view key, std::int64_t min, std::int64_t max);
  std::vector<std::int64_t> NeedIntegers(std::string_view key, std::int64_t min, std::int64_t max);

  // One of a fixed set of words.
  template <typename T>
  std::optional<T> Choice(std::string_view key,
                          std::span<const std::pair<std::string_view, T>> table) {
    const YamlNode* node = Get(key);
    return node == nullptr ? std::nullopt : ChoiceOf(*node, key, table);
  }
  template <typename T, std::size_t N>
  std::optional<T> Choice(std::string_view key, const std::pair<std::string_view, T> (&table)[N]) {
    return Choice(key, std::span<const std::pair<std::string_view, T>>(table));
  }

  // Complains about every key that nobody asked for, with the nearest known one.
  void Finish();

 private:
  template <typename T>
  std::optional<T> ChoiceOf(const YamlNode& node, std::string_view key,
                            std::span<const std::pair<std::string_view, T>> table) {
    const std::optional<std::string> text = ReadText(node, key, problems_);
    if (!text) return std::nullopt;
    std::vector<std::string_view> known;
    for (const auto& [name, value] : table) {
      if (name == *text) return value;
      known.push_back(name);
    }
    ComplainNotOneOf(node.place, key, *text, known, problems_);
    return std::nullopt;
  }

  const YamlNode& node_;
  std::string what_;
  YamlProblems& problems_;
  std::vector<std::string> known_;
};

}  // namespace exdiag
