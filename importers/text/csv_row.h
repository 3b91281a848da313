// One row of delimited text (RFC 4180, with what Windows tools do to it).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/text/text_window.h"

namespace exdiag {

struct CsvRow {
  std::vector<std::string_view> fields;  // unquoted; views into the text or into `unquoted`
  std::string_view raw;                  // as it stands, without the line end
  std::size_t size = 0;                  // how much of the text it takes, with its line end
  bool bad_quotes = false;               // a quoted field did not end at a delimiter, or at all
  std::deque<std::string> unquoted;      // fields whose doubled quotes were undone
  std::size_t unquoted_used = 0;
};

enum class CsvParse : std::uint8_t { kRow, kNeedMore };

// Reads the row at the front of `text`.  kNeedMore: the row does not end in `text`, and `finished`
// is false.  The views in `row` live as long as `text` and until the next call.
CsvParse ParseCsvRow(std::string_view text, char delimiter, bool finished, CsvRow& row);

// The field at the front of `text`, which begins behind white space with a quote: what follows its
// closing quote.  nullopt when the text ends before.
struct QuotedField {
  std::string_view value;  // between the quotes, doubled quotes as they stand
  std::size_t size;        // with both quotes
  bool has_doubled;
};
std::optional<QuotedField> TakeQuoted(std::string_view text);
// Doubled quotes made single.
void Undouble(std::string_view text, std::string& out);

// A table, row by row, out of a window.
class CsvTable {
 public:
  CsvTable(TextWindow& window, char delimiter) : window_(&window), delimiter_(delimiter) {}

  // False at the end.  Blank lines are passed over.  The row lives until the next call.
  bool Next(CsvRow& row);
  // Line on which the row of the last Next() began.
  std::uint64_t line() const { return line_; }

  // The row of the last Next() is not a row: goes on at the next line within it on which a row
  // begins that `is_row` takes, and returns the text before that line.  When there is none that is
  // all of it, or the first line of a row with bad quotes.  An unclosed quote so costs its own row
  // and not the rest of the file.
  template <typename IsRow>
  std::string_view Recover(const CsvRow& row, IsRow is_row) {
    std::size_t budget = kRecoverBudget;
    for (std::size_t at = NextLine(row.raw, 0); at < row.raw.size(); at = NextLine(row.raw, at)) {
      const std::string_view rest = window_->view().substr(at);
      if (ParseCsvRow(rest, delimiter_, true, attempt_) == CsvParse::kRow && is_row(attempt_)) {
        pending_ = at;
        return row.raw.substr(0, at);
      }
      if (attempt_.size >= budget) break;
      budget -= attempt_.size;
    }
    const std::size_t next = NextLine(row.raw, 0);
    if (!row.bad_quotes || next == row.raw.size()) return row.raw;
    pending_ = next;
    return row.raw.substr(0, next);
  }

 private:
  // Together the attempts to find the next row may look at this much text: hostile input must not
  // make reading quadratic.
  static constexpr std::size_t kRecoverBudget = std::size_t{64} << 20;

  static std::size_t NextLine(std::string_view text, std::size_t from);

  TextWindow* window_;
  char delimiter_;
  std::size_t pending_ = 0;  // what the last row takes of the window
  std::uint64_t line_ = 0;
  CsvRow attempt_;
};

}  // namespace exdiag
