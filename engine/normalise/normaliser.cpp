// Most records of a log repeat the host, the provider and the kinds of event of those before, so
// everything that follows from these is looked up once and kept.  A binary record then costs the
// copying of its strings and one hash; nothing is allocated for it.
#include "engine/normalise/normaliser.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <deque>
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
      found = values_.emplace(std::string(text), make()).first;
    }
    last_text_ = found->first;
    last_ = &found->second;
    return *last_;
  }

  bool full() const { return values_.size() >= kMostKept; }
  void Clear() {
    values_.clear();
    last_ = nullptr;
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

// What follows from provider and computer.
struct KnownSource {
  std::uint64_t number = 0;  // of the records
  KnownProvider* provider = nullptr;
  const std::string* host = nullptr;
  std::string identity_part;
};

// A layout that was looked up for events without the text of a category.
struct LayoutGuess {
  const KnownProvider* provider = nullptr;
  std::size_t count = 0;
  KnownLayout layout;
  std::uint16_t event_id = 0;
};

// Strings as AppendEncodedString writes them, in a buffer that is used again.
class StringsWriter {
 public:
  void Clear() { size_ = 0; }
  void Add(std::string_view text) {
    char* out = Room(text.size());
    std::size_t number = text.size() + 1;
    for (; number >= 0x80; number >>= 7) *out++ = static_cast<char>(number | 0x80);
    *out++ = static_cast<char>(number);
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    size_ = static_cast<std::size_t>(out - buffer_.data()) + text.size();
  }
  void AddNotShown() {
    *Room(0) = '\0';
    ++size_;
  }
  std::string_view view() const { return {buffer_.data(), size_}; }

 private:
  // Where a string of this size fits.
  char* Room(std::size_t size) {
    constexpr std::size_t kMostNumber = 10;
    if (buffer_.size() - size_ < size + kMostNumber)
      buffer_.resize(2 * (size_ + size) + kMostNumber);
    return buffer_.data() + size_;
  }

  std::string buffer_;  // its first size_ bytes count
  std::size_t size_ = 0;
};

// A place in a table of 2^`bits` for this.
constexpr std::size_t PlaceOf(std::uint64_t mixed, int bits) {
  return static_cast<std::size_t>(mixed * 0x9e37'79b9'7f4a'7c15 >> (64 - bits));
}

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
      : knowledge(knowledge_given),
        catalogue(knowledge_given.catalogue()),
        options(std::move(options_given)) {}

  KnownSource& SourceOf(const Record& record);
  void Forget();
  KnownProvider& ProviderOf(std::string_view name);
  KnownLayout LayoutOf(KnownProvider& provider, const Record& record, std::size_t count);
  KnownLayout FindLayout(KnownProvider& provider, const Record& record, std::size_t count);
  bool IsReadable(std::string_view provider, std::uint16_t id, const Layout* layout) const;

  void CopyPlainFields(const Record& record, const KnownSource& source);
  void SetTime(const Record& record);
  void TakeStrings(const Record& record, KnownProvider& provider);
  Record InOrder(const Record& record, const KnownProvider& provider);
  void ReadMessage(const Record& record, KnownProvider& provider);
  bool TakeParsed(const Record& record, const KnownProvider& provider);
  bool TakeMissingDescription(const Record& record, KnownProvider& provider);
  bool RendersExactly(const Record& record) const;

  // Adds the strings to the identity: those that every wording of `layout` prints, all without one.
  // `value_at` says where the view of one is; nullptr when it is not shown.
  template <typename ValueAt>
  void Identify(const Layout* layout, std::size_t count, ValueAt value_at);

  const Knowledge& knowledge;
  const Catalogue& catalogue;
  NormaliseOptions options;
  static constexpr int kSourceBits = 8;
  static constexpr int kLayoutBits = 9;

  Kept<std::string> hosts;
  Kept<KnownProvider> providers;
  // Those that were met last.
  std::array<KnownSource, 1 << kSourceBits> sources;
  std::array<LayoutGuess, 1 << kLayoutBits> layout_guesses;
  EventIdentity identity;
  StringsWriter strings;
  StringsWriter names;
  std::vector<std::string_view> ordered_strings;
  std::vector<std::string_view> ordered_names;
  std::deque<std::string> lowered;
  MessageViews parsed;
  NormalisedEvent event;
};

KnownSource& Normaliser::State::SourceOf(const Record& record) {
  KnownSource& source = sources[PlaceOf(record.source_number, kSourceBits)];
  if (source.number == record.source_number && source.number != 0) return source;
  if (hosts.full() || providers.full()) Forget();
  KnownProvider& provider = ProviderOf(record.provider);
  const std::string& host =
      hosts.Get(record.computer, [&] { return CanonicalHost(record.computer); });
  if (source.provider != &provider || source.host != &host) {
    source.provider = &provider;
    source.host = &host;
    source.identity_part = EventIdentity::SourcePart(host, provider.lower);
  }
  source.number = record.source_number;
  return source;
}

void Normaliser::State::Forget() {
  sources.fill({});
  layout_guesses.fill({});
  hosts.Clear();
  providers.Clear();
}

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

KnownLayout Normaliser::State::LayoutOf(KnownProvider& provider, const Record& record,
                                        std::size_t count) {
  if (!record.category_text.empty()) return FindLayout(provider, record, count);
  const std::uint64_t mixed = reinterpret_cast<std::uintptr_t>(&provider) ^
                              std::uint64_t{record.event_id} << 32 ^ std::uint64_t{count} << 48;
  LayoutGuess& guess = layout_guesses[PlaceOf(mixed, kLayoutBits)];
  if (guess.provider != &provider || guess.event_id != record.event_id || guess.count != count) {
    guess = {&provider, count, FindLayout(provider, record, count), record.event_id};
  }
  return guess.layout;
}

KnownLayout Normaliser::State::FindLayout(KnownProvider& provider, const Record& record,
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

void Normaliser::State::CopyPlainFields(const Record& record, const KnownSource& source) {
  event.provider = source.provider->canonical;
  event.host = *source.host;
  event.source_number = record.source_number;
  event.user_number = record.user_number;
  event.channel = record.channel;
  event.event_id = record.event_id;
  event.qualifiers = record.qualifiers;
  event.level = record.level;
  event.category = record.category;
  event.category_text = record.category_text;
  event.keywords = record.keywords;
  event.computer = record.computer;
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
    const std::string_view* const value = value_at(i);
    if (value != nullptr && !IsOwnPlaceholder(*value, i)) identity.Add(*value);
  }
}

void Normaliser::State::TakeStrings(const Record& record, KnownProvider& provider) {
  const KnownLayout known = LayoutOf(provider, record, record.strings.size());
  for (const std::string_view value : record.strings) strings.Add(value);
  if (record.names.size() == record.strings.size()) {
    for (const std::string_view name : record.names) names.Add(name);
  }
  Identify(known.layout, record.strings.size(), [&](std::size_t i) { return &record.strings[i]; });
  if (!known.readable) event.comparable = false;
  // Forwarded events and some CSVs hold both; what can be rendered need not be kept.
  if (!record.message.empty() && !RendersExactly(record)) event.message = record.message;
}

// The record as the reader of binary logs gives it: with all the values of the event, in its order,
// and GUIDs in lower case.  Unchanged when the order is not known.
Record Normaliser::State::InOrder(const Record& record, const KnownProvider& provider) {
  Record result = record;
  if (record.names.empty() || record.names.size() != record.strings.size()) return result;
  const DataNames* const known =
      knowledge.FindDataNames(provider.canonical, record.event_id, record.names);
  if (known == nullptr) return result;
  ordered_names.clear();
  ordered_strings.clear();
  lowered.clear();
  for (const DataName& data : *known) {
    const auto found = std::find(record.names.begin(), record.names.end(), data.name);
    std::string_view value;
    if (found != record.names.end()) {
      value = record.strings[static_cast<std::size_t>(found - record.names.begin())];
    }
    if (data.is_guid) value = lowered.emplace_back(ToLower(value));
    ordered_names.push_back(data.name);
    ordered_strings.push_back(value);
  }
  result.names = ordered_names;
  result.strings = ordered_strings;
  return result;
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
  for (const auto& value : parsed.strings) {
    if (value) {
      strings.Add(*value);
    } else {
      strings.AddNotShown();
    }
  }
  if (parsed.exact) event.message = {};
  Identify(parsed.layout, parsed.strings.size(),
           [&](std::size_t i) { return parsed.strings[i] ? &*parsed.strings[i] : nullptr; });
  return true;
}

bool Normaliser::State::TakeMissingDescription(const Record& record, KnownProvider& provider) {
  const NamedEvent name{record.provider, record.event_id};
  auto values = StringsFromMissingDescription(record.message, 0, name);
  if (!values) return false;
  KnownLayout known = LayoutOf(provider, record, values->size());
  if (known.layout != nullptr && values->size() > known.layout->fields.size()) {
    // A string holds the separator.
    values = StringsFromMissingDescription(record.message, known.layout->fields.size(), name);
    known = LayoutOf(provider, record, values->size());
  }
  for (const std::string& value : *values) strings.Add(value);
  const std::vector<std::string_view> views(values->begin(), values->end());
  Identify(known.layout, views.size(), [&](std::size_t i) { return &views[i]; });
  if (known.readable) {
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
  state.strings.Clear();
  state.names.Clear();
  const KnownSource& source = state.SourceOf(record);
  KnownProvider& provider = *source.provider;
  state.CopyPlainFields(record, source);
  state.SetTime(record);
  event.message = {};
  state.identity.Begin(source.identity_part, record.event_id, event.time, event.time_basis);
  // Some exports say "no strings" where they have them in the message only.
  if (record.has_strings && (!record.strings.empty() || record.message.empty())) {
    if (record.any_order) {
      state.TakeStrings(state.InOrder(record, provider), provider);
    } else {
      state.TakeStrings(record, provider);
    }
  } else {
    state.ReadMessage(record, provider);
  }
  if (record.time_precision == TimePrecision::kMinute) event.comparable = false;
  event.strings = state.strings.view();
  event.names = state.names.view();
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
