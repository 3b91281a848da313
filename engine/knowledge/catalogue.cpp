#include "engine/knowledge/catalogue.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <unordered_map>

#include "engine/base/text.h"
#include "engine/knowledge/catalogue_reader.h"
#include "engine/yaml/cache.h"
#include "engine/yaml/files.h"

namespace exdiag {
namespace {

// Provider names compare without case: "SMTPSVC" is "smtpsvc" in some exports.
struct FoldedHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    std::uint64_t hash = 0xcbf29ce484222325 + text.size();  // as FNV-1a, eight characters at a time
    while (!text.empty()) {
      std::uint64_t eight = 0;
      const std::size_t size = std::min(text.size(), sizeof eight);
      std::memcpy(&eight, text.data(), size);
      // The bit that parts the cases of a letter does not count.
      hash = (hash ^ (eight | 0x2020'2020'2020'2020)) * 0x100000001b3;
      hash ^= hash >> 32;
      text.remove_prefix(size);
    }
    return static_cast<std::size_t>(hash);
  }
};

struct FoldedEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return EqualsIgnoreCase(a, b); }
};

template <typename T>
using ByName = std::unordered_map<std::string, T, FoldedHash, FoldedEqual>;

struct KnownEntry {
  const CatalogueEntry* entry = nullptr;
  std::vector<CompiledWording> wordings;  // in the file's order: the first of a layout is preferred
};

// A wording to try on a message.
struct Try {
  std::size_t entry;  // in Index::known
  std::size_t wording;
  std::size_t literal_length;
};

std::size_t Distance(std::size_t a, std::size_t b) { return a < b ? b - a : a - b; }

// True when every string that the wording prints was found.
bool IsComplete(const MessageTemplate& wording, const StringViews& strings) {
  for (std::size_t i = 0; i < strings.size(); ++i) {
    if (!strings[i] && wording.Prints(i)) return false;
  }
  return true;
}

}  // namespace

// All generations of one event.
struct Catalogue::KnownEvent {
  std::vector<std::size_t> entries;  // in Index::known
  std::vector<Try> tries;            // most literal text first
};

std::optional<std::size_t> Layout::IndexOf(std::string_view field) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == field) return i;
  }
  return std::nullopt;
}

bool Layout::Names(std::string_view field) const {
  const auto named = [field](const Field& known) { return known.name == field; };
  return IndexOf(field) || std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
           return std::any_of(part.fields.begin(), part.fields.end(), named);
         });
}

std::optional<std::string_view> Layout::ValueOf(const InsertionStrings& strings,
                                                std::string_view field) const {
  if (const auto position = IndexOf(field)) {
    if (*position >= strings.size() || !strings[*position]) return std::nullopt;
    return *strings[*position];
  }
  for (const Part& part : parts) {
    if (part.position >= strings.size() || !strings[part.position]) continue;
    const auto named = std::find_if(part.fields.begin(), part.fields.end(),
                                    [field](const Field& known) { return known.name == field; });
    if (named == part.fields.end()) continue;
    FoldedMessage folded;
    folded.Assign(*strings[part.position]);
    MessageMatch match;
    if (!part.text->Match(folded, match)) continue;
    return match.strings()[static_cast<std::size_t>(named - part.fields.begin())];
  }
  return std::nullopt;
}

struct Catalogue::Index {
  // Aliases and canonical names in any case -> canonical spelling.
  ByName<std::string> canonical;
  // Canonical name -> ID.
  ByName<std::unordered_map<std::uint16_t, KnownEvent>> by_provider;
  std::vector<KnownEntry> known;  // as Catalogue::entries_

  const KnownEvent& Find(std::string_view provider, std::uint16_t id) const {
    static const KnownEvent kNothing;
    // Most callers give the canonical name, which is no other's alias.
    auto events = by_provider.find(provider);
    if (events == by_provider.end()) {
      const auto name = canonical.find(provider);
      if (name == canonical.end()) return kNothing;
      events = by_provider.find(name->second);
      if (events == by_provider.end()) return kNothing;
    }
    const auto found = events->second.find(id);
    return found == events->second.end() ? kNothing : found->second;
  }

