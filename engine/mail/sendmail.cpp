#include "engine/mail/sendmail.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "engine/base/text.h"
#include "engine/mail/closed_file.h"

namespace exdiag {
namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(10);
constexpr std::size_t kSaidMost = 500;  // bytes of what it says

// What goes to and fro lies in files without a name, not in pipes: a program that reads or writes
// nothing blocks nobody.  Programs on this side want the system's line ends.
ClosedFile MailFile(std::string mail) {
  mail.erase(std::remove(mail.begin(), mail.end(), '\r'), mail.end());
  ClosedFile file(std::tmpfile());
  if (file == nullptr) return nullptr;
  const bool written = std::fwrite(mail.data(), 1, mail.size(), file.get()) == mail.size() &&
                       std::fflush(file.get()) == 0;
  std::rewind(file.get());
  return written ? std::move(file) : nullptr;
}

// "", or ": what it said".
std::string FirstWords(std::FILE* said) {
  std::string text(kSaidMost, '\0');
  const ssize_t read = ::pread(::fileno(said), text.data(), text.size(), 0);
  text.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
  const std::string_view words = Trim(text);
  return words.empty() ? "" : ": " + std::string(Trim(words.substr(0, words.find('\n'))));
}

// Attributes and file actions of posix_spawn.
struct SpawnPlan {
  SpawnPlan(int input, int output) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes);
    // Signals that we ignore, it may want; and a group of its own, so that all of it can be ended.
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

// "" when it ended well; otherwise how it ended.  What is still running at the end of its time is
// killed.
std::string WaitFor(pid_t process, int timeout_seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_seconds);
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(process, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (std::chrono::steady_clock::now() >= end) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  if (ended == 0) {
    ::kill(-process, SIGKILL);
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return fmt::format("not done after {} s and ended", timeout_seconds);
  }
  // Who is started with SIGCHLD ignored is not told.
  if (ended < 0) return fmt::format("how it ended is not known: {}", std::strerror(errno));
  if (WIFSIGNALED(status)) return fmt::format("ended by signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with code {}", WEXITSTATUS(status));
}

}  // namespace

Result<void> RunSendmail(const std::string& mail, const MailEnvelope& envelope,
                         const SendmailRoute& route) {
  const auto failed = [&](const std::string& why) {
    return Error{fmt::format("{}: {}; no mail sent", route.program, why)};
  };
  const ClosedFile input = MailFile(mail);
  const ClosedFile said(std::tmpfile());
  if (input == nullptr || said == nullptr) {
    return failed(fmt::format("no temporary file for the mail: {}", std::strerror(errno)));
  }
  std::vector<std::string> words = {route.program, "-i", "-f", envelope.from, "--"};
  words.insert(words.end(), envelope.to.begin(), envelope.to.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const SpawnPlan plan(::fileno(input.get()), ::fileno(said.get()));
  pid_t process = 0;
  const int error = ::posix_spawn(&process, route.program.c_str(), &plan.actions, &plan.attributes,
                                  arguments.data(), environ);
  if (error != 0) return failed(std::strerror(error));
  const std::string ended = WaitFor(process, route.timeout_seconds);
  if (!ended.empty()) return failed(ended + FirstWords(said.get()));
  return {};
}

}  // namespace exdiag
