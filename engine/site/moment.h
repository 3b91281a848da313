// A moment as people write it: "1999-11-02", "1999-11-02T19:05:31Z".
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/time.h"

namespace exdiag {

enum class OfDay : std::uint8_t { kFirst, kLast };

// A day alone stands for its first or its last moment.  nullopt for anything else that is no ISO
// 8601.
std::optional<Ticks> ParseMoment(std::string_view text, OfDay of_day);

// "today", "1 day old", "12 days old"; "age not known" without `since`.
std::string AgeText(Ticks since, Ticks now);
// Whole days between the two; nullopt without `since`.
std::optional<std::int64_t> AgeInDays(Ticks since, Ticks now);

}  // namespace exdiag
