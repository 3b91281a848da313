#include "importers/xml/event_elements.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kWord = "Event";
// From "<Event" to its "<System" it is never further: a namespace stands there, and line ends.
constexpr std::size_t kLongestTag = 1024;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Sixteen places at a time, by the first and the last letter; find() stops at every E.
std::size_t FindWord(std::string_view text, std::size_t from) {
  std::size_t at = from;
#if defined(__SSE2__)
  const __m128i first = _mm_set1_epi8(kWord.front());
  const __m128i last = _mm_set1_epi8(kWord.back());
  const auto load = [&](std::size_t place) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + place));
  };
  for (; at + 16 + kWord.size() <= text.size(); at += 16) {
    const __m128i firsts = _mm_cmpeq_epi8(load(at), first);
    const __m128i lasts = _mm_cmpeq_epi8(load(at + kWord.size() - 1), last);
    auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(firsts, lasts)));
    for (; hits != 0; hits &= hits - 1) {
      const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(hits));
      if (text.substr(place, kWord.size()) == kWord) return place;
    }
  }
#endif
  return text.find(kWord, at);
}

bool IsQuoteMark(char c) { return c == '>' || c == '|'; }

// How often the beginning of a line says that it is quoted; 0 when anything else is in it.
std::size_t QuoteDepth(std::string_view beginning) {
  std::size_t depth = 0;
  for (const char c : beginning) {
    if (IsQuoteMark(c)) ++depth;
    if (!IsQuoteMark(c) && !IsBlank(c)) return 0;
  }
  return depth;
}

