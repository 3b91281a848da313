// One entry of an MTA text event log: its two head lines taken apart, its text put together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace exdiag::mta_log {

// "message NMI9236: Internal Operating System Error, severity 12"
// "(BASE IL TCP/IP DRVR(22) Proc 262) 04-10-96 05:52:10pm"
// Either of the two may be missing, and pages join them or break them elsewhere.
struct EntryHead {
  std::optional<std::uint16_t> number;  // NMI
  std::string_view facility;
  std::optional<int> severity;
  // "BASE IL TCP/IP DRVR 22 262": class, thread, its number and the procedure, as the Windows event
  // of the same message puts them between brackets.
  std::string tag;
  std::optional<Ticks> time;  // wall clock; month first in all countries
  std::string_view time_text;
  std::size_t indent = 0;  // of its first line
  std::size_t size = 0;    // of the head; the title of the entry comes next

  // As new, but for the room that `tag` has.
  void Clear();
};

// The head at the front of `text`, which is at the beginning of a line.  False, and `head` void,
// when there is none.
bool ReadEntryHead(std::string_view text, EntryHead& head);

// The lines of an entry's text.  The MTA breaks long values at column 78 without a mark; a line
// that stands further left than the title goes on with the line before it.
class EntryText {
 public:
  void Add(std::string_view line);
  // A title that stands on a line of the head, which is indented by so much.
  void AddBehindHead(std::string_view text, std::size_t indent);
  // A line behind a blank one still belongs to the entry when it stands as far right as its title.
  bool Continues(std::string_view line) const;
  bool empty() const { return lines_ == 0; }
  void Clear();
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t lines_ = 0;
  std::size_t title_indent_ = 0;
  std::size_t last_width_ = 0;  // of the line before, with its indent
};

}  // namespace exdiag::mta_log
