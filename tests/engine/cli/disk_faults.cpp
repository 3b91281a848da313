// Preloaded into the program by disk_test.py: a disk that fills up, or a folder that cannot be
// written to, where neither can be had for real (tests may run as root and without mounts).
//
//   EXDIAG_TEST_DISK_BYTES=N      after N bytes written to files every further one is ENOSPC
//   EXDIAG_TEST_READ_ONLY=FOLDER  below it nothing can be opened for writing: EROFS
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <string_view>

namespace {

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

std::atomic<long long>& BytesLeft() {
  static std::atomic<long long> left = [] {
    const char* const bytes = std::getenv("EXDIAG_TEST_DISK_BYTES");
    return bytes == nullptr ? -1LL : std::atoll(bytes);
  }();
  return left;
}

bool IsFile(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// False, with errno set, when the disk has no room for them.
bool Spend(int descriptor, std::size_t bytes) {
  if (BytesLeft() < 0 || !IsFile(descriptor)) return true;
  const auto wanted = static_cast<long long>(bytes);
  if (BytesLeft() >= wanted) {
    BytesLeft() -= wanted;
    return true;
  }
  BytesLeft() = 0;
  errno = ENOSPC;
  return false;
}

bool Grows(int descriptor, off_t size) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && size > status.st_size;
}

bool MayOpen(const char* path, int flags) {
  const char* const folder = std::getenv("EXDIAG_TEST_READ_ONLY");
  if (folder == nullptr || (flags & (O_WRONLY | O_RDWR | O_CREAT)) == 0) return true;
  if (!std::string_view(path).starts_with(folder)) return true;
  errno = EROFS;
  return false;
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t)>("write");
  return Spend(descriptor, size) ? next(descriptor, bytes, size) : -1;
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return Spend(descriptor, size) ? next(descriptor, bytes, size, offset) : -1;
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off_t offset) {
  static const auto next = Next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite64");
  return Spend(descriptor, size) ? next(descriptor, bytes, size, offset) : -1;
}

int ftruncate(int descriptor, off_t size) noexcept {
  static const auto next = Next<int (*)(int, off_t)>("ftruncate");
  return !Grows(descriptor, size) || Spend(descriptor, 1) ? next(descriptor, size) : -1;
}

int open(const char* path, int flags, ...) {
  static const auto next = Next<int (*)(const char*, int, ...)>("open");
  std::va_list rest;
  va_start(rest, flags);
  const auto mode = static_cast<mode_t>(va_arg(rest, int));
  va_end(rest);
  return MayOpen(path, flags) ? next(path, flags, mode) : -1;
}

int open64(const char* path, int flags, ...) {
  static const auto next = Next<int (*)(const char*, int, ...)>("open64");
  std::va_list rest;
  va_start(rest, flags);
  const auto mode = static_cast<mode_t>(va_arg(rest, int));
  va_end(rest);
  return MayOpen(path, flags) ? next(path, flags, mode) : -1;
}

int access(const char* path, int mode) noexcept {
  static const auto next = Next<int (*)(const char*, int)>("access");
  return MayOpen(path, (mode & W_OK) != 0 ? O_RDWR : O_RDONLY) ? next(path, mode) : -1;
}

}  // extern "C"
