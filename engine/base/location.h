// Where something came from: the bytes or the line of an export, or of one of our own YAML files.
#pragma once

#include <cstdint>
#include <string>

namespace exdiag {

// A position inside one file.  Lines and columns count from 1, offsets from 0; whoever meets a
// number that counts otherwise (yaml-cpp's lines count from 0) converts it where the number is
// born.
struct Place {
  enum class Unit : std::uint8_t { kNone, kOffset, kLine };

  Unit unit = Unit::kNone;
  std::uint64_t value = 0;
  std::uint32_t column = 0;  // 0: not known; only ever set beside a line

  static Place Offset(std::uint64_t offset) { return {Unit::kOffset, offset, 0}; }
  static Place Line(std::uint64_t line, std::uint32_t column = 0) {
    return {Unit::kLine, line, column};
  }

  bool operator==(const Place&) const = default;
};

struct Location {
  std::string file;  // as the user named it; "-" is standard input
  Place place;

  bool operator==(const Location&) const = default;
};

// "app.csv: line 812", "dras.yaml: line 9, column 5", "app.evtx: offset 0x2f210", "app.evtx".
std::string ToString(const Location& location);

}  // namespace exdiag
