// Moments on the command line: --since, --until.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/site/moment.h"

namespace exdiag {

// nullopt for "".  The Error names the option and says how to write it.
Result<std::optional<Ticks>> ReadTimeOption(std::string_view option, const std::string& text,
                                            OfDay of_day);

}  // namespace exdiag