  void AddTries(KnownEvent& event, std::size_t number) {
    const KnownEntry& entry = known[number];
    event.entries.push_back(number);
    for (std::size_t i = 0; i < entry.wordings.size(); ++i) {
      event.tries.push_back({number, i, entry.wordings[i].text.literal_length()});
    }
    std::stable_sort(event.tries.begin(), event.tries.end(), [](const Try& a, const Try& b) {
      return a.literal_length > b.literal_length;
    });
  }
};

struct Catalogue::Candidate {
  const KnownEntry* known = nullptr;
  std::size_t layout = 0;

  // nullptr when the layout has no wording.
  const MessageTemplate* wording() const {
    for (const CompiledWording& wording : known->wordings) {
      if (wording.layout == layout) return &wording.text;
    }
    return nullptr;
  }
  explicit operator bool() const { return known != nullptr; }
};

Catalogue::Catalogue() : index_(std::make_unique<Index>()) {}
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;
Catalogue::~Catalogue() = default;

Result<Catalogue> Catalogue::Load(const std::string& folder, DiagnosticSink& problems) {
  YamlCache none;
  return Load(folder, problems, none);
}

Result<Catalogue> Catalogue::Load(const std::string& folder, DiagnosticSink& problems,
                                  YamlCache& cache) {
  const auto files = ListYamlFiles(folder);
  if (!files) return files.error();
  Catalogue catalogue;
  FieldTypes types;
  for (const YamlFile& file : *files) {  // by name, so that _fields.yaml comes first
    YamlProblems file_problems(file.path, "file not used", problems);
    if (const auto root = cache.Load(file.path, file_problems)) {
      catalogue.Add(ReadEventFile(*root, types, file_problems));
    }
  }
  return catalogue;
}

Catalogue Catalogue::Parse(std::string_view yaml, const std::string& file,
                           DiagnosticSink& problems) {
  Catalogue catalogue;
  FieldTypes types;
  YamlProblems file_problems(file, "file not used", problems);
  if (const auto root = ParseYaml(yaml, file_problems)) {
    catalogue.Add(ReadEventFile(*root, types, file_problems));
  }
  return catalogue;
}

void Catalogue::Add(EventFile file) {
  if (file.provider.empty()) return;
  const std::string canonical(CanonicalProvider(file.provider));
  index_->canonical.emplace(canonical, canonical);
  for (std::string& alias : file.aliases) index_->canonical.emplace(std::move(alias), canonical);
  auto& events = index_->by_provider[canonical];
  for (ReadEntry& read : file.entries) {
    read.entry->provider = canonical;
    index_->known.push_back({read.entry.get(), std::move(read.wordings)});
    index_->AddTries(events[read.entry->event_id], index_->known.size() - 1);
    entries_.push_back(std::move(read.entry));
  }
}

std::string_view Catalogue::CanonicalProvider(std::string_view name) const {
  const auto found = index_->canonical.find(name);
  return found == index_->canonical.end() ? name : std::string_view(found->second);
}

std::vector<const CatalogueEntry*> Catalogue::Find(std::string_view provider,
                                                   std::uint16_t event_id) const {
  std::vector<const CatalogueEntry*> found;
  for (const std::size_t number : index_->Find(provider, event_id).entries) {
    found.push_back(entries_[number].get());
  }
  return found;
}

std::vector<const CatalogueEntry*> Catalogue::FindId(std::uint16_t event_id) const {
  std::vector<const CatalogueEntry*> found;
  for (const auto& entry : entries_) {
    if (entry->event_id == event_id) found.push_back(entry.get());
  }
  std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
    return std::tie(a->provider, a->generation) < std::tie(b->provider, b->generation);
  });
  return found;
}

const std::vector<std::unique_ptr<CatalogueEntry>>& Catalogue::entries() const { return entries_; }

