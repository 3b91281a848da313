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

}  // namespace exdiag
