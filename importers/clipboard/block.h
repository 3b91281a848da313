// Events out of pasted text, one after the other, whatever stands between them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "importers/clipboard/header.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/text_window.h"

namespace exdiag::clipboard {

struct Block {
  std::uint64_t line = 0;
  std::array<std::string, kLogFields> value;
  bool has_number = false;
  std::string description;  // as it stands, without the margin
  std::string xml;          // "<Event ...>", "" when there was none
  std::vector<std::byte> data;
  bool cut = false;    // description or XML went on past what an event can hold
  std::string header;  // as it stands, for a reject

  const std::string& operator[](Field field) const {
    return value[static_cast<std::size_t>(field)];
  }
};

class BlockScanner {
 public:
  explicit BlockScanner(TextWindow& window) : lines_(window) {}

  // False at the end of the text.
  bool Next(Block& block);

  const OutsideText& outside() const { return outside_; }

 private:
  bool FindHeader(Block& block);
  void Begin(const Header& header, Block& block);
  void ReadBody(Block& block);
  enum class Part : std::uint8_t { kDescription, kData, kXml, kNone };
  Part TakeLine(Part part, std::string_view line, Block& block);
  Part TakeDescription(std::string_view line, Block& block);
  Part TakeXml(std::string_view line, Block& block);
  bool StartsNext(Part part);
  bool LeavesMargin() const;

  LineReader lines_;
  Header head_;                // of the block being read; its values are void
  std::optional<Block> next_;  // whose header ended the block before
  OutsideText outside_;
};

}  // namespace exdiag::clipboard
