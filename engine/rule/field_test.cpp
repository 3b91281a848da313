#include "engine/rule/field_test.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/base/text.h"
#include "engine/knowledge/knowledge.h"
#include "engine/rule/regex.h"

namespace exdiag {
namespace {

constexpr std::int64_t kTwo32 = std::int64_t{1} << 32;
constexpr std::int64_t kLargestSigned32 = 0x7fff'ffff;

// The one number that stands for both 32-bit forms of a code: -2147467259 and 0x80004005.
std::int64_t Unsigned32(std::int64_t value) {
  return value < 0 && value >= -kLargestSigned32 - 1 ? value + kTwo32 : value;
}

std::int64_t Signed32(std::int64_t value) {
  return value > kLargestSigned32 && value < kTwo32 ? value - kTwo32 : value;
}

// The value in the 32-bit form in which the bounds are written: bounds below 0 speak of signed
// numbers, bounds past 0x7fffffff of unsigned ones, others take the value as it is.
std::int64_t FormOfBounds(std::int64_t value, const TestRange& range) {
  const auto any = [&](auto test) {
    return (range.min && test(*range.min)) || (range.max && test(*range.max));
  };
  if (any([](std::int64_t bound) { return bound < 0; })) return Signed32(value);
  if (any([](std::int64_t bound) { return bound > kLargestSigned32; })) return Unsigned32(value);
  return value;
}

// Events print many codes in hexadecimal without 0x, eight digits long or with the two zeros more
// of the store's call stacks: "80004005", "00000BB8", "0080070057".  Decimal numbers of just eight
// digits, which look the same, are still equal to themselves.
std::optional<std::int64_t> BareHex(std::string_view value) {
  if (value.size() == 10 && value.starts_with("00")) value.remove_prefix(2);
  const auto hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  if (value.size() != 8 || !std::all_of(value.begin(), value.end(), hex)) return std::nullopt;
  return ParseInteger("0x" + std::string(value));
}

// What a value is compared as when it is a number.
std::optional<std::int64_t> CodeOf(std::string_view value) {
  if (const auto hex = BareHex(value)) return hex;
  const auto number = ParseInteger(value);
  return number ? std::optional(Unsigned32(*number)) : std::nullopt;
}

bool IsIpAddress(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const std::string address(text.substr(0, text.find('%')));
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, address.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, address.c_str(), bytes) == 1;
}

bool LooksLikeVersion(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.front() != '.';
}

bool PassesBound(std::string_view value, TestVersion::Op op, std::string_view bound) {
  const int order = CompareVersions(value, bound);
  switch (op) {
    case TestVersion::Op::kLess:
      return order < 0;
    case TestVersion::Op::kLessEqual:
      return order <= 0;
    case TestVersion::Op::kEqual:
      return order == 0;
    case TestVersion::Op::kGreaterEqual:
      return order >= 0;
    case TestVersion::Op::kGreater:
      return order > 0;
  }
  return false;
}

// One call of Holds: the tests that look at a value that is there.
class Evaluation {
 public:
  Evaluation(std::string_view value, bool has_template, const TestContext& context)
      : value_(value), has_template_(has_template), context_(context) {}

  bool operator()(const TestEquals& test) const {
    return AnyText(test.values, [&](std::string_view text) { return EqualValues(value_, text); });
  }

  bool operator()(const TestRange& test) const {
    const std::optional<std::int64_t> number = ParseInteger(Trim(value_));
    if (!number) return false;
    const std::int64_t value = FormOfBounds(*number, test);
    return (!test.min || value >= *test.min) && (!test.max || value <= *test.max);
  }

  bool operator()(const TestText& test) const {
    return AnyText(test.parts, [&](std::string_view part) {
      switch (test.where) {
        case TestText::Where::kContains:
          return FindIgnoreCase(value_, part) != std::string_view::npos;
        case TestText::Where::kStartsWith:
          return StartsWithIgnoreCase(value_, part);
        case TestText::Where::kEndsWith:
          return part.size() <= value_.size() &&
                 EqualsIgnoreCase(value_.substr(value_.size() - part.size()), part);
      }
      return false;
    });
  }

