#include "engine/knowledge/catalogue_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/yaml/map.h"

namespace exdiag {
namespace {

constexpr std::pair<std::string_view, FieldType> kFieldTypes[] = {
    {"text", FieldType::kText},     {"number", FieldType::kNumber},
    {"error", FieldType::kError},   {"host", FieldType::kHost},
    {"entity", FieldType::kEntity}, {"ip_address", FieldType::kIpAddress},
    {"path", FieldType::kPath},
};

constexpr std::pair<std::string_view, Level> kLevels[] = {
    {"error", Level::kError},
    {"warning", Level::kWarning},
    {"information", Level::kInformation},
    {"log_always", Level::kLogAlways},
    {"critical", Level::kCritical},
    {"verbose", Level::kVerbose},
};

constexpr std::pair<std::string_view, std::string_view> kDiagnosticsLevels[] = {
    {"minimum", "minimum"}, {"medium", "medium"}, {"maximum", "maximum"}};

// The four strings that close nearly every message of the MTA, by one word, because 180 events have
// them.
constexpr std::array<std::string_view, 4> kTag = {"tag_layer", "tag_module", "tag_thread",
                                                  "tag_procedure"};

class EventFileReader {
 public:
  EventFileReader(FieldTypes& types, YamlProblems& problems) : types_(types), problems_(problems) {}

  EventFile Read(const YamlNode& root) {
    YamlMap map(root, "an event file", problems_);
    if (const YamlNode* types = map.Get("types")) ReadTypes(*types);
    const YamlNode* events = map.Get("events");
    result_.provider = events == nullptr ? map.Text("provider") : map.NeedText("provider");
    result_.aliases = map.Texts("aliases");
    channel_ = map.Text("channel");
    generation_ = map.Text("generation");
    if (events != nullptr) ReadEvents(*events);
    map.Finish();
    if (problems_.failed()) return {};
    return std::move(result_);
  }

 private:
  void ReadTypes(const YamlNode& node) {
    YamlMap map(node, "\"types\"", problems_);
    for (const auto& [name, type] : kFieldTypes) {
      for (std::string& field : map.Texts(name)) types_[std::move(field)] = type;
    }
    map.Finish();
  }

  void ReadEvents(const YamlNode& events) {
    const YamlMap map(events, "\"events\"", problems_);
    for (const YamlEntry& pair : events.entries) {
      const auto id = ParseInteger(pair.key);
      if (id && *id >= 0 && *id <= 0xffff) {
        ReadEvent(static_cast<std::uint16_t>(*id), pair);
      } else {
        problems_.Error("yaml.value", pair.key_place,
                        fmt::format("\"{}\" is no event ID; it must be a whole number from 0 to "
                                    "65535",
                                    Printable(pair.key)));
      }
    }
  }

  void ReadEvent(std::uint16_t id, const YamlEntry& pair) {
    YamlMap map(pair.value, "an event", problems_);
    ReadEntry read;
    read.entry = std::make_unique<CatalogueEntry>();
    CatalogueEntry& entry = *read.entry;
    entry.provider = result_.provider;
    entry.event_id = id;
    entry.where = problems_.At(pair.key_place);
    entry.level = map.Choice("level", kLevels).value_or(Level::kUnknown);
    entry.category = map.Text("category");
    entry.channel = Either(map.Text("channel"), channel_);
    entry.generation = Either(map.Text("generation"), generation_);
    entry.logged_at = map.Choice("logged_at", kDiagnosticsLevels).value_or("");
    entry.meaning = map.Text("meaning");
    entry.articles = map.Texts("articles");
    ReadLayouts(map, read);
    map.Finish();
    result_.entries.push_back(std::move(read));
  }

  static std::string Either(std::string own, const std::string& general) {
    return own.empty() ? general : own;
  }

  // One layout stands in the event itself, several in a list.
  void ReadLayouts(YamlMap& map, ReadEntry& read) {
    const YamlNode* layouts = map.Get("layouts");
    if (layouts == nullptr) {
      ReadLayout(map, read);
      return;
    }
    if (layouts->kind != YamlNode::Kind::kList || layouts->items.empty()) {
      problems_.Error("yaml.type", layouts->place, "\"layouts\" must be a list of layouts");
    }
    for (const YamlNode& item : layouts->items) {
      YamlMap layout(item, "a layout", problems_);
      ReadLayout(layout, read);
      layout.Finish();
    }
  }

