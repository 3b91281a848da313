// Whether a value passes a field test; docs/rule-language.md, "Event patterns", is the reference.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/rule/rule.h"

namespace exdiag {

// What a test may need beside the value.  Everything is optional: a test that needs a thing which
// is not given does not hold.
struct TestContext {
  // Another field of the same event, for `equals_field`.
  std::function<std::optional<std::string_view>(std::string_view field)> field;
  // Text with {name.field} filled in; nullopt when one of the fields is not known.
  std::function<std::optional<std::string>(std::string_view text)> expand;
  // Gets the named captures of regexes that matched, behind what it holds already.
  std::vector<std::pair<std::string, std::string>>* captures = nullptr;
  // Told when a value of so many bytes was too complex for a regex (such a value does not match).
  std::function<void(const TestRegex& test, std::size_t bytes)> too_complex;
};

// `value` is nullopt when the event does not show the field: then only `exists: no` holds.
bool Holds(const FieldTest& test, std::optional<std::string_view> value,
           const TestContext& context = {});

// All of them.  True for none.
bool HoldsAll(std::span<const FieldTest> tests, std::optional<std::string_view> value,
              const TestContext& context = {});

// Equality of the rule language, the same wherever it compares values: two are equal when their
// keys are.  The key of a number is that number: decimal, with 0x, or the eight hexadecimal digits
// that events print without it; a negative 32-bit number and its unsigned form are one code.  Of
// all else it is the text without ASCII case.  Blanks at the ends do not count.
std::string EqualityKey(std::string_view value);
bool EqualValues(std::string_view a, std::string_view b);

}  // namespace exdiag
