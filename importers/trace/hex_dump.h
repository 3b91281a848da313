// Hex dumps in text: lines of an offset, hex digits and mostly a column of characters.
//
//   0000  00 00 A2 00 C0 4A 00 80  5F D4 A0 48 08 00 45 00  .....J.._..H..E.
//   00010:  00 73 6B 1F 40 00 40 06 DE 97 AC 1A CC 68 AC 1A
//   [00016] 00 00 00 00 00 00        (decimal, as in the MTA's own logs)
//   0x0020:  5010 2238 6073 0000 0300 002c
//
// The column of characters may itself look like hex digits, and nothing marks where it begins; the
// offset of the next line does say how many bytes a line holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/trace/byte_reader.h"
#include "importers/trace/tcp_segment.h"
#include "importers/trace/tpkt.h"

namespace exdiag::trace {

struct HexLine {
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;  // as many as could be meant
  std::optional<std::size_t>
      pause;  // bytes in front of the first wide gap that is not in the middle
};

// nullopt when the line is no line of a hex dump.
std::optional<HexLine> ParseHexLine(std::string_view line);

// Lines whose offsets follow one another.
struct HexBlock {
  std::vector<std::byte> bytes;
  std::uint64_t first_line = 0;
  struct Start {
    std::size_t byte = 0;
    std::uint64_t line = 0;
  };
  std::vector<Start> starts;  // where each line's bytes begin in `bytes`

  std::uint64_t LineOf(std::size_t byte) const;
};

// Put together line by line; a block is whole when the next one begins.
class HexBlocks {
 public:
  // Takes a line of the text, counted from 1; true when it belongs to a dump.
  bool Add(std::string_view line, std::uint64_t number);
  // Ends the block under way.
  void Break();

  // A line that holds fewer bytes than the offset behind it calls for, while the dump goes on.
  struct Gap {
    std::uint64_t line = 0;
    std::size_t present = 0;
    std::size_t expected = 0;
  };

  std::vector<HexBlock> blocks;
  std::vector<Gap> gaps;

 private:
  void Close();

  HexBlock current_;
  std::optional<HexLine> last_;  // its byte count is settled by what follows
  std::uint64_t last_number_ = 0;
  std::size_t width_ = 0;
};

// One dumped frame.
struct DumpedFrame {
  std::optional<TcpSegment> segment;  // its payload is borrowed from the dump's bytes
  struct Found {
    TpktFrame frame;
    std::size_t byte = 0;  // where it begins in the dump
  };
  std::vector<Found> tpkts;

  bool decoded() const { return segment || !tpkts.empty(); }
};

// Reads the bytes as a frame of the usual links or as an IP packet; failing that, looks for TPKTs
// with a consistent TPDU at any place, since dumps often begin somewhere inside a frame.
DumpedFrame DecodeDump(Bytes bytes);

}  // namespace exdiag::trace
