#include "importers/mta_log/mta_log_importer.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "importers/mta_log/entry.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

using mta_log::EntryHead;
using mta_log::EntryText;
using mta_log::ReadEntryHead;

constexpr std::size_t kLongestText = std::size_t{1} << 20;

// The types that the Windows event log shows for the same messages: every severity 16 is an error;
// 14 and 12 are warnings; lower ones are mostly information.
Level LevelOf(int severity) {
  if (severity >= 16) return Level::kError;
  return severity >= 12 ? Level::kWarning : Level::kInformation;
}

// "Internal Operating System Error" is the event category "Operating System", "X.400 Service Event"
// is "X.400 Service".
std::string_view CategoryOf(std::string_view facility) {
  if (EqualsIgnoreCase(facility, "Internal Operating System Error")) return "Operating System";
  for (const std::string_view tail : {" Event", " Error"}) {
    if (facility.ends_with(tail)) facility.remove_suffix(tail.size());
  }
  return facility;
}

struct Entry {
  std::uint64_t line = 0;
  std::optional<std::uint16_t> number;
  std::string facility;
  std::optional<int> severity;
  std::string tag;
  std::optional<Ticks> time;
  EntryText text;
};

class Scanner {
 public:
  explicit Scanner(TextWindow& window) : lines_(window) {}

  bool Next(Entry& entry) {
    while (lines_.Next()) {
      const auto head = ReadEntryHead(lines_.ahead());
      if (!head) {
        outside_.Add(lines_.line(), lines_.number());
        continue;
      }
      entry = Entry{lines_.number(),
                    head->number,
                    std::string(head->facility),
                    head->severity,
                    head->tag,
                    head->time,
                    {}};
      lines_.SkipTo(head->size);
      ReadText(head->indent, entry);
      return true;
    }
    return false;
  }

  const OutsideText& outside() const { return outside_; }

 private:
  // Up to the next head, or to what stands behind a blank line and not below the title.
  void ReadText(std::size_t head_indent, Entry& entry) {
    bool blank = false;
    bool first = true;  // the rest of the line of the head
    while (lines_.Next()) {
      const bool is_head = !first && ReadEntryHead(lines_.ahead()).has_value();
      const bool is_blank = Trim(lines_.line()).empty();
      const bool ours = entry.text.empty() || !blank || entry.text.Continues(lines_.line());
      if (is_head || (!is_blank && !ours)) {
        lines_.Repeat();
        return;
      }
      blank = is_blank;
      if (!is_blank) AddLine(first, head_indent, entry);
      first = false;
    }
  }

  void AddLine(bool behind_head, std::size_t head_indent, Entry& entry) {
    if (entry.text.text().size() > kLongestText) {
      outside_.Add(lines_.line(), lines_.number());
    } else if (behind_head) {
      entry.text.AddBehindHead(lines_.line(), head_indent);
    } else {
      entry.text.Add(lines_.line());
    }
  }

  LineReader lines_;
  OutsideText outside_;
};

// The text and, as in the Windows event of the same message, "[class thread number procedure]
// (severity)": without it who said it would be lost.
std::string MessageOf(const Entry& entry) {
  std::string message(Trim(entry.text.text()));
  if (!entry.tag.empty()) message += fmt::format(" [{}]", entry.tag);
  if (entry.severity) message += fmt::format(" ({})", *entry.severity);
  return message;
}

class MtaLogImporter final : public Importer {
 public:
  std::string_view name() const override { return "mta-log"; }

  bool Recognises(const Head& head) const override {
    for (std::string_view text = head.text; !text.empty(); TakeLine(text)) {
      if (ReadEntryHead(text)) return true;
    }
    return false;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    Scanner scanner(*window);
    Entry entry;
    while (scanner.Next(entry)) {
      if (!PassOn(entry, evidence)) break;
    }
    scanner.outside().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  static bool PassOn(const Entry& entry, EvidenceSink& evidence) {
    const std::string message = MessageOf(entry);
    Record record;
    record.place = Place::Line(entry.line);
    record.provider = "MSExchangeMTA";
    // An article that leaves the message line out leaves the number out: 0, and the text remains.
    record.event_id = entry.number.value_or(0);
    if (entry.severity) record.level = LevelOf(*entry.severity);
    record.category_text = CategoryOf(entry.facility);
    if (entry.time) {
      record.time = *entry.time;
      record.time_basis = TimeBasis::kLocalUnknown;
      record.time_precision = TimePrecision::kSecond;
    }
    record.message = message;
    return evidence.OnRecord(record);
  }
};

}  // namespace

std::unique_ptr<Importer> MakeMtaLogImporter() { return std::make_unique<MtaLogImporter>(); }

}  // namespace exdiag
