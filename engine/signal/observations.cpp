#include "engine/signal/observations.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/rule/field_test.h"

namespace exdiag {
namespace {

// Events of which all is in memory at a time; reading one again costs some microseconds.
constexpr std::size_t kLoadedAtMost = 4096;

std::string TimeWords(Ticks time) {
  return time.known() ? " at " + FormatTimeForPeople(time) : std::string();
}

std::string HostWords(std::string_view host) {
  return host.empty() ? std::string() : fmt::format(" on {}", host);
}

}  // namespace

std::vector<TextId> Observations::NamedHosts(ObservationId id) const {
  const Observation item = items_[id];
  std::vector<TextId> hosts;
  for (std::size_t i = 0; i < item.named_hosts; ++i) {
    hosts.push_back(named_hosts_[item.first_named_host + i]);
  }
  return hosts;
}

TextId Observations::Value(PatternNumber pattern, ObservationId id, std::string_view field) const {
  const auto& names = patterns_->entries()[pattern].captures;
  const auto captured = std::find(names.begin(), names.end(), field);
  if (captured != names.end()) {
    const std::size_t position = matches_[pattern].Find(id);
    const auto offset = static_cast<std::size_t>(captured - names.begin());
    if (position < matches_[pattern].size()) {
      return captures_[pattern][position * names.size() + offset];
    }
  }
  const auto& columns = KindOf(id).columns;
  const auto column = std::find(columns.begin(), columns.end(), field);
  if (column == columns.end()) return LoadValue(id, field);
  return values_[items_.FirstValueAt(id) + static_cast<std::size_t>(column - columns.begin())];
}

const FieldSource& Observations::FieldsOf(PatternNumber pattern, ObservationId id) const {
  fields_.pattern = pattern;
  fields_.id = id;
  return fields_;
}

std::optional<std::string_view> Observations::Fields::Find(std::string_view field) const {
  const TextId value = owner_.Value(pattern, id, field);
  if (value == kNotShown) return std::nullopt;
  return owner_.texts_.Text(value);
}

std::vector<const Fact*> Observations::FactsOf(std::string_view kind) const {
  std::vector<const Fact*> facts;
  const auto add = [&](const Fact& fact) {
    if (EqualsIgnoreCase(fact.kind, kind)) facts.push_back(&fact);
  };
  for (std::size_t i = 0; i < known_facts_; ++i) add(facts_[i]);
  for (const std::size_t supposed : supposed_) add(facts_[known_facts_ + supposed]);
  return facts;
}

void Observations::Suppose(std::span<const std::size_t> supposed) {
  supposed_.assign(supposed.begin(), supposed.end());
  std::set<std::int64_t> rows;
  for (const std::size_t one : supposed_) rows.insert(SupposedRow(one));
  const std::int64_t last_known = -static_cast<std::int64_t>(known_facts_);
  for (const auto& [pattern, all] : with_supposed_) {
    MatchList& list = matches_[pattern] = MatchList(times_);
    CaptureList& captures = captures_[pattern] = {};
    const std::size_t names = patterns_->entries()[pattern].captures.size();
    for (std::size_t i = 0; i < all.ids.size(); ++i) {
      const ObservationId id = all.ids[i];
      const std::int64_t row = RowOf(id);
      if (row < last_known && !rows.contains(row)) continue;
      list.Append(id);
      for (std::size_t j = 0; j < names; ++j) captures.push_back(all.captures[i * names + j]);
    }
  }
}

const Event* Observations::Load(ObservationId id) const {
  const auto found = loaded_.find(id);
  if (found != loaded_.end()) return &found->second;
  auto event = store_.GetEvent(RowOf(id));
  if (!event) {
    if (!failure_) failure_ = event.error();
    return nullptr;
  }
  if (loaded_.size() >= kLoadedAtMost) loaded_.clear();
  return &loaded_.emplace(id, std::move(*event)).first->second;
}

const std::optional<Error>& Observations::failure() const {
  const bool read = items_.ok() && times_.ok() && values_.ok() && named_hosts_.ok() &&
                    SetBlocks::OfThread().ok() &&
                    std::all_of(captures_.begin(), captures_.end(),
                                [](const CaptureList& list) { return list.ok(); });
  if (!read) NoteUnreadable();
  return failure_;
}

void Observations::NoteUnreadable() const {
  if (!failure_) failure_ = Error{kTemporaryUnreadable};
}

TextId Observations::LoadValue(ObservationId id, std::string_view field) const {
  std::optional<std::string_view> value;
  if (IsFact(id)) {
    value = FactFields(facts_[static_cast<std::size_t>(-RowOf(id) - 1)]).Find(field);
  } else if (const Event* event = Load(id)) {
    loaded_fields_.Bind(*event);
    value = loaded_fields_.Find(field);
  }
  return value ? texts_.Intern(*value) : kNotShown;
}

TextId Observations::EqualityKey(TextId value, bool as_host) const {
  if (value == kNotShown || value == kEmptyText) return kNotShown;
  std::vector<TextId>& keys = as_host ? host_keys_ : equality_keys_;
  if (value >= keys.size()) {
    keys.resize(std::max<std::size_t>(value + 1, 2 * keys.size()), kUnasked);
  }
  if (keys[value] == kUnasked) {
    const std::string_view text = texts_.Text(value);
    keys[value] = texts_.Intern(as_host ? CanonicalHost(Trim(text)) : exdiag::EqualityKey(text));
  }
  return keys[value];
}

std::string Observations::DisplayName(TextId host) const {
  std::string name = NameOf(host);
  if (noted_in_ != nullptr) noted_in_->NoteName(std::string(texts_.Text(host)), name);
  return name;
}

std::string Observations::NameOf(TextId host) const {
  const auto computer = computers_.find(host);
  if (computer != computers_.end()) return computer->second;
  const auto mention = mentions_.find(host);
  return mention != mentions_.end() ? mention->second : std::string(texts_.Text(host));
}

EvidenceReference Observations::Reference(ObservationId id) const {
  const Observation item = items_[id];
  if (IsFact(id)) return ReferenceToFact(facts_[static_cast<std::size_t>(-item.row - 1)]);
  EvidenceReference reference;
  if (const Event* event = Load(id)) reference.where = event->where;
  reference.event_row = item.row;
  reference.record_id = item.record_id;
  const EventKind& kind = KindOf(id).event;
  reference.summary = fmt::format("{} {}{}{}", kind.provider, kind.event_id,
                                  HostWords(texts_.Text(item.computer)), TimeWords(item.time));
  return reference;
}

EvidenceReference ReferenceToFact(const Fact& fact) {
  EvidenceReference reference;
  reference.where = fact.where;
  reference.summary = fact.kind + HostWords(fact.host) + TimeWords(fact.observed_at);
  std::string_view separator = ": ";
  for (const auto& [name, value] : fact.attributes) {
    reference.summary += fmt::format("{}{}={}", separator, name, value);
    separator = ", ";
  }
  return reference;
}

}  // namespace exdiag
