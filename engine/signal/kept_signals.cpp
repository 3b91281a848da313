#include "engine/signal/kept_signals.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/content_hash.h"
#include "engine/base/text.h"
#include "engine/signal/packed_signal.h"
#include "engine/signal/rule_run.h"

namespace exdiag {
namespace {

constexpr std::string_view kName = "signals";
constexpr std::string_view kFormat = "signals 2";

struct KeptRule {
  bool triggered = false;
  std::string rests_on;  // packed: most of it is never looked at
  std::string signals;   // packed: each as a text of its own
};

struct KeptState {
  std::int64_t stamp = 0;  // StoreChanges
  std::string facts;       // hash
  KindSummaries summaries;
  std::map<std::string, KeptRule, std::less<>> rules;  // by id
};

std::string PackState(const std::string& key, const KeptState& state) {
  PackedWriter out;
  out.Text(kFormat);
  out.Text(key);
  out.Signed(state.stamp);
  out.Text(state.facts);
  PackedWriter summaries;
  PackSummaries(state.summaries, summaries);
  out.Text(summaries.bytes());
  out.Number(state.rules.size());
  for (const auto& [id, rule] : state.rules) {
    out.Text(id);
    out.Number(rule.triggered ? 1 : 0);
    out.Text(rule.rests_on);
    out.Text(rule.signals);
  }
  return out.Take();
}

// The same, as views into what is kept.
struct KeptView {
  struct OfRule {
    std::string_view id;
    bool triggered = false;
    std::string_view rests_on, signals;
  };
  std::int64_t stamp = 0;
  std::string_view facts, summaries;
  std::vector<OfRule> rules;
};

std::optional<KeptView> ViewState(std::string_view bytes, const std::string& key) {
  PackedReader in(bytes);
  if (in.Text() != kFormat || in.Text() != key) return std::nullopt;
  KeptView view;
  view.stamp = in.Signed();
  view.facts = in.Text();
  view.summaries = in.Text();
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
    KeptView::OfRule& rule = view.rules.emplace_back();
    rule.id = in.Text();
    rule.triggered = in.Number() != 0;
    rule.rests_on = in.Text();
    rule.signals = in.Text();
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return view;
}

std::optional<KeptState> UnpackState(std::string_view bytes, const std::string& key) {
  const std::optional<KeptView> view = ViewState(bytes, key);
  if (!view) return std::nullopt;
  KeptState state;
  state.stamp = view->stamp;
  state.facts = view->facts;
  PackedReader summaries(view->summaries);
  state.summaries = UnpackSummaries(summaries);
  if (!summaries.ok() || !summaries.at_end()) return std::nullopt;
  for (const auto& [id, triggered, rests_on, signals] : view->rules) {
    state.rules[std::string(id)] = {triggered, std::string(rests_on), std::string(signals)};
  }
  return state;
}

// The packed signals of one rule; nullopt when they are none.
std::optional<std::vector<std::string_view>> SignalTexts(std::string_view packed) {
  PackedReader in(packed);
  std::vector<std::string_view> texts;
  for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) texts.push_back(in.Text());
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return texts;
}

std::optional<Signal> SignalFrom(std::string_view packed, const Rule& rule) {
  PackedReader in(packed);
  std::optional<Signal> signal = UnpackSignal(in, rule);
  if (!in.ok() || !in.at_end()) signal.reset();
  return signal;
}

std::string HashOfText(std::string_view text) {
  ContentHash hash;
  hash.Add(text);
  return hash.Hex();
}

std::string HashOf(const std::vector<Fact>& facts) {
  PackedWriter all;
  for (const Fact& fact : facts) {
    all.Text(fact.kind);
    all.Text(fact.host);
    all.Number(fact.attributes.size());
    for (const auto& [name, value] : fact.attributes) {
      all.Text(name);
      all.Text(value);
    }
    all.Signed(fact.observed_at.value);
    all.Number(static_cast<std::uint64_t>(fact.time_basis));
    all.Text(ToString(fact.where));
  }
  return HashOfText(all.bytes());
}

// What passes here is heard, and noted: a run with complaints is not kept, so that the next one
// complains again.
class Listener final : public DiagnosticSink {
 public:
  explicit Listener(DiagnosticSink& sink) : sink_(sink) {}

  void Report(Diagnostic diagnostic) override {
    heard_ = true;
    sink_.Report(std::move(diagnostic));
  }
  bool heard() const { return heard_; }

 private:
  DiagnosticSink& sink_;
  bool heard_ = false;
};

class Update {
 public:
  Update(std::span<const Rule* const> rules, const Knowledge& knowledge, Store& store,
         DiagnosticSink& problems, std::size_t most_kept)
      : rules_(rules),
        knowledge_(knowledge),
        store_(store),
        problems_(problems),
        most_(most_kept) {}

  bool CanKeep() const {
    return std::all_of(rules_.begin(), rules_.end(), [](const Rule* rule) {
      return std::all_of(rule->events.begin(), rule->events.end(), [](const EventPattern& pattern) {
        return !pattern.fact_kind.empty() || (!pattern.providers.empty() && !pattern.ids.empty());
      });
    });
  }

