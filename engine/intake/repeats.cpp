#include "engine/intake/repeats.h"

#include <filesystem>

#include "importers/archive/archive.h"
#include "importers/importer.h"

namespace exdiag {

bool Repeats::MayRepeat(std::uint64_t size) {
  if (!looked_) Look();
  const auto found = sizes_.find(size);
  // One that is not among them changed since.
  return any_size_ || found == sizes_.end() || found->second > 1;
}

void Repeats::Look() {
  looked_ = true;
  for (const InputFile& file : files_) {
    if (!file.error.empty()) continue;
    std::error_code none;
    // Opening a pipe would take it from whoever reads it.
    const bool regular = std::filesystem::is_regular_file(file.path, none);
    const auto bytes = regular ? OpenFile(file.path) : Error{"not a regular file"};
    if (!bytes || IsArchive(**bytes)) {
      any_size_ = files_.size() > 1;
      return;
    }
    ++sizes_[(*bytes)->size()];
  }
}

}  // namespace exdiag
