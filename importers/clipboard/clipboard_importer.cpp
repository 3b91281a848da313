// Both kinds are read by one scanner, since people paste them into one file; which of the two names
// an export goes by is decided by its first event.
#include "importers/clipboard/clipboard_importer.h"

#include "engine/base/text.h"
#include "importers/clipboard/block.h"
#include "importers/text/event_xml.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/local_time.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

using clipboard::Block;
using clipboard::BlockScanner;
using clipboard::Context;
using clipboard::Field;
using clipboard::Header;

std::optional<WallClock> ClockOf(const Block& block) {
  const std::string_view time = block[Field::kTime];
  return time.empty() ? ReadWallClock(block[Field::kDate])
                      : ReadWallClock(block[Field::kDate], time);
}

// Date and time as they stand there, put together in `text`.
std::string_view TimeText(const Block& block, std::string& text) {
  text = block[Field::kDate];
  if (!text.empty() && !block[Field::kTime].empty()) text += ' ';
  return text += block[Field::kTime];
}

void PutKeywords(std::string_view text, Record& record) {
  if (text.empty()) return;
  for (const std::string_view part : Split(text, ',')) {
    const std::string_view word = Trim(part);
    if (word == "Classic" || word == "Klassisch" || word == "クラシック") {
      record.keywords |= kKeywordClassic;
    } else if (const auto type = FindEventType(word); type && type->keywords != 0) {
      record.keywords |= type->keywords;
    }
  }
}

// What the Event Viewer shows as level 0 it calls Information; audits are told by their keywords.
void PutLevel(const Block& block, Record& record) {
  PutEventType(block[Field::kType], record);
  PutEventType(block[Field::kLevel], record);
  PutKeywords(block[Field::kKeywords], record);
  constexpr std::uint64_t kAudit = kKeywordAuditFailure | kKeywordAuditSuccess;
  if ((record.keywords & kAudit) != 0) record.level = Level::kLogAlways;
}

// One import: turns blocks into records.
class Reading {
 public:
  Reading(const Export& input, LocalTimes::FindOrder dates, EvidenceSink& evidence,
          DiagnosticSink& problems)
      : input_(&input), times_(std::move(dates)), evidence_(&evidence), problems_(&problems) {}

  // False when the sink wants no more.
  bool Take(const Block& block) {
    if (block.cut) {
      Note(block, Severity::kWarning, "clipboard.length",
           "an event of more than 1048576 characters; the rest of it is left out");
    }
    const XmlEvent* const xml = block.xml.empty() ? nullptr : xml_.Read(block.xml);
    if (!block.has_number && xml == nullptr) {
      Reject(block);
      return true;
    }
    Record record;
    record.place = Place::Line(block.line);
    PutFields(block, record);
    // Where the element says something it is right and the text above it a rendering.
    if (xml != nullptr) PutXmlEvent(*xml, record);
    if (!block.xml.empty() && (xml == nullptr || !xml->complete)) {
      Note(block, Severity::kNote, "clipboard.event-xml",
           xml != nullptr ? "the Event Xml is cut off; used as far as it goes"
                          : "the Event Xml cannot be read; the text above it is used alone");
    }
    // A time of the XML is better than one that the header does not give.
    if (record.time_basis == TimeBasis::kNone) {
      times_.Put(ClockOf(block), TimeText(block, time_), block.line, record);
    }
    return evidence_->OnRecord(record);
  }

  const LocalTimes& times() const { return times_; }

 private:
  void PutFields(const Block& block, Record& record) {
    PutEventId(block[Field::kEventId], record);
    record.channel = block[Field::kLog];
    record.provider = block[Field::kSource];
    PutLevel(block, record);
    PutCategory(block[Field::kCategory], record);
    record.user = UserField(block[Field::kUser]);
    record.computer = block[Field::kComputer];
    record.message = CleanMessage(block.description, message_);
    record.binary = block.data;
  }

  void Reject(const Block& block) {
    const std::string_view id = block[Field::kEventId];
    const std::string raw = block.header + block.description;
    evidence_->OnReject(
        {Place::Line(block.line), "clipboard.event-id",
         id.empty() ? std::string("an event without a number; kept as a reject")
                    : "\"" + Printable(id).append("\" is not an event number; kept as a reject"),
         std::as_bytes(std::span(Trim(raw)))});
  }

  void Note(const Block& block, Severity severity, const char* id, std::string reason) {
    problems_->Report({severity, id, {input_->name, Place::Line(block.line)}, std::move(reason)});
  }

  const Export* input_;
  LocalTimes times_;
  EvidenceSink* evidence_;
  DiagnosticSink* problems_;
  std::string message_;
  std::string time_;
  EventXmlReader xml_;
};

DateOrderFinder FindDateOrder(const Export& input) {
  DateOrderFinder finder;
  auto window = TextWindow::Open(input);
  if (!window) return finder;
  BlockScanner scanner(*window);
  while (!finder.decided()) {
    const Block* const block = scanner.Next();
    if (block == nullptr) break;
    if (const auto clock = ClockOf(*block)) finder.Add(*clock);
  }
  return finder;
}

class ClipboardImporter final : public Importer {
 public:
  ClipboardImporter(std::string_view name, bool vista) : name_(name), vista_(vista) {}

  std::string_view name() const override { return name_; }

  bool Recognises(const Head& head) const override {
    for (std::string_view text = head.text; !text.empty(); TakeLine(text)) {
      const Header header = clipboard::ReadHeader(text.substr(0, LineReader::kAhead));
      if (!clipboard::IsEvent(header, Context::kOutside)) continue;
      const bool vista =
          header.has(Field::kLog) || header.has(Field::kLevel) || header.has(Field::kKeywords);
      return vista == vista_;
    }
    return false;
  }

  bool StandsInProse() const override { return true; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    BlockScanner scanner(*window);
    Reading reading(
        input, [&] { return FindDateOrder(input); }, evidence, problems);
    for (const Block* block = scanner.Next(); block != nullptr; block = scanner.Next()) {
      if (!reading.Take(*block)) break;
    }
    scanner.outside().Report(input, problems);
    reading.times().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  std::string_view name_;
  bool vista_;
};

}  // namespace

std::unique_ptr<Importer> MakeClipboardImporter() {
  return std::make_unique<ClipboardImporter>("clipboard", false);
}

std::unique_ptr<Importer> MakeVistaClipboardImporter() {
  return std::make_unique<ClipboardImporter>("clipboard-vista", true);
}

}  // namespace exdiag
