#include "engine/cli/time_option.h"

#include <fmt/format.h>

namespace exdiag {

Result<std::optional<Ticks>> ReadTimeOption(std::string_view option, const std::string& text,
                                            OfDay of_day) {
  if (text.empty()) return std::optional<Ticks>();
  const auto time = ParseMoment(text, of_day);
  if (time) return time;
  return Error{
      fmt::format("{}: \"{}\" is no time; write 1999-11-02 or 1999-11-02T19:05:31Z", option, text)};
}

}  // namespace exdiag
