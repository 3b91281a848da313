#include "engine/metrics/metrics_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

namespace exdiag {
namespace {

// Lines of one family, by site.
using SiteLines = std::map<std::string, std::vector<std::string>, std::less<>>;

constexpr std::string_view kSiteLabel = "{site=\"";

// Samples that this program wrote, by family; whatever else is in the file is not kept.
std::map<std::string, SiteLines, std::less<>> ReadSamples(const std::string& file) {
  std::map<std::string, SiteLines, std::less<>> families;
  std::ifstream input(file);
  for (std::string line; std::getline(input, line);) {
    const std::size_t brace = line.find('{');
    if (brace == std::string::npos || line.starts_with('#')) continue;
    if (line.compare(brace, kSiteLabel.size(), kSiteLabel) != 0) continue;
    const std::size_t begin = brace + kSiteLabel.size();
    const std::size_t end = line.find('"', begin);
    // The last line of a file that was cut off by others.
    if (end == std::string::npos || input.eof()) continue;
    families[line.substr(0, brace)][line.substr(begin, end - begin)].push_back(line);
  }
  return families;
}

std::string NewContent(const std::string& file, const std::vector<std::string>& sites,
                       const SiteMetrics& metrics) {
  auto earlier = ReadSamples(file);
  std::string out;
  for (const MetricFamily& family : metrics.families) {
    SiteLines& lines = earlier[std::string(family.name)];
    std::erase_if(lines, [&](const auto& of_site) {
      return std::find(sites.begin(), sites.end(), of_site.first) == sites.end();
    });
    if (metrics.complete || !family.samples.empty()) lines[metrics.site].clear();
    for (MetricSample sample : family.samples) {
      sample.labels.insert(sample.labels.begin(), {"site", metrics.site});
      lines[metrics.site].push_back(SampleLine(family.name, sample));
    }
    out += FamilyHead(family);
    for (const auto& [site, of_site] : lines) {
      for (const std::string& line : of_site) out += line + "\n";
    }
  }
  return out;
}

// The file that becomes the other: locked, so that one process after the other reads, changes and
// replaces.  Gone when it was not moved into place.
class Draft {
 public:
  explicit Draft(const std::string& file) {
    const std::filesystem::path path(file);
    name_ = (path.parent_path() / ("." + path.filename().string() + ".new")).string();
  }
  ~Draft() {
    if (descriptor_ < 0) return;
    if (!moved_) ::unlink(name_.c_str());
    ::close(descriptor_);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& name() const { return name_; }

  // False: see errno.
  bool Lock() {
    while (true) {
      descriptor_ = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (descriptor_ < 0) return false;
      while (::flock(descriptor_, LOCK_EX) != 0) {
        if (errno != EINTR) return false;
      }
      // Whoever had the lock before has moved this file away: begin with a new one.
      struct stat mine = {}, there = {};
      if (::fstat(descriptor_, &mine) == 0 && ::stat(name_.c_str(), &there) == 0 &&
          mine.st_ino == there.st_ino) {
        return true;
      }
      ::close(descriptor_);
      descriptor_ = -1;
    }
  }

  bool Write(std::string_view text) {
    if (::ftruncate(descriptor_, 0) != 0) return false;
    while (!text.empty()) {
      const ssize_t wrote = ::write(descriptor_, text.data(), text.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return ::fchmod(descriptor_, 0644) == 0 && ::fsync(descriptor_) == 0;
  }

  bool MoveTo(const std::string& file) {
    moved_ = std::rename(name_.c_str(), file.c_str()) == 0;
    return moved_;
  }

 private:
  std::string name_;
  int descriptor_ = -1;
  bool moved_ = false;
};

}  // namespace

Result<void> UpdateMetricsFile(const std::string& file, const std::vector<std::string>& sites,
                               const SiteMetrics& metrics) {
  Draft draft(file);
  if (draft.Lock() && draft.Write(NewContent(file, sites, metrics)) && draft.MoveTo(file))
    return {};
  return Error{fmt::format("{}: {}; metrics not written", file, std::strerror(errno))};
}

}  // namespace exdiag
