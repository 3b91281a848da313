// The program's exit codes: a contract with scripts, described in --help.
#pragma once

namespace exdiag {

enum class ExitCode : int {
  kNothingFound = 0,
  kFindings = 1,  // also: `rules check` and `store verify` had complaints
  kUsage = 2,
  kFailed = 3,  // input or environment
};

}  // namespace exdiag
