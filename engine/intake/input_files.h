// From what the user named to the files that are read.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "importers/importer.h"

namespace exdiag {

struct InputFile {
  std::string path;   // as the user can find it; "-" is standard input
  std::string error;  // why it cannot be read, with the consequence; "" normally
};

// Each regular file, pipe and device once, in the order of `inputs` and inside a folder by name.
// An input that gives none has one entry with an error.
// The files of the store `store_file` that lie in such a folder are no inputs.
std::vector<InputFile> FindInputFiles(const std::vector<std::string>& inputs,
                                      const std::string& store_file = {});

// The bytes of one of them, or of a file in an archive under the name that an import gives it
// ("logs.zip!/app.evtx").  What cannot be read at any place (standard input, a pipe) is copied,
// to a temporary file when it is large, until `cancelled` says otherwise.  The Error is a reason
// without the file's name.
Result<std::unique_ptr<ByteSource>> OpenInput(const std::string& path,
                                              const std::function<bool()>& cancelled = {});

}  // namespace exdiag
