#include "importers/json/json_importer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "importers/json/json_events.h"
#include "importers/json/json_objects.h"
#include "importers/text/line_reader.h"
#include "importers/text/local_time.h"

namespace exdiag {
namespace {

using End = JsonObject::End;

// Names that events have in one shape or another.  Two of them make a file one of events; what each
// object is will be told by itself.
constexpr std::string_view kSigns[] = {"\"@timestamp\"",       "\"message\"",
                                       "\"Message\"",          "\"EventID\"",
                                       "\"EventId\"",          "\"event_id\"",
                                       "\"event_identifier\"", "\"EventCode\"",
                                       "\"InstanceId\"",       "\"Event\"",
                                       "\"System\"",           "\"EventRecordID\"",
                                       "\"winlog\"",           "\"log_name\"",
                                       "\"source_name\"",      "\"SourceName\"",
                                       "\"ProviderName\"",     "\"EventSourceName\"",
                                       "\"Channel\"",          "\"LogName\"",
                                       "\"EventTime\"",        "\"TimeCreated\"",
                                       "\"TimeGenerated\"",    "\"EventRecordId\"",
                                       "\"Logfile\"",          "\"computer_name\"",
                                       "\"MachineName\"",      "\"EntryType\"",
                                       "\"RecordId\"",         "\"LevelDisplayName\"",
                                       "\"EventLevelName\""};

std::string_view WhyCut(End end) {
  switch (end) {
    case End::kCutByNext:
      return "another object begins before this one ends";
    case End::kCutByText:
      return "the text ends before the object does";
    case End::kTooLong:
      return "an object of more than 4 MiB";
    case End::kClosed:
      break;
  }
  return "";
}

// False when the sink wants no more.
bool Take(const JsonObject& object, JsonEvents& events) {
  if (object.end == End::kClosed) return events.Take(object.text, object.text, object.place);
  events.Reject(WhyCut(object.end), object.text, object.place);
  return true;
}

DateOrderFinder FindDateOrder(const Export& input, JsonObjects::Start start) {
  DateOrderFinder finder;
  auto window = TextWindow::Open(input);
  if (!window) return finder;
  JsonObjects objects(*window, start);
  JsonEventReader reader;
  JsonObject object;
  while (!finder.decided() && objects.Next(object)) {
    if (object.end == End::kClosed) AddLocalTime(object.text, reader, finder);
  }
  return finder;
}

bool HasSigns(std::string_view text) {
  const auto has = [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; };
  return std::count_if(std::begin(kSigns), std::end(kSigns), has) >= 2;
}

class JsonImporter final : public Importer {
 public:
  explicit JsonImporter(JsonObjects::Start start) : start_(start) {}

  std::string_view name() const override { return "json"; }

  bool Recognises(const Head& head) const override {
    std::string_view text = Trim(head.text);
    if (StandsInProse()) {
      while (!text.empty() && !BeginsObject(text.substr(0, text.find('\n')))) TakeLine(text);
      return !text.empty() && HasSigns(text);
    }
    while (IsRecordLine(text.substr(0, text.find('\n')))) TakeLine(text);
    const std::string_view first = Trim(text.substr(text.starts_with('[') ? 1 : 0));
    return first.starts_with('{') && Trim(first.substr(1)).starts_with('"') && HasSigns(text);
  }

  bool StandsInProse() const override { return start_ == JsonObjects::Start::kBraceAtMargin; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    JsonObjects objects(*window, start_);
    JsonEvents events(
        "json.event", [&] { return FindDateOrder(input, start_); }, evidence);
    JsonObject object;
    while (objects.Next(object) && Take(object, events)) {
    }
    objects.outside().Report(input, problems);
    events.times().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  JsonObjects::Start start_;
};

}  // namespace

std::unique_ptr<Importer> MakeJsonImporter() {
  return std::make_unique<JsonImporter>(JsonObjects::Start::kAnyBrace);
}

std::unique_ptr<Importer> MakeJsonInTextImporter() {
  return std::make_unique<JsonImporter>(JsonObjects::Start::kBraceAtMargin);
}

}  // namespace exdiag
