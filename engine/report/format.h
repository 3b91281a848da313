// The formats in which answers are written: the one list.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace exdiag {

enum class Format : std::uint8_t { kText, kJson, kHtml, kMarkdown, kCsv };

struct FormatName {
  std::string_view name;
  Format format;
};

inline constexpr std::array<FormatName, 5> kFormats = {{
    {"text", Format::kText},
    {"json", Format::kJson},
    {"html", Format::kHtml},
    {"markdown", Format::kMarkdown},
    {"csv", Format::kCsv},
}};

}  // namespace exdiag