// The category tells generations apart where the export has it; then the number of strings does.
Catalogue::Candidate Catalogue::Choose(std::string_view provider, std::uint16_t event_id,
                                       std::string_view category_text,
                                       std::size_t string_count) const {
  return Choose(index_->Find(provider, event_id), category_text, string_count);
}

Catalogue::Candidate Catalogue::Choose(const KnownEvent& event, std::string_view category_text,
                                       std::size_t string_count) const {
  Candidate best;
  std::pair<bool, std::size_t> best_score;  // (another category, how far off the number)
  for (const std::size_t number : event.entries) {
    const KnownEntry& known = index_->known[number];
    const bool other_category =
        !category_text.empty() && !EqualsIgnoreCase(category_text, known.entry->category);
    for (std::size_t i = 0; i < known.entry->layouts.size(); ++i) {
      const std::pair score(other_category,
                            Distance(known.entry->layouts[i].fields.size(), string_count));
      if (!best || score < best_score) {
        best = {&known, i};
        best_score = score;
      }
    }
  }
  return best;
}

const Layout* Catalogue::LayoutOf(const Event& event) const {
  return LayoutOf(event.provider, event.event_id, event.category_text, event.strings.size());
}

const Layout* Catalogue::LayoutOf(std::string_view provider, std::uint16_t event_id,
                                  std::string_view category_text, std::size_t string_count) const {
  const Candidate found = Choose(provider, event_id, category_text, string_count);
  return found ? &found.known->entry->layouts[found.layout] : nullptr;
}

const CatalogueEntry* Catalogue::EntryOf(const Event& event) const {
  const Candidate found =
      Choose(event.provider, event.event_id, event.category_text, event.strings.size());
  return found ? found.known->entry : nullptr;
}

std::optional<ParsedMessage> Catalogue::ParseMessage(std::string_view provider,
                                                     std::uint16_t event_id,
                                                     std::string_view message,
                                                     std::string_view category_text) const {
  MessageViews parsed;
  if (!ParseMessage(provider, event_id, message, category_text, parsed)) return std::nullopt;
  return ParsedMessage{{parsed.strings.begin(), parsed.strings.end()}, parsed.layout, parsed.exact};
}

bool Catalogue::ParseMessage(std::string_view provider, std::uint16_t event_id,
                             std::string_view message, std::string_view category_text,
                             MessageViews& parsed) const {
  const KnownEvent& event = index_->Find(provider, event_id);
  if (event.tries.empty()) return false;
  parsed.folded.Assign(message);
  parsed.layout = nullptr;
  for (const Try& attempt : event.tries) {
    const KnownEntry& known = index_->known[attempt.entry];
    const CompiledWording& wording = known.wordings[attempt.wording];
    if (!wording.text.Match(parsed.folded, parsed.match)) continue;
    const bool complete = IsComplete(wording.text, parsed.match.strings());
    if (parsed.layout != nullptr && !complete) continue;
    parsed.strings = parsed.match.strings();
    parsed.layout = &known.entry->layouts[wording.layout];
    if (complete) break;
  }
  if (parsed.layout == nullptr) return false;
  const Candidate found = Choose(event, category_text, parsed.strings.size());
  const MessageTemplate* const wording = found ? found.wording() : nullptr;
  parsed.exact = wording == nullptr ? message.empty() : wording->Renders(parsed.strings, message);
  return true;
}

std::string Catalogue::Render(const Event& event) const {
  return Render(event.provider, event.event_id, event.category_text, event.strings);
}

std::string Catalogue::Render(std::string_view provider, std::uint16_t event_id,
                              std::string_view category_text,
                              const InsertionStrings& strings) const {
  const Candidate found = Choose(provider, event_id, category_text, strings.size());
  std::string out;
  const MessageTemplate* const wording = found ? found.wording() : nullptr;
  if (wording != nullptr) wording->Render(strings, out);
  return out;
}

std::optional<std::string_view> Catalogue::FieldOf(const Event& event,
                                                   std::string_view field) const {
  const Layout* layout = LayoutOf(event);
  if (layout == nullptr) return std::nullopt;
  return layout->ValueOf(event.strings, field);
}

}  // namespace exdiag
