#include "engine/cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "engine/report/html.h"

namespace exdiag {
namespace {

std::string NamesOf(const std::vector<Format>& formats) {
  std::string names;
  for (const FormatName& known : kFormats) {
    if (std::find(formats.begin(), formats.end(), known.format) == formats.end()) continue;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return names;
}

bool WantsColour() {
  const char* no_colour = std::getenv("NO_COLOR");  // https://no-color.org: set and not empty
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::strcmp(terminal, "dumb") == 0;
  return ::isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0') && !dumb;
}

bool IsOneOf(const std::string& file, const std::vector<std::string>& inputs) {
  std::error_code ignored;
  for (const std::string& input : inputs) {
    if (std::filesystem::equivalent(file, input, ignored)) return true;
  }
  return false;
}

}  // namespace

void AddOutputOptions(Arguments arguments, OutputOptions& options,
                      std::initializer_list<Format> formats) {
  const std::vector<Format> offered(formats);
  const auto choose = [&options, offered](const std::string& name) {
    for (const FormatName& known : kFormats) {
      const bool is_offered =
          std::find(offered.begin(), offered.end(), known.format) != offered.end();
      if (known.name != name || !is_offered) continue;
      options.format = known.format;
      return std::string();
    }
    return fmt::format("there is no format \"{}\" here; choose one of {}", name, NamesOf(offered));
  };
  arguments
      .AddRead("-f,--format", choose,
               fmt::format("{} (default {})", NamesOf(offered), NamesOf({options.format})))
      .Called("FORMAT");
  arguments.Add("-o,--output", options.file, "write the result there instead of to stdout")
      .Called("FILE");
  arguments.AddFlag("-v,--verbose", options.verbose,
                    "show everything, not only what matters first");
}

Result<Output> Output::Open(const OutputOptions& options, const std::vector<std::string>& inputs) {
  if (options.file.empty() || options.file == "-") {
    Output output("standard output", stdout);
    output.colour_ = WantsColour();
    return output;
  }
  if (IsOneOf(options.file, inputs)) {
    return Error{options.file + ": is also an input; not overwritten"};
  }
  std::FILE* file = std::fopen(options.file.c_str(), "wb");
  if (file == nullptr) {
    return Error{fmt::format("{}: {}; nothing written", options.file, std::strerror(errno))};
  }
  return Output(options.file, file);
}

bool Output::Write(std::string_view text) {
  if (error_ != 0) return false;
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) error_ = errno;
  return error_ == 0;
}

Result<void> Output::Close() {
  if (std::fflush(file_.get()) != 0 && error_ == 0) error_ = errno;
  std::FILE* file = file_.release();
  if (file != stdout && std::fclose(file) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0) return {};
  return Error{fmt::format("{}: {}; the result is not complete", name_, std::strerror(error_))};
}

Result<void> WriteOutput(const OutputOptions& options, const std::string& text,
                         const std::vector<std::string>& inputs) {
  auto output = Output::Open(options, inputs);
  if (!output) return output.error();
  output->Write(text);
  return output->Close();
}

Result<void> WriteDocument(const OutputOptions& options, const Document& document,
                           const std::vector<std::string>& inputs) {
  auto output = Output::Open(options, inputs);
  if (!output) return output.error();
  switch (options.format) {
    case Format::kHtml:
      output->Write(RenderHtml(document));
      break;
    case Format::kMarkdown:
      output->Write(RenderMarkdown(document));
      break;
    default:
      output->Write(RenderText(document, {.width = 80, .colour = output->colour()}));
  }
  return output->Close();
}

}  // namespace exdiag
