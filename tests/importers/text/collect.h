// What an importer gives for bytes that a test builds, in a form that outlives the import.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/sink.h"
#include "importers/importer.h"

namespace exdiag {

struct OwnedRecord {
  std::uint64_t line = 0;
  std::string channel = {};
  std::string provider = {};
  int id = 0;
  int qualifiers = 0;
  std::string level = {};
  int category = 0;
  std::string category_text = {};
  std::uint64_t keywords = 0;
  std::string time = {};  // FormatTime: "" for none, Z for UTC
  std::uint64_t record_id = 0;
  std::string computer = {};
  std::string user = {};
  bool has_strings = false;
  std::vector<std::string> strings = {};
  std::vector<std::string> names = {};
  std::string message = {};
  std::string binary = {};  // hex

  bool operator==(const OwnedRecord&) const = default;
};

inline void PrintTo(const OwnedRecord& r, std::ostream* out) {
  *out << "{line " << r.line << ", " << r.channel << "|" << r.provider << "|" << r.id << "/"
       << r.qualifiers << "|" << r.level << "|" << r.category << " " << r.category_text << "|"
       << std::hex << r.keywords << std::dec << "|" << r.time << "|" << r.record_id << "|"
       << r.computer << "|" << r.user << "|strings " << r.has_strings << ":";
  for (const auto& s : r.strings) *out << " [" << s << "]";
  for (const auto& s : r.names) *out << " <" << s << ">";
  *out << "|" << r.message << "|" << r.binary << "}";
}

inline OwnedRecord Own(const Record& r) {
  OwnedRecord o;
  o.line = r.place.unit == Place::Unit::kLine ? r.place.value : 0;
  o.channel = r.channel;
  o.provider = r.provider;
  o.id = r.event_id;
  o.qualifiers = r.qualifiers;
  o.level = LevelName(r.level);
  o.category = r.category;
  o.category_text = r.category_text;
  o.keywords = r.keywords;
  o.time = FormatTime(r.time, r.time_basis);
  o.record_id = r.record_id;
  o.computer = r.computer;
  o.user = r.user;
  o.has_strings = r.has_strings;
  o.strings.assign(r.strings.begin(), r.strings.end());
  o.names.assign(r.names.begin(), r.names.end());
  o.message = r.message;
  for (const std::byte b : r.binary) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    o.binary += kDigits[std::to_integer<unsigned>(b) >> 4];
    o.binary += kDigits[std::to_integer<unsigned>(b) & 15];
  }
  return o;
}

class Collected final : public EvidenceSink {
 public:
  bool OnRecord(const Record& record) override {
    records.push_back(Own(record));
    return records.size() < stop_after;
  }
  void OnFact(Fact fact) override { facts.push_back(std::move(fact)); }
  void OnReject(const Reject& reject) override {
    rejects.push_back(ToString(Location{"in", reject.place}) + ": " + reject.reason + " [" +
                      reject.diagnostic_id + "]");
    raw.emplace_back(reinterpret_cast<const char*>(reject.raw.data()), reject.raw.size());
  }

  std::size_t stop_after = static_cast<std::size_t>(-1);
  std::string importer;  // "" when none knew the bytes
  std::string error;
  std::vector<OwnedRecord> records;
  std::vector<Fact> facts;
  std::vector<std::string> rejects;
  std::vector<std::string> raw;
  std::vector<std::string> notes;  // "in: line 3: ... [text.time]"
};

// Finds the importer by content and lets it read everything.
inline Collected ImportBytes(std::string bytes, const ImportOptions& options = {},
                             std::size_t stop_after = static_cast<std::size_t>(-1)) {
  Collected out;
  out.stop_after = stop_after;
  const auto source = MemorySource(std::move(bytes));
  const Importer* const importer = FindImporter(*source, options);
  if (importer == nullptr) return out;
  out.importer = importer->name();
  DiagnosticList problems;
  const auto result = importer->Import({"in", *source, options}, out, problems);
  if (!result) out.error = result.error().message;
  for (const auto& item : problems.items()) {
    out.notes.push_back(ToString(item) + " [" + item.id + "]");
  }
  return out;
}

}  // namespace exdiag
