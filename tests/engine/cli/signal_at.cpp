// Preloaded into the program by stop_test.py: a signal that comes at one place of a run, and not
// some time after its beginning.
//
//   EXDIAG_TEST_SIGNAL=N       the signal
//   EXDIAG_TEST_AT=FILE        when this file is opened
//   EXDIAG_TEST_AT=FILE:BYTE   when this byte of it is read
//   EXDIAG_TEST_AT=FILE:end    when it is removed
//
// Who reads more than kSlack bytes of a file after the signal has not stopped: exit code 99.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <string>

namespace {

constexpr std::size_t kSlack = std::size_t{1} << 19;
constexpr int kReadOn = 99;

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

constexpr off_t kAtOpening = -1;
constexpr off_t kAtRemoval = -2;

struct Place {
  std::string file;
  off_t byte = kAtOpening;
};

const Place& TheirPlace() {
  static const Place place = [] {
    const char* const at = std::getenv("EXDIAG_TEST_AT");
    const std::string text = at == nullptr ? "" : at;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return Place{text};
    const std::string file = text.substr(0, colon), byte = text.substr(colon + 1);
    return Place{file, byte == "end" ? kAtRemoval : std::atoll(byte.c_str())};
  }();
  return place;
}

bool was_sent = false;
std::size_t read_since = 0;

void Send() {
  if (was_sent) return;
  was_sent = true;
  ::raise(std::atoi(std::getenv("EXDIAG_TEST_SIGNAL")));
}

void SendAt(off_t when, const char* path) {
  if (TheirPlace().byte == when && TheirPlace().file == path) Send();
}

void SendAtReading(int descriptor, std::size_t size, off_t offset) {
  if (TheirPlace().byte < 0) return;
  struct stat file {
  }, theirs{};
  if (::fstat(descriptor, &file) != 0 || ::stat(TheirPlace().file.c_str(), &theirs) != 0) return;
  if (file.st_dev != theirs.st_dev || file.st_ino != theirs.st_ino) return;
  if (was_sent && (read_since += size) > kSlack) ::_exit(kReadOn);
  const off_t inside = TheirPlace().byte - offset;
  if (inside >= 0 && inside < static_cast<off_t>(size)) Send();
}

}  // namespace

extern "C" {

int unlink(const char* path) noexcept {
  static const auto next = Next<int (*)(const char*)>("unlink");
  SendAt(kAtRemoval, path);
  return next(path);
}

ssize_t pread(int descriptor, void* bytes, size_t size, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  SendAtReading(descriptor, size, offset);
  return next(descriptor, bytes, size, offset);
}

ssize_t pread64(int descriptor, void* bytes, size_t size, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, void*, size_t, off_t)>("pread64");
  SendAtReading(descriptor, size, offset);
  return next(descriptor, bytes, size, offset);
}

int open(const char* path, int flags, ...) {
  static const auto next = Next<int (*)(const char*, int, ...)>("open");
  std::va_list rest;
  va_start(rest, flags);
  const auto mode = static_cast<mode_t>(va_arg(rest, int));
  va_end(rest);
  SendAt(kAtOpening, path);
  return next(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto next = Next<int (*)(const char*, int, ...)>("open64");
  std::va_list rest;
  va_start(rest, flags);
  const auto mode = static_cast<mode_t>(va_arg(rest, int));
  va_end(rest);
  SendAt(kAtOpening, path);
  return next(path, flags, mode);
}

}  // extern "C"
