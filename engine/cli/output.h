// Where a result goes: stdout, or the file that --output names.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/arguments.h"
#include "engine/report/document.h"
#include "engine/report/format.h"

namespace exdiag {

struct OutputOptions {
  Format format = Format::kText;
  std::string file;  // "" or "-": stdout
  bool verbose = false;
};

// Adds --format (only these formats; what `options` says is the default), --output and --verbose.
void AddOutputOptions(Arguments arguments, OutputOptions& options,
                      std::initializer_list<Format> formats);

class Output {
 public:
  // An Error when the file cannot be made, or is one of `inputs`: a report must not overwrite the
  // log that it is about.
  static Result<Output> Open(const OutputOptions& options,
                             const std::vector<std::string>& inputs = {});

  // Colours are for a terminal, and for nobody who set NO_COLOR.
  bool colour() const { return colour_; }

  // False when it could not be written (disk full, reader gone); Close() then says why.
  bool Write(std::string_view text);
  // Everything has arrived, or an Error.
  Result<void> Close();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const {
      if (file != stdout) std::fclose(file);
    }
  };

  Output(std::string name, std::FILE* file) : name_(std::move(name)), file_(file) {}

  std::string name_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  bool colour_ = false;
  int error_ = 0;  // errno of the first failure
};

// Opens, writes, closes.
Result<void> WriteOutput(const OutputOptions& options, const std::string& text,
                         const std::vector<std::string>& inputs = {});
// A document as text, HTML or Markdown.
Result<void> WriteDocument(const OutputOptions& options, const Document& document,
                           const std::vector<std::string>& inputs = {});

}  // namespace exdiag
