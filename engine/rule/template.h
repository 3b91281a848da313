// Texts with {name.field} in them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace exdiag {

// Literal text, or a reference when `pattern` is not empty.
struct TemplatePart {
  std::string text;
  std::string pattern;
  std::string field;
};

// "{{" and "}}" are braces.  The Error says which brace is wrong.
Result<std::vector<TemplatePart>> ParseTemplate(std::string_view text);

// Value of {pattern.field}; nullopt when it is not known.
using TemplateLookup =
    std::function<std::optional<std::string>(std::string_view pattern, std::string_view field)>;

// A value that is not known is shown as "(field not known)".  Values are put in as they are: who
// shows the result makes it printable.  A text that is no template comes back as it is.
std::string RenderTemplate(std::string_view text, const TemplateLookup& lookup);

// nullopt when one of the values is not known.
std::optional<std::string> ExpandTemplate(std::string_view text, const TemplateLookup& lookup);

}  // namespace exdiag
