#include "engine/ranking/foretell.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/base/text.h"
#include "engine/store/forwarding_store.h"

namespace exdiag {
namespace {

// A store in which somebody has found out something more.
class StoreWithFacts final : public ForwardingStore {
 public:
  StoreWithFacts(const Store& inner, const std::vector<Fact>& more) : inner_(inner), more_(more) {}

  Result<std::vector<Fact>> Facts(std::string_view kind) const override {
    auto facts = inner_.Facts(kind);
    for (const Fact& fact : more_) {
      if (facts && (kind.empty() || kind == fact.kind)) facts->push_back(fact);
    }
    return facts;
  }
  // It is looked at only.
  Result<std::unique_ptr<ImportSession>> BeginImport(const std::string&, const std::string&,
                                                     const std::string&) override {
    return Error{"not a store to import into"};
  }

 private:
  const Store& inner() const override { return inner_; }
  Store& writable() override { return *this; }

  const Store& inner_;
  const std::vector<Fact>& more_;
};

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

// How rules look at the facts of a topic.
class Use {
 public:
  Use(const Topic& topic, const Rule& rule) : topic_(topic) {
    for (const EventPattern& pattern : rule.events) {
      const bool fact = !pattern.fact_kind.empty();
      has_fact_pattern_ = has_fact_pattern_ || fact;
      if (fact && !topic.answer && EqualsIgnoreCase(pattern.fact_kind, topic.name)) Found(false);
    }
    for (const Condition& condition : rule.when) In(condition, false);
    for (const Condition& condition : rule.unless) In(condition, false);
    for (const EvidenceLine& line : rule.evidence) In(line.condition, true);
  }

  bool any() const { return any_; }
  // Only evidence lines look at them, each at nothing else.
  bool simple() const { return simple_; }
  bool has_fact_pattern() const { return has_fact_pattern_; }

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
  bool has_fact_pattern_ = false;
};

// Whether two findings of one rule, of two evaluations, are about the same events.  The numbers of
// facts are not those of another evaluation; what they say is.
bool SameTrouble(const Signal& a, const Signal& b) {
  std::vector<std::int64_t> both;
  std::set_intersection(a.explained.begin(), a.explained.end(), b.explained.begin(),
                        b.explained.end(), std::back_inserter(both));
  if (!both.empty() && both.back() > 0) return true;
  return std::any_of(a.triggers.begin(), a.triggers.end(), [&](const EvidenceReference& trigger) {
    return std::any_of(b.triggers.begin(), b.triggers.end(), [&](const EvidenceReference& other) {
      return trigger.where == other.where && trigger.summary == other.summary;
    });
  });
}

class Foretelling {
 public:
  Foretelling(const std::vector<Signal>& signals, const ForetellContext& context, Ranking& ranking)
      : signals_(signals), context_(context), ranking_(ranking) {}

  Result<void> Run() {
    for (AskNext& ask : ranking_.ask_next) {
      const Incident& incident =
          *std::find_if(ranking_.incidents.begin(), ranking_.incidents.end(),
                        [&](const Incident& one) { return one.id == ask.incident; });
      for (AskNext::Effect& effect : ask.effects) {
        if (effect.facts.empty() || PointsTell(effect, incident)) continue;
        if (auto done = Evaluate(incident, effect); !done) return done;
      }
    }
    return {};
  }

 private:
  bool PointsTell(const AskNext::Effect& effect, const Incident& incident) const {
    const Topic topic = TopicOf(effect.facts);
    if (!topic.answer) return false;
    std::set<std::string> questions;
    for (const Rule* rule : context_.rules) {
      if (!Use(topic, *rule).simple()) return false;
    }
    for (const std::size_t index : incident.findings) {
      const Signal& signal = ranking_.findings[index].signal;
      // The answer is about one host; of a finding made of several only a part asks for it.
      if (!signal.host_groups.empty() && Use(topic, *signal.rule).any()) return false;
      for (const Reason& reason : signal.reasons) {
        if (EqualsIgnoreCase(reason.answer_name, topic.name)) questions.insert(reason.question_key);
      }
    }
    return questions.size() <= 1;
  }

  Result<void> Evaluate(const Incident& incident, AskNext::Effect& effect) const {
    const Topic topic = TopicOf(effect.facts);
    // With one fact more all facts have other numbers, by which incidents are put together.
    const bool renumbered = std::any_of(signals_.begin(), signals_.end(), [](const Signal& signal) {
      return !signal.explained.empty() && signal.explained.front() < 0;
    });
    std::vector<const Rule*> again;
    for (const Rule* rule : context_.rules) {
      const Use use(topic, *rule);
      if (use.any() || (renumbered && use.has_fact_pattern())) again.push_back(rule);
    }
    DiagnosticList ignored;  // said by the evaluation itself
    auto signals = EvaluateRules(again, context_.knowledge,
                                 StoreWithFacts(context_.store, effect.facts), ignored);
    if (!signals) return signals.error();
    if (context_.adjust) context_.adjust(*signals);
    for (const Signal& signal : signals_) {
      if (std::find(again.begin(), again.end(), signal.rule) == again.end()) {
        signals->push_back(signal);
      }
    }
    Compare(incident, RankCauses(std::move(*signals)), effect);
    return {};
  }

  // The rival of the incident that moves most.
  void Compare(const Incident& incident, const Ranking& then, AskNext::Effect& effect) const {
    double most = -1;
    for (const std::size_t index : incident.findings) {
      const Finding& now = ranking_.findings[index];
      const double to = ConfidenceIn(then, now.signal);
      const double moved = std::abs(to - now.confidence);
      if (moved <= most) continue;
      most = moved;
      effect.cause = now.signal.rule->id;
      effect.from = now.confidence;
      effect.to = to;
    }
  }

  // 0 when the answer rules it out.
  static double ConfidenceIn(const Ranking& then, const Signal& now) {
    double confidence = 0;
    for (const Finding& finding : then.findings) {
      if (finding.signal.rule != now.rule || !SameTrouble(finding.signal, now)) continue;
      confidence = std::max(confidence, finding.confidence);
    }
    return confidence;
  }

  const std::vector<Signal>& signals_;
  const ForetellContext& context_;
  Ranking& ranking_;
};

}  // namespace

bool AsksSomething(const std::vector<Signal>& signals) {
  return std::any_of(signals.begin(), signals.end(), [](const Signal& signal) {
    return std::any_of(signal.reasons.begin(), signal.reasons.end(), [](const Reason& reason) {
      return reason.state == Truth::kUnknown && !reason.question_key.empty();
    });
  });
}

Result<void> ForetellEffects(const std::vector<Signal>& signals, const ForetellContext& context,
                             Ranking& ranking) {
  return Foretelling(signals, context, ranking).Run();
}

}  // namespace exdiag
