#include "engine/report/evidence_render.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/report/events_render.h"
#include "engine/report/phrases.h"
#include "engine/report/report_json.h"

namespace exdiag {
namespace {

void AddStored(Document& out, const Event& event, const Catalogue& catalogue) {
  const std::string message = MessageOf(event, catalogue);
  if (!message.empty()) out.Add(Item{1, "", message});
  std::string fields;
  for (const FieldValue& field : FieldsOf(event, catalogue)) {
    if (!field.value.empty()) fields += fmt::format("{}={} ", field.name, field.value);
  }
  if (!fields.empty()) out.Add(Item{1, "", {fields, Role::kDim}});
}

void AddLines(Document& out, std::string_view text) {
  for (const std::string_view line : Split(text, '\n')) out.Add(Verbatim{std::string(line)});
}

void AddFields(Document& out, const std::vector<std::pair<std::string, std::string>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, name.size());
  for (const auto& [name, value] : fields) {
    out.Add(Verbatim{fmt::format("{:<{}}  {}", name, width, Printable(value))});
  }
}

// Sixteen bytes a line, with their offset in the export and as letters.
void AddBytes(Document& out, const EvidenceRecord& record) {
  constexpr std::size_t kInLine = 16;
  for (std::size_t at = 0; at < record.bytes.size(); at += kInLine) {
    std::string line = fmt::format("{:08x} ", record.reference.where.place.value + at);
    std::string letters;
    for (std::size_t i = at; i < at + kInLine; ++i) {
      if (i % 8 == 0) line += ' ';
      const bool there = i < record.bytes.size();
      const auto byte = there ? std::to_integer<unsigned char>(record.bytes[i]) : 0;
      line += there ? fmt::format("{:02x} ", byte) : std::string(3, ' ');
      if (there) letters += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
    }
    out.Add(Verbatim{line + " |" + letters + "|"});
  }
}

std::string Hex(const std::vector<std::byte>& bytes) {
  std::string hex;
  for (const std::byte byte : bytes) hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return hex;
}

// `shown`: what the document holds already, which is not repeated.
void AddRecord(Document& out, const EvidenceRecord& record, const Catalogue& catalogue,
               std::set<std::string>& shown) {
  Phrase head(ToString(record.reference.where), Role::kStrong);
  if (record.reference.record_id != 0) {
    head.Add(fmt::format(", record {}", record.reference.record_id));
  }
  head.Add(": " + record.reference.summary);
  const bool known =
      !shown.insert(ToString(record.reference.where) + record.reference.summary).second;
  if (known) head.Add(" (shown above)");
  out.Add(Item{0, "-", head});
  if (known) return;
  if (!record.why_not.empty()) {
    const std::string_view instead = record.stored ? "; as the store keeps it:" : "";
    out.Add(Item{1, "-", {record.why_not + std::string(instead), Role::kDoubt}});
  }
  if (!record.text.empty()) AddLines(out, record.text);
  if (!record.fields.empty()) AddFields(out, record.fields);
  if (!record.bytes.empty()) AddBytes(out, record);
  const bool as_exported = !record.text.empty() || !record.bytes.empty();
  if (!as_exported && record.stored) AddStored(out, *record.stored, catalogue);
}

}  // namespace

Document EvidenceDocument(const std::vector<FindingRecords>& findings, const Catalogue& catalogue) {
  Document out;
  std::set<std::string> shown;
  for (const FindingRecords& one : findings) {
    const Rule& rule = *one.finding->signal.rule();
    out.Add(Heading{2, fmt::format("{}: {} ({}) [{}]", one.finding->incident, rule.title,
                                   Percent(one.finding->confidence), rule.id)});
    for (const ReasonRecords& reason : one.reasons) {
      out.Add(Heading{3, fmt::format("{} {}", PointsText(reason.points), reason.because)});
      for (const EvidenceRecord& record : reason.records) AddRecord(out, record, catalogue, shown);
      if (reason.count > reason.records.size()) {
        out.Add(Item{0, "-",
                     fmt::format("and {} more; --limit {} shows all",
                                 reason.count - reason.records.size(), reason.count)});
      }
    }
  }
  return out;
}

std::string EvidenceRecordsJson(const std::vector<FindingRecords>& findings,
                                const Catalogue& catalogue) {
  Json list = Json::array();
  for (const FindingRecords& one : findings) {
    Json reasons = Json::array();
    for (const ReasonRecords& reason : one.reasons) {
      Json records = Json::array();
      for (const EvidenceRecord& record : reason.records) {
        Json json = EvidenceJson(record.reference);
        json["as_exported"] = record.why_not.empty();
        if (!record.why_not.empty()) json["why_not"] = record.why_not;
        if (!record.text.empty()) json["text"] = record.text;
        if (!record.bytes.empty()) json["bytes"] = Hex(record.bytes);
        for (const auto& [name, value] : record.fields) {
          json["fields"].push_back({{"name", name}, {"value", value}});
        }
        if (record.stored) json["event"] = EventJson(*record.stored, catalogue);
        records.push_back(std::move(json));
      }
      reasons.push_back({{"points", reason.points},
                         {"because", reason.because},
                         {"evidence_count", reason.count},
                         {"records", std::move(records)}});
    }
    list.push_back({{"incident", one.finding->incident},
                    {"rank", one.finding->rank},
                    {"cause", one.finding->signal.rule()->id},
                    {"reasons", std::move(reasons)}});
  }
  return Dump({{"schema", 1}, {"findings", std::move(list)}});
}

}  // namespace exdiag