  Result<SignalList> Run(const std::string& key, UpdateWork& work) {
    const std::string kept_text = store_.Kept(kName);
    std::optional<KeptState> kept = UnpackState(kept_text, key);
    const auto changes = store_.ChangesSince(kept ? kept->stamp : 0);
    if (!changes) return Everything(work);  // it does not know
    const auto facts = store_.Facts();
    if (!facts) return facts.error();
    KeptState state;
    state.stamp = changes->stamp;
    state.facts = HashOf(*facts);
    const bool same =
        kept && kept->stamp == state.stamp && kept->facts == state.facts && changes->kinds.empty();
    if (same && KnowsAllRules(*kept)) {
      if (auto signals = Unchanged(*kept)) {
        work.kept = rules_.size();
        NoteKept(kept_text, work);
        return std::move(*signals);
      }
      kept.reset();
    }
    for (const EventKind& kind : changes->kinds) changed_.insert(SummaryKey(knowledge_, kind));
    if (auto done = Evaluate(kept ? &*kept : nullptr, state, work); !done) return done.error();
    auto signals = too_many_ ? std::nullopt : Unchanged(state);
    if (!signals && kept) {  // or a signal that stands cannot be read
      if (auto done = Evaluate(nullptr, state, work); !done) return done.error();
      if (!too_many_) signals = Unchanged(state);
    }
    if (too_many_) return std::move(found_);
    if (!signals) return Error{"what was found cannot be put together"};  // not reached
    if (!problems_.heard()) Keep(PackState(key, state), work);
    return std::move(*signals);
  }

  // Where nothing can be kept.
  Result<SignalList> Everything(UpdateWork& work) {
    work.evaluated = rules_.size();
    return EvaluateRules(rules_, knowledge_, store_, problems_);
  }

 private:
  bool KnowsAllRules(const KeptState& state) const {
    return std::all_of(rules_.begin(), rules_.end(),
                       [&](const Rule* rule) { return state.rules.contains(rule->id); });
  }

  // All signals of a state that is up to date; nullopt when it cannot be read.
  std::optional<SignalList> Unchanged(const KeptState& state) const {
    SignalList signals;
    for (const Rule* rule : rules_) {
      const auto found = state.rules.find(rule->id);
      if (found == state.rules.end()) return std::nullopt;
      const auto texts = SignalTexts(found->second.signals);
      if (!texts) return std::nullopt;
      for (const std::string_view text : *texts) {
        auto signal = SignalFrom(text, *rule);
        if (!signal) return std::nullopt;
        signals.Add(std::move(*signal));
      }
    }
    return signals;
  }

  bool Changed(const EventPattern& pattern) const {
    for (const std::string& provider : pattern.providers) {
      for (const std::uint16_t id : pattern.ids) {
        if (changed_.contains(SummaryKey(knowledge_, {provider, id}))) return true;
      }
    }
    return false;
  }

  // As far as it can be told before anything is read.
  bool MustRun(const Rule& rule, const KeptState* kept, bool facts_changed) const {
    const auto found =
        kept == nullptr ? decltype(kept->rules.begin()){} : kept->rules.find(rule.id);
    if (kept == nullptr || found == kept->rules.end()) return true;
    if (found->second.triggered) {
      return facts_changed || std::any_of(rule.events.begin(), rule.events.end(),
                                          [this](const auto& pattern) { return Changed(pattern); });
    }
    return std::any_of(rule.triggers.begin(), rule.triggers.end(), [&](std::size_t trigger) {
      const EventPattern& pattern = rule.events[trigger];
      return Changed(pattern) || (facts_changed && !pattern.fact_kind.empty());
    });
  }

  Result<void> Evaluate(const KeptState* kept, KeptState& state, UpdateWork& work) {
    const bool facts_changed = kept == nullptr || kept->facts != state.facts;
    std::set<const Rule*> stale;
    for (const Rule* rule : rules_) {
      if (MustRun(*rule, kept, facts_changed)) stale.insert(rule);
    }
    auto run = Gathered(stale, kept, state);
    if (!run) return run.error();
    if (kept != nullptr && AddStale(**run, *kept, stale)) {
      run = Gathered(stale, kept, state);
      if (!run) return run.error();
    }
    found_ = {};
    packed_ = 0;
    too_many_ = false;
    for (std::size_t i = 0; i < running_.size(); ++i) {
      auto result = (*run)->Evaluate(i);
      if (!result) return result.error();
      if (!too_many_) Pack(*result, state.rules[running_[i]->id]);
      if (too_many_) state.rules.clear();
      found_.Append(std::move(result->signals));
    }
    work.evaluated = running_.size();
    work.kept = rules_.size() - running_.size();
    if (!SetBlocks::OfThread().ok()) return Error{kTemporaryUnreadable};
    if (too_many_) return {};
    for (const Rule* rule : rules_) {
      if (!stale.contains(rule)) state.rules[rule->id] = kept->rules.find(rule->id)->second;
    }
    return {};
  }