  bool operator()(const TestRegex& test) const {
    if (!test.compiled) return false;
    if (FindIgnoreCase(value_, test.literal) == std::string_view::npos) return false;
    std::vector<std::string_view> captures;
    const bool wanted = context_.captures != nullptr && !test.captures.empty();
    switch (SearchRegex(*test.compiled, value_, wanted ? &captures : nullptr)) {
      case RegexMatch::kNo:
        return false;
      case RegexMatch::kTooComplex:
        if (context_.too_complex) context_.too_complex(test, value_.size());
        return false;
      case RegexMatch::kYes:
        break;
    }
    for (std::size_t i = 0; i < captures.size(); ++i) {
      context_.captures->emplace_back(test.captures[i], captures[i]);
    }
    return true;
  }

  bool operator()(const TestExists& test) const { return value_.empty() != test.exists; }

  bool operator()(const TestMask& test) const {
    const std::optional<std::int64_t> number = ParseInteger(Trim(value_));
    if (!number) return false;
    const std::uint64_t bits = static_cast<std::uint64_t>(Unsigned32(*number)) & test.mask;
    if (test.is && bits != *test.is) return false;
    return !test.any || (bits != 0) == *test.any;
  }

  bool operator()(const TestEqualsField& test) const {
    if (!context_.field) return false;
    const std::optional<std::string_view> other = context_.field(test.field);
    return other && EqualValues(value_, *other);
  }

  bool operator()(const TestHost& test) const {
    return AnyText({&test.name, 1}, [&](std::string_view name) {
      const std::string host = CanonicalHost(name);
      return !host.empty() && CanonicalHost(value_) == host;
    });
  }

  bool operator()(const TestIp& test) const { return IsIpAddress(value_) == test.is_ip; }

  bool operator()(const TestVersion& test) const {
    const std::string_view version = Trim(value_);
    if (!LooksLikeVersion(version)) return false;
    return std::all_of(test.bounds.begin(), test.bounds.end(), [&](const auto& bound) {
      return PassesBound(version, bound.first, bound.second);
    });
  }

  // What a regex inside captured is of no use: it did not match.
  bool operator()(const TestNot& test) const {
    TestContext inner = context_;
    inner.captures = nullptr;
    return !HoldsAll(test.tests, value_, inner);
  }

 private:
  template <typename Predicate>
  bool AnyText(std::span<const std::string> texts, Predicate holds) const {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
      if (!has_template_) return holds(text);
      const auto expanded = context_.expand ? context_.expand(text) : std::nullopt;
      return expanded && holds(*expanded);
    });
  }

  std::string_view value_;
  bool has_template_;
  const TestContext& context_;
};

}  // namespace

bool Holds(const FieldTest& test, std::optional<std::string_view> value,
           const TestContext& context) {
  if (value) return std::visit(Evaluation(*value, test.has_template, context), test.test);
  const auto* exists = std::get_if<TestExists>(&test.test);
  return exists != nullptr && !exists->exists;
}

bool HoldsAll(std::span<const FieldTest> tests, std::optional<std::string_view> value,
              const TestContext& context) {
  return std::all_of(tests.begin(), tests.end(),
                     [&](const FieldTest& test) { return Holds(test, value, context); });
}

std::string EqualityKey(std::string_view value) {
  const std::string_view trimmed = Trim(value);
  const auto code = CodeOf(trimmed);
  return code ? fmt::format("{}", *code) : ToLower(trimmed);
}

// As the keys would tell, without making them: this is asked of every event.
bool EqualValues(std::string_view a, std::string_view b) {
  a = Trim(a);
  b = Trim(b);
  if (EqualsIgnoreCase(a, b)) return true;
  const auto code = CodeOf(a);
  return code && code == CodeOf(b);
}

}  // namespace exdiag
