// Damage to the temporary files that the program has open.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace exdiag::testing {

// Of all SpillFiles of the process nothing can be read any more.
inline void CutOffTemporaryFiles() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string file = std::filesystem::read_symlink(entry.path(), gone).string();
    if (file.find("/exdiag-") == std::string::npos) continue;
    if (::ftruncate(std::stoi(entry.path().filename()), 0) != 0) std::abort();
  }
}

}  // namespace exdiag::testing
