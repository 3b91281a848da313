// Most records of a log repeat the host, the provider and the kinds of event of those before, so
// everything that follows from these is looked up once and kept.  A binary record then costs the
// copying of its strings and one hash; nothing is allocated for it.
#include "engine/normalise/normaliser.h"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/normalise/event_identity.h"

namespace exdiag {
namespace {

// So many different names only a hostile log has.
constexpr std::size_t kMostKept = std::size_t{1} << 16;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return static_cast<std::size_t>(XXH3_64bits(text.data(), text.size()));
  }
};

// Values that follow from a text, made at first sight.  The last one is kept apart: a log of one
// host asks for nothing else.
template <typename Value>
class Kept {
 public:
  template <typename Make>
  Value& Get(std::string_view text, Make make) {
    if (last_ != nullptr && last_text_ == text) return *last_;
    auto found = values_.find(text);
    if (found == values_.end()) {
      if (values_.size() >= kMostKept) values_.clear();
      found = values_.emplace(std::string(text), make()).first;
    }
    last_text_ = found->first;
    last_ = &found->second;
    return *last_;
  }

 private:
  std::unordered_map<std::string, Value, TextHash, std::equal_to<>> values_;
  std::string_view last_text_;  // of a key
  Value* last_ = nullptr;
};

// What the catalogue says of events of one kind with one number of strings.
struct KnownLayout {
  const Layout* layout = nullptr;
  bool readable = false;  // a message of it can be read back
};

struct KnownProvider {
  std::string canonical;
  std::string lower;
  std::unordered_map<std::uint64_t, KnownLayout> layouts;
};

// Positions whose text is their own number were never passed: "%10".
bool IsOwnPlaceholder(std::string_view text, std::size_t position) {
  if (text.size() < 2 || text.size() > 4 || text.front() != '%') return false;
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  return error == std::errc{} && stop == end && number == position + 1;
}

}  // namespace

struct Normaliser::State {
  State(const Knowledge& knowledge_given, NormaliseOptions options_given)
      : catalogue(knowledge_given.catalogue()), options(std::move(options_given)) {}

  KnownProvider& ProviderOf(std::string_view name);
  const KnownLayout& LayoutOf(KnownProvider& provider, const Record& record, std::size_t count);
  bool IsReadable(std::string_view provider, std::uint16_t id, const Layout* layout) const;

  void CopyPlainFields(const Record& record);
  void SetTime(const Record& record);
  void TakeStrings(const Record& record, KnownProvider& provider);
  void ReadMessage(const Record& record, KnownProvider& provider);
  bool TakeParsed(const Record& record, const KnownProvider& provider);
  bool TakeMissingDescription(const Record& record, KnownProvider& provider);
  bool RendersExactly(const Record& record) const;

  // Adds the strings to the identity: those that every wording of `layout` prints, all without one.
  template <typename ValueAt>
  void Identify(const Layout* layout, std::size_t count, ValueAt value_at);

  const Catalogue& catalogue;
  NormaliseOptions options;
  Kept<std::string> hosts;
  Kept<KnownProvider> providers;
  EventIdentity identity;
  std::string strings;
  std::string names;
  MessageViews parsed;
  NormalisedEvent event;
};

KnownProvider& Normaliser::State::ProviderOf(std::string_view name) {
  return providers.Get(name, [&] {
    const std::string canonical(catalogue.CanonicalProvider(Trim(name)));
    return KnownProvider{canonical, ToLower(canonical), {}};
  });
}

bool Normaliser::State::IsReadable(std::string_view provider, std::uint16_t id,
                                   const Layout* layout) const {
  for (const CatalogueEntry* entry : catalogue.Find(provider, id)) {
    for (std::size_t number : entry->wording_layouts) {
      if (&entry->layouts[number] == layout) return true;
    }
  }
  return false;
}

const KnownLayout& Normaliser::State::LayoutOf(KnownProvider& provider, const Record& record,
                                               std::size_t count) {
  std::uint64_t key = std::uint64_t{record.event_id} << 48 | (count & 0xffff);
  if (!record.category_text.empty()) {
    key ^= XXH3_64bits(record.category_text.data(), record.category_text.size());
  }
  const auto found = provider.layouts.find(key);
  if (found != provider.layouts.end()) return found->second;
  if (provider.layouts.size() >= kMostKept) provider.layouts.clear();
  const Layout* layout =
      catalogue.LayoutOf(provider.canonical, record.event_id, record.category_text, count);
  return provider.layouts[key] = {layout, IsReadable(provider.canonical, record.event_id, layout)};
}

void Normaliser::State::CopyPlainFields(const Record& record) {
  event.channel = record.channel;
  event.event_id = record.event_id;
  event.qualifiers = record.qualifiers;
  event.level = record.level;
  event.category = record.category;
  event.category_text = record.category_text;
  event.keywords = record.keywords;
  event.computer = record.computer;
  event.host = hosts.Get(record.computer, [&] { return CanonicalHost(record.computer); });
  event.user = record.user;
  event.record_id = record.record_id;
  event.binary = record.binary;
  event.place = record.place;
  event.recovered = record.recovered;
  event.comparable = true;
}

void Normaliser::State::SetTime(const Record& record) {
  event.time = record.time;
  event.time_precision = record.time_precision;
  event.time_basis = record.time.known() ? record.time_basis : TimeBasis::kNone;
  if (event.time_basis != TimeBasis::kLocalUnknown) return;
  if (options.zone) {
    event.time = options.zone->ToUtc(record.time);
    event.time_basis = TimeBasis::kLocalWithOffset;
  } else {
    event.comparable = false;
  }
}

