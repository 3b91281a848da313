#include "engine/cli/operator.h"

#include <pwd.h>
#include <unistd.h>

namespace exdiag {

std::string LoginName() {
  const passwd* user = ::getpwuid(::geteuid());
  return user == nullptr || user->pw_name == nullptr ? "" : user->pw_name;
}

}  // namespace exdiag
