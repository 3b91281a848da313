// The labelled lines in front of a pasted event: "Event Source: ...", "Log Name: ...", in the
// languages that we know, one or several to a line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/evidence/languages.h"

namespace exdiag::clipboard {

using Field = LogField;

// A label and the colon behind it, or "Event ID" and a number without one.
struct LabelHit {
  Field field;
  std::size_t begin;  // of the label
  std::size_t end;    // where its value begins
};

// The label at the front of a line; blanks before it do not count.
std::optional<LabelHit> LabelAt(std::string_view line);
// The first label inside a line, with a blank before it.
std::optional<LabelHit> NextLabel(std::string_view line);

struct Header {
  std::array<std::string_view, kLogFields> value;
  std::uint32_t seen = 0;       // one bit a field
  std::size_t size = 0;         // where the description begins, or the first line that is no header
  std::uint64_t line_ends = 0;  // in front of that place
  std::size_t indent = 0;       // blanks before the leftmost label line
  std::size_t quoted = 0;       // how many ">" of mails lines begin with

  bool has(Field field) const { return (seen >> static_cast<unsigned>(field) & 1) != 0; }
  std::string_view operator[](Field field) const { return value[static_cast<std::size_t>(field)]; }
  int fields() const;       // how many different ones
  bool has_number() const;  // an event number that is one
};

// The header at the front of `text`, which is at the beginning of a line.
Header ReadHeader(std::string_view text);

// What a header must have to be taken for one.
enum class Context : std::uint8_t {
  kOutside,      // between events: an event number and one thing more
  kDescription,  // inside the text of an event, which may itself hold labels: more
};
bool IsEvent(const Header& header, Context context);

// How many ">" a line of a mail begins with.
std::size_t QuoteMarks(std::string_view line);

// Without the ">" and the indentation that a mail or page gave to the whole block.
std::string_view WithoutMargin(std::string_view line, const Header& header);

}  // namespace exdiag::clipboard
