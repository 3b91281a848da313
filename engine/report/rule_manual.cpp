#include "engine/report/rule_manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/report/causes.h"
#include "engine/report/phrases.h"
#include "engine/report/rule_render.h"
#include "engine/rule/logic_check.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

// More rivals than these are left to the list under their event.
constexpr std::size_t kShownRivals = 8;

std::string AreaOf(const Rule& rule) { return rule.id.substr(0, rule.id.find('.')); }

std::string EventName(const EventKind& kind) {
  return fmt::format("{} {}", kind.provider, kind.event_id);
}

std::string EventAnchor(const EventKind& kind) { return "event-" + EventName(kind); }

// What a rule brings to an event's list: it is opened by it, or accounts for it.
std::vector<EventKind> KindsOf(const Rule& rule, const std::vector<std::size_t>& patterns) {
  std::vector<EventKind> kinds;
  for (const std::size_t index : patterns) {
    const EventPattern& pattern = rule.events[index];
    for (const std::string& provider : pattern.providers) {
      for (const std::uint16_t id : pattern.ids) kinds.push_back({provider, id});
    }
  }
  return kinds;
}

bool Names(const EventPattern& pattern, const EventKind& kind) {
  const auto is = [&](const std::string& name) { return EqualsIgnoreCase(name, kind.provider); };
  return std::find(pattern.ids.begin(), pattern.ids.end(), kind.event_id) != pattern.ids.end() &&
         std::any_of(pattern.providers.begin(), pattern.providers.end(), is);
}

bool Contradict(const EventPattern& a, const EventPattern& b) {
  std::map<std::string, std::vector<FieldTest>> tests;
  for (const EventPattern* pattern : {&a, &b}) {
    for (const FieldCondition& condition : pattern->where_all) {
      auto& of_field = tests[condition.field];
      of_field.insert(of_field.end(), condition.tests.begin(), condition.tests.end());
    }
  }
  return std::any_of(tests.begin(), tests.end(),
                     [](const auto& of_field) { return !Contradiction(of_field.second).empty(); });
}

// False when what the two rules ask of their triggers excludes each other: error 5 and error 1722.
bool CanBeOneEvent(const Rule& a, const Rule& b, const EventKind& kind) {
  for (const std::size_t mine : a.triggers) {
    for (const std::size_t other : b.triggers) {
      const EventPattern &p = a.events[mine], &q = b.events[other];
      if (Names(p, kind) && Names(q, kind) && !Contradict(p, q)) return true;
    }
  }
  return false;
}

Phrase Link(const Rule& rule) {
  Phrase phrase;
  phrase.AddLink(rule.title, rule.id);
  return phrase;
}

class Manual {
 public:
  Manual(const RuleSet& rules, const Knowledge& knowledge) : rules_(rules), knowledge_(knowledge) {
    for (const Rule& rule : rules.rules()) {
      if (rule.status == Status::kRetired) {
        retired_.push_back(&rule);
        continue;
      }
      areas_[AreaOf(rule)].push_back(&rule);
      ++causes_;
      for (const EventKind& kind : KindsOf(rule, rule.explains)) events_.insert(kind);
    }
  }

  Document Write() {
    WriteHead();
    WriteContents();
    WriteEvents();
    for (const auto& [area, rules] : areas_) {
      out_.Add(Heading{2, fmt::format("Area {}", area), "area-" + area});
      for (const Rule* rule : rules) WriteCause(*rule);
    }
    WriteRetired();
    return std::move(out_);
  }

 private:
  void WriteHead() {
    out_.Add(Heading{1, "Causes of trouble, by rule"});
    Phrase counts(fmt::format("{} in {}, over {}. ", Counted(causes_, "cause"),
                              Counted(areas_.size(), "area"), Counted(events_.size(), "event")));
    counts.Add("exdiag rules doc", Role::kCode);
    counts.Add(" makes this page from the rules; nothing in it is written by hand.");
    out_.Add(Paragraph{counts});
    out_.Add(Paragraph{
        "Each cause has points: those it starts with, and those that a line of evidence adds when "
        "it holds. A point doubles the odds of a cause against its rivals, the other causes of the "
        "same events. \"Needs\" and \"not with\" decide whether the cause is talked of at all. "
        "Names in angle brackets stand for values of the events."});
  }

  void WriteContents() {
    out_.Add(Heading{2, "Contents by area", "contents"});
    for (const auto& [area, rules] : areas_) {
      Phrase head;
      head.AddLink(area, "area-" + area).Add(": " + Counted(rules.size(), "cause"));
      out_.Add(Item{0, "-", head});
      for (const Rule* rule : rules) out_.Add(Item{1, "-", Link(*rule)});
    }
  }

  void WriteEvents() {
    out_.Add(Heading{2, "Contents by event", "events"});
    std::string provider;
    for (const EventKind& kind : events_) {
      if (kind.provider != provider) {
        provider = kind.provider;
        out_.Add(Heading{3, provider});
      }
      Phrase head(fmt::format("{}", kind.event_id), Role::kStrong);
      head.anchor = EventAnchor(kind);
      if (const std::string meaning = MeaningOf(kind); !meaning.empty()) head.Add(": " + meaning);
      out_.Add(Item{0, "-", head});
      for (const PossibleCause& cause : PossibleCauses(kind, rules_)) {
        if (cause.relation == Relation::kEvidence) continue;
        Phrase text = Link(*cause.rule);
        if (cause.relation == Relation::kExplained) text.Add(" (brings it too)", Role::kDim);
        out_.Add(Item{1, "-", text});
      }
    }
  }

  std::string MeaningOf(const EventKind& kind) const {
    for (const CatalogueEntry* entry : knowledge_.catalogue().Find(kind.provider, kind.event_id)) {
      if (!entry->meaning.empty()) return entry->meaning;
    }
    return {};
  }

