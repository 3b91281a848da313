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

// A relative folder is no good: it would be another one wherever the program is started.
fs::path FolderFrom(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path folder = value == nullptr ? "" : value;
  return folder.is_absolute() ? folder : fs::path();
}

fs::path CacheFolder() {
  if (std::getenv("EXDIAG_CACHE") != nullptr) return FolderFrom("EXDIAG_CACHE");
  if (const fs::path folder = FolderFrom("XDG_CACHE_HOME"); !folder.empty()) {
    return folder / "exdiag";
  }
  if (const fs::path home = FolderFrom("HOME"); !home.empty()) return home / ".cache" / "exdiag";
  return ::geteuid() == 0 ? fs::path("/var/cache/exdiag") : fs::path();
}

}  // namespace

std::string CacheFileFor(const std::string& folder) {
  const fs::path cache = CacheFolder();
  std::error_code error;
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
