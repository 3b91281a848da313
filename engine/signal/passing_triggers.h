// Which triggers of a rule opened an incident.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/base/spill_file.h"
#include "engine/signal/number_set.h"
#include "engine/signal/question.h"

namespace exdiag {

// Triggers for which the rule's conditions hold, as far as they are known, in order of time.  There
// may be millions, so of each only numbers are kept.
class PassingTriggers {
 public:
  // `unknown`: one of the conditions is not known.
  void Add(const Trigger& trigger, bool unknown) {
    passing_.push_back({trigger.id, NumberOf({trigger.hosts, trigger.peers}),
                        static_cast<std::uint16_t>(trigger.pattern), unknown});
  }
  std::size_t size() const { return passing_.size(); }
  // False when what it gave cannot be relied upon: the temporary file could not be read.
  bool ok() const { return passing_.ok(); }
  ObservationId IdAt(std::size_t position) const { return passing_[position].id; }
  bool IsUnknownAt(std::size_t position) const { return passing_[position].unknown; }
  Trigger At(std::size_t position) const {
    Trigger trigger;
    Put(passing_[position], trigger);
    return trigger;
  }

  // Visits those at some positions.
  template <typename Visit>
  void ForEach(const IdSet& positions, const Visit& visit) const {
    Trigger trigger;
    std::uint32_t last = kNoHosts;
    positions.ForEach(0, positions.size(), [&](std::uint32_t position) {
      const Passing& one = passing_[position];
      if (one.hosts == std::exchange(last, one.hosts)) {
        trigger.id = one.id;
        trigger.pattern = one.pattern;
      } else {
        Put(one, trigger);
      }
      visit(trigger);
    });
  }

 private:
  struct Passing {
    ObservationId id = 0;
    std::uint32_t hosts = 0;  // index into hosts_
    std::uint16_t pattern = 0;
    bool unknown = false;
  };
  // Trigger::hosts and Trigger::peers, of which there are few different ones.
  using Hosts = std::pair<std::vector<TextId>, std::vector<TextId>>;
  static constexpr std::uint32_t kNoHosts = 0xffff'ffff;

  std::uint32_t NumberOf(Hosts hosts) {
    const auto [found, is_new] =
        numbers_.try_emplace(std::move(hosts), static_cast<std::uint32_t>(hosts_.size()));
    if (is_new) hosts_.push_back(&found->first);
    return found->second;
  }

  void Put(const Passing& one, Trigger& trigger) const {
    trigger.id = one.id;
    trigger.pattern = one.pattern;
    std::tie(trigger.hosts, trigger.peers) = *hosts_[one.hosts];
  }

  SpilledList<Passing> passing_{std::size_t{1} << 20};
  std::map<Hosts, std::uint32_t> numbers_;
  std::vector<const Hosts*> hosts_;
};

}  // namespace exdiag
