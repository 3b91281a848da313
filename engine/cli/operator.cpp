#include "engine/cli/operator.h"

#include <pwd.h>
#include <unistd.h>

#include <chrono>

namespace exdiag {

std::string LoginName() {
  const passwd* user = ::getpwuid(::geteuid());
  return user == nullptr || user->pw_name == nullptr ? "" : user->pw_name;
}

Ticks Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return TicksFromUnix(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace exdiag
