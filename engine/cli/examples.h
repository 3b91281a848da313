// Examples for --help: the one list.
#pragma once

#include <string_view>

namespace exdiag {

// Lines such as "exdiag rules check   # remark" for a command by its words ("rules check"); empty
// when there are none, which a test does not let pass.
std::string_view ExamplesOf(std::string_view command);

}  // namespace exdiag
