// The event catalogue: per provider and event ID what the message looks like and what its insertion
// strings are called.  Loaded from kbdata/events/*.yaml; docs/knowledge.md describes those files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/evidence/event.h"
#include "engine/knowledge/field.h"
#include "engine/knowledge/message_template.h"

namespace exdiag {

class MessageTemplate;
class YamlCache;

// What one string holds besides itself: the error text of event 9405 may hold an exception and its
// address.
struct Part {
  std::size_t position = 0;   // of the string, from 0
  std::vector<Field> fields;  // that it holds
  std::shared_ptr<const MessageTemplate> text;
};

// The meaning of the insertion strings for one number of them: old builds of the MTA pass 6 strings
// to event 9318, newer ones 9.
struct Layout {
  std::vector<Field> fields;  // by position, %1 first
  std::string since;          // "5.5 SP2"; free text for people, may be empty
  // Positions (from 0) that every wording of this layout prints: what text exports and binary logs
  // can be compared by.
  std::vector<bool> printed;

  std::vector<Part> parts;  // looked at in this order

  // Position of a field that is a string of its own.
  std::optional<std::size_t> IndexOf(std::string_view field) const;
  // True when `field` is a string or a part of one.
  bool Names(std::string_view field) const;
  // Value of `field`, of a string or of a part of one; nullopt when `strings` do not show it.  The
  // view is into `strings`.
  std::optional<std::string_view> ValueOf(const InsertionStrings& strings,
                                          std::string_view field) const;
};

struct CatalogueEntry {
  std::string provider;
  std::uint16_t event_id = 0;
  std::string
      generation;  // "exchange-5.5", "exchange-2003", "exchange-2010"; "" where it does not matter
  Level level = Level::kUnknown;  // usual one
  std::string category;           // usual one, text
  std::string channel;            // "Application"; which log this provider writes to
  std::string meaning;            // one sentence of our own
  std::string logged_at;          // "" always, else the diagnostics level that logs it: "minimum",
                                  // "medium", "maximum"
  std::vector<std::string> articles;         // that show the event
  std::vector<Layout> layouts;               // at least one
  std::vector<std::string> wordings;         // message templates with %1, the preferred one first
  std::vector<std::size_t> wording_layouts;  // for each of `wordings`, its place in `layouts`
  Location where;
};

// A rendered message, taken apart.
struct ParsedMessage {
  InsertionStrings strings;
  const Layout* layout = nullptr;
  // Rendering `strings` gives the message back byte for byte, so that it need not be kept.
  bool exact = false;
};

// The same as views into the message, with buffers that are used again.
struct MessageViews {
  StringViews strings;
  const Layout* layout = nullptr;
  bool exact = false;

  FoldedMessage folded;
  MessageMatch match;
};

class Catalogue {
 public:
  // Reads every .yaml file of `folder`.  Complaints go to `problems`; a file with an error gives no
  // entries, the others do.  An Error only when the folder cannot be read.
  static Result<Catalogue> Load(const std::string& folder, DiagnosticSink& problems);
  static Result<Catalogue> Load(const std::string& folder, DiagnosticSink& problems,
                                YamlCache& cache);
  // For tests: entries out of one YAML text.
  static Catalogue Parse(std::string_view yaml, const std::string& file, DiagnosticSink& problems);

  Catalogue();
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;
  ~Catalogue();

  // Canonical spelling of a provider; the name itself when nothing is known of it.  Not
  // case-sensitive.
  std::string_view CanonicalProvider(std::string_view name) const;

  // All generations of an event; empty when it is not in the catalogue.
  std::vector<const CatalogueEntry*> Find(std::string_view provider, std::uint16_t event_id) const;
  // All entries with this ID, whatever the provider, by provider name.
  std::vector<const CatalogueEntry*> FindId(std::uint16_t event_id) const;
  const std::vector<std::unique_ptr<CatalogueEntry>>& entries() const;

  // The layout that names `event`'s strings: by generation (category, string count), then by the
  // number of strings, nearest number first.  nullptr when the event is not in the catalogue.
  const Layout* LayoutOf(const Event& event) const;
  const Layout* LayoutOf(std::string_view provider, std::uint16_t event_id,
                         std::string_view category_text, std::size_t string_count) const;

  // The entry whose generation fits; nullptr when there is none.
  const CatalogueEntry* EntryOf(const Event& event) const;

  // A rendered message back into strings, tried against every wording (longest literal text first;
  // white space collapsed on both sides; mis-rendered forms give the strings that the program
  // really passed).  nullopt when no wording fits.
  // `category_text`, which may be empty, is the event's: `exact` is about the layout that Render
  // will choose by it.
  std::optional<ParsedMessage> ParseMessage(std::string_view provider, std::uint16_t event_id,
                                            std::string_view message,
                                            std::string_view category_text = {}) const;
  // The same for a caller of many messages; false when no wording fits.
  bool ParseMessage(std::string_view provider, std::uint16_t event_id, std::string_view message,
                    std::string_view category_text, MessageViews& parsed) const;

  // Message of an event that has strings.  "" when the catalogue does not know the event or not its
  // text.  A string that is not known or not there stays as "%7", as Windows leaves it.
  std::string Render(const Event& event) const;
  std::string Render(std::string_view provider, std::uint16_t event_id,
                     std::string_view category_text, const InsertionStrings& strings) const;

  // Value of a named field; nullopt when the event has no such field or does not show it.
  std::optional<std::string_view> FieldOf(const Event& event, std::string_view field) const;

 private:
  struct Index;
  struct KnownEvent;
  struct Candidate;

  void Add(struct EventFile file);
  Candidate Choose(std::string_view provider, std::uint16_t event_id,
                   std::string_view category_text, std::size_t string_count) const;
  Candidate Choose(const KnownEvent& event, std::string_view category_text,
                   std::size_t string_count) const;

  std::vector<std::unique_ptr<CatalogueEntry>> entries_;
  std::unique_ptr<Index> index_;
};

}  // namespace exdiag
