#include "engine/nightly/inbox.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "engine/base/text.h"
#include "engine/intake/input_files.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// What programs call a file while they copy it.
bool HasWorkingName(const std::string& path) {
  static constexpr std::array<std::string_view, 7> kEndings = {
      ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp"};
  const std::string name = ToLower(fs::path(path).filename().string());
  return name.starts_with(".") || name.starts_with("~$") ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

// The store, the reports and the lock may lie in a folder that is also an inbox.
bool IsOurs(const SiteConfig& site, const std::string& path) {
  if (path == site.lock || path == site.metrics.file || path == site.site_file) return true;
  return path.starts_with(site.reports + "/") ||
         fs::path(path).filename().string() == "exdiag-site.yaml";
}

Ticks ModifiedAt(const InboxFile& file) {
  return TicksFromUnix(file.modified / kNanosecondsPerSecond);
}

class Looker {
 public:
  Looker(const SiteConfig& site, const RunLog* log, Ticks now)
      : site_(site), log_(log), now_(now) {}

  Result<void> Look(const std::vector<InboxConfig>& inboxes) {
    for (const InboxConfig& inbox : inboxes) {
      for (const InputFile& input : FindInputFiles({inbox.path}, site_.store)) {
        if (auto added = Add(input, inbox.reading); !added) return added;
      }
    }
    return {};
  }

  std::vector<InboxEntry> Take() { return std::move(entries_); }

 private:
  Result<void> Add(const InputFile& input, const ReadingConfig& reading) {
    if (IsOurs(site_, input.path) || !seen_.insert(input.path).second) return {};
    InboxEntry entry;
    entry.reading = reading;
    entry.file.path = input.path;
    std::error_code ignored;
    if (!input.error.empty()) {
      // A folder without files is what an inbox looks like when nothing came; so is a pattern.
      const bool empty = fs::is_directory(input.path, ignored) ||
                         input.path.find_first_of("*?[") != std::string::npos;
      if (empty && fs::is_empty(input.path, ignored)) return {};
      if (empty && !fs::exists(input.path, ignored)) return {};
      entry.state = InboxState::kMissing;
      entry.error = input.error;
      entries_.push_back(std::move(entry));
      return {};
    }
    auto stamp = StampOf(input.path, reading);
    // Gone since it was listed, or something to read once only: a pipe, a device.
    if (!stamp || !fs::is_regular_file(input.path, ignored)) return {};
    entry.file = std::move(*stamp);
    if (HasWorkingName(input.path) ||
        (site_.settle.ticks > 0 && ModifiedAt(entry.file) + site_.settle > now_)) {
      entry.state = InboxState::kWriting;
    } else if (log_ != nullptr) {
      const auto known = log_->FindFile(input.path);
      if (!known) return known.error();
      if (*known && (*known)->SameAs(entry.file)) entry.state = InboxState::kSame;
    }
    entries_.push_back(std::move(entry));
    return {};
  }

  const SiteConfig& site_;
  const RunLog* log_;
  const Ticks now_;
  std::set<std::string> seen_;
  std::vector<InboxEntry> entries_;
};

}  // namespace

std::optional<InboxFile> StampOf(const std::string& path, const ReadingConfig& reading) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  InboxFile file;
  file.path = path;
  file.size = static_cast<std::uint64_t>(status.st_size);
  file.modified = status.st_mtim.tv_sec * kNanosecondsPerSecond + status.st_mtim.tv_nsec;
  file.inode = status.st_ino;
  if (!reading.timezone.empty()) file.reading = "zone " + reading.timezone;
  const ImportOptions& other = reading.other;
  if (!other.codepage.empty()) file.reading += " codepage " + other.codepage;
  if (!other.tpkt_ports.empty()) {
    file.reading += fmt::format(" tpkt ports {}", fmt::join(other.tpkt_ports, " "));
  }
  return file;
}

Result<std::vector<InboxEntry>> LookIntoInboxes(const SiteConfig& site, const RunLog* log,
                                                Ticks now) {
  Looker looker(site, log, now);
  for (const ServerConfig& server : site.servers) {
    if (auto looked = looker.Look(server.inbox); !looked) return looked.error();
  }
  if (auto looked = looker.Look(site.inbox); !looked) return looked.error();
  return looker.Take();
}

}  // namespace exdiag
