// Events out of pasted text, one after the other, whatever stands between them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "importers/clipboard/header.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/text_window.h"

namespace exdiag::clipboard {

struct Block {
  std::uint64_t line = 0;
  std::string header;                              // as it stands
  std::array<std::string_view, kLogFields> value;  // within it
  bool has_number = false;
  std::string description;  // as it stands, without the margin
  std::string xml;          // "<Event ...>", "" when there was none
  std::vector<std::byte> data;
  bool cut = false;  // description or XML went on past what an event can hold

  std::string_view operator[](Field field) const { return value[static_cast<std::size_t>(field)]; }
};

class BlockScanner {
 public:
  explicit BlockScanner(TextWindow& window) : lines_(window) {}
  BlockScanner(const BlockScanner&) = delete;
  BlockScanner& operator=(const BlockScanner&) = delete;

  // nullptr at the end of the text.  The block lives until the next call.
  const Block* Next();

  const OutsideText& outside() const { return outside_; }

 private:
  bool FindHeader();
  void Begin(const Header& header, Block& block);
  void ReadBody(Block& block);
  enum class Part : std::uint8_t { kDescription, kData, kXml, kNone };
  Part TakeLine(Part part, std::string_view line, Block& block);
  Part TakeDescription(std::string_view line, Block& block);
  Part TakeXml(std::string_view line, Block& block);
  bool StartsNext(Part part);
  bool LeavesMargin() const;

  LineReader lines_;
  Header head_;          // of the block being read; its values are void
  Block blocks_[2];      // the one being read and the one whose header ended it, in turn
  std::size_t now_ = 0;  // which of them is read
  bool begun_ = false;   // the other one has its header
  OutsideText outside_;
};

}  // namespace exdiag::clipboard
