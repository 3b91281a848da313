#include "engine/nightly/run_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr Duration kBelieved = {86'400 * kTicksPerSecond};  // of another host

std::string FirstLine(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// Field 22 of /proc/PID/stat (proc(5)); the second field is a name in brackets that may hold
// anything.  "" when there is no such process.
std::string StartOf(std::int64_t process) {
  const std::string line = FirstLine(fmt::format("/proc/{}/stat", process));
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) rest >> field;
  return field;
}

std::string HostName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string TextOf(const LockHolder& holder) {
  return fmt::format("host {}\nprocess {}\nstarted {}\nboot {}\nsince {}\n", holder.host,
                     holder.process, holder.process_start, holder.boot,
                     FormatTime(holder.since, TimeBasis::kUtc));
}

// nullopt for an empty file, and for one that is none of ours.
std::optional<LockHolder> HolderIn(const std::string& text) {
  LockHolder holder;
  for (const std::string_view line : Split(text, '\n')) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, blank), value = line.substr(blank + 1);
    if (key == "host") holder.host = value;
    if (key == "process") holder.process = ParseInteger(value).value_or(0);
    if (key == "started") holder.process_start = value;
    if (key == "boot") holder.boot = value;
    if (key == "since") {
      const auto time = ParseIsoTime(value);
      if (time) holder.since = time->ticks;
    }
  }
  if (holder.host.empty() || holder.process == 0) return std::nullopt;
  return holder;
}

std::string ReadAll(int descriptor) {
  std::array<char, 1024> buffer{};
  const ssize_t got = ::pread(descriptor, buffer.data(), buffer.size(), 0);
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

Error SystemError(const std::string& file) {
  return Error{fmt::format("{}: {}; nothing done", file, std::strerror(errno))};
}

Error Held(const std::string& file, const std::optional<LockHolder>& holder) {
  return Error{fmt::format("{}: another run is under way ({}); nothing done", file,
                           holder ? holder->Words() : "it has not said its name yet")};
}

// Why a holder is not alive any more; "" when it may be.
std::string WhyGone(const LockHolder& holder, const LockHolder& self) {
  if (holder.host != self.host) {
    return holder.since + kBelieved < self.since ? "which is on another host, and a day old" : "";
  }
  if (holder.boot != self.boot) return "the system was started anew since";
  const std::string start = StartOf(holder.process);
  if (start.empty()) return "there is no such process any more";
  return start == holder.process_start ? "" : "the process of that number is another one now";
}

}  // namespace

std::string LockHolder::Words() const {
  return fmt::format("{}, process {}, since {} UTC", Printable(host), process,
                     FormatTimeForPeople(since));
}

LockHolder ThisProcess(Ticks now) {
  LockHolder self;
  self.host = HostName();
  self.boot = FirstLine("/proc/sys/kernel/random/boot_id");
  self.process = ::getpid();
  self.process_start = StartOf(self.process);
  self.since = now;
  return self;
}

Result<RunLock> RunLock::Take(const std::string& file, const LockHolder& self,
                              std::string* taken_over) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError(file);
  RunLock lock(descriptor);
  const bool locked = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
  const std::optional<LockHolder> before = HolderIn(ReadAll(descriptor));
  // Some file systems know no locks; there the name alone has to do.
  if (!locked && errno == EWOULDBLOCK) {
    lock.descriptor_ = -1;
    ::close(descriptor);
    return Held(file, before);
  }
  if (before) {
    const std::string gone = WhyGone(*before, self);
    const bool own = before->process == self.process && before->host == self.host;
    if (gone.empty() && !own) {
      lock.descriptor_ = -1;
      ::close(descriptor);
      return Held(file, before);
    }
    if (taken_over != nullptr) {
      *taken_over = fmt::format("{}: taken over from {}: {}", file, before->Words(), gone);
    }
  }
  const std::string text = TextOf(self);
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return SystemError(file);
  }
  return lock;
}

RunLock::RunLock(RunLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

// The file stays, empty: were it removed, a third process could lock the one that is gone.
RunLock::~RunLock() {
  if (descriptor_ < 0) return;
  [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, 0);
  ::close(descriptor_);
}

std::string HolderOf(const std::string& file, const LockHolder& self) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  const std::optional<LockHolder> holder = HolderIn(ReadAll(descriptor));
  ::close(descriptor);
  if (holder && (!locked || WhyGone(*holder, self).empty())) return holder->Words();
  return {};
}

}  // namespace exdiag
