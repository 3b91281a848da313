// How one tool writes an event as text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/record.h"

namespace exdiag::event_text {

// What a dialect reads from one event, beside the record.
struct Parsed {
  std::string_view time;  // as it stands there
  std::string_view message;
  std::vector<std::string_view> strings;
  std::string made_time;  // may back `time`
  // Why there is no event, without its consequence, and the id of that.
  std::string_view fault = "an event without a number";
  std::string_view fault_id = "event-text.event-id";
};

// Kept for one pass over one file.
class Dialect {
 public:
  virtual ~Dialect() = default;

  // True when an event begins at the front of `text`.
  virtual bool Starts(std::string_view text) const = 0;
  // True when the line stands between events; takes what it says.
  virtual bool TakeHeadline(std::string_view) { return false; }
  // True when a blank line ends an event, and what follows is other text.
  virtual bool EndsAtBlankLine() const { return false; }
  // The event in `text`, which begins as Starts() wants and ends before the next.  Fills all but
  // place, time and message.  False when it is none: `parsed` says why.
  virtual bool Parse(std::string_view text, Record& record, Parsed& parsed) = 0;
};

std::unique_ptr<Dialect> MakeWevtutilText();
std::unique_ptr<Dialect> MakePsloglistText();
std::unique_ptr<Dialect> MakePsloglistLines();
std::unique_ptr<Dialect> MakeDumpel();
std::unique_ptr<Dialect> MakePastedDumpel();
std::unique_ptr<Dialect> MakeEventComb();
std::unique_ptr<Dialect> MakePastedRow();

}  // namespace exdiag::event_text
