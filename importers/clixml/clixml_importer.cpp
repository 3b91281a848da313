// An object of Export-Clixml has the properties that ConvertTo-Json prints, under the same names,
// so it is turned into such an object, and what those names mean is known in one place.
#include "importers/clixml/clixml_importer.h"

#include <algorithm>

#include "engine/base/text.h"
#include "importers/clixml/clixml_object.h"
#include "importers/json/json_events.h"
#include "importers/text/nested_elements.h"

namespace exdiag {
namespace {

const ClixmlObjects kObjects;

DateOrderFinder FindDateOrder(const Export& input) {
  DateOrderFinder finder;
  auto window = TextWindow::Open(input);
  if (!window) return finder;
  NestedElements objects(*window, kObjects);
  ClixmlReader reader;
  JsonEventReader events;
  NestedElement object;
  while (!finder.decided() && objects.Next(object)) {
    if (object.end == NestedElement::End::kClosed) {
      AddLocalTime(reader.ToJson(object.xml), events, finder);
    }
  }
  return finder;
}

// False when the sink wants no more.
bool Take(const NestedElement& object, ClixmlReader& reader, JsonEvents& events) {
  if (object.end != NestedElement::End::kClosed) {
    events.Reject(WhyCut(object.end), object.xml, object.place);
    return true;
  }
  const std::string_view json = reader.ToJson(object.xml);
  if (!reader.error().empty()) {
    events.Reject(reader.error(), object.xml, object.place);
    return true;
  }
  return events.Take(json, object.xml, object.place);
}

// The type is not there when properties were selected by a script of one's own.
bool HasSigns(std::string_view text) {
  constexpr std::string_view kSigns[] = {"N=\"Id\"",
                                         "N=\"EventID\"",
                                         "N=\"InstanceId\"",
                                         "N=\"TimeCreated\"",
                                         "N=\"TimeGenerated\"",
                                         "N=\"ProviderName\"",
                                         "N=\"LevelDisplayName\"",
                                         "N=\"EntryType\"",
                                         "N=\"RecordId\"",
                                         "N=\"LogName\"",
                                         "N=\"EventCode\"",
                                         "N=\"SourceName\""};
  const auto has = [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; };
  return std::count_if(std::begin(kSigns), std::end(kSigns), has) >= 2;
}

class ClixmlImporter final : public Importer {
 public:
  explicit ClixmlImporter(bool in_text) : in_text_(in_text) {}

  std::string_view name() const override { return "clixml"; }

  bool Recognises(const Head& head) const override {
    std::string_view text = Trim(head.text);
    if (in_text_) return HoldsTypedEvent(text);
    if (text.starts_with("#< CLIXML")) text = Trim(text.substr(text.find('\n') + 1));
    if (text.starts_with("<?xml")) {
      text = Trim(text.substr(std::min(text.find('>'), text.size() - 1) + 1));
    }
    return text.starts_with("<Objs ") && (HoldsTypedEvent(text) || HasSigns(text));
  }

  bool StandsInProse() const override { return in_text_; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    NestedElements objects(*window, kObjects);
    ClixmlReader reader;
    JsonEvents events(
        "clixml.event", [&] { return FindDateOrder(input); }, evidence);
    NestedElement object;
    while (objects.Next(object) && Take(object, reader, events)) {
    }
    objects.outside().Report(input, problems);
    events.times().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  static bool HoldsTypedEvent(std::string_view text) {
    constexpr std::string_view kObject = "<Obj ";
    constexpr std::size_t kHead = 4096;
    std::size_t at = text.find(kObject);
    while (at != std::string_view::npos && !IsTypedEvent(text.substr(at, kHead))) {
      at = text.find(kObject, at + 1);
    }
    return at != std::string_view::npos;
  }

  bool in_text_;
};

}  // namespace

std::unique_ptr<Importer> MakeClixmlImporter() { return std::make_unique<ClixmlImporter>(false); }

std::unique_ptr<Importer> MakeClixmlInTextImporter() {
  return std::make_unique<ClixmlImporter>(true);
}

}  // namespace exdiag
