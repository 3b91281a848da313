#include "importers/text/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/evidence/languages.h"
#include "importers/text/word_table.h"

namespace exdiag {
namespace {

constexpr EventType kSuccessAudit = {Level::kLogAlways, kKeywordAuditSuccess};
constexpr EventType kFailureAudit = {Level::kLogAlways, kKeywordAuditFailure};

constexpr struct {
  std::string_view word;
  EventType type;
} kTypeWords[] = {
    // English; other languages are in kbdata.  NT to 2003, Vista and later, Get-EventLog.
    {"Error", {Level::kError}},
    {"Warning", {Level::kWarning}},
    {"Information", {Level::kInformation}},
    {"Success Audit", kSuccessAudit},
    {"Failure Audit", kFailureAudit},
    {"None", {Level::kInformation}},
    {"Success", {Level::kInformation}},
    {"Critical", {Level::kCritical}},
    {"Verbose", {Level::kVerbose}},
    {"Informational", {Level::kInformation}},
    {"Audit Success", kSuccessAudit},
    {"Audit Failure", kFailureAudit},
    {"SuccessAudit", kSuccessAudit},
    {"FailureAudit", kFailureAudit},
};

constexpr std::string_view kNoCategory[] = {"None", "N/A"};
constexpr std::string_view kNoUser[] = {"N/A"};
// Log Parser's words for a category whose text it has not got.
constexpr std::string_view kNoCategoryText = "The name for category ";

const WordTable<EventType>& EventTypes() {
  static const auto kTable = [] {
    WordTable<EventType> table;
    for (const auto& row : kTypeWords) table.Add(row.word, row.type);
    for (const TypeWord& row : KnownLanguages().types) {
      table.Add(row.word, EventType{row.level, row.keywords});
    }
    return table;
  }();
  return kTable;
}

struct Nothing {};
using WordSet = WordTable<Nothing>;

WordSet WordsOf(std::span<const std::string_view> english, const std::vector<std::string>& others) {
  WordSet words;
  for (const std::string_view word : english) words.Add(word, {});
  for (const std::string& word : others) words.Add(word, {});
  return words;
}

bool IsNoCategory(std::string_view word) {
  static const WordSet kWords = WordsOf(kNoCategory, KnownLanguages().no_category);
  return kWords.Find(word) != nullptr;
}

bool IsNoUser(std::string_view word) {
  static const WordSet kWords = WordsOf(kNoUser, KnownLanguages().no_user);
  return kWords.Find(word) != nullptr;
}

}  // namespace

std::optional<EventType> FindEventType(std::string_view text) {
  const EventType* const type = EventTypes().Find(TrimField(text));
  return type != nullptr ? std::optional(*type) : std::nullopt;
}

void PutEventType(std::string_view text, Record& record) {
  const auto type = FindEventType(text);
  if (!type) return;
  record.level = type->level;
  record.keywords |= type->keywords;
}

void PutCategory(std::string_view text, Record& record) {
  const std::string_view trimmed = TrimField(text);
  if (IsNoCategory(trimmed) || trimmed.starts_with(kNoCategoryText)) return;
  if (trimmed.size() > 2 && trimmed.front() == '(' && trimmed.back() == ')') {
    const auto number = ParseInteger(trimmed.substr(1, trimmed.size() - 2));
    if (number && *number >= 0 && *number <= 0xffff) {
      record.category = static_cast<std::uint16_t>(*number);
      return;
    }
  }
  record.category_text = trimmed;
}

std::string_view UserField(std::string_view text) {
  const std::string_view trimmed = TrimField(text);
  return IsNoUser(trimmed) ? std::string_view() : trimmed;
}

std::optional<std::uint32_t> EventIdOf(std::string_view text) {
  std::string_view digits = TrimField(text);
  // Table tools may have made a fraction of it.
  if (digits.ends_with(".0")) digits.remove_suffix(2);
  const auto number = ParseInteger(digits);
  // Some tools print the 32-bit number as signed.
  if (!number || *number < -0x8000'0000LL || *number > 0xffff'ffffLL) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

void PutEventId(std::uint32_t number, Record& record) {
  record.event_id = static_cast<std::uint16_t>(number & 0xffff);
  if (number > 0xffff) record.qualifiers = static_cast<std::uint16_t>(number >> 16);
}

bool PutEventId(std::string_view text, Record& record) {
  const auto number = EventIdOf(text);
  if (number) PutEventId(*number, record);
  return number.has_value();
}

std::string_view CleanMessage(std::string_view text, std::string& scratch) {
  std::string_view trimmed = TrimField(text);
  // psloglist writes the zero that ends a string in C.
  while (trimmed.ends_with('\0')) trimmed = Trim(trimmed.substr(0, trimmed.size() - 1));
  if (trimmed.find('\r') == std::string_view::npos) return trimmed;
  scratch.clear();
  for (std::size_t at = 0; at < trimmed.size();) {
    std::size_t end = std::min(trimmed.find('\r', at), trimmed.size());
    scratch.append(trimmed, at, end - at);
    if (end == trimmed.size()) break;
    // XP's tools end lines in CR CR LF; a CR alone is a line end of its own.
    while (end < trimmed.size() && trimmed[end] == '\r') ++end;
    if (end < trimmed.size() && trimmed[end] == '\n') ++end;
    scratch += '\n';
    at = end;
  }
  return scratch;
}

void OutsideText::Add(std::string_view line, std::uint64_t number) {
  if (Trim(line).empty()) return;
  if (lines_++ == 0) first_ = number;
}

void OutsideText::Report(const Export& input, DiagnosticSink& problems) const {
  if (lines_ == 0) return;
  problems.Report({Severity::kNote,
                   "text.outside-records",
                   {input.name, Place::Line(first_)},
                   fmt::format("{} line{} from here on belong{} to no record; not used", lines_,
                               lines_ == 1 ? "" : "s", lines_ == 1 ? "s" : "")});
}

}  // namespace exdiag
