#include "engine/report/evidence_render.h"

#include <fmt/format.h>

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

void AddRecord(Document& out, const EvidenceRecord& record, const Catalogue& catalogue) {
  Phrase head(ToString(record.reference.where), Role::kStrong);
  if (record.reference.record_id != 0) {
    head.Add(fmt::format(", record {}", record.reference.record_id));
  }
  head.Add(": " + record.reference.summary);
  out.Add(Item{0, "-", head});
  if (!record.why_not.empty()) {
    out.Add(Item{1, "-", {record.why_not + "; as the store keeps it:", Role::kDoubt}});
  }
  for (const std::string_view line : Split(record.text, '\n')) {
    if (!record.text.empty()) out.Add(Verbatim{std::string(line)});
  }
  if (record.text.empty() && record.stored) AddStored(out, *record.stored, catalogue);
}

}  // namespace

Document EvidenceDocument(const std::vector<FindingRecords>& findings, const Catalogue& catalogue) {
  Document out;
  for (const FindingRecords& one : findings) {
    const Rule& rule = *one.finding->signal.rule;
    out.Add(Heading{2, fmt::format("{}: {} ({}) [{}]", one.finding->incident, rule.title,
                                   Percent(one.finding->confidence), rule.id)});
    for (const ReasonRecords& reason : one.reasons) {
      out.Add(Heading{3, fmt::format("{} {}", PointsText(reason.points), reason.because)});
      for (const EvidenceRecord& record : reason.records) AddRecord(out, record, catalogue);
      if (reason.count > reason.records.size()) {
        out.Add(Item{0, "-", fmt::format("and {} more", reason.count - reason.records.size())});
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
                    {"cause", one.finding->signal.rule->id},
                    {"reasons", std::move(reasons)}});
  }
  return Dump({{"schema", 1}, {"findings", std::move(list)}});
}

}  // namespace exdiag
