#include "engine/ranking/foretell.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/ranking/incidents.h"
#include "engine/ranking/row_numbers.h"
#include "engine/signal/what_if.h"

namespace exdiag {
namespace {

// What an answer is about: its name, or the kind of the facts.
struct Topic {
  bool answer = false;
  std::string name;
};

Topic TopicOf(const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) {
    if (fact.kind == "answer") return {true, fact.attributes.find("name")->second};
  }
  const std::string& listing = facts.front().kind;
  return {false, listing.substr(0, listing.size() - std::string_view("_listing").size())};
}

// How a rule looks at the facts of a topic.
class Use {
 public:
  Use(const Topic& topic, const Rule& rule) : topic_(topic) {
    for (const EventPattern& pattern : rule.events) {
      if (!topic.answer && EqualsIgnoreCase(pattern.fact_kind, topic.name)) Found(false);
    }
    for (const Condition& condition : rule.when) In(condition, false);
    for (const Condition& condition : rule.unless) In(condition, false);
    for (const EvidenceLine& line : rule.evidence) In(line.condition, true);
  }

  bool any() const { return any_; }
  // Only evidence lines look at them, each at nothing else.
  bool simple() const { return simple_; }

 private:
  void In(const Condition& condition, bool simple) {
    if (const auto* fact = std::get_if<FactCondition>(&condition.kind)) {
      if (Is(*fact)) Found(simple && fact->host.empty());
    } else if (const auto* no = std::get_if<NotCondition>(&condition.kind)) {
      In(*no->condition, simple);
    } else if (const auto* any = std::get_if<AnyCondition>(&condition.kind)) {
      for (const Condition& part : any->conditions) In(part, false);
    } else if (const auto* all = std::get_if<AllCondition>(&condition.kind)) {
      for (const Condition& part : all->conditions) In(part, false);
    }
  }

  bool Is(const FactCondition& fact) const {
    if (!topic_.answer) return EqualsIgnoreCase(fact.kind, topic_.name);
    if (fact.kind != "answer") return false;
    for (const FieldCondition& test : fact.where_all) {
      if (test.field != "name") continue;
      const auto* equals = std::get_if<TestEquals>(&test.tests.front().test);
      return equals == nullptr ||
             std::any_of(equals->values.begin(), equals->values.end(),
                         [&](const auto& name) { return EqualsIgnoreCase(name, topic_.name); });
    }
    return true;
  }

  void Found(bool simple) {
    any_ = true;
    simple_ = simple_ && simple;
  }

  const Topic& topic_;
  bool any_ = false;
  bool simple_ = true;
};

// The rules that look at the facts of a topic.
struct Users {
  std::vector<std::size_t> rules;  // indexes into ForetellContext::rules
  bool simple = true;              // only their evidence lines do
};

// What the reasons of a finding ask of people, the texts as numbers.
struct AsksPeople {
  struct Reason {
    std::uint32_t answer = 0;    // the name of the answer, in lower case
    std::uint32_t question = 0;  // its key
  };
  std::vector<Reason> reasons;
  bool of_several = false;  // one signal made of several
};

// An effect that is found by evaluating again.
struct Job {
  AskNext::Effect* effect = nullptr;
  std::size_t incident = 0;        // index into Ranking::incidents
  const Users* users = nullptr;    // of its topic
  std::vector<std::size_t> facts;  // indexes into what is supposed
};

class Foretelling {
 public:
  Foretelling(const SignalList& signals, const ForetellContext& context, Ranking& ranking)
      : signals_(signals), context_(context), ranking_(ranking) {}

  Result<void> Run() {
    FindJobs();
    if (jobs_.empty()) return {};
    std::vector<const Rule*> rules;
    for (const Job& job : jobs_) {
      for (const std::size_t rule : job.users->rules) number_of_.emplace(rule, number_of_.size());
    }
    rules.resize(number_of_.size());
    for (const auto& [rule, number] : number_of_) rules[number] = context_.rules[rule];
    WhatIf what_if(rules);
    const auto gathered = what_if.Gather(context_.knowledge, context_.store, supposed_);
    if (!gathered) return gathered;
    NumberRows();
    FindEvents(what_if.world());
    // What is worked out about a supposed fact serves all incidents that ask for it.
    std::stable_sort(jobs_.begin(), jobs_.end(),
                     [](const Job& a, const Job& b) { return a.facts < b.facts; });
    for (const Job& job : jobs_) {
      if (auto done = Do(job, what_if); !done) return done;
    }
    if (!incident_of_.ok()) return Error{kTemporaryUnreadable};
    return {};
  }

 private:
  // ---- which effects are to be found out

