#include "cli/interrupt.h"

#include <csignal>

namespace quanta::cli {
namespace {

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGUSR1);  // how the destructor wakes the watcher; nobody else sends it
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A request from a signal handler would not be safe (it may run callbacks); a thread's is.
  watcher_ = std::jthread([this](const std::stop_token& ended) {
    const sigset_t waited = watched();
    for (;;) {
      int signal = 0;
      if (sigwait(&waited, &signal) != 0 || ended.stop_requested()) return;
      if (signal == SIGUSR1) continue;
      if (source_.stop_requested()) {
        std::signal(signal, SIG_DFL);
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, signal);
        pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
        raise(signal);
      }
      source_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  watcher_.request_stop();
  pthread_kill(watcher_.native_handle(), SIGUSR1);
}

}  // namespace quanta::cli
