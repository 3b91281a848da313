// Builds the tree from yaml-cpp's parse events, not from its YAML::Node: events name every alias
// and every duplicate key together with their places, cost one pass, and leave no foreign type in
// the result.
#include "engine/yaml/node.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_map>
#include <utility>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// yaml-cpp counts lines and columns from 0.
Place PlaceOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return Place::Line(static_cast<std::uint64_t>(mark.line) + 1,
                     static_cast<std::uint32_t>(mark.column) + 1);
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(YamlProblems& problems) : problems_(problems) {}

  YamlNode Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    Add(New(YamlNode::Kind::kNull, mark));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.Error("yaml.alias", PlaceOf(mark), "aliases (*name) are not used in these files");
    Add(New(YamlNode::Kind::kNull, mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    YamlNode node = New(YamlNode::Kind::kText, mark);
    node.text = value;
    node.quoted = tag == "!";
    Add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    open_.push_back({New(YamlNode::Kind::kList, mark), {}, {}});
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    RefuseAnchor(mark, anchor);
    RefuseTag(mark, tag);
    open_.push_back({New(YamlNode::Kind::kMap, mark), {}, {}});
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map whose end has not come yet; `key` is the map's key that waits for its value.
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;
    std::unordered_map<std::string, std::uint64_t> lines;  // of the map's keys so far
  };

  static YamlNode New(YamlNode::Kind kind, const YAML::Mark& mark) {
    YamlNode node;
    node.kind = kind;
    node.place = PlaceOf(mark);
    return node;
  }

  void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    problems_.Error("yaml.alias", PlaceOf(mark), "anchors (&name) are not used in these files");
  }

  // yaml-cpp says "?" for plain scalars and "!" for quoted ones, "" or "?" for collections.
  void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    problems_.Error("yaml.tag", PlaceOf(mark),
                    fmt::format("tags are not used in these files, here {}", Printable(tag)));
  }

  void Close() {
    YamlNode done = std::move(open_.back().node);
    open_.pop_back();
    Add(std::move(done));
  }

  void Add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.kind == YamlNode::Kind::kList) {
      open_.back().node.items.push_back(std::move(node));
    } else if (!open_.back().key) {
      open_.back().key = std::move(node);
    } else {
      AddEntry(open_.back(), std::move(node));
    }
  }

  void AddEntry(Open& map, YamlNode value) {
    const YamlNode key = *std::exchange(map.key, std::nullopt);
    if (key.kind != YamlNode::Kind::kText || key.text.empty()) {
      problems_.Error("yaml.key", key.place,
                      fmt::format("a key must be text, not {}", KindName(key)));
      return;
    }
    if (value.kind == YamlNode::Kind::kNull) value.place = key.place;
    const auto [first, is_new] = map.lines.emplace(key.text, key.place.value);
    if (!is_new) {
      problems_.Error("yaml.duplicate_key", key.place,
                      fmt::format("duplicate key \"{}\"; it stands in line {} already",
                                  Printable(key.text), first->second));
      return;
    }
    map.node.entries.push_back({key.text, key.place, std::move(value)});
  }

  YamlProblems& problems_;
  std::vector<Open> open_;
  YamlNode root_;
};

bool Acceptable(std::string_view text, YamlProblems& problems) {
  if (text.size() > kMaxYamlBytes) {
    problems.Error(
        "yaml.size", {},
        fmt::format("{} bytes, more than the {} that are read", text.size(), kMaxYamlBytes));
    return false;
  }
  if (!IsUtf8(text) || text.find('\0') != std::string_view::npos) {
    problems.Error("yaml.encoding", {}, "not UTF-8 text");
    return false;
  }
  return true;
}

std::optional<YamlNode> Build(std::string_view text, YamlProblems& problems) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  TreeBuilder builder(problems);
  if (!parser.HandleNextDocument(builder)) {
    problems.Error("yaml.empty", {}, "the file holds nothing");
    return std::nullopt;
  }
  YamlNode root = builder.Take();
  TreeBuilder second(problems);
  if (parser.HandleNextDocument(second)) {
    problems.Error("yaml.documents", second.Take().place, "a second document in one file");
  }
  return root;
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string_view KindName(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kText:
      return "text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "";
}

std::optional<YamlNode> ParseYaml(std::string_view text, YamlProblems& problems) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (!Acceptable(text, problems)) return std::nullopt;
  try {
    return Build(text, problems);
  } catch (const YAML::Exception& error) {
    problems.Error("yaml.syntax", PlaceOf(error.mark), fmt::format("no YAML: {}", error.msg));
  }
  return std::nullopt;
}

}  // namespace exdiag
