#include "engine/evidence/languages.h"

#include <utility>

namespace exdiag {
namespace {

Languages& TheLanguages() {
  static Languages languages;
  return languages;
}

}  // namespace

void UseLanguages(Languages languages) { TheLanguages() = std::move(languages); }

const Languages& KnownLanguages() { return TheLanguages(); }

}  // namespace exdiag
