#include "engine/base/now.h"

#include <chrono>

namespace exdiag {

Ticks Now() {
  using std::chrono::system_clock;
  using HundredNanoseconds = std::chrono::duration<std::int64_t, std::ratio<1, kTicksPerSecond>>;
  const auto since_1970 = system_clock::now().time_since_epoch();
  return TicksFromUnix(0) +
         Duration{std::chrono::duration_cast<HundredNanoseconds>(since_1970).count()};
}

Ticks NowInSeconds() { return {Now().seconds() * kTicksPerSecond}; }

}  // namespace exdiag
