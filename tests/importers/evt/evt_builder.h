// Writes .evt files byte by byte, for tests to read and to damage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag::test {

struct EvtEvent {
  std::uint32_t number = 1;
  std::uint32_t generated = 941'569'531;  // 1999-11-02T19:05:31Z
  std::uint32_t written = 941'569'540;
  std::uint32_t event_id = 0xC000246A;  // qualifiers and 9322
  std::uint16_t type = 2;
  std::uint16_t category = 3;
  std::string source = "MSExchangeMTA";
  std::string computer = "BREST";
  std::string sid = {};  // as bytes
  std::vector<std::string> strings = {};
  std::string data = {};
};

inline constexpr std::uint32_t kDirty = 1;
inline constexpr std::uint32_t kWrapped = 2;

std::string EvtRecord(const EvtEvent& event);
std::string EvtEofRecord(std::uint32_t oldest, std::uint32_t end, std::uint32_t next_number,
                         std::uint32_t oldest_number);
std::string EvtHeader(std::uint32_t oldest, std::uint32_t end, std::uint32_t next_number,
                      std::uint32_t oldest_number, std::uint32_t size, std::uint32_t flags);

// Header, records, end-of-file record, as a saved log has them.
std::string EvtFile(const std::vector<EvtEvent>& events, std::uint32_t flags = 0);

// The same in a ring of `size` bytes whose oldest record begins at `start`: what does not fit goes
// on behind the header.
std::string EvtRing(const std::vector<EvtEvent>& events, std::uint32_t size, std::uint32_t start);

}  // namespace exdiag::test
