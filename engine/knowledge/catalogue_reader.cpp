#include "engine/knowledge/catalogue_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/knowledge/yaml_file.h"

namespace exdiag {
namespace {

constexpr std::array<std::pair<std::string_view, FieldType>, 7> kTypes = {{
    {"text", FieldType::kText},
    {"number", FieldType::kNumber},
    {"error", FieldType::kError},
    {"host", FieldType::kHost},
    {"ip_address", FieldType::kIpAddress},
    {"entity", FieldType::kEntity},
    {"path", FieldType::kPath},
}};

// The four strings that close nearly every message of the MTA, by one word, because 180 events have
// them.
constexpr std::array<std::string_view, 4> kTag = {"tag_layer", "tag_module", "tag_thread",
                                                  "tag_procedure"};

class EventFileReader {
 public:
  EventFileReader(const std::string& file, FieldTypes& types, DiagnosticSink& problems)
      : yaml_(file, problems), types_(types) {}

  EventFile Read(std::string_view text) {
    const YAML::Node root = yaml_.Parse(text);
    if (!yaml_.ok() ||
        !yaml_.IsMap(root, "an event file",
                     {"provider", "aliases", "channel", "generation", "types", "events"})) {
      return {};
    }
    if (const YAML::Node types = root["types"]) ReadTypes(types);
    if (const YAML::Node events = root["events"]) ReadEvents(root, events);
    if (!yaml_.ok()) return {};
    return std::move(result_);
  }

 private:
  void ReadTypes(const YAML::Node& types) {
    if (!yaml_.IsMap(types, "types",
                     {"text", "number", "error", "host", "ip_address", "entity", "path"})) {
      return;
    }
    for (const auto& [name, type] : kTypes) {
      for (std::string& field : yaml_.Texts(types, name)) types_[std::move(field)] = type;
    }
  }

  void ReadEvents(const YAML::Node& root, const YAML::Node& events) {
    result_.provider = yaml_.NeedText(root, "provider", "the file");
    result_.aliases = yaml_.Texts(root, "aliases");
    channel_ = yaml_.Text(root, "channel");
    generation_ = yaml_.Text(root, "generation");
    if (!events.IsMap()) {
      yaml_.Fail(events, "events must be a map from event ID to what is known of it");
      return;
    }
    std::vector<bool> seen(0x10000);
    for (const auto& pair : events) {
      const auto id = yaml_.Number(pair.first, "an event ID", 0, 0xffff);
      if (!id) continue;
      if (seen[static_cast<std::size_t>(*id)]) {
        yaml_.Fail(pair.first, fmt::format("event {} is there twice", *id));
      }
      seen[static_cast<std::size_t>(*id)] = true;
      ReadEvent(static_cast<std::uint16_t>(*id), pair.first, pair.second);
    }
  }

  void ReadEvent(std::uint16_t id, const YAML::Node& key, const YAML::Node& node) {
    if (!yaml_.IsMap(node, fmt::format("event {}", id),
                     {"level", "category", "channel", "generation", "logged_at", "meaning",
                      "articles", "fields", "text", "since", "layouts"})) {
      return;
    }
    ReadEntry read;
    read.entry = std::make_unique<CatalogueEntry>();
    CatalogueEntry& entry = *read.entry;
    entry.provider = result_.provider;
    entry.event_id = id;
    entry.where = yaml_.Where(key);
    entry.generation = Either(yaml_.Text(node, "generation"), generation_);
    entry.channel = Either(yaml_.Text(node, "channel"), channel_);
    entry.category = yaml_.Text(node, "category");
    entry.meaning = yaml_.Text(node, "meaning");
    entry.articles = yaml_.Texts(node, "articles");
    entry.level = ReadLevel(node);
    entry.logged_at = ReadLoggedAt(node);
    ReadLayouts(node, read);
    result_.entries.push_back(std::move(read));
  }

  static std::string Either(std::string own, const std::string& general) {
    return own.empty() ? general : std::move(own);
  }

