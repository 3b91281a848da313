// Record -> Event: provider aliases, host names, UTC, and the catalogue in both directions.
#pragma once

#include <memory>
#include <optional>

#include "engine/base/time.h"
#include "engine/evidence/event.h"
#include "engine/knowledge/knowledge.h"

namespace exdiag {

struct NormaliseOptions {
  // Zone of exports that carry local time; without it such events stay kLocalUnknown.
  std::optional<TimeZone> zone;
};

// Normalises the records of one export after the other.  Not safe for two threads.
class Normaliser {
 public:
  // `knowledge` must outlive the normaliser.
  Normaliser(const Knowledge& knowledge, NormaliseOptions options);
  Normaliser(const Normaliser&) = delete;
  Normaliser& operator=(const Normaliser&) = delete;
  ~Normaliser();

  // The result borrows from `record` and from the normaliser; it dies with the next call.
  const NormalisedEvent& Normalise(const Record& record);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The owned form, for tests and for `explain`.
Event ToEvent(const NormalisedEvent& normalised);

// By which sentences in other languages than English are told.
struct NamedEvent {
  std::string_view source;
  std::uint16_t number = 0;
};

// The strings inside "The description for Event ID ( N ) in Source ( S ) cannot be found ..." in
// all its wordings (formats.md of the reference material lists them; docs/formats.md says which we
// take); nullopt when `message` is no such sentence. `expected` is how many strings the event has
// by the catalogue, 0 when that is not known: a string may hold the separator, and then the last
// one takes the rest.
std::optional<std::vector<std::string>> StringsFromMissingDescription(std::string_view message,
                                                                      std::size_t expected,
                                                                      const NamedEvent& event);

}  // namespace exdiag
