// Opening the store that --store names, for commands that only read it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/store/store.h"

namespace exdiag {

// Never makes one: a mistyped name must not look like an empty store.
inline Result<std::unique_ptr<Store>> OpenExistingStore(const std::string& file,
                                                        bool read_only = true) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return Error{file + ": no such store; exdiag import --store makes one"};
  }
  StoreOptions options;
  options.read_only = read_only;
  return Store::Open(file, options);
}

// The same for commands that keep in the store what they found, where they can: not on a medium
// that is for reading only, nor while another process writes.
inline Result<std::unique_ptr<Store>> OpenStoreToKeep(const std::string& file) {
  auto store = OpenExistingStore(file, false);
  return store ? std::move(store) : OpenExistingStore(file);
}

}  // namespace exdiag