  // Reads what the stale rules name, and all events of kinds that changed.
  Result<std::unique_ptr<RuleRun>> Gathered(const std::set<const Rule*>& stale,
                                            const KeptState* kept, KeptState& state) {
    running_.clear();
    std::vector<const Rule*> looking_on;  // named a kind that changed, but nothing else did
    for (const Rule* rule : rules_) {
      if (stale.contains(rule)) {
        running_.push_back(rule);
      } else if (std::any_of(rule->events.begin(), rule->events.end(),
                             [this](const auto& pattern) { return Changed(pattern); })) {
        looking_on.push_back(rule);
      }
    }
    state.summaries.clear();
    GatherOptions options;
    options.summaries = &state.summaries;
    if (kept != nullptr) {
      for (const auto& [key, summary] : kept->summaries) {
        if (!changed_.contains(key)) state.summaries.emplace(key, summary);
      }
      for (const EventKind& kind : AllKinds()) {
        if (changed_.contains(SummaryKey(knowledge_, kind))) options.more_kinds.push_back(kind);
      }
    }
    auto run = std::make_unique<RuleRun>(running_, looking_on);
    const auto gathered = run->Gather(knowledge_, store_, problems_, options);
    if (!gathered) return gathered.error();
    return run;
  }

  std::vector<EventKind> AllKinds() const { return KindsToKeep(rules_, knowledge_); }

  // Rules whose events are the same, but not what else they rest on.  True when there are any.
  bool AddStale(const RuleRun& run, const KeptState& kept, std::set<const Rule*>& stale) const {
    const std::size_t before = stale.size();
    for (const Rule* rule : rules_) {
      if (stale.contains(rule)) continue;
      PackedReader in(kept.rules.find(rule->id)->second.rests_on);
      const Dependencies rests_on = Dependencies::Unpack(in);
      if (!in.ok() || !rests_on.StillHold(run.coverage(), run.world())) stale.insert(rule);
    }
    return stale.size() > before;
  }

  void Keep(const std::string& packed, UpdateWork& work) {
    if (store_.Keep(kName, packed)) NoteKept(packed, work);
  }

  void NoteKept(const std::string& packed, UpdateWork& work) const {
    const bool by_id = std::is_sorted(rules_.begin(), rules_.end(),
                                      [](const Rule* a, const Rule* b) { return a->id < b->id; });
    if (by_id) work.kept_as = HashOfText(packed);
  }

  void Pack(const RuleResult& result, KeptRule& kept) {
    kept.triggered = result.triggered;
    PackedWriter rests_on, signals;
    result.rests_on.Pack(rests_on);
    signals.Number(result.signals.size());
    for (std::size_t i = 0; i < result.signals.size(); ++i) {
      // Each row takes a byte or more.
      too_many_ = packed_ + result.signals.ExplainedBy(i).size() > most_;
      if (too_many_) return;
      PackedWriter one;
      PackSignal(result.signals[i], one);
      signals.Text(one.bytes());
      packed_ += one.bytes().size();
    }
    kept.rests_on = rests_on.Take();
    kept.signals = signals.Take();
  }

  const std::span<const Rule* const> rules_;
  const Knowledge& knowledge_;
  Store& store_;
  Listener problems_;
  std::set<std::string> changed_;  // kinds, by SummaryKey
  std::vector<const Rule*> running_;
  SignalList found_;  // by these
  const std::size_t most_;
  std::size_t packed_ = 0;  // bytes
  bool too_many_ = false;   // to be kept
};

}  // namespace

Result<SignalList> UpdateSignals(std::span<const Rule* const> rules, const Knowledge& knowledge,
                                 Store& store, const std::string& key, DiagnosticSink& problems,
                                 UpdateWork* work, std::size_t most_kept) {
  UpdateWork ignored;
  UpdateWork& done = work == nullptr ? ignored : *work;
  done = {};
  Update update(rules, knowledge, store, problems, most_kept);
  return !key.empty() && update.CanKeep() ? update.Run(key, done) : update.Everything(done);
}

std::optional<KeptSignals> KeptSignals::Current(const Store& store, const std::string& key) {
  if (key.empty()) return std::nullopt;
  KeptSignals kept;
  kept.content_ = std::make_unique<const std::string>(store.Kept(kName));
  const auto view = ViewState(*kept.content_, key);
  if (!view) return std::nullopt;
  const auto changes = store.ChangesSince(view->stamp);
  if (!changes || changes->stamp != view->stamp || !changes->kinds.empty()) return std::nullopt;
  const auto facts = store.Facts();
  if (!facts || HashOf(*facts) != view->facts) return std::nullopt;
  kept.hash_ = HashOfText(*kept.content_);
  for (const KeptView::OfRule& rule : view->rules) {
    const auto texts = SignalTexts(rule.signals);
    if (!texts) return std::nullopt;
    for (const std::string_view text : *texts) kept.signals_.push_back({rule.id, text});
  }
  return kept;
}

std::optional<Signal> KeptSignals::Get(std::size_t number, const Rule& rule) const {
  return SignalFrom(signals_[number].signal, rule);
}

}  // namespace exdiag
