#include "importers/text/between_elements.h"

#include <cstring>

namespace exdiag {

void BetweenElements::Consume(std::size_t count) {
  const char* const text = window_->view().data();
  const void* const line_end = count == 0 ? nullptr : ::memrchr(text, '\n', count);
  const std::size_t columns =
      line_end == nullptr
          ? column_ + count
          : static_cast<std::size_t>(text + count - static_cast<const char*>(line_end));
  column_ = columns < 0xffff'ffff ? static_cast<std::uint32_t>(columns) : 0;
  if (line_end == nullptr) {
    window_->Consume(count, 0);
  } else {
    window_->Consume(count);
  }
}

}  // namespace exdiag
