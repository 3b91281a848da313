#include "engine/store/write_behind.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <utility>

namespace exdiag {

WriteBehind::WriteBehind(std::string file) : file_(std::move(file)) {
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
    return;
  }
}

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

// Closing a file takes back all locks that the process has on it, those of SQLite too (fcntl(2),
// "Advisory record locking"), unless it is closed in a table of files of its own: this thread's.
void WriteBehind::Run() {
  if (::unshare(CLONE_FILES) != 0) return;
  const int file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  while (!WaitForEnd()) {
    if (::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE) != 0) break;
  }
  ::close(file);
}

bool WriteBehind::WaitForEnd() {
  constexpr std::chrono::milliseconds kPause{40};
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPause, [this] { return stopping_; });
}

}  // namespace exdiag
