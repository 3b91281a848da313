// Event elements one after the other, each parsed by itself: with a root element or without,
// several documents in one file, text between them.  So memory does not grow with the file, and
// what is damaged costs its own event only.
#include "importers/xml/xml_importer.h"

#include <fmt/format.h>

#include <cstring>

#include "engine/base/text.h"
#include "importers/text/event_xml.h"
#include "importers/text/line_reader.h"
#include "importers/xml/event_elements.h"

namespace exdiag {
namespace {

using End = EventElement::End;

class Reading {
 public:
  Reading(const Export& input, EvidenceSink& evidence, DiagnosticSink& problems)
      : input_(&input), evidence_(&evidence), problems_(&problems) {}

  void set_base64(bool base64) { reader_.set_base64(base64); }

  // False when the sink wants no more.
  bool Take(const EventElement& element) {
    const XmlEvent* const event = reader_.Read(element.xml);
    const bool has_system = (event != nullptr && event->plain) || ClosesSystem(element.xml);
    if (event == nullptr || !has_system) {
      Reject(element, has_system);
      return true;
    }
    if (element.end != End::kClosed) {
      Note(element, Severity::kWarning, "xml.cut",
           fmt::format("{}; kept {}", WhyCut(element.end),
                       event->has_strings ? "as far as it goes" : "without its event data"));
    } else if (!event->well_formed) {
      ++damaged_;
      if (!event->has_strings) ++without_data_;
      if (damaged_ == 1) first_damaged_ = element.place;
    }
    Record record;
    record.place = element.place;
    PutXmlEvent(*event, record);
    record.message = CleanMessage(event->message, message_);
    return evidence_->OnRecord(record);
  }

  void Report() const {
    if (damaged_ == 0) return;
    problems_->Report(
        {Severity::kWarning,
         "xml.malformed",
         {input_->name, first_damaged_},
         fmt::format("{} event{} from here on {} no well-formed XML; read as far as possible, {} "
                     "of them without event data",
                     damaged_, damaged_ == 1 ? "" : "s", damaged_ == 1 ? "is" : "are",
                     without_data_)});
  }

 private:
  // memmem() is several times as fast as find(), which stops at every mark.
  static bool ClosesSystem(std::string_view xml) {
    constexpr std::string_view kClose = "</System>";
    return ::memmem(xml.data(), xml.size(), kClose.data(), kClose.size()) != nullptr;
  }

  void Reject(const EventElement& element, bool has_system) {
    std::string reason = "an event without a provider or a number; kept as a reject";
    if (!has_system) {
      reason = fmt::format("{}; kept as a reject", element.end == End::kClosed
                                                       ? "an event whose System is not closed"
                                                       : WhyCut(element.end));
    }
    evidence_->OnReject(
        {element.place, "xml.event", std::move(reason), std::as_bytes(std::span(element.xml))});
  }

  void Note(const EventElement& element, Severity severity, const char* id, std::string reason) {
    problems_->Report({severity, id, {input_->name, element.place}, std::move(reason)});
  }

  const Export* input_;
  EvidenceSink* evidence_;
  DiagnosticSink* problems_;
  EventXmlReader reader_;
  std::string message_;
  std::uint64_t damaged_ = 0;
  std::uint64_t without_data_ = 0;
  Place first_damaged_;
};

class XmlImporter final : public Importer {
 public:
  explicit XmlImporter(bool in_text) : in_text_(in_text) {}

  std::string_view name() const override { return "xml"; }

  bool Recognises(const Head& head) const override {
    const std::size_t start = FindEventElement(head.text);
    if (start == std::string_view::npos || in_text_) return start != std::string_view::npos;
    // evtxexport begins with its own name and version.
    constexpr std::string_view kTool = "evtxexport ";
    std::string_view before = head.text.substr(0, start);
    while (!before.empty()) {
      const std::string_view line = TakeLine(before);
      if (!IsBetweenEvents(line) && !Trim(line).starts_with(kTool)) return false;
    }
    return true;
  }

  bool StandsInProse() const override { return in_text_; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    window->Ensure(256);
    EventElements elements(*window);
    Reading reading(input, evidence, problems);
    // Of all tools only python-evtx declares XML 1.1.
    const std::string_view declaration = window->view().substr(0, 256);
    reading.set_base64(declaration.find("<?xml version=\"1.1\"") != std::string_view::npos);
    EventElement element;
    while (elements.Next(element) && reading.Take(element)) {
    }
    reading.Report();
    elements.outside().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  bool in_text_;
};

}  // namespace

std::unique_ptr<Importer> MakeXmlImporter() { return std::make_unique<XmlImporter>(false); }

std::unique_ptr<Importer> MakeXmlInTextImporter() { return std::make_unique<XmlImporter>(true); }

}  // namespace exdiag
