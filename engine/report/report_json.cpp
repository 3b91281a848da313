#include "engine/report/report_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/base/text.h"
#include "engine/report/phrases.h"
#include "engine/report/report.h"
#include "engine/site/moment.h"

namespace exdiag {
namespace {

// Enough to tell any two apart; more would only show how the machine adds.
double Rounded(double value) { return std::round(value * 10'000) / 10'000; }

Json OrNull(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json SitePointsJson(const SitePoints& site) {
  return {{"of_rule", site.of_rule},
          {"since", TimeJson(site.since, TimeBasis::kUtc)},
          {"by", site.by},
          {"reason", site.reason}};
}

Json ReasonJson(const Reason& reason) {
  Json evidence = Json::array();
  for (const EvidenceReference& reference : reason.evidence) {
    evidence.push_back(EvidenceJson(reference));
  }
  Json json = {{"points", reason.points},
               {"because", reason.because},
               {"state", reason.state == Truth::kHolds ? "held" : "unknown"},
               {"evidence", std::move(evidence)},
               {"evidence_count", reason.evidence_count}};
  if (!reason.ask.empty()) json["ask"] = reason.ask;
  if (!reason.collect.empty()) json["collect"] = reason.collect;
  if (reason.site) json["override"] = SitePointsJson(*reason.site);
  return json;
}

Json FixJson(const std::vector<RenderedStep>& steps) {
  Json list = Json::array();
  for (const RenderedStep& step : steps) {
    list.push_back(
        {{"do", step.do_what}, {"on", step.on}, {"risk", step.risk}, {"ours", step.ours}});
  }
  return list;
}

Json RanksJson(const std::vector<std::size_t>& findings, const Ranking& ranking) {
  Json ranks = Json::array();
  for (const std::size_t index : findings) ranks.push_back(ranking.findings[index].rank);
  return ranks;
}

Json IncidentJson(const Incident& incident, const Report& report) {
  Json causes = Json::array();
  for (const std::size_t index : incident.findings) {
    const Finding& finding = report.ranking.findings[index];
    causes.push_back({{"cause", finding.signal.rule()->id},
                      {"rank", finding.rank},
                      {"confidence", Rounded(finding.confidence)}});
  }
  return {{"incident", incident.id},
          {"hosts", incident.hosts},
          {"first_seen", TimeJson(incident.first_seen, incident.time_basis)},
          {"last_seen", TimeJson(incident.last_seen, incident.time_basis)},
          {"events", incident.events},
          {"acknowledged", IsAcknowledged(incident, report.ranking)},
          {"causes", std::move(causes)},
          {"unknown_cause", Rounded(incident.unknown_cause)}};
}

Json UnexplainedJson(const UnexplainedEvents& count, TimeBasis basis) {
  return {{"provider", count.kind.provider},
          {"event_id", count.kind.event_id},
          {"level", LevelName(count.level)},
          {"host", count.host},
          {"count", count.count},
          {"first_seen", TimeJson(count.first, basis)},
          {"last_seen", TimeJson(count.last, basis)},
          {"in_catalogue", count.in_catalogue},
          {"meaning", count.meaning}};
}

Json AcknowledgementJson(const AcknowledgementUse& use, Ticks now, const Ranking& ranking) {
  const Acknowledgement& one = use.acknowledgement;
  Json json = {{"cause", one.rule},
               {"hosts", one.hosts},
               {"since", TimeJson(one.since, TimeBasis::kUtc)},
               {"until", TimeJson(one.until, TimeBasis::kUtc)},
               {"age_days", OrNull(AgeInDays(one.since, now))},
               {"by", one.by},
               {"reason", one.reason},
               {"expired", use.expired},
               {"findings", RanksJson(use.findings, ranking)}};
  json.update(LocationJson(one.where));
  return json;
}

Json OverrideJson(const OverrideUse& use, Ticks now, const Ranking& ranking) {
  const PointsOverride& one = use.change;
  Json json = {{"cause", one.rule},
               {"evidence_line", one.line},
               {"points", one.points},
               {"of_rule", one.of_rule},
               {"since", TimeJson(one.since, TimeBasis::kUtc)},
               {"age_days", OrNull(AgeInDays(one.since, now))},
               {"by", one.by},
               {"reason", one.reason},
               {"findings", RanksJson(use.findings, ranking)}};
  json.update(LocationJson(one.where));
  return json;
}

Json CoverageJson(const Coverage& coverage) {
  return {{"host", coverage.host},
          {"channel", coverage.channel},
          {"from", TimeJson(coverage.from, coverage.time_basis)},
          {"to", TimeJson(coverage.to, coverage.time_basis)},
          {"events", coverage.events},
          {"file", coverage.file}};
}

Json InputJson(const LedgerRow& row) {
  Json json = {
      {"file", row.file},       {"format", row.format},         {"records", row.records},
      {"stored", row.stored},   {"duplicates", row.duplicates}, {"rejected", row.rejected},
      {"refined", row.refined}, {"facts", row.facts},           {"incomparable", row.incomparable}};
  if (!row.error.empty()) json["error"] = row.error;
  return json;
}

// What JSON allows as it stands and a terminal obeys or an eye misreads: DEL, the controls of
// U+0080 to U+009F, and what turns the reading direction or is not seen.  Takes one character off
// `rest`.
void AppendEscapedIfUnseen(std::string_view& rest, std::string& out) {
  if (rest.empty()) return;
  const auto lead = static_cast<unsigned char>(rest.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : 3;
  const std::string_view character = rest.substr(0, length);
  const std::string shown = Printable(character);
  if (shown == character) {
    out += character;
  } else if (shown.starts_with("\\u")) {
    out += shown;
  } else {
    out += fmt::format("\\u{:04x}", static_cast<unsigned char>(character.back()));
  }
  rest.remove_prefix(length);
}

// Only texts can hold such characters, and there an escape says the same.
std::string Shown(const Json& json) {
  const std::string plain = json.dump(2, ' ', false, Json::error_handler_t::replace);
  std::string out;
  out.reserve(plain.size() + 1);
  std::string_view rest = plain;
  while (!rest.empty()) {
    const std::size_t next = std::min(rest.find_first_of("\x7f\xc2\xd8\xe2\xef"), rest.size());
    out += rest.substr(0, next);
    rest.remove_prefix(next);
    AppendEscapedIfUnseen(rest, out);
  }
  return out;
}

Json ChangesJson(const ReportChanges& changes) {
  const auto change = [](const ReportChange& one) {
    return Json{{"state", one.state},
                {"title", one.title},
                {"cause", one.cause},
                {"hosts", one.hosts},
                {"remark", one.remark}};
  };
  return {{"since", TimeJson(changes.since, TimeBasis::kUtc)},
          {"list", List(changes.list, change)}};
}

// An object whose lists may be long, in the form of Dump(): each item is written as it is made.
class ObjectWriter {
 public:
  explicit ObjectWriter(const TextSink& out) : out_(out) { out_("{"); }

  void Member(std::string_view name, const Json& value) {
    Begin(name);
    out_(Indented(value, 2));
  }

  template <typename T, typename Render>
  void ListMember(std::string_view name, const std::vector<T>& items, const Render& render) {
    Begin(name);
    out_("[");
    for (std::size_t i = 0; i < items.size(); ++i) {
      out_(i == 0 ? "\n    " : ",\n    ");
      out_(Indented(render(items[i]), 4));
    }
    out_(items.empty() ? "]" : "\n  ]");
  }

  void End() { out_("\n}\n"); }

 private:
  void Begin(std::string_view name) {
    out_(fmt::format("{}\n  \"{}\": ", first_ ? "" : ",", name));
    first_ = false;
  }

  // No text in JSON holds a line end as it is.
  static std::string Indented(const Json& value, std::size_t indent) {
    const std::string shown = Shown(value);
    std::string out;
    for (const std::string_view line : Split(shown, '\n')) {
      if (!out.empty()) out += "\n" + std::string(indent, ' ');
      out += line;
    }
    return out;
  }

  const TextSink& out_;
  bool first_ = true;
};

// The same as a value.
class ObjectValue {
 public:
  void Member(std::string_view name, Json value) { json_[std::string(name)] = std::move(value); }

  template <typename T, typename Render>
  void ListMember(std::string_view name, const std::vector<T>& items, const Render& render) {
    Member(name, List(items, render));
  }

  Json Take() { return std::move(json_); }

 private:
  Json json_;
};

// Gives `out` the members of a report: Member() and ListMember().
template <typename Out>
void ReportMembers(const Report& report, Out& out) {
  const auto incident = [&](const Incident& i) { return IncidentJson(i, report); };
  const auto acknowledgement = [&](const AcknowledgementUse& use) {
    return AcknowledgementJson(use, report.made_at, report.ranking);
  };
  const auto change = [&](const OverrideUse& use) {
    return OverrideJson(use, report.made_at, report.ranking);
  };
  const auto unexplained = [&](const UnexplainedEvents& count) {
    return UnexplainedJson(count, BasisOfHost(report, count.host));
  };
  out.Member("schema", 1);
  out.ListMember("findings", report.ranking.findings, FindingJson);
  out.ListMember("incidents", report.ranking.incidents, incident);
  out.ListMember("unexplained", report.unexplained, unexplained);
  out.ListMember("ask_next", report.ranking.ask_next, AskNextJson);
  out.ListMember("acknowledgements", report.site.acknowledgements, acknowledgement);
  out.ListMember("overrides", report.site.overrides, change);
  out.ListMember("coverage", report.coverage, CoverageJson);
  out.ListMember("inputs", report.inputs, InputJson);
  if (report.changes) out.Member("changes", ChangesJson(*report.changes));
}

}  // namespace

Json TimeJson(Ticks time, TimeBasis basis) {
  if (!time.known()) return nullptr;
  return FormatTime(time, basis);
}

Json LocationJson(const Location& location) {
  Json json = {{"file", location.file}};
  if (location.place.unit == Place::Unit::kOffset) json["offset"] = location.place.value;
  if (location.place.unit == Place::Unit::kLine) json["line"] = location.place.value;
  return json;
}

Json EvidenceJson(const EvidenceReference& reference) {
  Json json = LocationJson(reference.where);
  json["record_id"] = reference.record_id;
  json["summary"] = reference.summary;
  return json;
}

Json FindingJson(const Finding& finding) {
  const Signal signal = finding.signal.Read();
  Json json = {{"rank", finding.rank},
               {"incident", finding.incident},
               {"cause", signal.rule->id},
               {"title", signal.rule->title},
               {"verdict", VerdictName(signal.rule->verdict)},
               {"confidence", Rounded(finding.confidence)},
               {"points", Rounded(finding.points)},
               {"start_points", Rounded(signal.start_points)},
               {"articles", signal.rule->articles},
               {"hosts", signal.hosts},
               {"first_seen", TimeJson(signal.first_seen, signal.time_basis)},
               {"last_seen", TimeJson(signal.last_seen, signal.time_basis)},
               {"explanation", signal.cause},
               {"events", finding.signal.explained().size()},
               {"triggers", List(signal.triggers, EvidenceJson)},
               {"trigger_count", signal.trigger_count},
               {"reasons", List(signal.reasons, ReasonJson)},
               {"unknown_conditions", signal.unknown_conditions},
               {"acknowledged", finding.acknowledged},
               {"fix", FixJson(signal.fix)}};
  if (signal.site) json["start_override"] = SitePointsJson(*signal.site);
  return json;
}

Json AskNextJson(const AskNext& ask) {
  Json effects = Json::array();
  for (const AskNext::Effect& effect : ask.effects) {
    effects.push_back({{"if", effect.if_answer},
                       {"cause", effect.cause},
                       {"from", Rounded(effect.from)},
                       {"to", Rounded(effect.to)},
                       {"feed", effect.feed}});
  }
  return {{"incident", ask.incident},
          {"question", ask.question},
          {"command", ask.command},
          {"feed", ask.feed},
          {"entropy_drop", Rounded(ask.entropy_drop)},
          {"effects", std::move(effects)}};
}

std::string Dump(const Json& json) { return Shown(json) + "\n"; }

std::string LedgerJson(const std::vector<LedgerRow>& rows) {
  return Dump({{"inputs", List(rows, InputJson)}});
}

Json ReportJsonValue(const Report& report) {
  ObjectValue object;
  ReportMembers(report, object);
  return object.Take();
}

void WriteReportJson(const Report& report, const TextSink& out) {
  ObjectWriter object(out);
  ReportMembers(report, object);
  object.End();
}

std::string ContentsJson(const Report& report, const Completeness& completeness) {
  Json json = {{"coverage", List(report.coverage, CoverageJson)},
               {"inputs", List(report.inputs, InputJson)}};
  json.update(CompletenessJson(completeness));
  return Dump(json);
}

}  // namespace exdiag