  Level ReadLevel(const YAML::Node& node) {
    const std::string name = yaml_.Text(node, "level");
    const Level level = LevelFromName(name);
    if (!name.empty() && level == Level::kUnknown) {
      yaml_.Fail(node["level"], fmt::format("\"{}\" is no level: error, warning, information, "
                                            "log_always, critical or verbose",
                                            name));
    }
    return level;
  }

  std::string ReadLoggedAt(const YAML::Node& node) {
    std::string text = yaml_.Text(node, "logged_at");
    if (!text.empty() && text != "minimum" && text != "medium" && text != "maximum") {
      yaml_.Fail(node["logged_at"],
                 fmt::format("\"{}\" is no diagnostics level: minimum, medium or maximum", text));
    }
    return text;
  }

  void ReadLayouts(const YAML::Node& node, ReadEntry& read) {
    const YAML::Node layouts = node["layouts"];
    if (!layouts) {
      ReadLayout(node, read);
      return;
    }
    if (node["fields"] || node["text"] || node["since"]) {
      yaml_.Fail(layouts, "layouts stands beside fields, text or since; say them in each layout");
    }
    if (!yaml_.IsList(layouts, "layouts")) return;
    for (const YAML::Node& layout : layouts) {
      if (yaml_.IsMap(layout, "a layout", {"fields", "text", "since"})) ReadLayout(layout, read);
    }
    if (layouts.size() == 0) yaml_.Fail(layouts, "layouts is empty");
  }

  void ReadLayout(const YAML::Node& node, ReadEntry& read) {
    Layout layout;
    layout.since = yaml_.Text(node, "since");
    AddFields(node, layout);
    const std::size_t number = read.entry->layouts.size();
    layout.printed.assign(layout.fields.size(), true);
    for (std::string& wording : yaml_.Texts(node, "text")) {
      read.entry->wordings.push_back(wording);
      read.entry->wording_layouts.push_back(number);
      read.wordings.push_back({MessageTemplate(std::move(wording), layout.fields), number});
      for (std::size_t i = 0; i < layout.fields.size(); ++i) {
        if (!read.wordings.back().text.Prints(i)) layout.printed[i] = false;
      }
    }
    read.entry->layouts.push_back(std::move(layout));
  }

  // "ltab_index nt_error tag": names with blanks between; a type of its own after a colon.
  void AddFields(const YAML::Node& node, Layout& layout) {
    const std::string text = CollapseSpace(yaml_.Text(node, "fields"));
    for (const std::string_view word : Split(text, ' ')) {
      if (word.empty()) continue;
      if (word == "tag" || word == "tag3") {
        for (std::size_t i = 0; i < (word == "tag" ? 4 : 3); ++i) AddField(node, kTag[i], layout);
      } else {
        AddField(node, word, layout);
      }
    }
  }

  void AddField(const YAML::Node& node, std::string_view word, Layout& layout) {
    const std::size_t colon = word.find(':');
    const std::string_view name = word.substr(0, colon);
    if (layout.IndexOf(name)) {
      yaml_.Fail(node["fields"], fmt::format("field \"{}\" is there twice", name));
    }
    layout.fields.push_back({std::string(name), FieldType::kText});
    if (colon == std::string_view::npos) {
      const auto known = types_.find(name);
      if (known != types_.end()) layout.fields.back().type = known->second;
      return;
    }
    const std::string_view type = word.substr(colon + 1);
    const auto row = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const auto& pair) { return pair.first == type; });
    if (row == kTypes.end()) {
      yaml_.Fail(node["fields"],
                 fmt::format("\"{}\" is no type of a field: text, number, error, host, ip_address, "
                             "entity or path",
                             type));
      return;
    }
    layout.fields.back().type = row->second;
  }

  YamlFile yaml_;
  FieldTypes& types_;
  EventFile result_;
  std::string channel_;
  std::string generation_;
};

}  // namespace

EventFile ReadEventFile(std::string_view yaml, const std::string& file, FieldTypes& types,
                        DiagnosticSink& problems) {
  return EventFileReader(file, types, problems).Read(yaml);
}

}  // namespace exdiag
