// What a rule says that nothing can ever meet, or that everything meets.
#pragma once

#include <span>
#include <string>

#include "engine/rule/rule.h"
#include "engine/yaml/problems.h"

namespace exdiag {

// Complains about event patterns and conditions whose tests contradict each other, about conditions
// that exclude each other, and about those that hold whatever was logged.  `rule` has been read
// without an error.  Only what is certain is complained about: what a template, another field or a
// text in two spellings of a number may bring about is taken for possible.
void CheckLogic(const Rule& rule, YamlProblems& problems);

// Why no value passes all of these tests of one field, in words; "" when some value may.
std::string Contradiction(std::span<const FieldTest> tests);

}  // namespace exdiag
