#include "engine/cli/cache_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "engine/base/content_hash.h"
#include "engine/yaml/cache.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

// A relative folder of the desktop's settings is no good, says their specification: it would be
// another one wherever the program is started.
fs::path FolderFrom(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path folder = value == nullptr ? "" : value;
  return folder.is_absolute() ? folder : fs::path();
}

fs::path CacheFolder() {
  // Who names one for this program may mean one below the working folder.
  if (const char* chosen = std::getenv("EXDIAG_CACHE"); chosen != nullptr) return chosen;
  if (const fs::path folder = FolderFrom("XDG_CACHE_HOME"); !folder.empty()) {
    return folder / "exdiag";
  }
  if (const fs::path home = FolderFrom("HOME"); !home.empty()) return home / ".cache" / "exdiag";
  return ::geteuid() == 0 ? fs::path("/var/cache/exdiag") : fs::path();
}

}  // namespace

std::string CacheFileFor(const std::string& folder) {
  std::error_code error;
  fs::path cache = CacheFolder();
  if (cache.is_relative() && !cache.empty()) cache = fs::absolute(cache, error);
  const fs::path full = fs::absolute(folder, error).lexically_normal();
  if (cache.empty() || error || ProgramIdentity().empty()) return {};
  ContentHash hash;
  hash.Add(full.string());
  return (cache / (hash.Hex() + ".trees")).string();
}

// A build is a new file: whoever links or installs the program changes its inode or its times.
std::string ProgramIdentity() {
  const auto stamp = StampOf("/proc/self/exe");
  if (!stamp) return {};
  return fmt::format("{} {} {} {} {}", stamp->device, stamp->inode, stamp->size, stamp->modified,
                     stamp->changed);
}

}  // namespace exdiag
