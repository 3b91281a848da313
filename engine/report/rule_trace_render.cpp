// A rule's trace for people and for programs.
#include <fmt/format.h>

#include "engine/report/phrases.h"
#include "engine/report/report_json.h"
#include "engine/report/rule_trace.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

std::string_view TruthName(Truth truth) {
  switch (truth) {
    case Truth::kHolds:
      return "holds";
    case Truth::kFails:
      return "fails";
    case Truth::kUnknown:
      break;
  }
  return "unknown";
}

std::string Places(const EvidenceReference& reference) {
  return reference.where.file.empty() ? "" : " (" + ToString(reference.where) + ")";
}

void AddNear(Document& out, int depth, std::string_view head, const NearMiss& near) {
  Phrase text(fmt::format("{}{}: ", head, near.event.summary));
  text.Add(Joined(near.refused), Role::kStrong);
  text.Add(Places(near.event), Role::kDim);
  out.Add(Item{depth, "-", text});
}

void AddCondition(Document& out, int depth, const ConditionTrace& trace) {
  out.Add(Item{depth, std::string(TruthName(trace.truth)),
               trace.role.empty() ? trace.words : trace.role + " " + trace.words});
  for (const EvidenceReference& found : trace.found) {
    Phrase text("found: " + found.summary);
    text.Add(Places(found), Role::kDim);
    out.Add(Item{depth + 1, "-", text});
  }
  if (trace.found_count > trace.found.size()) {
    out.Add(Item{depth + 1, "-", fmt::format("{} more", trace.found_count - trace.found.size())});
  }
  for (const std::string& remark : trace.remarks) out.Add(Item{depth + 1, "-", remark});
  if (trace.nearest) AddNear(out, depth + 1, "nearest: ", *trace.nearest);
  for (const std::string& why : trace.unknown) out.Add(Item{depth + 1, "-", "not known: " + why});
  for (const ConditionTrace& part : trace.parts) AddCondition(out, depth + 1, part);
}

void AddTrigger(Document& out, const Rule& rule, const TriggerTrace& trigger) {
  out.Add(Heading{2, trigger.event.summary});
  if (!trigger.event.where.file.empty()) {
    out.Add(Paragraph{{ToString(trigger.event.where), Role::kDim}});
  }
  for (const ConditionTrace& condition : trigger.conditions) AddCondition(out, 0, condition);
  for (const ConditionTrace& line : trigger.evidence) AddCondition(out, 0, line);
  if (!trigger.fires) {
    out.Add(Paragraph{"No finding: a condition drops the event, and evidence does not count."});
    return;
  }
  std::string sum = fmt::format("{} {}", StrengthName(rule.strength),
                                PointsText(static_cast<double>(rule.strength)));
  if (trigger.unknown) sum += ", -1 for what is not known";
  std::size_t line = 0;
  for (const ConditionTrace& evidence : trigger.evidence) {
    const double points = rule.evidence[line++].points;
    if (evidence.truth == Truth::kHolds) sum += ", " + PointsText(points);
  }
  out.Add(Paragraph{fmt::format("A finding with {} points: {}.", PointsText(trigger.points), sum)});
}

Json NearJson(const NearMiss& near) {
  Json json = EvidenceJson(near.event);
  json["refused"] = near.refused;
  return json;
}

Json ConditionJson(const ConditionTrace& trace) {
  Json json = {{"role", trace.role}, {"condition", trace.words}, {"state", TruthName(trace.truth)}};
  json["found"] = Json::array();
  for (const EvidenceReference& found : trace.found) json["found"].push_back(EvidenceJson(found));
  json["found_count"] = trace.found_count;
  json["unknown"] = trace.unknown;
  json["remarks"] = trace.remarks;
  json["nearest"] = trace.nearest ? NearJson(*trace.nearest) : Json(nullptr);
  json["parts"] = Json::array();
  for (const ConditionTrace& part : trace.parts) json["parts"].push_back(ConditionJson(part));
  return json;
}

Json TriggerJson(const TriggerTrace& trigger) {
  Json json = {{"event", EvidenceJson(trigger.event)},
               {"finding", trigger.fires},
               {"points", trigger.fires ? Json(trigger.points) : Json(nullptr)}};
  json["conditions"] = Json::array();
  for (const ConditionTrace& one : trigger.conditions) {
    json["conditions"].push_back(ConditionJson(one));
  }
  json["evidence"] = Json::array();
  for (const ConditionTrace& one : trigger.evidence) json["evidence"].push_back(ConditionJson(one));
  return json;
}

}  // namespace

Document RuleTraceDocument(const RuleTrace& trace) {
  const Rule& rule = *trace.rule;
  Document out;
  out.Add(Heading{1, rule.title});
  out.Add(Paragraph{{rule.id, Role::kCode}});
  std::vector<std::string> openers;
  for (const std::size_t trigger : rule.triggers) {
    openers.push_back(PatternInWords(rule.events[trigger]));
  }
  if (trace.trigger_count > 0) {
    out.Add(Paragraph{fmt::format("{} can open this rule ({}); {} of them {} a finding.",
                                  Counted(trace.trigger_count, "event"), Joined(openers),
                                  trace.firing_count, trace.firing_count == 1 ? "makes" : "make")});
  } else {
    out.Add(Paragraph{fmt::format("No event opens this rule: it takes {}.", Joined(openers))});
  }
  for (const TriggerTrace& trigger : trace.triggers) AddTrigger(out, rule, trigger);
  if (trace.trigger_count > trace.triggers.size()) {
    out.Add(Paragraph{fmt::format("{} more; --verbose shows all, --at one of them.",
                                  trace.trigger_count - trace.triggers.size())});
  }
  if (trace.trigger_count == 0 && trace.candidates == 0) {
    out.Add(Paragraph{"No event of that kind was read at all."});
  } else if (trace.trigger_count == 0) {
    out.Add(
        Paragraph{fmt::format("{} of that kind; closest:", Counted(trace.candidates, "event"))});
    for (const NearMiss& near : trace.nearest) AddNear(out, 0, "", near);
  }
  return out;
}

std::string RuleTraceJson(const RuleTrace& trace) {
  Json json = {{"schema", 1},
               {"cause", trace.rule->id},
               {"title", trace.rule->title},
               {"triggers", trace.trigger_count},
               {"findings", trace.firing_count}};
  json["traced"] = Json::array();
  for (const TriggerTrace& trigger : trace.triggers) json["traced"].push_back(TriggerJson(trigger));
  json["candidates"] = trace.candidates;
  json["nearest"] = Json::array();
  for (const NearMiss& near : trace.nearest) json["nearest"].push_back(NearJson(near));
  return Dump(json);
}

}  // namespace exdiag
