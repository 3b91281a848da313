#include "importers/json/json_importer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "importers/json/json_event.h"
#include "importers/json/json_objects.h"
#include "importers/text/local_time.h"

namespace exdiag {
namespace {

using End = JsonObject::End;

// Names that events have in one shape or another.  Two of them make a file one of events; what each
// object is will be told by itself.
constexpr std::string_view kSigns[] = {
    "\"@timestamp\"",   "\"message\"",         "\"Message\"",          "\"EventID\"",
    "\"EventId\"",      "\"event_id\"",        "\"event_identifier\"", "\"EventCode\"",
    "\"InstanceId\"",   "\"Event\"",           "\"System\"",           "\"EventRecordID\"",
    "\"winlog\"",       "\"log_name\"",        "\"source_name\"",      "\"SourceName\"",
    "\"ProviderName\"", "\"EventSourceName\"", "\"Channel\"",          "\"LogName\"",
    "\"EventTime\"",    "\"TimeCreated\"",     "\"TimeGenerated\"",    "\"EventRecordId\"",
    "\"Logfile\"",      "\"computer_name\"",   "\"MachineName\"",      "\"EntryType\"",
    "\"RecordId\"",     "\"LevelDisplayName\""};

class Reading {
 public:
  Reading(EvidenceSink& evidence) : evidence_(&evidence) {}

  // False when the sink wants no more.
  bool Take(const JsonObject& object) {
    if (object.end != End::kClosed) {
      Reject(object, WhyCut(object.end));
      return true;
    }
    Record record;
    if (!reader_.Read(object.text, record)) {
      Reject(object, reader_.error());
      return true;
    }
    record.place = object.place;
    record.message = CleanMessage(record.message, message_);
    const std::string_view local = reader_.local_time();
    if (record.time_basis == TimeBasis::kNone) {
      times_.Put(ReadWallClock(local), local, object.place.value, record);
    }
    return evidence_->OnRecord(record);
  }

  const LocalTimes& times() const { return times_; }

 private:
  static std::string_view WhyCut(End end) {
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

  void Reject(const JsonObject& object, std::string_view reason) {
    evidence_->OnReject({object.place, "json.event", fmt::format("{}; kept as a reject", reason),
                         std::as_bytes(std::span(object.text))});
  }

  EvidenceSink* evidence_;
  JsonEventReader reader_;
  // Nearly all local times in JSON have the year in front.
  LocalTimes times_{DateOrderFinder()};
  std::string message_;
};

class JsonImporter final : public Importer {
 public:
  std::string_view name() const override { return "json"; }

  bool Recognises(const Head& head) const override {
    const std::string_view text = Trim(head.text);
    const std::string_view first = Trim(text.substr(text.starts_with('[') ? 1 : 0));
    if (!first.starts_with('{') || !Trim(first.substr(1)).starts_with('"')) return false;
    const auto has = [&](std::string_view sign) {
      return text.find(sign) != std::string_view::npos;
    };
    return std::count_if(std::begin(kSigns), std::end(kSigns), has) >= 2;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    JsonObjects objects(*window);
    Reading reading(evidence);
    JsonObject object;
    while (objects.Next(object) && reading.Take(object)) {
    }
    objects.outside().Report(input, problems);
    reading.times().Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }
};

}  // namespace

std::unique_ptr<Importer> MakeJsonImporter() { return std::make_unique<JsonImporter>(); }

}  // namespace exdiag
