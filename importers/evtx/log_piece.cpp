#include "importers/evtx/log_piece.h"

#include <cstring>
#include <memory>

namespace exdiag::evtx {

void LogPiece::Clear() {
  chunks.clear();
  records.clear();
  counted.clear();
  learned.clear();
  failure = nullptr;
  memory_.release();
}

std::string_view LogPiece::Copy(std::string_view text) {
  if (text.empty()) return {};
  auto* const to = static_cast<char*>(memory_.allocate(text.size(), 1));
  std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

template <typename T>
std::span<const T> LogPiece::Copy(std::span<const T> items) {
  if (items.empty()) return {};
  auto* const to = static_cast<T*>(memory_.allocate(items.size_bytes(), alignof(T)));
  std::uninitialized_copy(items.begin(), items.end(), to);
  return {to, items.size()};
}

void LogPiece::Keep(Record record) {
  for (std::string_view* text : {&record.channel, &record.provider, &record.category_text,
                                 &record.computer, &record.user, &record.message}) {
    *text = Copy(*text);
  }
  record.binary = Copy(record.binary);
  for (std::span<const std::string_view>* texts : {&record.strings, &record.names}) {
    const auto copied = Copy(*texts);
    for (const std::string_view& text : copied) {
      const_cast<std::string_view&>(text) = Copy(text);
    }
    *texts = copied;
  }
  records.push_back(record);
}

void LogPiece::Keep(CountedEvents events) {
  for (std::string_view* text : {&events.channel, &events.provider, &events.computer}) {
    *text = Copy(*text);
  }
  counted.push_back(events);
}

}  // namespace exdiag::evtx