  void FindJobs() {
    if (ranking_.ask_next.empty()) return;
    for (const Finding& finding : ranking_.findings) asks_.push_back(AsksOf(finding.signal.Read()));
    std::unordered_map<std::string_view, std::size_t> incidents;
    for (std::size_t i = 0; i < ranking_.incidents.size(); ++i) {
      incidents.emplace(ranking_.incidents[i].id, i);
    }
    for (AskNext& ask : ranking_.ask_next) {
      const std::size_t incident = incidents.at(ask.incident);
      for (AskNext::Effect& effect : ask.effects) {
        if (effect.facts == nullptr) continue;
        const Topic topic = TopicOf(*effect.facts);
        const Users& users = UsersOf(topic);
        if (PointsTell(topic, users, ranking_.incidents[incident])) continue;
        jobs_.push_back({&effect, incident, &users, NumbersOf(*effect.facts)});
      }
    }
  }

  AsksPeople AsksOf(const Signal& signal) {
    AsksPeople asks;
    asks.of_several = !signal.host_groups.empty();
    for (const Reason& reason : signal.reasons) {
      asks.reasons.push_back(
          {NumberOf(ToLower(reason.answer_name)), NumberOf(reason.question_key)});
    }
    asks.reasons.shrink_to_fit();
    return asks;
  }

  std::uint32_t NumberOf(const std::string& text) {
    const auto next = static_cast<std::uint32_t>(number_of_text_.size());
    return number_of_text_.try_emplace(text, next).first->second;
  }

  const Users& UsersOf(const Topic& topic) {
    const auto [found, is_new] = users_.try_emplace({topic.answer, ToLower(topic.name)});
    if (!is_new) return found->second;
    for (std::size_t i = 0; i < context_.rules.size(); ++i) {
      const Use use(topic, *context_.rules[i]);
      if (!use.any()) continue;
      found->second.rules.push_back(i);
      found->second.simple = found->second.simple && use.simple();
    }
    return found->second;
  }

  bool PointsTell(const Topic& topic, const Users& users, const Incident& incident) {
    if (!topic.answer || !users.simple) return false;
    const std::uint32_t answer = NumberOf(ToLower(topic.name));
    std::set<std::uint32_t> questions;
    for (const std::size_t index : incident.findings) {
      const AsksPeople& asks = asks_[index];
      // The answer is about one host; of a finding made of several only a part asks for it.
      const Rule& rule = *ranking_.findings[index].signal.rule();
      if (asks.of_several && Use(topic, rule).any()) return false;
      for (const AsksPeople::Reason& reason : asks.reasons) {
        if (reason.answer == answer) questions.insert(reason.question);
      }
    }
    return questions.size() <= 1;
  }

  std::vector<std::size_t> NumbersOf(const std::vector<Fact>& facts) {
    std::vector<std::size_t> numbers;
    for (const Fact& fact : facts) {
      const auto [found, is_new] = number_of_fact_.try_emplace(
          std::tuple(fact.kind, fact.host, fact.attributes), supposed_.size());
      if (is_new) supposed_.push_back(fact);
      numbers.push_back(found->second);
    }
    return numbers;
  }

  void NumberRows() {
    RowSetBuilder all;
    for (const Incident& incident : ranking_.incidents) {
      for (const std::size_t index : incident.signals) all.Add(signals_.ExplainedBy(index));
    }
    incident_of_ = RowNumbers(all.Take());
    for (std::size_t i = 0; i < ranking_.incidents.size(); ++i) {
      for (const std::size_t index : ranking_.incidents[i].signals) {
        incident_of_.ChangeEach(signals_.ExplainedBy(index),
                                [i](std::uint32_t) { return static_cast<std::uint32_t>(i); });
      }
    }
  }

  void FindEvents(const Observations& world) {
    events_of_.resize(ranking_.incidents.size());
    for (ObservationId id = 0; id < world.size(); ++id) {
      const std::int64_t row = world.RowOf(id);
      const auto incident = incident_of_.Find(row);
      if (incident) events_of_[*incident].Append(id);
      if (row < 0) facts_.emplace(row, id);
    }
  }

  // ---- finding one out

  Result<void> Do(const Job& job, WhatIf& what_if) const {
    what_if.Suppose(job.facts);
    // What is supposed may join the incident to others, which are looked at too then.
    std::set<std::size_t> together = {job.incident};
    Claims claims;
    for (std::size_t before = 0; before != together.size();) {
      before = together.size();
      auto evaluated = Evaluate(job, together, what_if);
      if (!evaluated) return evaluated.error();
      claims = std::move(*evaluated);
      for (const Claim& claim : claims.all) {
        std::uint32_t last = RowNumbers::kNone;
        incident_of_.ForEach(*claim.explained, [&](std::uint32_t incident) {
          if (incident != last) together.insert(last = incident);
        });
      }
    }
    Compare(ranking_.incidents[job.incident], claims.all, *job.effect);
    return {};
  }

