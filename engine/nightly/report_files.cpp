#include "engine/nightly/report_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::int64_t kUnixEpoch = 11'644'473'600;  // seconds since 1601

Error SystemError(const std::string& file, std::string_view consequence) {
  return Error{fmt::format("{}: {}; {}", file, std::strerror(errno), consequence)};
}

bool WriteAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

}  // namespace

std::string ReportName(Ticks at, const std::string& last) {
  const std::time_t seconds = at.seconds() - kUnixEpoch;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const std::string day =
      fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
  if (last == day) return day + "-2";
  if (!last.starts_with(day + "-")) return day;
  const auto number = ParseInteger(std::string_view(last).substr(day.size() + 1));
  return fmt::format("{}-{}", day, number.value_or(1) + 1);
}

std::string_view EndingOf(Format format) {
  switch (format) {
    case Format::kText:
      return ".txt";
    case Format::kJson:
      return ".json";
    case Format::kHtml:
      return ".html";
    case Format::kMarkdown:
      return ".md";
    case Format::kCsv:
      return ".csv";
  }
  return "";
}

Result<void> ReplaceFile(const std::string& file, const std::string& bytes) {
  const std::string made = fmt::format("{}.{}.tmp", file, ::getpid());
  const int descriptor = ::open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError(made, "not written");
  const bool written = WriteAll(descriptor, bytes) && ::fsync(descriptor) == 0;
  const int reason = errno;
  const bool closed = ::close(descriptor) == 0;
  if (written) {
    if (closed && ::rename(made.c_str(), file.c_str()) == 0) return {};
  } else {
    errno = reason;
  }
  const Error error = SystemError(file, "not written");
  ::unlink(made.c_str());
  return error;
}

Result<std::uint64_t> RemoveReports(const std::string& folder, const std::string& name) {
  std::uint64_t removed = 0;
  for (const FormatName& format : kFormats) {
    const std::string file = folder + "/" + name + std::string(EndingOf(format.format));
    if (::unlink(file.c_str()) == 0) {
      ++removed;
    } else if (errno != ENOENT) {
      return SystemError(file, "not removed");
    }
  }
  return removed;
}

}  // namespace exdiag
