// Evaluates the rules over a store of which most is known already.
//
// With the events the store keeps what the last evaluation found: the signals of each rule, what
// they rest on, and what the events of each kind told besides.  When events were added since, a
// rule is evaluated again
//
//   * when events of a kind that it names are new or were refined; of a rule without a trigger
//     event so far only the kinds of its triggers matter;
//   * when facts or answers changed, and it has a trigger event or a fact as trigger;
//   * when what was read is another answer to a question about coverage or diagnostics levels that
//     was asked for it, so that "unknown" may have become "not there";
//   * when a host that it names is now written otherwise.
//
// Of all other rules the signals stand.  A rule that was not among those of the last evaluation is
// evaluated, so rules that look at no event of the store may be left out at will.  When a rule, the
// knowledge or the program changed, or anything looks odd, everything is evaluated.  What is kept
// never decides what is found: the result is that of EvaluateRules, always.
//
// Whoever lets the evaluation of a rule look at something else than the events of its patterns,
// facts, CoverageMap and Observations::DisplayName has to make that a dependency here.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/signal/signal_list.h"

namespace exdiag {

// What UpdateSignals had to do.
struct UpdateWork {
  std::size_t evaluated = 0;  // rules
  std::size_t kept = 0;       // rules whose signals stand
  // KeptSignals::hash of what the store keeps now; "" for nothing, and where the rules did not come
  // by id, so that the signals are counted in another order than the kept ones.
  std::string kept_as;
};

// Signals of more bytes are not kept: the next diagnosis works them out again.
inline constexpr std::size_t kMostKeptBytes = std::size_t{8} << 20;

// As EvaluateRules, and keeps the result in the store when it can be written.  `key` is a text that
// differs whenever what a rule says, `knowledge` or the program do, but not by which of the rules
// are among `rules`; with "" nothing is kept or used.
Result<SignalList> UpdateSignals(std::span<const Rule* const> rules, const Knowledge& knowledge,
                                 Store& store, const std::string& key, DiagnosticSink& problems,
                                 UpdateWork* work = nullptr,
                                 std::size_t most_kept = kMostKeptBytes);

// What UpdateSignals kept in a store, read in part: without its rules, and no more of the signals
// than somebody asks for.  Numbers of signals are indexes into what UpdateSignals gave.
class KeptSignals {
 public:
  // nullopt when UpdateSignals with this key would find anything to do.
  static std::optional<KeptSignals> Current(const Store& store, const std::string& key);

  // Differs between any two contents.
  const std::string& hash() const { return hash_; }

  std::size_t size() const { return signals_.size(); }
  // Id of the rule whose signal it is.
  std::string_view RuleOf(std::size_t number) const { return signals_[number].rule; }
  // nullopt when it cannot be read.  `rule` is the one with that id.
  std::optional<Signal> Get(std::size_t number, const Rule& rule) const;

 private:
  struct Packed {
    std::string_view rule, signal;
  };

  std::unique_ptr<const std::string> content_;
  std::string hash_;
  std::vector<Packed> signals_;  // in content_
};

}  // namespace exdiag
