// A text line by line, with a look at what follows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "importers/text/text_window.h"

namespace exdiag {

class LineReader {
 public:
  // How much of the text behind the beginning of a line can be looked at.
  static constexpr std::size_t kAhead = std::size_t{16} * 1024;

  explicit LineReader(TextWindow& window) : window_(&window) {}

  // Goes to the next line; false at the end of the text.  Views taken before are void.
  bool Next();
  // Instead of going to the next line: goes on `count` characters behind the beginning of this one.
  void SkipTo(std::size_t count) {
    pending_ = count;
    pending_lines_.reset();
  }
  // The same for a caller who knows how many line ends are among them.
  void SkipTo(std::size_t count, std::uint64_t line_ends) {
    pending_ = count;
    pending_lines_ = line_ends;
  }
  // The next Next() gives the same line again.
  void Repeat() {
    pending_ = 0;
    pending_lines_ = 0;
  }

  // Without its line end.
  std::string_view line() const { return line_; }
  // From the beginning of the line on: kAhead characters, or the rest of the text, or more.
  std::string_view ahead() const { return window_->view(); }
  std::uint64_t number() const { return window_->line(); }

 private:
  TextWindow* window_;
  std::string_view line_;
  std::size_t pending_ = 0;
  std::optional<std::uint64_t> pending_lines_ = 0;  // line ends in `pending_`
};

// The line at the front of `text` without its line end, which is taken off `text` too.
std::string_view TakeLine(std::string_view& text);

}  // namespace exdiag
