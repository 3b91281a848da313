#include "engine/yaml/problems.h"

#include <utility>

namespace exdiag {

YamlProblems::YamlProblems(std::string file, std::string consequence, DiagnosticSink& sink)
    : file_(std::move(file)), consequence_(std::move(consequence)), sink_(sink) {}

void YamlProblems::Error(std::string_view id, const Place& place, std::string_view reason) {
  ++errors_;
  std::string text(reason);
  if (!consequence_.empty()) {
    text += reason.ends_with('?') ? " (" + consequence_ + ")" : "; " + consequence_;
  }
  sink_.Report({Severity::kError, std::string(id), At(place), std::move(text)});
}

void YamlProblems::Warning(std::string_view id, const Place& place, std::string_view reason) {
  sink_.Report({Severity::kWarning, std::string(id), At(place), std::string(reason)});
}

}  // namespace exdiag
