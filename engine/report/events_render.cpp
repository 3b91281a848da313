#include "engine/report/events_render.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/document.h"
#include "engine/report/report_json.h"

namespace exdiag {
namespace {

std::string PlaceText(const Place& place) {
  if (place.unit == Place::Unit::kOffset) return fmt::format("offset {:#x}", place.value);
  if (place.unit == Place::Unit::kLine) return fmt::format("line {}", place.value);
  return "";
}

std::string TimeText(const Event& event) {
  if (!event.time.known()) return "no time";
  const bool local = event.time_basis == TimeBasis::kLocalUnknown;
  return FormatTimeForPeople(event.time) + (local ? " local" : " UTC");
}

class TextEvents final : public EventListWriter {
 public:
  TextEvents(const Catalogue& catalogue, bool colour) : catalogue_(catalogue), colour_(colour) {}

  void Begin(std::string&) override {}

  void Add(const Event& event, std::string& out) override {
    Document document;
    Phrase head(TimeText(event), Role::kDim);
    const bool trouble = event.level == Level::kError || event.level == Level::kCritical;
    head.Add(fmt::format(" {} ", LevelName(event.level)), trouble ? Role::kTrouble
                                                          : event.level == Level::kWarning
                                                              ? Role::kDoubt
                                                              : Role::kPlain);
    head.Add(event.computer + " ");
    head.Add(fmt::format("{} {}", event.provider, event.event_id), Role::kStrong);
    document.Add(Item{0, "*", head});
    const std::string message = MessageOf(event, catalogue_);
    if (!message.empty()) document.Add(Item{1, "", message});
    std::string fields;
    for (const FieldValue& field : FieldsOf(event, catalogue_)) {
      if (!field.value.empty()) fields += fmt::format("{}={} ", field.name, field.value);
    }
    if (!fields.empty()) document.Add(Item{1, "", {fields, Role::kDim}});
    out += RenderText(document, {.width = 80, .colour = colour_});
  }

  void End(std::string&) override {}

 private:
  const Catalogue& catalogue_;
  bool colour_;
};

class JsonEvents final : public EventListWriter {
 public:
  explicit JsonEvents(const Catalogue& catalogue) : catalogue_(catalogue) {}

  void Begin(std::string& out) override { out += "{\"schema\": 1, \"events\": ["; }

  void Add(const Event& event, std::string& out) override {
    out += first_ ? "\n" : ",\n";
    first_ = false;
    std::string json = Dump(EventJson(event, catalogue_));
    json.pop_back();
    out += json;
  }

  void End(std::string& out) override { out += "\n]}\n"; }

 private:
  const Catalogue& catalogue_;
  bool first_ = true;
};

class CsvEvents final : public EventListWriter {
 public:
  explicit CsvEvents(const Catalogue& catalogue) : catalogue_(catalogue) {}

  void Begin(std::string& out) override {
    out +=
        "time,level,computer,provider,event_id,channel,category,user,record_id,message,fields,"
        "file,place\r\n";
  }

  void Add(const Event& event, std::string& out) override {
    std::string fields;
    for (const FieldValue& field : FieldsOf(event, catalogue_)) {
      fields += fmt::format("{}{}={}", fields.empty() ? "" : "\n", field.name, field.value);
    }
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
                       FormatTime(event.time, event.time_basis), LevelName(event.level),
                       CsvText(event.computer), CsvText(event.provider), event.event_id,
                       CsvText(event.channel), CsvText(event.category_text), CsvText(event.user),
                       event.record_id, CsvText(MessageOf(event, catalogue_)), CsvText(fields),
                       CsvText(event.where.file), PlaceText(event.where.place));
  }

  void End(std::string&) override {}

 private:
  const Catalogue& catalogue_;
};

std::string_view BasisName(TimeBasis basis) {
  switch (basis) {
    case TimeBasis::kUtc:
      return "utc";
    case TimeBasis::kLocalWithOffset:
      return "local-with-offset";
    case TimeBasis::kLocalUnknown:
      return "local-unknown";
    case TimeBasis::kNone:
      return "none";
  }
  return "";
}

}  // namespace

std::vector<FieldValue> FieldsOf(const Event& event, const Catalogue& catalogue) {
  const Layout* layout = catalogue.LayoutOf(event);
  std::vector<FieldValue> fields;
  for (std::size_t i = 0; i < event.strings.size(); ++i) {
    if (!event.strings[i]) continue;
    FieldValue field{fmt::format("s{}", i + 1), FieldType::kText, *event.strings[i]};
    if (i < event.names.size() && !event.names[i].empty()) field.name = event.names[i];
    if (layout != nullptr && i < layout->fields.size()) {
      field.name = layout->fields[i].name;
      field.type = layout->fields[i].type;
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string MessageOf(const Event& event, const Catalogue& catalogue) {
  return event.message.empty() ? catalogue.Render(event) : event.message;
}

std::string HexOf(const std::vector<std::byte>& bytes) {
  std::string hex;
  for (const std::byte byte : bytes) hex += fmt::format("{:02x}", std::to_integer<int>(byte));
  return hex;
}

Json EventJson(const Event& event, const Catalogue& catalogue) {
  Json strings = Json::array();
  for (const auto& value : event.strings) strings.push_back(value ? Json(*value) : Json(nullptr));
  Json fields = Json::object();
  for (const FieldValue& field : FieldsOf(event, catalogue)) fields[field.name] = field.value;
  Json json = {{"time", TimeJson(event.time, event.time_basis)},
               {"time_basis", BasisName(event.time_basis)},
               {"level", LevelName(event.level)},
               {"computer", event.computer},
               {"host", event.host},
               {"channel", event.channel},
               {"provider", event.provider},
               {"event_id", event.event_id},
               {"qualifiers", event.qualifiers},
               {"category", event.category},
               {"category_text", event.category_text},
               {"keywords", event.keywords},
               {"user", event.user},
               {"record_id", event.record_id},
               {"strings", std::move(strings)},
               {"fields", std::move(fields)},
               {"message", MessageOf(event, catalogue)},
               {"data", HexOf(event.binary)},
               {"recovered", event.recovered}};
  json.update(LocationJson(event.where));
  return json;
}

std::unique_ptr<EventListWriter> MakeEventListWriter(Format format, const Catalogue& catalogue,
                                                     bool colour) {
  switch (format) {
    case Format::kText:
      return std::make_unique<TextEvents>(catalogue, colour);
    case Format::kJson:
      return std::make_unique<JsonEvents>(catalogue);
    case Format::kCsv:
      return std::make_unique<CsvEvents>(catalogue);
    case Format::kHtml:
    case Format::kMarkdown:
      return nullptr;
  }
  return nullptr;
}

}  // namespace exdiag
