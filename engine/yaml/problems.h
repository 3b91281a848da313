// Complaints about one YAML file, each with line and column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"

namespace exdiag {

// Adds file name and consequence to what a reader of the file complains about.
//
//   YamlProblems problems("rules/x.yaml", "rule left out", sink);
//   problems.Error("yaml.unknown_key", place, "unknown key \"colour\"");
//   => rules/x.yaml: line 9, column 5: unknown key "colour"; rule left out
class YamlProblems {
 public:
  // `sink` must outlive this.
  YamlProblems(std::string file, std::string consequence, DiagnosticSink& sink);

  // Something is wrong and the consequence follows.  A reason that ends with a question mark is
  // followed by the consequence in brackets.
  void Error(std::string_view id, const Place& place, std::string_view reason);
  // Something is doubtful; `reason` names its own consequence.
  void Warning(std::string_view id, const Place& place, std::string_view reason);

  // Errors so far.  Who reads a list of entries compares before and after each of them.
  std::size_t errors() const { return errors_; }
  bool failed() const { return errors_ != 0; }

  const std::string& file() const { return file_; }
  Location At(const Place& place) const { return {file_, place}; }
  void set_consequence(std::string consequence) { consequence_ = std::move(consequence); }

 private:
  std::string file_;
  std::string consequence_;
  DiagnosticSink& sink_;
  std::size_t errors_ = 0;
};

}  // namespace exdiag
