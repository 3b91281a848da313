#include "engine/rule/rule_index.h"

#include <algorithm>
#include <vector>

#include "engine/base/packed.h"

namespace exdiag {
namespace {

// A pattern without IDs, which looks at all of them, and a fact that triggers.
constexpr std::uint64_t kAnyId = 0x10000;

// Events that only raised diagnostics log, by canonical name of the provider: whether a host logs
// at that level is told by all of them, whichever a rule names (GatheredKinds).
using RaisedIds = std::map<std::string_view, std::vector<std::uint16_t>>;

RaisedIds RaisedIdsOf(const Catalogue& catalogue) {
  RaisedIds raised;
  for (const auto& entry : catalogue.entries()) {
    if (entry->logged_at.empty()) continue;
    raised[catalogue.CanonicalProvider(entry->provider)].push_back(entry->event_id);
  }
  return raised;
}

void AddIds(const EventPattern& pattern, const Catalogue& catalogue, const RaisedIds& raised,
            std::set<std::uint64_t>& ids) {
  ids.insert(pattern.ids.begin(), pattern.ids.end());
  for (const std::string& provider : pattern.providers) {
    const auto more = raised.find(catalogue.CanonicalProvider(provider));
    if (more != raised.end()) ids.insert(more->second.begin(), more->second.end());
  }
}

}  // namespace

RuleIndex::RuleIndex(std::span<const Rule> rules, std::span<const YamlFile> files,
                     const Catalogue& catalogue) {
  const RaisedIds raised = RaisedIdsOf(catalogue);
  std::map<std::string_view, std::string_view> names;  // by path, which differs from run to run
  for (const YamlFile& file : files) names.emplace(file.path, file.name);
  for (const Rule& rule : rules) {
    Row& row = rows_[rule.id];
    row.file = names[rule.where.file];
    for (const EventPattern& pattern : rule.events) {
      AddIds(pattern, catalogue, raised, row.event_ids);
      if (pattern.ids.empty() && pattern.fact_kind.empty()) row.event_ids.insert(kAnyId);
    }
    for (const std::size_t trigger : rule.triggers) {
      if (!rule.events[trigger].fact_kind.empty()) row.event_ids.insert(kAnyId);
    }
  }
}

RuleIds RuleIndex::Naming(const std::set<std::uint16_t>& event_ids) const {
  RuleIds naming;
  for (const auto& [id, row] : rows_) {
    const bool names =
        std::any_of(row.event_ids.begin(), row.event_ids.end(), [&](std::uint64_t event) {
          return event == kAnyId || event_ids.contains(static_cast<std::uint16_t>(event));
        });
    if (names) naming.insert(naming.end(), id);
  }
  return naming;
}

std::set<std::string_view> RuleIndex::FilesOf(const RuleIds& rules) const {
  std::set<std::string_view> files;
  for (const std::string& id : rules) {
    const auto row = rows_.find(id);
    if (row != rows_.end()) files.insert(row->second.file);
  }
  return files;
}

std::string RuleIndex::Pack() const {
  PackedWriter out;
  out.Number(rows_.size());
  for (const auto& [id, row] : rows_) {
    out.Text(id);
    out.Text(row.file);
    out.Number(row.event_ids.size());
    for (const std::uint64_t event : row.event_ids) out.Number(event);
  }
  return out.Take();
}

std::optional<RuleIndex> RuleIndex::Unpack(std::string_view bytes) {
  PackedReader in(bytes);
  RuleIndex index;
  for (std::size_t rules = in.Count(); rules > 0 && in.ok(); --rules) {
    Row& row = index.rows_[std::string(in.Text())];
    row.file = in.Text();
    for (std::size_t left = in.Count(); left > 0 && in.ok(); --left) {
      row.event_ids.insert(row.event_ids.end(), in.Number());
    }
  }
  return in.ok() && in.at_end() ? std::optional(std::move(index)) : std::nullopt;
}

}  // namespace exdiag
