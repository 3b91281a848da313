// Ctrl-C and kill as a question to be asked from time to time.
#pragma once

#include <csignal>

namespace exdiag {

// While one of these lives, the first SIGINT or SIGTERM asks to stop; the second one ends the
// program as it would have without us, which the store survives.  System calls are resumed, so
// whoever waits long has to ask: see CopyStream() of engine/intake.  One at a time.
class StopSignals {
 public:
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  bool asked() const;

 private:
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
};

}  // namespace exdiag
