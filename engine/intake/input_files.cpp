#include "engine/intake/input_files.h"

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "importers/archive/archive.h"
#include "importers/spool.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

class Finder {
 public:
  void Add(const std::string& input) {
    if (input == "-") {
      if (!std::exchange(has_standard_input_, true)) files_.push_back({"-", ""});
      return;
    }
    struct stat status {};
    if (::stat(input.c_str(), &status) == 0) {
      AddExisting(input, status);
    } else {
      AddMissing(input, errno);
    }
  }

  // As if it had been read already.
  void Skip(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) seen_.insert({status.st_dev, status.st_ino});
  }

  std::vector<InputFile> Take() { return std::move(files_); }

 private:
  void AddExisting(const std::string& path, const struct stat& status) {
    if (!seen_.insert({status.st_dev, status.st_ino}).second) return;
    if (!S_ISDIR(status.st_mode)) {
      files_.push_back({path, ""});
      return;
    }
    AddFolder(path);
  }

  // A folder that a link leads back to was seen already, so that this ends.
  void AddFolder(const std::string& path) {
    const std::size_t before = files_.size();
    std::error_code error;
    std::vector<std::string> entries;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      entries.push_back(it->path().string());
    }
    if (error) {
      files_.push_back({path, error.message() + "; folder not read"});
      return;
    }
    std::sort(entries.begin(), entries.end());
    const std::size_t seen_before = seen_.size();
    for (const std::string& entry : entries) Add(entry);
    if (files_.size() == before && seen_.size() == seen_before && entries.empty()) {
      files_.push_back({path, "the folder is empty; nothing read"});
    }
  }

  // A shell leaves a pattern as it is when it quotes it or finds nothing.
  void AddMissing(const std::string& input, int reason) {
    glob_t found{};
    const bool pattern = input.find_first_of("*?[") != std::string::npos;
    if (pattern && ::glob(input.c_str(), 0, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i) Add(found.gl_pathv[i]);
    } else {
      files_.push_back({input, std::string(std::strerror(reason)) + "; not read"});
    }
    ::globfree(&found);
  }

  std::vector<InputFile> files_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  bool has_standard_input_ = false;
};

Error SystemError() { return Error{std::string(std::strerror(errno)) + "; not read"}; }

using Cancelled = std::function<bool()>;

// A signal that comes just before we wait is noticed after this time, any other one at once.
constexpr int kWaitMilliseconds = 200;

// The next bytes of a stream: 0 at its end, -1 for an error or when a signal asked to stop.
ssize_t ReadSome(int descriptor, std::vector<char>& buffer, const Cancelled& cancelled) {
  for (;;) {
    if (cancelled && cancelled()) {
      errno = ECANCELED;
      return -1;
    }
    pollfd wanted{descriptor, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, kWaitMilliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got >= 0 || (errno != EINTR && errno != EAGAIN)) return got;
  }
}

Result<std::unique_ptr<ByteSource>> CopyStream(int descriptor, const Cancelled& cancelled) {
  Spool spool;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const ssize_t got = ReadSome(descriptor, buffer, cancelled);
    if (got < 0) return SystemError();
    if (got == 0) return spool.Take();
    const auto bytes = std::as_bytes(std::span(buffer).first(static_cast<std::size_t>(got)));
    if (auto kept = spool.Append(bytes); !kept) return kept.error();
  }
}

Result<std::unique_ptr<ByteSource>> CopyFile(const std::string& path, const Cancelled& cancelled) {
  // Not waiting here for who writes into a pipe: ReadSome() does, and can be asked to stop.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return SystemError();
  auto source = CopyStream(descriptor, cancelled);
  ::close(descriptor);
  return source;
}

constexpr std::string_view kInArchive = "!/";

// The file `name` of an archive, which may lie in an archive itself.
Result<std::unique_ptr<ByteSource>> OpenMember(const ByteSource& archive, const std::string& name) {
  std::unique_ptr<ByteSource> found;
  std::string rest;
  const auto walked = WalkArchive(archive, name, {}, [&](ArchiveMember member) {
    const bool inside = name.starts_with(member.name + std::string(kInArchive));
    if (name != member.name && !inside) return true;
    if (inside) rest = name.substr(member.name.size() + kInArchive.size());
    found = std::move(member.bytes);
    return found == nullptr;
  });
  if (found == nullptr) {
    return Error{walked ? "the archive has no such file; not read" : walked.error().message};
  }
  return rest.empty() ? std::move(found) : OpenMember(*found, rest);
}

Result<std::unique_ptr<ByteSource>> OpenInArchive(const std::string& path) {
  for (auto at = path.find(kInArchive); at != std::string::npos;
       at = path.find(kInArchive, at + 1)) {
    const auto archive = OpenFile(path.substr(0, at));
    if (!archive || !IsArchive(**archive)) continue;
    return OpenMember(**archive, path.substr(at + kInArchive.size()));
  }
  return Error{"No such file; not read"};
}

}  // namespace

std::vector<InputFile> FindInputFiles(const std::vector<std::string>& inputs,
                                      const std::string& store_file) {
  Finder finder;
  // SQLite's own names for what lies beside a store in use.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    if (!store_file.empty()) finder.Skip(store_file + suffix);
  }
  for (const std::string& input : inputs) finder.Add(input);
  return finder.Take();
}

Result<std::unique_ptr<ByteSource>> OpenInput(const std::string& path, const Cancelled& cancelled) {
  if (path == "-") return CopyStream(STDIN_FILENO, cancelled);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const bool in_archive = path.find(kInArchive) != std::string::npos;
    return in_archive ? OpenInArchive(path) : SystemError();
  }
  if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) return CopyFile(path, cancelled);
  auto source = OpenFile(path);
  if (source) return source;
  const std::string& reason = source.error().message;
  const std::string prefix = path + ": ";
  return Error{reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason};
}

}  // namespace exdiag
