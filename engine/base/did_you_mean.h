// The offer that follows a word which is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/text.h"

namespace exdiag {

// "; did you mean \"X\"?"; "" for no word.
inline std::string DidYouMean(std::string_view nearest) {
  return nearest.empty() ? std::string() : "; did you mean \"" + std::string(nearest) + "\"?";
}

// For the one of `known` (texts of any kind) that is most like `word`; "" when Nearest() finds
// none.
template <typename Texts>
std::string DidYouMean(std::string_view word, const Texts& known) {
  const std::vector<std::string_view> names(std::begin(known), std::end(known));
  return DidYouMean(Nearest(word, names));
}

}  // namespace exdiag
