// The formats in which answers are written: the one list.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace exdiag {

enum class Format : std::uint8_t { kText, kJson, kMarkdown, kCsv };

struct FormatName {
  std::string_view name;
  Format format;
};

inline constexpr std::array<FormatName, 4> kFormats = {{
    {"text", Format::kText},
    {"json", Format::kJson},
    {"markdown", Format::kMarkdown},
    {"csv", Format::kCsv},
}};

}  // namespace exdiag
