// States that one search may visit.  A plain pattern needs a few for each letter of the value;
// Boost's own limit (100 million) is more than a second.
#define BOOST_REGEX_MAX_STATE_COUNT 2000000

#include "engine/rule/regex.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/regex.hpp>
#include <iterator>
#include <stdexcept>

#include "engine/base/text.h"

namespace exdiag {

struct CompiledRegex {
  boost::regex regex;
  std::vector<std::string> names;
  std::string pattern;
  std::string literal;
  // Values that were too complex.  Each costs some hundredths of a second, and a log can hold any
  // number of them; so the regex is tried no more when there were this many.
  static constexpr int kMostTooComplex = 50;
  mutable std::atomic<int> too_complex = 0;
};

namespace {

// Runs over the letters in order.  The shared library holds a matcher for `const char*` that was
// built with Boost's own state limit; a type of our own makes the compiler build one with ours.
using Letter = std::reverse_iterator<std::reverse_iterator<const char*>>;

Letter LetterAt(const char* at) {
  return std::make_reverse_iterator(std::make_reverse_iterator(at));
}
const char* Address(Letter at) { return at.base().base(); }

bool IsNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Walks a pattern as far as is needed to see literal text that must occur.
class LiteralFinder {
 public:
  explicit LiteralFinder(std::string_view pattern) : rest_(pattern) {}

  std::string Find() {
    // Comments, quoting and conditionals change what the letters below mean.
    if (rest_.find("\\Q") != std::string_view::npos) return "";
    if (rest_.find("(?#") != std::string_view::npos) return "";
    if (rest_.find("(?x") != std::string_view::npos) return "";
    while (!rest_.empty()) {
      if (rest_.front() == '|') return "";  // one of several; none is required
      Step();
    }
    EndRun();
    return ToLower(longest_);
  }

 private:
  void Step() {
    const char c = rest_.front();
    if (c == '\\') {
      Escape();
    } else if (c == '[') {
      SkipClass();
      Opaque();
    } else if (c == '(') {
      SkipGroup();
      Opaque();
    } else if (c == '^' || c == '$') {
      rest_.remove_prefix(1);
      EndRun();
    } else if (c == '.') {
      rest_.remove_prefix(1);
      Opaque();
    } else {
      rest_.remove_prefix(1);
      Literal(c);
    }
  }

  // Something that is not plain text, with its quantifier.
  void Opaque() {
    EndRun();
    (void)TakeQuantifier();
  }

  // \d, \b and \1 mean something; \. and \/ are the letter itself.
  void Escape() {
    if (rest_.size() < 2) {
      rest_ = {};
      return;
    }
    const char c = rest_[1];
    rest_.remove_prefix(2);
    if (!IsNameChar(c)) {
      Literal(c);
      return;
    }
    if (c == 'x' || c == 'p' || c == 'P' || c == 'k' || c == 'g' || c == 'N' || c == 'c') {
      // An argument follows, in braces or not; the cautious reading is that nothing further is
      // known of this pattern.
      longest_.clear();
      rest_ = {};
      return;
    }
    Opaque();
  }

  void Literal(char c) {
    switch (TakeQuantifier()) {
      case Quantifier::kNone:
        run_.push_back(c);
        break;
      case Quantifier::kAtLeastOnce:
        run_.push_back(c);
        EndRun();
        break;
      case Quantifier::kOptional:
        EndRun();
        break;
    }
  }

  enum class Quantifier : std::uint8_t { kNone, kAtLeastOnce, kOptional };

  Quantifier TakeQuantifier() {
    if (rest_.empty()) return Quantifier::kNone;
    const char c = rest_.front();
    Quantifier found = Quantifier::kNone;
    if (c == '*' || c == '?') {
      found = Quantifier::kOptional;
      rest_.remove_prefix(1);
    } else if (c == '+') {
      found = Quantifier::kAtLeastOnce;
      rest_.remove_prefix(1);
    } else if (c == '{' && rest_.size() > 1 && IsDigit(rest_[1])) {
      found = rest_[1] == '0' ? Quantifier::kOptional : Quantifier::kAtLeastOnce;
      const std::size_t end = rest_.find('}');
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    } else {
      return Quantifier::kNone;
    }
    // Lazy and possessive forms.
    if (!rest_.empty() && (rest_.front() == '?' || rest_.front() == '+')) rest_.remove_prefix(1);
    return found;
  }

