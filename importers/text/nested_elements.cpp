#include "importers/text/nested_elements.h"

#include <algorithm>
#include <cstring>

#include "engine/base/text.h"

namespace exdiag {
namespace {

using End = NestedElement::End;

constexpr std::size_t kNone = std::string_view::npos;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool IsIndentation(std::string_view text) { return text.find_first_not_of(" \t") == kNone; }

}  // namespace

std::string_view WhyCut(End end) {
  switch (end) {
    case End::kCutByNext:
      return "another event begins before this one ends";
    case End::kCutByText:
      return "the text ends before the event does";
    case End::kTooLong:
      return "an event of more than 4 MiB";
    case End::kClosed:
      break;
  }
  return "";
}

std::size_t NestedElements::FindName(std::string_view text, std::size_t from) const {
  if (from >= text.size()) return kNone;
  const void* const at =
      ::memmem(text.data() + from, text.size() - from, name_.data(), name_.size());
  return at == nullptr ? kNone
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

// What the name at `at` belongs to.
NestedElements::Tag NestedElements::TagAt(std::string_view text, std::size_t at) const {
  const char before = at > 0 ? text[at - 1] : '\0';
  const std::size_t behind = at + name_.size();
  if (before != '<' && (before != '/' || at < 2 || text[at - 2] != '<')) return Tag::kNone;
  if (behind >= text.size()) return window_->finished() ? Tag::kNone : Tag::kUnclear;
  if (before == '/') return text[behind] == '>' ? Tag::kEnd : Tag::kNone;
  if (text[behind] != '>' && text[behind] != '/' && !IsBlank(text[behind])) return Tag::kNone;
  constexpr std::size_t kLongestTag = 1024;
  const std::size_t close = text.substr(0, behind + kLongestTag).find('>', behind);
  if (close != kNone) return text[close - 1] == '/' ? Tag::kEmpty : Tag::kStart;
  const bool more = !window_->finished() && text.size() < behind + kLongestTag;
  return more ? Tag::kUnclear : Tag::kNone;
}

// The blanks in front of the place, when nothing else is on its line.
std::optional<std::size_t> NestedElements::MarginOf(std::size_t at) const {
  const std::string_view before = window_->view().substr(0, at);
  const void* const end = at == 0 ? nullptr : ::memrchr(before.data(), '\n', at);
  if (end == nullptr && !between_.at_line_begin()) return std::nullopt;
  const auto line =
      end == nullptr ? std::size_t{0}
                     : static_cast<std::size_t>(static_cast<const char*>(end) - before.data()) + 1;
  return IsIndentation(before.substr(line)) ? std::optional(at - line) : std::nullopt;
}

// True when a line ends in `text`, and as many blanks follow as stand in front of the element.
bool NestedElements::StandsAtMargin(std::string_view text) const {
  if (!margin_ || text.size() <= *margin_) return false;
  const std::string_view line = text.substr(text.size() - *margin_ - 1);
  return line.front() == '\n' && IsIndentation(line.substr(1));
}

void NestedElements::Pass(std::size_t count) {
  between_.Pass(
      count, [this](std::string_view line) { return IsBlankText(line) || kind_->IsBetween(line); });
}

// Brings the next event to the front of the window; false when there is none.
bool NestedElements::FindStart() {
  std::size_t from = 0;
  for (;;) {
    const std::string_view text = window_->view();
    const std::size_t at = FindName(text, from);
    const Tag tag = at == kNone ? Tag::kNone : TagAt(text, at);
    auto start = tag == Tag::kUnclear ? ElementStart::kUnclear : ElementStart::kOther;
    if (tag == Tag::kStart) start = kind_->Begins(text.substr(at - 1), window_->finished());
    if (start == ElementStart::kEvent) {
      margin_ = MarginOf(at - 1);
      Pass(at - 1);
      return true;
    }
    if (at != kNone && start != ElementStart::kUnclear) {
      from = at + 1;
      continue;
    }
    if (window_->finished()) {
      Pass(text.size());
      return false;
    }
    // What may be the beginning of an event stays, with the line that it stands on.
    const std::size_t keep =
        at != kNone ? at - 1 : text.size() - std::min(text.size(), name_.size() + 1);
    const void* const line_end = keep == 0 ? nullptr : ::memrchr(text.data(), '\n', keep);
    std::size_t passed =
        line_end == nullptr
            ? 0
            : static_cast<std::size_t>(static_cast<const char*>(line_end) - text.data()) + 1;
    constexpr std::size_t kLongestKept = std::size_t{64} << 10;
    if (keep - passed > kLongestKept) passed = keep;
    Pass(passed);
    from = keep - passed;
    window_->Fill();
  }
}

// Goes on from `at` to the end of the element, or as far as the window shows; nullopt then.
std::optional<End> NestedElements::Walk(std::size_t& at, std::size_t& depth) const {
  const std::string_view text = window_->view();
  for (;;) {
    const std::size_t next = FindName(text, at);
    if (next == kNone) {
      at = std::max(at, text.size() - std::min(text.size(), name_.size() - 1));
      return std::nullopt;
    }
    at = next;
    switch (TagAt(text, at)) {
      case Tag::kUnclear:
        return std::nullopt;
      case Tag::kStart: {
        if (kind_->EndsBefore(text.substr(at - 1), StandsAtMargin(text.substr(0, at - 1)))) {
          at -= 1;
          return End::kCutByNext;
        }
        ++depth;
        break;
      }
      case Tag::kEnd:
        if (--depth == 0) {
          at += name_.size() + 1;
          return End::kClosed;
        }
        break;
      case Tag::kEmpty:
      case Tag::kNone:
        break;
    }
    ++at;
  }
}

bool NestedElements::Next(NestedElement& element) {
  between_.Consume(pending_);
  pending_ = 0;
  if (!FindStart()) return false;
  element.place = between_.place();
  std::size_t at = name_.size() + 1;
  std::size_t depth = 1;
  for (;;) {
    const auto end = Walk(at, depth);
    const std::size_t size = window_->view().size();
    if (end) {
      element.end = *end;
      pending_ = at;
    } else if (size > kLongest) {
      element.end = End::kTooLong;
      pending_ = kLongest;
    } else if (window_->finished()) {
      element.end = End::kCutByText;
      pending_ = size;
    } else {
      window_->Fill();
      continue;
    }
    element.xml = window_->view().substr(0, pending_);
    return true;
  }
}

}  // namespace exdiag