  // ---- one cause

  void WriteCause(const Rule& rule) {
    out_.Add(Heading{3, rule.title, rule.id});
    Phrase head(rule.id, Role::kCode);
    head.Add(fmt::format(" version {}; {}; starts as {} ({} points)", rule.version,
                         rule.verdict == Verdict::kFault ? "a fault" : "expected, no action needed",
                         StrengthName(rule.strength),
                         PointsText(static_cast<double>(rule.strength))));
    if (!rule.applies_to.empty()) head.Add("; " + Joined(rule.applies_to));
    if (rule.status == Status::kDraft) head.Add("; ").Add("draft, not proven yet", Role::kDoubt);
    out_.Add(Paragraph{head});
    WriteSigns(rule);
    out_.Add(Heading{4, "Why"});
    out_.Add(Paragraph{TemplateInWords(rule.cause)});
    WriteDistinction(rule);
    out_.Add(Heading{4, "What to do"});
    AddRuleFix(out_, rule);
    WriteSources(rule);
  }

  void WriteSigns(const Rule& rule) {
    out_.Add(Heading{4, "What you see"});
    for (const std::size_t index : rule.explains) {
      const bool opens =
          std::find(rule.triggers.begin(), rule.triggers.end(), index) != rule.triggers.end();
      Phrase text(PatternInWords(rule.events[index]));
      if (!opens) text.Add(" (beside it)", Role::kDim);
      out_.Add(Item{0, "-", text});
    }
  }

  void WriteDistinction(const Rule& rule) {
    out_.Add(Heading{4, "What tells it apart"});
    bool any = false;
    const auto add = [&](std::string marker, Phrase text) {
      out_.Add(Item{0, std::move(marker), std::move(text)});
      any = true;
    };
    for (const Condition& condition : rule.when) add("needs", ConditionInWords(rule, condition));
    for (const Condition& condition : rule.unless) {
      add("not with", ConditionInWords(rule, condition));
    }
    for (const EvidenceLine& line : rule.evidence) {
      Phrase text(TemplateInWords(line.because));
      text.Add(" (" + ConditionInWords(rule, line.condition) + ")", Role::kDim);
      add(PointsText(line.points), std::move(text));
    }
    if (!any) out_.Add(Paragraph{"The event alone says it."});
    WriteRivals(rule);
    const Questions questions = QuestionsOf({&rule});
    if (questions.ask.empty() && questions.collect.empty()) return;
    out_.Add(Paragraph{"To settle it:"});
    for (const std::string& question : questions.ask) out_.Add(Item{0, "-", question});
    for (const std::string& command : questions.collect) {
      out_.Add(Item{0, "-", Phrase(command, Role::kCode)});
    }
  }

  // Other causes that the same event opens, the likeliest first.
  void WriteRivals(const Rule& rule) {
    std::vector<const Rule*> rivals;
    std::optional<EventKind> crowded;  // whose list has those that are not shown
    for (const EventKind& kind : KindsOf(rule, rule.triggers)) {
      for (const PossibleCause& cause : PossibleCauses(kind, rules_)) {
        const bool known = std::find(rivals.begin(), rivals.end(), cause.rule) != rivals.end();
        if (cause.rule == &rule || cause.relation != Relation::kTriggers || known) continue;
        if (!CanBeOneEvent(rule, *cause.rule, kind)) continue;
        rivals.push_back(cause.rule);
        if (rivals.size() == kShownRivals + 1) crowded = kind;
      }
    }
    if (rivals.empty()) return;
    out_.Add(Paragraph{"Rivals, which the same event may mean:"});
    for (std::size_t i = 0; i < std::min(rivals.size(), kShownRivals); ++i) {
      out_.Add(Item{0, "-", Link(*rivals[i])});
    }
    if (!crowded) return;
    Phrase more(fmt::format("{} more under ", rivals.size() - kShownRivals));
    out_.Add(Item{0, "-", more.AddLink(EventName(*crowded), EventAnchor(*crowded))});
  }

  void WriteSources(const Rule& rule) {
    out_.Add(Heading{4, "Sources"});
    for (const std::string& number : rule.articles) {
      const Article* article = knowledge_.FindArticle(number);
      std::string text = number;
      if (article != nullptr) {
        text += ": " + article->title;
        if (!article->fixed_in.empty()) text += fmt::format(" (fixed in {})", article->fixed_in);
      }
      out_.Add(Item{0, "-", text});
    }
    if (!rule.notes.empty()) out_.Add(Paragraph{rule.notes});
    if (rule.articles.empty() && rule.notes.empty()) out_.Add(Paragraph{"None is named."});
  }

  void WriteRetired() {
    if (retired_.empty()) return;
    out_.Add(Heading{2, "Retired causes", "retired"});
    for (const Rule* rule : retired_) {
      Phrase text(rule->id, Role::kCode);
      const Rule* successor = rules_.Find(rule->superseded_by);
      text.Add(" became ");
      if (successor != nullptr) text.AddLink(successor->title, successor->id);
      if (successor == nullptr) text.Add(rule->superseded_by, Role::kCode);
      out_.Add(Item{0, "-", text});
    }
  }

  const RuleSet& rules_;
  const Knowledge& knowledge_;
  std::map<std::string, std::vector<const Rule*>> areas_;  // rules by id
  std::set<EventKind> events_;                             // that some cause accounts for
  std::vector<const Rule*> retired_;
  std::size_t causes_ = 0;
  Document out_;
};

}  // namespace

Document RuleManual(const RuleSet& rules, const Knowledge& knowledge) {
  return Manual(rules, knowledge).Write();
}

}  // namespace exdiag
