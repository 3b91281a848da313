// Style and script of the pages, which the build makes out of page.css and page.js beside this
// file, and their hashes as a content security policy writes them.
#pragma once

#include <string_view>

namespace exdiag {

extern const std::string_view kPageStyle;
extern const std::string_view kPageStyleHash;  // "sha256-..."
extern const std::string_view kPageScript;
extern const std::string_view kPageScriptHash;

}  // namespace exdiag
