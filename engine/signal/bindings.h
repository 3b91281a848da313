// Which event stands for which pattern when a rule's texts are filled in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/signal/question.h"

namespace exdiag {

class Bindings {
 public:
  // `context` must outlive the bindings, and so must `trigger`.
  Bindings(const RuleContext& context, const Trigger& trigger)
      : context_(&context), trigger_(&trigger) {}

  // The first one that is bound to a pattern stays.
  void Bind(std::size_t pattern, ObservationId id) { events_.try_emplace(pattern, id); }
  // Binds the first event of each pattern that made a condition hold.
  void BindHeld(const Evidence& evidence);
  // What `other` has bound and this one has not.
  void BindRest(const Bindings& other) {
    events_.insert(other.events_.begin(), other.events_.end());
  }

  // Value of {name.field}; "" counts as not known, and long values are cut.
  std::optional<std::string> Value(std::string_view name, std::string_view field) const;
  std::string Render(std::string_view text) const;

 private:
  std::optional<ObservationId> EventFor(std::size_t pattern) const;
  // Named captures of regular expressions in the conditions on a pattern.
  std::optional<std::string> Captured(std::size_t pattern, ObservationId id,
                                      std::string_view field) const;

  const RuleContext* context_;
  const Trigger* trigger_;
  std::map<std::size_t, ObservationId> events_;
};

}  // namespace exdiag
