// Whether an input can be the same as another one of its run, as far as that is known without
// reading them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/intake/input_files.h"

namespace exdiag {

class Repeats {
 public:
  // Borrows the files.
  explicit Repeats(const std::vector<InputFile>& files) : files_(files) {}

  // False when no other input has, or holds, so many bytes.  Looks at each input once, when it is
  // asked first.
  bool MayRepeat(std::uint64_t size);

 private:
  void Look();

  const std::vector<InputFile>& files_;
  bool looked_ = false;
  bool any_size_ = false;  // one of several inputs is an archive, a pipe or the like
  std::map<std::uint64_t, std::size_t> sizes_;
};

}  // namespace exdiag
