#include "engine/report/document.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {

bool Phrase::empty() const {
  return std::all_of(spans.begin(), spans.end(),
                     [](const Span& span) { return span.text.empty(); });
}

namespace {

// What makes spreadsheets take a cell for a formula, by the OWASP page on CSV injection, the
// full-width forms included; blanks before it do not help everywhere.
bool LooksLikeFormula(std::string_view text) {
  if (text.empty()) return false;
  if (std::string_view("\t\r\n").find(text.front()) != std::string_view::npos) return true;
  const std::string_view trimmed = Trim(text);
  for (const std::string_view start :
       {"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"}) {
    if (trimmed.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

// The apostrophe is what spreadsheets themselves put before such text.  A semicolon asks for quotes
// as well: where it is the separator, the text behind it would begin a cell.
std::string CsvText(std::string_view text) {
  std::string cell = LooksLikeFormula(text) ? "'" : "";
  cell += Printable(text, true);
  if (cell.find_first_of(",\"\n\r;\t") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string AnchorName(std::string_view anchor) {
  std::string name = ToLower(anchor);
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789._-";
  std::replace_if(
      name.begin(), name.end(), [&](char c) { return kPlain.find(c) == std::string_view::npos; },
      '-');
  return name;
}

}  // namespace exdiag
