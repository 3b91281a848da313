// Teaches a test or fuzz program the languages of kbdata, as the program learns them.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "engine/knowledge/languages_reader.h"

namespace exdiag {
namespace {

bool LearnLanguages() {
  DiagnosticList problems;
  YamlCache none;
  auto languages = LoadLanguages(EXDIAG_SOURCE_DIR "/kbdata/languages", problems, none);
  if (!languages || !problems.items().empty() || languages->labels.empty()) {
    std::fputs("kbdata/languages cannot be read\n", stderr);
    std::abort();
  }
  UseLanguages(std::move(*languages));
  return true;
}

[[maybe_unused]] const bool kLearned = LearnLanguages();

}  // namespace
}  // namespace exdiag