  void SkipClass() {
    std::size_t at = 1;
    if (at < rest_.size() && rest_[at] == '^') ++at;
    if (at < rest_.size() && rest_[at] == ']') ++at;  // a first ] is a letter
    while (at < rest_.size() && rest_[at] != ']') {
      if (rest_[at] == '\\') ++at;
      if (rest_.substr(at).starts_with("[:")) {
        const std::size_t end = rest_.find(":]", at);
        at = end == std::string_view::npos ? rest_.size() : end + 1;
      }
      ++at;
    }
    rest_.remove_prefix(std::min(at + 1, rest_.size()));
  }

  void SkipGroup() {
    std::size_t depth = 0;
    do {
      const char c = rest_.front();
      if (c == '[') {
        SkipClass();
        continue;
      }
      if (c == '(') ++depth;
      if (c == ')') --depth;
      rest_.remove_prefix(c == '\\' && rest_.size() > 1 ? 2 : 1);
    } while (depth > 0 && !rest_.empty());
  }

  void EndRun() {
    if (run_.size() > longest_.size()) longest_ = run_;
    run_.clear();
  }

  std::string_view rest_;
  std::string run_;
  std::string longest_;
};

// Letters that the pattern itself speaks of, with a few that stand for its classes.
std::string LettersOf(std::string_view pattern) {
  constexpr std::size_t kMost = 24;
  std::string letters = "a0 .";
  for (const char c : pattern) {
    if (letters.size() < kMost && letters.find(c) == std::string::npos) letters.push_back(c);
  }
  return letters;
}

}  // namespace

Result<std::shared_ptr<const CompiledRegex>> CompileRegex(std::string_view pattern) {
  constexpr std::size_t kLongest = 1000;
  if (pattern.empty()) return Error{"the pattern is empty"};
  if (pattern.size() > kLongest) {
    return Error{fmt::format("the pattern is longer than {} letters", kLongest)};
  }
  auto compiled = std::make_shared<CompiledRegex>();
  try {
    compiled->regex.assign(pattern.data(), pattern.data() + pattern.size(),
                           boost::regex::perl | boost::regex::icase);
  } catch (const std::runtime_error& error) {  // boost::regex_error, and complexity while compiling
    return Error{error.what()};
  }
  compiled->names = CaptureNames(pattern);
  compiled->pattern = pattern;
  compiled->literal = RequiredLiteral(pattern);
  return std::shared_ptr<const CompiledRegex>(std::move(compiled));
}

RegexMatch SearchRegex(const CompiledRegex& regex, std::string_view text,
                       std::vector<std::string_view>* captures) {
  boost::match_results<Letter> found;
  if (regex.too_complex >= CompiledRegex::kMostTooComplex) return RegexMatch::kTooComplex;
  try {
    if (!boost::regex_search(LetterAt(text.data()), LetterAt(text.data() + text.size()), found,
                             regex.regex)) {
      return RegexMatch::kNo;
    }
  } catch (const std::runtime_error&) {
    ++regex.too_complex;
    return RegexMatch::kTooComplex;
  }
  if (captures != nullptr) {
    captures->clear();
    for (const std::string& name : regex.names) {
      const auto& group = found[name];
      captures->push_back(group.matched ? std::string_view(Address(group.first),
                                                           static_cast<std::size_t>(group.length()))
                                        : std::string_view());
    }
  }
  return RegexMatch::kYes;
}

std::vector<std::string> CaptureNames(std::string_view pattern) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at + 3 < pattern.size(); ++at) {
    if (pattern[at] == '\\') {
      ++at;
    } else if (pattern.substr(at).starts_with("(?<") && IsNameChar(pattern[at + 3])) {
      const std::size_t end = pattern.find('>', at);
      if (end == std::string_view::npos) break;
      names.emplace_back(pattern.substr(at + 3, end - at - 3));
    }
  }
  return names;
}

std::string RequiredLiteral(std::string_view pattern) { return LiteralFinder(pattern).Find(); }

bool BacktracksBadly(const CompiledRegex& regex) {
  constexpr std::size_t kLength = 150;
  for (const char letter : LettersOf(regex.pattern)) {
    // The literal in front gets the search as far as the repeats; the last letter is one that
    // hardly any pattern wants, so that the repeats are tried in every way.
    const std::string provocation = regex.literal + std::string(kLength, letter) + "\x01";
    if (SearchRegex(regex, provocation) == RegexMatch::kTooComplex) return true;
  }
  return false;
}

}  // namespace exdiag
