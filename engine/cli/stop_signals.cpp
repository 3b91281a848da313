#include "engine/cli/stop_signals.h"

namespace exdiag {
namespace {

volatile std::sig_atomic_t stop_asked = 0;

extern "C" void AskToStop(int) { stop_asked = 1; }

}  // namespace

StopSignals::StopSignals() {
  struct sigaction action {};
  action.sa_handler = AskToStop;
  // What is being written goes on.
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigemptyset(&action.sa_mask);
  stop_asked = 0;
  ::sigaction(SIGINT, &action, &interrupt_);
  ::sigaction(SIGTERM, &action, &terminate_);
}

StopSignals::~StopSignals() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
}

bool StopSignals::asked() const { return stop_asked != 0; }

}  // namespace exdiag
