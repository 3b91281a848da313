// Fields that every text export of events has, in the words in which Windows prints them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/text.h"
#include "engine/evidence/record.h"
#include "importers/importer.h"

namespace exdiag {

// What "Error", "Success Audit", "Warnung" ... says.
struct EventType {
  Level level = Level::kUnknown;
  std::uint64_t keywords = 0;  // of audits
};

// By the words of the Windows languages that we know; nullopt for any other text.
std::optional<EventType> FindEventType(std::string_view text);

// Puts level and audit keywords of a type, level or keyword text into the record; a text that is
// not known changes nothing.
void PutEventType(std::string_view text, Record& record);

// Category as printed: "None" in any language is no category, "(5)" is number 5 without a name.
void PutCategory(std::string_view text, Record& record);

// "N/A", in any language, is no user.
std::string_view UserField(std::string_view text);

// A whole event number, 16 bit, or 32 bit with qualifiers in the high word; nullopt when `text` is
// not such a number.
std::optional<std::uint32_t> EventIdOf(std::string_view text);
void PutEventId(std::uint32_t number, Record& record);
// False when `text` is not such a number.
bool PutEventId(std::string_view text, Record& record);

// The message with line ends as \n and without white space at its ends; `scratch` backs it when
// something had to be changed.
std::string_view CleanMessage(std::string_view text, std::string& scratch);

// White space (as Trim() knows it) or nothing.
inline bool IsBlankText(std::string_view text) {
  return text.empty() || (static_cast<unsigned char>(text.front()) <= ' ' && Trim(text).empty());
}

// As Trim(), for texts most of which need nothing.
inline std::string_view TrimField(std::string_view text) {
  const auto ink = [](char c) { return static_cast<unsigned char>(c) > ' '; };
  return !text.empty() && ink(text.front()) && ink(text.back()) ? text : Trim(text);
}

// Counts text outside of all records, and says so once.
class OutsideText {
 public:
  // A line that belongs to no record; blank ones do not count.
  void Add(std::string_view line, std::uint64_t number);
  void Report(const Export& input, DiagnosticSink& problems) const;

 private:
  std::uint64_t lines_ = 0;
  std::uint64_t first_ = 0;
};

}  // namespace exdiag
