#include "engine/cli/evidence_records.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/intake/input_files.h"
#include "engine/normalise/normaliser.h"
#include "importers/importer.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

// A record that begins here, and where the next one begins.
struct Found {
  std::string provider, host;
  std::uint16_t event_id = 0;
  std::uint64_t next = 0;  // 0: it is the last one
  bool is_last = true;
};

// Finds records by their places, in file order.
class PlaceFinder final : public EvidenceSink {
 public:
  PlaceFinder(std::map<std::uint64_t, Found>& wanted, const Knowledge& knowledge)
      : wanted_(wanted), normaliser_(knowledge, {}) {}

  bool OnRecord(const Record& record) override {
    const std::uint64_t place = record.place.value;
    if (last_ != nullptr && place > last_place_) {
      last_->next = place;
      last_->is_last = false;
      last_ = nullptr;
    }
    const auto wanted = wanted_.find(place);
    if (wanted == wanted_.end()) return true;
    const NormalisedEvent event = normaliser_.Normalise(record);
    wanted->second.provider = event.provider;
    wanted->second.host = event.host;
    wanted->second.event_id = event.event_id;
    last_ = &wanted->second;
    last_place_ = place;
    return true;
  }
  void OnFact(Fact) override {}
  void OnReject(const Reject& reject) override {
    if (last_ == nullptr || reject.place.value <= last_place_) return;
    last_->next = reject.place.value;
    last_->is_last = false;
    last_ = nullptr;
  }

 private:
  std::map<std::uint64_t, Found>& wanted_;
  Normaliser normaliser_;
  Found* last_ = nullptr;
  std::uint64_t last_place_ = 0;
};

// The lines of each record, as they stand, without the blank ones at its end.
void ReadLines(const Export& input, const std::map<std::uint64_t, Found>& found,
               std::map<std::uint64_t, std::string>& texts) {
  auto window = TextWindow::Open(input);
  if (!window) return;
  constexpr std::size_t kMostText = 1 << 16;
  auto record = found.begin();
  while (record != found.end()) {
    if (window->view().empty() && !window->Fill()) break;
    const std::uint64_t number = window->line();
    const std::string_view view = window->view();
    const std::size_t length = std::min(view.find('\n'), view.size());
    while (record != found.end() && !record->second.is_last && number >= record->second.next) {
      ++record;
    }
    if (record == found.end()) break;
    std::string& text = texts[record->first];
    if (number >= record->first && text.size() < kMostText) {
      std::string_view line = view.substr(0, length);
      if (line.ends_with('\r')) line.remove_suffix(1);
      text += std::string(line) + "\n";
    }
    window->Consume(std::min(length + 1, view.size()));
  }
  for (auto& [place, text] : texts) text = std::string(Trim(text));
}

class Reader {
 public:
  Reader(const Knowledge& knowledge, const Store& store) : knowledge_(knowledge), store_(store) {}

  Result<std::vector<FindingRecords>> Read(const std::vector<const Finding*>& findings) {
    for (const Finding* finding : findings) {
      if (auto added = Add(*finding); !added) return added.error();
    }
    for (auto& [file, records] : by_file_) ReadAgain(file, records);
    return std::move(result_);
  }

 private:
  Result<void> Add(const Finding& finding) {
    const Signal& signal = finding.signal;
    FindingRecords& of_finding = result_.emplace_back();
    of_finding.finding = &finding;
    auto done = AddReason(of_finding, signal.start_points, "what opened the incident",
                          signal.triggers, signal.trigger_count);
    for (const Reason& reason : signal.reasons) {
      if (!done) return done;
      if (reason.state != Truth::kHolds) continue;
      done = AddReason(of_finding, reason.points, reason.because, reason.evidence,
                       reason.evidence_count);
    }
    return done;
  }

  Result<void> AddReason(FindingRecords& of_finding, double points, const std::string& because,
                         const std::vector<EvidenceReference>& evidence, std::uint64_t count) {
    ReasonRecords& reason = of_finding.reasons.emplace_back();
    reason.points = points;
    reason.because = because;
    reason.count = count;
    for (const EvidenceReference& reference : evidence) {
      EvidenceRecord& record = reason.records.emplace_back();
      record.reference = reference;
      if (reference.event_row <= 0) continue;
      auto event = store_.GetEvent(reference.event_row);
      if (!event) return event.error();
      record.stored = std::move(*event);
    }
    // Addresses hold from here on: no more records are added to this reason.
    const std::size_t finding = result_.size() - 1;
    const std::size_t number = of_finding.reasons.size() - 1;
    for (std::size_t i = 0; i < reason.records.size(); ++i) {
      if (reason.records[i].stored) {
        by_file_[reason.records[i].reference.where.file].push_back({finding, number, i});
      }
    }
    return {};
  }

  struct Address {
    std::size_t finding, reason, record;
  };

  EvidenceRecord& At(const Address& address) {
    return result_[address.finding].reasons[address.reason].records[address.record];
  }

  void ReadAgain(const std::string& file, const std::vector<Address>& addresses) {
    std::map<std::uint64_t, Found> found;
    for (const Address& address : addresses) {
      found[At(address).reference.where.place.value] = {};
    }
    std::map<std::uint64_t, std::string> texts;
    const std::string why_not =
        Find(file, At(addresses.front()).reference.where.place.unit, found, texts);
    for (const Address& address : addresses) {
      EvidenceRecord& record = At(address);
      const std::uint64_t place = record.reference.where.place.value;
      const Found& there = found[place];
      if (!why_not.empty()) {
        record.why_not = why_not;
      } else if (there.provider.empty()) {
        record.why_not = file + " has changed: no record begins there now";
      } else if (!EqualsIgnoreCase(there.provider, record.stored->provider) ||
                 there.event_id != record.stored->event_id || there.host != record.stored->host) {
        record.why_not = fmt::format("{} has changed: {} {} stands there now", file, there.provider,
                                     there.event_id);
      } else {
        record.text = texts[place];
      }
    }
  }

  // "" when the file was read, else why it was not.
  std::string Find(const std::string& file, Place::Unit unit, std::map<std::uint64_t, Found>& found,
                   std::map<std::uint64_t, std::string>& texts) const {
    if (file == "-") return "it came from standard input, which is over";
    const auto bytes = OpenInput(file);
    if (!bytes) return fmt::format("{} cannot be read again: {}", file, bytes.error().message);
    const Importer* importer = FindImporter(**bytes, {});
    if (importer == nullptr) return file + " has changed: its format is not known";
    const Export input{file, **bytes, {}};
    PlaceFinder finder(found, knowledge_);
    DiagnosticList ignored;  // said when it was imported
    if (const auto read = importer->Import(input, finder, ignored); !read) {
      return read.error().message;
    }
    if (unit == Place::Unit::kLine) ReadLines(input, found, texts);
    return {};
  }

  const Knowledge& knowledge_;
  const Store& store_;
  std::vector<FindingRecords> result_;
  std::map<std::string, std::vector<Address>> by_file_;
};

}  // namespace

Result<std::vector<FindingRecords>> ReadEvidence(const std::vector<const Finding*>& findings,
                                                 const Knowledge& knowledge, const Store& store) {
  return Reader(knowledge, store).Read(findings);
}

}  // namespace exdiag
