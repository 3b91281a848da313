// Text that is no UTF-8 does not say in which code page it was written.  But words tell: read in
// the wrong one, there are signs in the middle of words and capitals behind small letters.
#pragma once

#include <string_view>

namespace exdiag {

// The ANSI or OEM code page, as iconv names it, in which `text` makes most sense: Western and
// Central European, Cyrillic, Japanese, Korean or Chinese.  "windows-1252" unless another makes
// clearly more.  Looks at no more than some thousand bytes of lines that are no UTF-8.
std::string_view GuessCodepage(std::string_view text);

}  // namespace exdiag
