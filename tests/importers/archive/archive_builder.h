// Builds archives in memory, for tests.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <utility>
#include <vector>

namespace exdiag::test {

struct ArchiveKind {
  int format = ARCHIVE_FORMAT_ZIP;
  int filter = ARCHIVE_FILTER_NONE;
};

using ArchiveFiles = std::vector<std::pair<std::string, std::string>>;

// A name that ends in a slash is a folder.  "" when this system's library cannot write the kind.
inline std::string BuildArchive(ArchiveKind kind, const ArchiveFiles& files) {
  std::string bytes;
  const auto append = [](struct archive*, void* data, const void* block,
                         std::size_t size) -> la_ssize_t {
    static_cast<std::string*>(data)->append(static_cast<const char*>(block), size);
    return static_cast<la_ssize_t>(size);
  };
  struct archive* const writer = archive_write_new();
  archive_write_set_format(writer, kind.format);
  archive_write_add_filter(writer, kind.filter);
  archive_write_set_bytes_in_last_block(writer, 1);
  bool good = archive_write_open(writer, &bytes, nullptr, append, nullptr) == ARCHIVE_OK;
  for (const auto& [name, content] : files) {
    struct archive_entry* const entry = archive_entry_new();
    const bool folder = name.ends_with('/');
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, folder ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    good = good && archive_write_header(writer, entry) == ARCHIVE_OK;
    if (!folder) {
      good = good && archive_write_data(writer, content.data(), content.size()) >= 0;
    }
    archive_entry_free(entry);
  }
  good = archive_write_close(writer) == ARCHIVE_OK && good;
  archive_write_free(writer);
  return good ? bytes : std::string();
}

}  // namespace exdiag::test
