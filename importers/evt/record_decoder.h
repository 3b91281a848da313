// The bytes of one .evt record into a Record.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/record.h"
#include "importers/binary_log/record_text.h"

namespace exdiag::evt {

class RecordDecoder {
 public:
  // Fills `record` but for its place.  `bytes` are a whole record with a plausible size; its views
  // and those in `record` stay good until the next call.  Returns what of it could not be read and
  // was left out ("its strings, its user"), "" when all was.
  std::string_view Decode(std::span<const std::byte> bytes, Record& record);

 private:
  std::string_view NextText(std::span<const std::byte>& rest, bool& terminated);
  bool DecodeNames(Record& record);
  bool DecodeUser(Record& record);
  bool DecodeStrings(Record& record);
  bool DecodeData(Record& record);

  std::span<const std::byte> bytes_;
  std::size_t end_ = 0;  // of what a record may refer to: the copy of its size follows
  RecordText text_;
  std::vector<std::string_view> strings_;
  std::string missing_;
};

}  // namespace exdiag::evt
