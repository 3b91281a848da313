// Feeding exports to a store on behalf of a command: its options, Ctrl-C, what to say afterwards.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/cli/arguments.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/messages.h"
#include "engine/cli/stop_signals.h"
#include "engine/intake/import_inputs.h"

namespace exdiag {

struct FeedOptions {
  std::vector<std::string> inputs;
  std::string timezone;
  ImportOptions reading;
  bool strict = false;
  bool quiet = false;
};

// Adds INPUT..., --tpkt-port, --quiet and what AddReadingOptions adds.
void AddFeedOptions(Arguments arguments, FeedOptions& options);
// Adds --timezone, --codepage, --strict.
void AddReadingOptions(Arguments arguments, FeedOptions& options);

// Adds --tpkt-port.
Option AddPortOption(Arguments arguments, ImportOptions& options);

// Adds --quiet.
void AddQuietOption(Arguments arguments, bool& quiet);

// Feeds all inputs, and shows on a terminal how far it is; `stop` ends it after the file under way
// is taken back.  What could not be read is summed up on stderr.  An Error is the store's, or a
// time zone that nobody knows.
Result<ImportSummary> Feed(const FeedOptions& options, const Knowledge& knowledge, Store& store,
                           ProblemPrinter& problems, const StopSignals& stop = {});

// What the exit code becomes when the command itself ended with `code`: failed when nothing at all
// could be read, or when anything could not and the user is strict.
ExitCode Judge(ExitCode code, const ImportSummary& fed, bool strict);

}  // namespace exdiag
