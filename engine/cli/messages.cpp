#include "engine/cli/messages.h"

#include <fmt/format.h>

#include <cstdio>

#include "engine/base/text.h"

namespace exdiag {
namespace {

std::size_t status_width = 0;  // of the line that ShowStatus left on the terminal

void PrintLine(const std::string& line) {
  EraseStatus();
  fmt::print(stderr, "{}\n", Printable(line));
}

}  // namespace

ExitCode Fail(std::string_view message) {
  PrintLine(fmt::format("exdiag: {}", message));
  return ExitCode::kFailed;
}

ExitCode Misused(std::string_view command, std::string_view message) {
  const std::string name = command.empty() ? "exdiag" : fmt::format("exdiag {}", command);
  PrintLine(fmt::format("{}: {}", name, message));
  PrintLine(fmt::format("Try \"{} --help\".", name));
  return ExitCode::kUsage;
}

void Remark(std::string_view message) { PrintLine(fmt::format("exdiag: {}", message)); }

// Blanks and carriage returns, which every terminal knows.
void ShowStatus(std::string_view line) {
  fmt::print(stderr, "\r{:<{}}", line, status_width);
  status_width = line.size();
  std::fflush(stderr);
}

void EraseStatus() {
  if (status_width == 0) return;
  ShowStatus("");
  fmt::print(stderr, "\r");
  std::fflush(stderr);
}

void ProblemPrinter::Report(Diagnostic diagnostic) {
  ++counts_[diagnostic.severity];
  if (hides_notes_ && diagnostic.severity == Severity::kNote) return;
  if (show_ == Show::kAllWithIds) {
    PrintLine(fmt::format("{} [{}]", ToString(diagnostic), diagnostic.id));
    return;
  }
  const std::uint64_t seen = ++repeats_[{diagnostic.where.file, diagnostic.id}];
  if (seen <= kRepeats) PrintLine(ToString(diagnostic));
}

void ProblemPrinter::Finish() {
  for (const auto& [key, count] : repeats_) {
    if (count <= kRepeats) continue;
    const std::string file = key.first.empty() ? "" : key.first + ": ";
    PrintLine(
        fmt::format("{}{} more complaints of this kind ({})", file, count - kRepeats, key.second));
  }
  repeats_.clear();
}

std::uint64_t ProblemPrinter::Count(Severity at_least) const {
  std::uint64_t sum = 0;
  for (const auto& [severity, count] : counts_) {
    if (severity >= at_least) sum += count;
  }
  return sum;
}

}  // namespace exdiag
