// What goes to stderr.  Everything is made printable first: file names and log text are hostile.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/diagnostic.h"
#include "engine/cli/exit_code.h"

namespace exdiag {

// "exdiag: MESSAGE".  Returns kFailed, so that a command can end with it.
ExitCode Fail(std::string_view message);

// "exdiag COMMAND: MESSAGE", then where help is.  Returns kUsage.
ExitCode Misused(std::string_view command, std::string_view message);

// "exdiag: MESSAGE", for what is worth saying and no error.
void Remark(std::string_view message);

// A line on the terminal that says how far the work is: it replaces the one shown before and is
// taken away by the next message.  For a terminal only; `line` is printable and fits into it.
void ShowStatus(std::string_view line);
void EraseStatus();

// Prints each complaint as it comes, "file: place: reason".  Of one kind in one file only the first
// kRepeats are printed; Finish() says how many more there were.  For who mends files: all of them,
// each with its id behind it, "file: place: reason [rule.never]".
class ProblemPrinter final : public DiagnosticSink {
 public:
  static constexpr std::uint64_t kRepeats = 25;
  enum class Show : std::uint8_t { kFirst, kAllWithIds };

  explicit ProblemPrinter(Show show = Show::kFirst) : show_(show) {}
  ~ProblemPrinter() override { Finish(); }

  // Notes, which tell of nothing that is lost, are counted and not printed.
  void HideNotes() { hides_notes_ = true; }

  void Report(Diagnostic diagnostic) override;
  void Finish();

  // How many complaints of this severity or worse there were.
  std::uint64_t Count(Severity at_least) const;

 private:
  Show show_;
  bool hides_notes_ = false;
  std::map<std::pair<std::string, std::string>, std::uint64_t> repeats_;  // by file and id
  std::map<Severity, std::uint64_t> counts_;
};

}  // namespace exdiag