template <typename ValueAt>
void Normaliser::State::Identify(const Layout* layout, std::size_t count, ValueAt value_at) {
  const std::size_t shown = layout == nullptr ? count : std::min(count, layout->printed.size());
  for (std::size_t i = 0; i < shown; ++i) {
    if (layout != nullptr && !layout->printed[i]) continue;
    const std::optional<std::string_view> value = value_at(i);
    if (!value || IsOwnPlaceholder(*value, i)) continue;
    identity.Add(*value);
  }
}

void Normaliser::State::TakeStrings(const Record& record, KnownProvider& provider) {
  const KnownLayout& known = LayoutOf(provider, record, record.strings.size());
  for (const std::string_view value : record.strings) AppendEncodedString(value, strings);
  if (record.names.size() == record.strings.size()) {
    for (const std::string_view name : record.names) AppendEncodedString(name, names);
  }
  Identify(known.layout, record.strings.size(),
           [&](std::size_t i) { return std::optional(record.strings[i]); });
  if (!known.readable) event.comparable = false;
  // Forwarded events and some CSVs hold both; what can be rendered need not be kept.
  if (!record.message.empty() && !RendersExactly(record)) event.message = record.message;
}

bool Normaliser::State::RendersExactly(const Record& record) const {
  InsertionStrings values;
  for (const std::string_view value : record.strings) values.emplace_back(value);
  return catalogue.Render(event.provider, record.event_id, record.category_text, values) ==
         record.message;
}

void Normaliser::State::ReadMessage(const Record& record, KnownProvider& provider) {
  event.message = record.message;
  if (TakeParsed(record, provider) || TakeMissingDescription(record, provider)) return;
  identity.Add(record.message);
  event.comparable = false;
}

bool Normaliser::State::TakeParsed(const Record& record, const KnownProvider& provider) {
  if (!catalogue.ParseMessage(provider.canonical, record.event_id, record.message,
                              record.category_text, parsed)) {
    return false;
  }
  for (const auto& value : parsed.strings) AppendEncodedString(value, strings);
  if (parsed.exact) event.message = {};
  Identify(parsed.layout, parsed.strings.size(), [&](std::size_t i) { return parsed.strings[i]; });
  return true;
}

bool Normaliser::State::TakeMissingDescription(const Record& record, KnownProvider& provider) {
  auto values = StringsFromMissingDescription(record.message, 0);
  if (!values) return false;
  const KnownLayout* known = &LayoutOf(provider, record, values->size());
  if (known->layout != nullptr && values->size() > known->layout->fields.size()) {
    // A string holds the separator.
    values = StringsFromMissingDescription(record.message, known->layout->fields.size());
    known = &LayoutOf(provider, record, values->size());
  }
  for (const std::string& value : *values) AppendEncodedString(value, strings);
  Identify(known->layout, values->size(),
           [&](std::size_t i) { return std::optional<std::string_view>((*values)[i]); });
  if (known->readable) {
    event.message = {};  // the sentence says nothing beside the strings, and they can be rendered
  } else {
    event.comparable = false;
  }
  return true;
}

Normaliser::Normaliser(const Knowledge& knowledge, NormaliseOptions options)
    : state_(std::make_unique<State>(knowledge, std::move(options))) {}

Normaliser::~Normaliser() = default;

const NormalisedEvent& Normaliser::Normalise(const Record& record) {
  State& state = *state_;
  NormalisedEvent& event = state.event;
  state.strings.clear();
  state.names.clear();
  KnownProvider& provider = state.ProviderOf(record.provider);
  state.CopyPlainFields(record);
  state.SetTime(record);
  event.provider = provider.canonical;
  event.message = {};
  state.identity.Begin(event.host, provider.lower, record.event_id, event.time, event.time_basis);
  // Some exports say "no strings" where they have them in the message only.
  if (record.has_strings && (!record.strings.empty() || record.message.empty())) {
    state.TakeStrings(record, provider);
  } else {
    state.ReadMessage(record, provider);
  }
  if (record.time_precision == TimePrecision::kMinute) event.comparable = false;
  event.strings = state.strings;
  event.names = state.names;
  event.identity = state.identity.Hash();
  return event;
}

Event ToEvent(const NormalisedEvent& normalised) {
  Event event;
  event.channel = normalised.channel;
  event.provider = normalised.provider;
  event.event_id = normalised.event_id;
  event.qualifiers = normalised.qualifiers;
  event.level = normalised.level;
  event.category = normalised.category;
  event.category_text = normalised.category_text;
  event.keywords = normalised.keywords;
  event.time = normalised.time;
  event.time_basis = normalised.time_basis;
  event.time_precision = normalised.time_precision;
  event.record_id = normalised.record_id;
  event.computer = normalised.computer;
  event.host = normalised.host;
  event.user = normalised.user;
  event.strings = DecodeStrings(normalised.strings);
  for (auto& name : DecodeStrings(normalised.names)) event.names.push_back(std::move(*name));
  event.message = normalised.message;
  event.binary.assign(normalised.binary.begin(), normalised.binary.end());
  event.recovered = normalised.recovered;
  event.where.place = normalised.place;
  return event;
}

}  // namespace exdiag
