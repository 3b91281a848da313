// Examples for --help: the one list.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace exdiag {

// Lines such as "exdiag rules check   # remark" for a command by its words ("rules check"); empty
// when there are none, which a test does not let pass.
std::string_view ExamplesOf(std::string_view command);

// Shows the examples below the help of each command under `app`.
void AddExamples(CLI::App& app, const std::string& path = {});

}  // namespace exdiag
