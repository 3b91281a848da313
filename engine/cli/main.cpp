// exdiag: reads Windows event exports and says what is wrong, how sure it is, why, and what to do.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>

#include "engine/base/did_you_mean.h"
#include "engine/base/text.h"
#include "engine/cli/command.h"
#include "engine/cli/examples.h"
#include "engine/cli/messages.h"

namespace exdiag {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 nothing found, 1 findings, 2 wrong usage, 3 input or environment failed.\n"
    "Results go to stdout, everything else to stderr. NO_COLOR turns colours off.\n"
    "EXDIAG_DATA names the folder that holds rules/ and kbdata/; EXDIAG_CACHE one for what is "
    "kept\n"
    "from run to run (empty: nothing is).";

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

// The command that was being read when parsing failed: the innermost one given.
const CLI::App& Innermost(const CLI::App& app) {
  const auto given = app.get_subcommands();
  return given.empty() ? app : Innermost(*given.front());
}

std::string PathOf(const CLI::App& app) {
  if (app.get_parent() == nullptr) return "";
  const std::string above = PathOf(*app.get_parent());
  return above.empty() ? app.get_name() : above + " " + app.get_name();
}

bool TakesWords(const CLI::App& app) {
  const auto options = app.get_options();
  return std::any_of(options.begin(), options.end(),
                     [](const CLI::Option* option) { return option->get_positional(); });
}

// A word that no option or argument takes.
std::string UnknownWord(const CLI::App& app, const std::string& word) {
  if (word.starts_with("-")) {
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("unknown option \"{}\"{}", name, DidYouMean(name, OptionNames(app)));
  }
  const std::vector<std::string> commands = CommandNames(app);
  if (commands.empty() || TakesWords(app)) {
    return fmt::format("\"{}\" is one argument too many", word);
  }
  return fmt::format("unknown command \"{}\"{}", word, DidYouMean(word, commands));
}

ExitCode Explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& at = Innermost(app);
  const std::vector<std::string> extra = app.remaining(true);
  if (!extra.empty()) return Misused(PathOf(at), UnknownWord(at, extra.front()));
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !CommandNames(at).empty()) {
    std::string names;
    for (const std::string& name : CommandNames(at)) names += (names.empty() ? "" : ", ") + name;
    return Misused(PathOf(at), "a command is missing: " + names);
  }
  return Misused(PathOf(at), error.what());
}

// Shows the examples below the help of each command under `app`.
void AddExamples(CLI::App& app, const std::string& path = {}) {
  for (CLI::App* command : app.get_subcommands({})) {
    const std::string name = path.empty() ? command->get_name() : path + " " + command->get_name();
    std::string footer;
    for (std::string_view rest = ExamplesOf(name); !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      footer += (footer.empty() ? "Examples:\n  " : "\n  ") + std::string(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    command->footer(footer);
    AddExamples(*command, name);
  }
}

ExitCode PrintHelp(const CLI::App& app) {
  fmt::print("{}", app.help());  // of the innermost command given
  return ExitCode::kNothingFound;
}

// `exdiag help rules check` is `exdiag rules check --help`.
ExitCode Help(CLI::App& app, std::vector<std::string> words) {
  const CLI::App* at = &app;
  for (const std::string& word : words) {
    const auto below =
        at->get_subcommands([&](const CLI::App* command) { return command->get_name() == word; });
    if (below.empty()) return Misused("help", UnknownWord(*at, word));
    at = below.front();
  }
  words.push_back("--help");
  std::reverse(words.begin(), words.end());  // the order in which CLI11 takes them
  try {
    app.parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
  }
  return PrintHelp(app);
}

ExitCode Main(int argc, char** argv) {
  CLI::App app(
      "Reads Windows event exports of Exchange servers and tells ranked causes with reasons and "
      "remediation.",
      "exdiag");
  app.footer(kFooter);
  app.set_version_flag("--version", "exdiag " EXDIAG_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(26);
  const std::vector<std::unique_ptr<Command>> commands = AllCommands();
  for (const auto& command : commands) {
    command->Describe(Arguments(app).AddCommand(command->name(), command->summary()));
  }
  std::vector<std::string> help_words;
  CLI::App* help = app.add_subcommand("help", "show the help of a command, with examples");
  help->add_option("COMMAND", help_words, "its words: rules check");
  AddExamples(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return PrintHelp(app);
  } catch (const CLI::CallForVersion& version) {
    fmt::print("{}\n", version.what());
    return ExitCode::kNothingFound;
  } catch (const CLI::ParseError& error) {
    return Explain(app, error);
  }
  if (help->parsed()) return Help(app, help_words);
  for (const auto& command : commands) {
    if (app.got_subcommand(std::string(command->name()))) return command->Run();
  }
  return ExitCode::kUsage;  // not reached: one command is required
}

}  // namespace
}  // namespace exdiag

int main(int argc, char** argv) {
  // A reader that goes away is an error of writing like any other; see Output::Close.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return static_cast<int>(exdiag::Main(argc, argv));
  } catch (const std::exception& error) {
    return static_cast<int>(exdiag::Fail(fmt::format("{}; stopped", error.what())));
  }
}
