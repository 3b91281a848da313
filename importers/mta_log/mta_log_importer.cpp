#include "importers/mta_log/mta_log_importer.h"

#include <charconv>
#include <iterator>
#include <string>
#include <utility>

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
  EntryHead head;  // its views are void, but for that:
  std::string facility;
  EntryText text;
};

class Scanner {
 public:
  explicit Scanner(TextWindow& window) : lines_(window) {}

  // nullptr at the end of the text.  The entry lives until the next call.
  const Entry* Next() {
    now_ = 1 - now_;
    if (!std::exchange(begun_, false) && !FindHead()) return nullptr;
    ReadText(entries_[now_]);
    return &entries_[now_];
  }

  const OutsideText& outside() const { return outside_; }

 private:
  bool FindHead() {
    while (lines_.Next()) {
      if (BeginEntry(entries_[now_])) return true;
      outside_.Add(lines_.line(), lines_.number());
    }
    return false;
  }

  // False when none begins here.
  bool BeginEntry(Entry& entry) {
    if (!ReadEntryHead(lines_.ahead(), entry.head)) return false;
    entry.line = lines_.number();
    entry.facility = entry.head.facility;
    entry.text.Clear();
    lines_.SkipTo(entry.head.size);
    return true;
  }

  // Up to the next head, which is begun then, or to what stands behind a blank line and not below
  // the title.
  void ReadText(Entry& entry) {
    bool blank = false;
    bool first = true;  // the rest of the line of the head
    while (lines_.Next()) {
      if (!first && BeginEntry(entries_[1 - now_])) {
        begun_ = true;
        return;
      }
      const bool is_blank = IsBlankText(lines_.line());
      const bool ours = entry.text.empty() || !blank || entry.text.Continues(lines_.line());
      if (!is_blank && !ours) {
        lines_.Repeat();
        return;
      }
      blank = is_blank;
      if (!is_blank) AddLine(first, entry);
      first = false;
    }
  }

  void AddLine(bool behind_head, Entry& entry) {
    if (entry.text.text().size() > kLongestText) {
      outside_.Add(lines_.line(), lines_.number());
    } else if (behind_head) {
      entry.text.AddBehindHead(lines_.line(), entry.head.indent);
    } else {
      entry.text.Add(lines_.line());
    }
  }

  LineReader lines_;
  Entry entries_[2];     // the one being read and the one whose head ended it, in turn
  std::size_t now_ = 0;  // which of them is read
  bool begun_ = false;   // the other one has its head
  OutsideText outside_;
};

void AppendNumber(int number, std::string& out) {
  char digits[12];
  out.append(std::begin(digits), std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

// The text and, as in the Windows event of the same message, "[class thread number procedure]
// (severity)": without it who said it would be lost.
void PutMessage(const Entry& entry, std::string& message) {
  message = Trim(entry.text.text());
  if (!entry.head.tag.empty()) message.append(" [").append(entry.head.tag).append("]");
  if (!entry.head.severity) return;
  message += " (";
  AppendNumber(*entry.head.severity, message);
  message += ')';
}

class MtaLogImporter final : public Importer {
 public:
  std::string_view name() const override { return "mta-log"; }

  bool Recognises(const Head& head) const override {
    EntryHead ignored;
    for (std::string_view text = head.text; !text.empty(); TakeLine(text)) {
      if (ReadEntryHead(text, ignored)) return true;
    }
    return false;
  }

  bool StandsInProse() const override { return true; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    Scanner scanner(*window);
    std::string message;
    for (const Entry* entry = scanner.Next(); entry != nullptr; entry = scanner.Next()) {
      PutMessage(*entry, message);
      if (!PassOn(*entry, message, evidence)) break;
    }
    scanner.outside().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  static bool PassOn(const Entry& entry, std::string_view message, EvidenceSink& evidence) {
    const EntryHead& head = entry.head;
    Record record;
    record.place = Place::Line(entry.line);
    record.provider = "MSExchangeMTA";
    // An article that leaves the message line out leaves the number out: 0, and the text remains.
    record.event_id = head.number.value_or(0);
    if (head.severity) record.level = LevelOf(*head.severity);
    record.category_text = CategoryOf(entry.facility);
    if (head.time) {
      record.time = *head.time;
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
