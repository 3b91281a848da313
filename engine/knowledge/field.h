// What an insertion string means.
#pragma once

#include <cstdint>
#include <string>

namespace exdiag {

// What a value is, for comparison and display.
enum class FieldType : std::uint8_t { kText, kNumber, kError, kHost, kIpAddress, kEntity, kPath };

// One insertion string's meaning.
struct Field {
  std::string name;  // "nt_error"
  FieldType type = FieldType::kText;
};

}  // namespace exdiag