  // What a rule would explain.
  struct Claim {
    const Rule* rule = nullptr;
    double points = 0;
    const RowSet* explained = nullptr;
  };
  // The claims of some incidents as they would be.
  struct Claims {
    SignalList evaluated;
    std::vector<Claim> all;  // borrow from `evaluated` and from what was ranked
  };

  Result<Claims> Evaluate(const Job& job, const std::set<std::size_t>& incidents,
                          WhatIf& what_if) const {
    IdSetBuilder builder;
    for (const std::int64_t row : what_if.supposed_rows()) {
      const auto fact = facts_.find(row);
      if (fact != facts_.end()) builder.Add(fact->second);
    }
    for (const std::size_t incident : incidents) builder.Add(events_of_[incident]);
    const IdSet events = builder.Take();
    Claims claims;
    std::set<const Rule*> again;
    for (const std::size_t rule : job.users->rules) {
      again.insert(context_.rules[rule]);
      auto of_rule = what_if.Evaluate(number_of_.at(rule), events);
      if (!of_rule) return of_rule.error();
      claims.evaluated.Append(std::move(*of_rule));
    }
    if (context_.adjust) context_.adjust(claims.evaluated);
    const auto add = [&](const SignalList& signals, std::size_t at) {
      claims.all.push_back({&signals.RuleOf(at), signals.PointsAt(at), &signals.ExplainedBy(at)});
    };
    for (std::size_t i = 0; i < claims.evaluated.size(); ++i) add(claims.evaluated, i);
    for (const std::size_t incident : incidents) {
      for (const std::size_t index : ranking_.incidents[incident].signals) {
        if (!again.contains(&signals_.RuleOf(index))) add(signals_, index);
      }
    }
    return claims;
  }

  // The rival of the incident that moves most.
  void Compare(const Incident& incident, const std::vector<Claim>& claims,
               AskNext::Effect& effect) const {
    std::vector<const RowSet*> explained;
    for (const Claim& claim : claims) explained.push_back(claim.explained);
    const std::vector<std::vector<std::size_t>> groups = GroupOverlapping(explained);
    double most = -1;
    for (const std::size_t index : incident.findings) {
      const Finding& now = ranking_.findings[index];
      const double to = ConfidenceIn(groups, claims, now.signal);
      const double moved = std::abs(to - now.confidence);
      if (moved <= most) continue;
      most = moved;
      effect.cause = now.signal.rule()->id;
      effect.from = now.confidence;
      effect.to = to;
    }
  }

  // 0 when the answer rules it out.
  static double ConfidenceIn(const std::vector<std::vector<std::size_t>>& groups,
                             const std::vector<Claim>& claims, const SignalInList& now) {
    double confidence = 0;
    for (const std::vector<std::size_t>& group : groups) {
      std::map<std::string_view, double> best;  // points, by rule
      bool overlaps = false;
      for (const std::size_t i : group) {
        const Claim& claim = claims[i];
        const auto [of_rule, is_new] = best.try_emplace(claim.rule->id, claim.points);
        of_rule->second = std::max(of_rule->second, claim.points);
        if (claim.rule != now.rule() || overlaps) continue;
        overlaps = claim.explained->Overlaps(now.explained());
      }
      if (!overlaps) continue;
      std::vector<double> points;
      for (const auto& [rule, each] : best) points.push_back(each);
      const auto place = std::distance(best.begin(), best.find(now.rule()->id));
      confidence = std::max(confidence, Confidences(points)[static_cast<std::size_t>(place)]);
    }
    return confidence;
  }

  const SignalList& signals_;
  const ForetellContext& context_;
  Ranking& ranking_;
  std::vector<AsksPeople> asks_;  // by index into Ranking::findings
  std::unordered_map<std::string, std::uint32_t> number_of_text_;
  std::vector<Job> jobs_;
  std::map<std::pair<bool, std::string>, Users> users_;  // by topic
  std::map<std::size_t, std::size_t> number_of_;         // of a rule -> in WhatIf
  std::vector<Fact> supposed_;
  std::map<std::tuple<std::string, std::string, decltype(Fact::attributes)>, std::size_t>
      number_of_fact_;
  RowNumbers incident_of_{{}};    // by row explained, as an index into Ranking::incidents
  std::vector<IdSet> events_of_;  // by incident: what is explained, as WhatIf sees it
  std::map<std::int64_t, ObservationId> facts_;  // by row
};

}  // namespace

Result<void> ForetellEffects(const SignalList& signals, const ForetellContext& context,
                             Ranking& ranking) {
  return Foretelling(signals, context, ranking).Run();
}

}  // namespace exdiag
