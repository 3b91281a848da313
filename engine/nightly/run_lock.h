// One run at a time.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace exdiag {

// Who holds a lock, as its file says.
struct LockHolder {
  std::string host;
  std::string boot;  // of that host; differs after it was started anew
  std::int64_t process = 0;
  std::string process_start;  // as the system counts, so that a reused number is told apart
  Ticks since;                // UTC

  // "EX1, process 123, since 2026-11-21 02:10:00 UTC"
  std::string Words() const;
};

// This process, since `now`.
LockHolder ThisProcess(Ticks now);

// Held until it is destroyed.  The operating system lets go of it when the process ends in whatever
// way, so what a killed run leaves behind is only its name.
class RunLock {
 public:
  // Takes the lock in `file`, which is made when needed.  An Error when somebody else holds it,
  // with the holder's name.  A lock whose holder is gone is taken over; `taken_over` then says from
  // whom and how it is known.  A holder on another host is believed for a day, since this one
  // cannot see whether it is alive.
  static Result<RunLock> Take(const std::string& file, const LockHolder& self,
                              std::string* taken_over);

  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&&) = delete;
  ~RunLock();

 private:
  explicit RunLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

// Whether somebody holds it now, without taking it: "" or the holder's words.
std::string HolderOf(const std::string& file, const LockHolder& self);

}  // namespace exdiag