// Takes up to `depth` marks off the front of a line, each with the blank behind it.
std::string_view WithoutMarks(std::string_view line, std::size_t depth) {
  for (; depth > 0; --depth) {
    const std::size_t mark = line.find_first_not_of(" \t");
    if (mark == kNone || !IsQuoteMark(line[mark])) break;
    line.remove_prefix(mark + 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
  }
  return line;
}

enum class Tag : std::uint8_t { kOther, kStart, kEnd, kNeedMore };

// What the word at `at` is.  kNeedMore: that lies behind the end of `text`.
Tag TagAt(std::string_view text, std::size_t at) {
  const char before = at > 0 ? text[at - 1] : '\0';
  const std::size_t behind = at + kWord.size();
  if (before != '<' && before != '/') return Tag::kOther;
  if (behind >= text.size()) return Tag::kNeedMore;
  if (before == '/') {
    return text[behind] == '>' && at > 1 && text[at - 2] == '<' ? Tag::kEnd : Tag::kOther;
  }
  if (text[behind] != '>' && !IsBlank(text[behind])) return Tag::kOther;
  const std::string_view rest = text.substr(behind, kLongestTag);
  const std::size_t tag_end = rest.find('>');
  std::size_t next = tag_end == kNone ? rest.size() : tag_end + 1;
  // Marks behind a line end are those of a mail that quotes the event.
  for (bool line_ends = false; next < rest.size(); ++next) {
    if (!IsBlank(rest[next]) && !(line_ends && IsQuoteMark(rest[next]))) break;
    line_ends = line_ends || rest[next] == '\n';
  }
  constexpr std::string_view kSystem = "<System";
  const std::string_view system = rest.substr(next, kSystem.size());
  if (system == kSystem) return Tag::kStart;
  if (rest.size() < kLongestTag && kSystem.starts_with(system)) return Tag::kNeedMore;
  return Tag::kOther;
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  while (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

}  // namespace

std::size_t FindEventElement(std::string_view text) {
  for (std::size_t at = FindWord(text, 0); at != kNone; at = FindWord(text, at + 1)) {
    if (TagAt(text, at) == Tag::kStart) return at - 1;
  }
  return kNone;
}

bool IsBetweenEvents(std::string_view line) {
  std::string_view rest = Trim(WithoutByteOrderMark(Trim(line)));
  rest = Trim(WithoutMarks(rest, rest.size()));
  if (rest.starts_with("Record ")) return ParseInteger(Trim(rest.substr(7))).has_value();
  while (!rest.empty()) {
    const bool known = rest.starts_with("<?xml") || rest.starts_with("<!--") ||
                       rest.starts_with("<Events") || rest.starts_with("</Events");
    const std::size_t end = rest.starts_with("<!--") ? rest.find("-->") : rest.find('>');
    if (!known || end == kNone) return false;
    rest = Trim(rest.substr(rest.find('>', end) + 1));
  }
  return true;
}

// Brings the next start to the front of the window; false when there is none.
bool EventElements::FindStart() {
  std::size_t from = 0;
  for (;;) {
    const std::string_view text = window_->view();
    const std::size_t at = FindWord(text, from);
    const Tag tag = at == kNone ? Tag::kOther : TagAt(text, at);
    if (tag == Tag::kStart) {
      quoted_ = DepthBefore(at - 1);
      between_.Pass(at - 1, IsBetweenEvents);
      return true;
    }
    if (at != kNone && (tag != Tag::kNeedMore || window_->finished())) {
      from = at + 1;
      continue;
    }
    if (window_->finished()) {
      between_.Pass(text.size(), IsBetweenEvents);
      return false;
    }
    // What may be the beginning of a start stays, with the line that it stands on.
    const std::size_t keep =
        at != kNone ? at - 1 : text.size() - std::min(text.size(), kWord.size());
    const std::size_t line = text.rfind('\n', keep);
    std::size_t passed = line == kNone ? 0 : line + 1;
    if (text.size() - passed > kLongest) passed = keep;
    between_.Pass(passed, IsBetweenEvents);
    from = keep - std::min(keep, passed);
    window_->Fill();
  }
}

// How often the line is quoted on which the element at `at` begins.
std::size_t EventElements::DepthBefore(std::size_t at) const {
  const std::string_view before = window_->view().substr(0, at);
  const void* const line_end = before.empty() ? nullptr : ::memrchr(before.data(), '\n', at);
  if (line_end == nullptr) return between_.at_line_begin() ? QuoteDepth(before) : 0;
  const auto line = static_cast<std::size_t>(static_cast<const char*>(line_end) - before.data());
  return QuoteDepth(before.substr(line + 1));
}

std::string_view EventElements::Unquoted(std::string_view xml) {
  unquoted_.clear();
  for (bool first = true; !xml.empty(); first = false) {
    const std::string_view line = xml.substr(0, std::min(xml.find('\n'), xml.size() - 1) + 1);
    xml.remove_prefix(line.size());
    unquoted_ += first ? line : WithoutMarks(line, quoted_);
  }
  return unquoted_;
}

bool EventElements::Next(EventElement& element) {
  between_.Consume(pending_);
  pending_ = 0;
  if (!FindStart()) return false;
  element.place = between_.place();
  const auto finish = [&](std::size_t size, EventElement::End end) {
    element.xml = window_->view().substr(0, size);
    if (quoted_ > 0) element.xml = Unquoted(element.xml);
    element.end = end;
    pending_ = size;
    return true;
  };
  std::size_t from = kWord.size() + 1;
  for (;;) {
    const std::string_view text = window_->view();
    const std::size_t at = FindWord(text, from);
    const Tag tag = at == kNone ? Tag::kOther : TagAt(text, at);
    if (tag == Tag::kEnd) return finish(at + kWord.size() + 1, EventElement::End::kClosed);
    if (tag == Tag::kStart) return finish(at - 1, EventElement::End::kCutByNext);
    if (at != kNone && (tag != Tag::kNeedMore || window_->finished())) {
      from = at + 1;
      continue;
    }
    if (text.size() > kLongest) return finish(kLongest, EventElement::End::kTooLong);
    if (window_->finished()) return finish(text.size(), EventElement::End::kCutByText);
    from = at != kNone ? at : std::max(from, text.size() - kWord.size());
    window_->Fill();
  }
}

}  // namespace exdiag
