// The text around the elements that are looked for in a window: passed over, counted, placed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/base/location.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/text_window.h"

namespace exdiag {

class BetweenElements {
 public:
  // `window` must outlive it, and nobody else may consume from it.
  explicit BetweenElements(TextWindow& window) : window_(&window) {}

  // Takes characters off the front of the window that belong to an element.
  void Consume(std::size_t count);

  // The same of text that is none: of its lines those count as outside() that are not blank and of
  // which `is_known(line)` is false.
  template <typename IsKnown>
  void Pass(std::size_t count, const IsKnown& is_known) {
    std::string_view text = window_->view().substr(0, count);
    for (std::uint64_t number = window_->line(); !text.empty(); ++number) {
      const std::string_view line = TakeLine(text);
      if (is_known(line) || number == outside_line_) continue;
      outside_.Add(line, number);
      outside_line_ = number;
    }
    Consume(count);
  }

  // Where the window begins now.
  Place place() const { return Place::Line(window_->line(), column_); }
  bool at_line_begin() const { return column_ == 1; }

  const OutsideText& outside() const { return outside_; }

 private:
  TextWindow* window_;
  std::uint32_t column_ = 1;
  OutsideText outside_;
  std::uint64_t outside_line_ = 0;  // the last one counted; long lines come in pieces
};

}  // namespace exdiag
