#include "importers/text/line_reader.h"

#include <algorithm>

namespace exdiag {
namespace {

std::string_view WithoutLineEnd(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

std::size_t SizeOfLine(std::string_view text) {
  const std::size_t line_end = text.find('\n');
  return line_end == std::string_view::npos ? text.size() : line_end + 1;
}

}  // namespace

bool LineReader::Next() {
  if (pending_lines_) {
    window_->Consume(pending_, *pending_lines_);
  } else {
    window_->Consume(pending_);
  }
  window_->Ensure(kAhead);
  const std::string_view text = window_->view();
  pending_ = SizeOfLine(text);
  pending_lines_ = pending_ > 0 && text[pending_ - 1] == '\n' ? 1 : 0;
  line_ = WithoutLineEnd(text.substr(0, pending_));
  return !text.empty();
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t size = SizeOfLine(text);
  const std::string_view line = WithoutLineEnd(text.substr(0, size));
  text.remove_prefix(size);
  return line;
}

}  // namespace exdiag
