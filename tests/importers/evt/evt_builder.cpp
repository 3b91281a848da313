#include "tests/importers/evt/evt_builder.h"

namespace exdiag::test {
namespace {

constexpr std::uint32_t kHeaderSize = 48;
constexpr std::uint32_t kFixedSize = 56;
constexpr std::uint32_t kSignature = 0x654c664c;

std::string U32(std::uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

std::string U16(std::uint16_t value) { return U32(value).substr(0, 2); }

std::string Text(std::string_view ascii) {
  std::string bytes;
  for (const char c : ascii) bytes.append({c, '\0'});
  return bytes.append(2, '\0');
}

std::uint32_t Size(const std::string& bytes) { return static_cast<std::uint32_t>(bytes.size()); }

}  // namespace

std::string EvtRecord(const EvtEvent& event) {
  const std::string names = Text(event.source) + Text(event.computer);
  std::string strings;
  for (const std::string& text : event.strings) strings += Text(text);
  const std::uint32_t sid_offset = kFixedSize + Size(names);
  const std::uint32_t string_offset = sid_offset + Size(event.sid);
  const std::uint32_t data_offset = string_offset + Size(strings);
  const std::uint32_t unpadded = data_offset + Size(event.data);
  const std::uint32_t padding = 4 - unpadded % 4;  // never none
  const std::uint32_t size = unpadded + padding + 4;
  return U32(size) + U32(kSignature) + U32(event.number) + U32(event.generated) +
         U32(event.written) + U32(event.event_id) + U16(event.type) +
         U16(static_cast<std::uint16_t>(event.strings.size())) + U16(event.category) + U16(0) +
         U32(0) + U32(string_offset) + U32(Size(event.sid)) + U32(sid_offset) +
         U32(Size(event.data)) + U32(data_offset) + names + event.sid + strings + event.data +
         std::string(padding, '\0') + U32(size);
}

std::string EvtEofRecord(std::uint32_t oldest, std::uint32_t end, std::uint32_t next_number,
                         std::uint32_t oldest_number) {
  return U32(40) + U32(0x11111111) + U32(0x22222222) + U32(0x33333333) + U32(0x44444444) +
         U32(oldest) + U32(end) + U32(next_number) + U32(oldest_number) + U32(40);
}

std::string EvtHeader(std::uint32_t oldest, std::uint32_t end, std::uint32_t next_number,
                      std::uint32_t oldest_number, std::uint32_t size, std::uint32_t flags) {
  return U32(kHeaderSize) + U32(kSignature) + U32(1) + U32(1) + U32(oldest) + U32(end) +
         U32(next_number) + U32(oldest_number) + U32(size) + U32(flags) + U32(604800) +
         U32(kHeaderSize);
}

std::string EvtFile(const std::vector<EvtEvent>& events, std::uint32_t flags) {
  std::string records;
  for (const EvtEvent& event : events) records += EvtRecord(event);
  const std::uint32_t end = kHeaderSize + Size(records);
  const std::uint32_t oldest = events.empty() ? 0 : events.front().number;
  const std::uint32_t next = events.empty() ? 1 : events.back().number + 1;
  return EvtHeader(kHeaderSize, end, next, oldest, end + 40, flags) + records +
         EvtEofRecord(kHeaderSize, end, next, oldest);
}

std::string EvtRing(const std::vector<EvtEvent>& events, std::uint32_t size, std::uint32_t start) {
  std::string file(size, '\0');
  std::uint32_t at = start;
  for (const EvtEvent& event : events) {
    if (size - at < kFixedSize) {
      while (at < size) {
        file.replace(at, 4, U32(0x27));
        at += 4;
      }
      at = kHeaderSize;
    }
    for (const char byte : EvtRecord(event)) {
      file[at] = byte;
      at = at + 1 == size ? kHeaderSize : at + 1;
    }
  }
  const std::uint32_t next = events.back().number + 1;
  const std::uint32_t oldest = events.front().number;
  file.replace(at, 40, EvtEofRecord(start, at, next, oldest));
  file.replace(0, kHeaderSize, EvtHeader(start, at, next, oldest, size, kWrapped));
  return file;
}

}  // namespace exdiag::test
