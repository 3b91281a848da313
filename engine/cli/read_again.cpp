// The export is read by its importer as when it was imported: that tells what begins where.  A
// place alone would not do, since the file may have changed, so what stands there now must be the
// same event or fact.
#include "engine/cli/read_again.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "engine/base/text.h"
#include "engine/intake/input_files.h"
#include "engine/normalise/normaliser.h"
#include "engine/signal/observations.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

// An export may be one line of many megabytes.
constexpr std::size_t kMostText = 1 << 20;

constexpr std::uint64_t kEndOfFile = std::numeric_limits<std::uint64_t>::max();

using Fields = std::vector<std::pair<std::string, std::string>>;

// What begins at a place of the export.
struct Begin {
  struct Record {
    Event event;
    Fields fields;
  };
  std::vector<Record> records;      // several when an export has them on one line
  std::vector<std::string> facts;   // in words, without their times
  std::uint64_t next = kEndOfFile;  // the next place at which something begins
};

using Begins = std::map<std::uint64_t, Begin>;

// All that a record of a binary log carries, by the names of Event Viewer's XML.
Fields FieldsOfRecord(const Record& record) {
  Fields fields;
  const auto add = [&fields](std::string_view name, std::string value) {
    if (!value.empty()) fields.emplace_back(name, std::move(value));
  };
  add("Provider", std::string(record.provider));
  add("EventID", fmt::format("{}", record.event_id));
  if (record.qualifiers != 0) add("Qualifiers", fmt::format("{:#x}", record.qualifiers));
  if (record.level != Level::kUnknown) {
    add("Level", fmt::format("{} ({})", static_cast<int>(record.level), LevelName(record.level)));
  }
  if (record.category != 0) add("Task", fmt::format("{}", record.category));
  if (record.keywords != 0) add("Keywords", fmt::format("{:#x}", record.keywords));
  add("TimeCreated", FormatTime(record.time, record.time_basis));
  if (record.record_id != 0) add("EventRecordID", fmt::format("{}", record.record_id));
  add("Channel", std::string(record.channel));
  add("Computer", std::string(record.computer));
  add("Security", std::string(record.user));
  for (std::size_t i = 0; i < record.strings.size(); ++i) {
    const bool named = i < record.names.size() && !record.names[i].empty();
    fields.emplace_back(named ? std::string(record.names[i]) : fmt::format("%{}", i + 1),
                        record.strings[i]);
  }
  std::string hex;
  for (const std::byte byte : record.binary) {
    hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  }
  add("Binary", std::move(hex));
  return fields;
}

// Notes what begins at the wanted places.
class PlaceFinder final : public EvidenceSink {
 public:
  PlaceFinder(Begins& wanted, const Knowledge& knowledge)
      : wanted_(wanted), knowledge_(knowledge), normaliser_(knowledge, {}) {}

  bool OnRecord(const Record& record) override {
    if (Begin* begin = Note(record.place)) {
      const bool binary = record.place.unit == Place::Unit::kOffset;
      Fields fields = binary ? FieldsOfRecord(record) : Fields();
      begin->records.push_back({ToEvent(normaliser_.Normalise(record)), std::move(fields)});
    }
    return true;
  }
  void OnFact(Fact fact) override {
    Begin* begin = Note(fact.where.place);
    if (begin == nullptr) return;
    knowledge_.Complete(fact);
    fact.observed_at = {};
    begin->facts.push_back(ReferenceToFact(fact).summary);
  }
  void OnReject(const Reject& reject) override { Note(reject.place); }

 private:
  // Something begins here.  nullptr: nobody asked for it.
  Begin* Note(const Place& place) {
    const auto at = wanted_.lower_bound(place.value);
    if (at != wanted_.begin()) {
      Begin& before = std::prev(at)->second;
      before.next = std::min(before.next, place.value);
    }
    return at != wanted_.end() && at->first == place.value ? &at->second : nullptr;
  }

  Begins& wanted_;
  const Knowledge& knowledge_;
  Normaliser normaliser_;
};

// The lines from each place to the next, as they stand, without the blank ones at the end.
std::map<std::uint64_t, std::string> LinesOf(const Export& input, const Begins& begins) {
  std::map<std::uint64_t, std::string> texts;
  auto window = TextWindow::Open(input);
  if (!window) return texts;
  auto wanted = begins.begin();
  while (wanted != begins.end() && (!window->view().empty() || window->Fill())) {
    const std::uint64_t number = window->line();
    while (wanted != begins.end() && number >= wanted->second.next) ++wanted;
    const std::string_view view = window->view();
    const std::size_t length = std::min(view.find('\n'), view.size());
    if (wanted != begins.end() && number >= wanted->first) {
      std::string_view line = view.substr(0, length);
      if (line.ends_with('\r')) line.remove_suffix(1);
      std::string& text = texts[wanted->first];
      if (text.size() + line.size() < kMostText) {
        text.append(line).append("\n");
      } else if (!text.ends_with(" ...\n")) {
        text.append(line.substr(0, kMostText - text.size())).append(" ...\n");
      }
    }
    window->Consume(std::min(length + 1, view.size()));
  }
  for (auto& [place, text] : texts) text.erase(text.find_last_not_of("\r\n") + 1);
  return texts;
}