  void ReadLayout(YamlMap& map, ReadEntry& read) {
    Layout layout;
    layout.since = map.Text("since");
    layout.fields = ReadFields(map);
    if (const YamlNode* parts = map.Get("parts")) ReadParts(*parts, layout);
    CheckCount(map, layout, read);
    layout.printed.assign(layout.fields.size(), true);
    const std::size_t number = read.entry->layouts.size();
    for (std::string& wording : map.Texts("text")) {
      read.entry->wordings.push_back(wording);
      read.entry->wording_layouts.push_back(number);
      read.wordings.push_back({MessageTemplate(std::move(wording), layout.fields), number});
      for (std::size_t i = 0; i < layout.fields.size(); ++i) {
        if (!read.wordings.back().text.Prints(i)) layout.printed[i] = false;
      }
    }
    read.entry->layouts.push_back(std::move(layout));
  }

  // Records are told from each other by their number of strings.
  void CheckCount(const YamlMap& map, const Layout& layout, const ReadEntry& read) {
    for (const Layout& other : read.entry->layouts) {
      if (other.fields.size() != layout.fields.size()) continue;
      problems_.Error("kbdata.layout", map.place(),
                      fmt::format("another layout of this event has {} strings too, and nothing "
                                  "would tell the two apart",
                                  layout.fields.size()));
    }
  }

  // parts: {error_text: [{fields: exception_code address, text: Exception %1 occurred at ...}]}
  void ReadParts(const YamlNode& node, Layout& layout) {
    const YamlMap checked(node, "\"parts\"", problems_);
    for (const YamlEntry& pair : node.entries) {
      const auto position = layout.IndexOf(pair.key);
      if (!position) {
        problems_.Error("yaml.value", pair.key_place,
                        fmt::format("\"{}\" is no field of this layout", Printable(pair.key)));
      }
      if (pair.value.kind != YamlNode::Kind::kList) {
        problems_.Error("yaml.type", pair.value.place, "parts of a field must be a list");
      }
      for (const YamlNode& item : pair.value.items) {
        YamlMap map(item, "a part", problems_);
        Part part{position.value_or(0), ReadFields(map), nullptr};
        part.text = std::make_shared<MessageTemplate>(map.NeedText("text"), part.fields);
        map.Finish();
        layout.parts.push_back(std::move(part));
      }
    }
  }

  // "ltab_index nt_error tag": names with blanks between.
  std::vector<Field> ReadFields(YamlMap& map) {
    const std::string text = CollapseSpace(map.Text("fields"));
    const YamlNode* node = map.Get("fields");
    std::vector<Field> fields;
    for (const std::string_view word : Split(text, ' ')) {
      if (word.empty()) continue;
      if (word == "tag" || word == "tag3") {
        for (std::size_t i = 0; i < (word == "tag" ? 4 : 3); ++i) {
          AddField(node->place, kTag[i], fields);
        }
      } else {
        AddField(node->place, word, fields);
      }
    }
    return fields;
  }

  // "count" or "count:number".
  void AddField(const Place& place, std::string_view word, std::vector<Field>& fields) {
    const std::size_t colon = word.find(':');
    const std::string_view name = word.substr(0, colon);
    if (std::any_of(fields.begin(), fields.end(),
                    [name](const Field& field) { return field.name == name; })) {
      problems_.Error("yaml.value", place, fmt::format("field \"{}\" is there twice", name));
    }
    fields.push_back({std::string(name), FieldType::kText});
    if (colon == std::string_view::npos) {
      const auto known = types_.find(name);
      if (known != types_.end()) fields.back().type = known->second;
    } else {
      fields.back().type = TypeOf(place, word.substr(colon + 1));
    }
  }

  FieldType TypeOf(const Place& place, std::string_view name) {
    std::vector<std::string_view> known;
    for (const auto& [type_name, type] : kFieldTypes) {
      if (type_name == name) return type;
      known.push_back(type_name);
    }
    ComplainNotOneOf(place, "type of a field", name, known, problems_);
    return FieldType::kText;
  }

  FieldTypes& types_;
  YamlProblems& problems_;
  EventFile result_;
  std::string channel_;
  std::string generation_;
};

}  // namespace

EventFile ReadEventFile(const YamlNode& root, FieldTypes& types, YamlProblems& problems) {
  return EventFileReader(types, problems).Read(root);
}

}  // namespace exdiag
