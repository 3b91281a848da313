// A file of the C library that is closed when its holder goes.
#pragma once

#include <cstdio>
#include <memory>

namespace exdiag {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using ClosedFile = std::unique_ptr<std::FILE, CloseFile>;

}  // namespace exdiag
