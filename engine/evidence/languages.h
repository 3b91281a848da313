// How Windows in languages other than English names the parts of an event: what kbdata/languages
// says, as importers use it.  English is part of the formats, and importers know it themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/evidence/record.h"

namespace exdiag {

// A word is no longer than this, in bytes of UTF-8.
inline constexpr std::size_t kLongestWord = 48;

// The parts of an event that the Event Viewer shows.
enum class LogField : std::uint8_t {
  kLog,
  kSource,
  kEventId,
  kType,  // of 2000/2003
  kLevel,
  kCategory,
  kKeywords,
  kDate,
  kTime,
  kUser,
  kComputer,
  kOther,  // known and of no use to us
  kDescription,
};
inline constexpr std::size_t kLogFields = static_cast<std::size_t>(LogField::kDescription) + 1;

struct FieldWord {
  std::string word;
  LogField field;
};

struct TypeWord {
  std::string word;
  Level level = Level::kUnknown;
  std::uint64_t keywords = 0;  // of audits
};

// Of all languages together; where a word means two things the first one counts.
struct Languages {
  std::vector<FieldWord> labels;         // in front of a value, in copied events
  std::vector<FieldWord> columns;        // of the Event Viewer's tables; kDate is date and time
  std::vector<TypeWord> types;           // levels, types, and keywords of audits
  std::vector<std::string> no_category;  // "None"
  std::vector<std::string> no_user;      // "N/A"
};

// The languages of this process, as a locale is.  To be set once, before anything is recognised or
// imported, since importers keep what they make of them; without it only English is known.
void UseLanguages(Languages languages);
const Languages& KnownLanguages();

}  // namespace exdiag