bool SameText(std::string_view a, std::string_view b) {
  return CollapseSpace(a) == CollapseSpace(b);
}

// Whether the strings or messages of two events with the same place agree, as far as both have
// them.  What another export added to the stored one is not looked at.
bool SameContent(const Event& now, const Event& stored) {
  if (now.record_id != stored.record_id) return true;
  if (!now.message.empty() && !stored.message.empty()) return SameText(now.message, stored.message);
  for (std::size_t i = 0; i < std::min(now.strings.size(), stored.strings.size()); ++i) {
    const auto& a = now.strings[i];
    const auto& b = stored.strings[i];
    if (a && b && !SameText(*a, *b)) return false;
  }
  return true;
}

bool SameEvent(const Event& now, const Event& stored) {
  const bool same_clock = now.time_basis == stored.time_basis && now.time.known();
  const auto second = [](Ticks time) { return time.value / kTicksPerSecond; };
  return EqualsIgnoreCase(now.provider, stored.provider) && now.event_id == stored.event_id &&
         now.host == stored.host && (!same_clock || second(now.time) == second(stored.time));
}

// Another export of the same fact may have told its time, so that counts for nothing.
bool SameFact(std::string_view now, std::string_view stored) {
  const std::size_t attributes = std::min(now.find(": "), now.size());
  return stored.starts_with(now.substr(0, attributes)) && stored.ends_with(now.substr(attributes));
}

// A fact in a text export ends at the first blank line at the latest.
std::string FirstParagraph(std::string_view text) {
  std::string paragraph;
  for (const std::string_view line : Split(text, '\n')) {
    if (Trim(line).empty()) break;
    paragraph.append(paragraph.empty() ? "" : "\n").append(line);
  }
  return paragraph;
}

class FileReading {
 public:
  FileReading(const std::string& file, const Knowledge& knowledge, const ImportOptions& reading)
      : file_(file), knowledge_(knowledge), reading_(reading) {}

  void Read(const std::vector<EvidenceRecord*>& records) {
    for (const EvidenceRecord* record : records) begins_[record->reference.where.place.value];
    const std::string why_not = Open();
    for (EvidenceRecord* record : records) {
      record->why_not = why_not;
      if (why_not.empty()) Fill(*record);
    }
  }

 private:
  // "", or why the file cannot be read as the one that was imported.
  std::string Open() {
    if (file_ == "-") return "it came from standard input, which is over";
    auto bytes = OpenInput(file_);
    if (!bytes) return fmt::format("{} cannot be read again: {}", file_, bytes.error().message);
    bytes_ = std::move(*bytes);
    importer_ = FindImporter(*bytes_, reading_);
    if (importer_ == nullptr) return file_ + " has changed: its format is not known";
    const Export input{file_, *bytes_, reading_};
    PlaceFinder finder(begins_, knowledge_);
    DiagnosticList ignored;  // said when it was imported
    if (const auto read = importer_->Import(input, finder, ignored); !read) {
      return file_ + " has changed: " + read.error().message;
    }
    texts_ = LinesOf(input, begins_);
    return {};
  }

  void Fill(EvidenceRecord& record) {
    const Place place = record.reference.where.place;
    const Begin& begin = begins_[place.value];
    if (record.stored) {
      if (!FillEvent(begin, record)) return;
    } else if (std::none_of(begin.facts.begin(), begin.facts.end(), [&](const std::string& fact) {
                 return SameFact(fact, record.reference.summary);
               })) {
      record.why_not = file_ + " has changed: this does not stand there now";
      return;
    }
    if (place.unit == Place::Unit::kOffset) {
      record.bytes = importer_->BytesAt(*bytes_, place.value);
    } else {
      record.text = record.stored ? texts_[place.value] : FirstParagraph(texts_[place.value]);
    }
  }

  bool FillEvent(const Begin& begin, EvidenceRecord& record) const {
    if (begin.records.empty()) {
      record.why_not = file_ + " has changed: no record begins there now";
      return false;
    }
    const auto same =
        std::find_if(begin.records.begin(), begin.records.end(), [&](const Begin::Record& one) {
          return SameEvent(one.event, *record.stored) && SameContent(one.event, *record.stored);
        });
    if (same == begin.records.end()) {
      const Event& now = begin.records.front().event;
      record.why_not =
          SameEvent(now, *record.stored)
              ? file_ + " has changed: the event there says something else now"
              : fmt::format("{} has changed: {} {}{} stands there now", file_, now.provider,
                            now.event_id, now.computer.empty() ? "" : " of " + now.computer);
      return false;
    }
    record.fields = same->fields;
    return true;
  }

  const std::string& file_;
  const Knowledge& knowledge_;
  const ImportOptions& reading_;
  Begins begins_;
  std::unique_ptr<ByteSource> bytes_;
  const Importer* importer_ = nullptr;
  std::map<std::uint64_t, std::string> texts_;
};

}  // namespace

void ReadAgain(const std::string& file, const std::vector<EvidenceRecord*>& records,
               const Knowledge& knowledge, const ImportOptions& reading) {
  FileReading(file, knowledge, reading).Read(records);
}

}  // namespace exdiag
