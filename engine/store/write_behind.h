// Has what is written to a file go to its disk while more is being written, so that whoever makes
// it durable at the end waits only for the rest.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace exdiag {

class WriteBehind {
 public:
  // From now on.  A file that cannot be opened, or a system that knows no such thing, is no error:
  // it only saves time.
  explicit WriteBehind(std::string file);
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;
  ~WriteBehind();

 private:
  void Run();
  bool WaitForEnd();

  const std::string file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace exdiag
