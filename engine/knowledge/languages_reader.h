// kbdata/languages/*.yaml -> the words of each language: docs/formats.md, "Languages".
#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/evidence/languages.h"
#include "engine/yaml/cache.h"

namespace exdiag {

// All files of the folder; none when there is no such folder.  A file with an error is left out and
// `problems` says why.
Result<Languages> LoadLanguages(const std::string& folder, DiagnosticSink& problems,
                                YamlCache& cache);

}  // namespace exdiag
