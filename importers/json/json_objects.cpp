#include "importers/json/json_objects.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// std::string_view::find_first_of() is many times slower.
struct Marks {
  bool at[256] = {};

  constexpr explicit Marks(std::string_view characters) {
    for (const char c : characters) at[static_cast<unsigned char>(c)] = true;
  }
  std::size_t Find(std::string_view text, std::size_t from) const {
    while (from < text.size() && !at[static_cast<unsigned char>(text[from])]) ++from;
    return from < text.size() ? from : kNone;
  }
};
constexpr Marks kStructure("\"{}[]\n");
constexpr Marks kStringMarks("\"\\\n");

// Walks one object from its brace on, over as many windows as it needs.
class Walk {
 public:
  // True when the object ends in `text`, or another one begins; size() is then how long it is.
  bool Go(std::string_view text) {
    while (at_ < text.size()) {
      if (in_string_) {
        if (!SkipString(text)) return false;
        continue;
      }
      const std::size_t next = kStructure.Find(text, at_);
      if (next == kNone) {
        at_ = text.size();
        return false;
      }
      at_ = next + 1;
      switch (text[next]) {
        case '"':
          in_string_ = true;
          break;
        case '{':
          if (at_margin_ == next && depth_ > 0) return Cut(next);
          ++depth_;
          break;
        case '[':
          ++depth_;
          break;
        case '\n':
          at_margin_ = at_;
          break;
        default:
          if (--depth_ == 0) return true;
      }
    }
    return false;
  }

  std::size_t size() const { return at_; }
  bool cut() const { return cut_; }

 private:
  // A line end ends a string: JSON has none in them, and a quote that is missing must not cost the
  // rest of the file.
  bool SkipString(std::string_view text) {
    const std::size_t next = kStringMarks.Find(text, at_);
    if (next == kNone) {
      at_ = text.size();
      return false;
    }
    if (text[next] == '\\') {
      if (next + 1 >= text.size()) {
        at_ = next;
        return false;
      }
      at_ = next + (text[next + 1] == '\n' ? 1 : 2);
      return true;
    }
    at_ = text[next] == '\n' ? next : next + 1;
    in_string_ = false;
    return true;
  }

  bool Cut(std::size_t at) {
    at_ = at;
    cut_ = true;
    return true;
  }

  std::size_t at_ = 0;
  std::size_t at_margin_ = kNone;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool cut_ = false;
};

// Brackets and commas around objects, and what evtx_dump counts them with.
bool IsBetweenObjects(std::string_view text) {
  return Trim(text).find_first_not_of("[], \t\r\n\xef\xbb\xbf") == kNone || IsRecordLine(text);
}

}  // namespace

bool BeginsObject(std::string_view line) {
  const std::string_view text = Trim(line);
  if (!text.starts_with('{')) return false;
  const std::string_view behind = Trim(text.substr(1));
  return behind.empty() || behind.starts_with('"');
}

bool IsRecordLine(std::string_view line) {
  constexpr std::string_view kRecord = "Record ";
  const std::string_view text = Trim(line);
  return text.starts_with(kRecord) && ParseInteger(text.substr(kRecord.size())).has_value();
}

std::size_t JsonObjects::BraceIn(std::string_view line) const {
  if (start_ == Start::kBraceAtMargin && !BeginsObject(line)) return kNone;
  return line.find('{');
}

bool JsonObjects::FindStart() {
  for (;;) {
    const std::string_view text = window_->view();
    if (text.empty()) {
      if (!window_->Fill()) return false;
      continue;
    }
    const std::size_t line_end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::size_t brace = BraceIn(text.substr(0, line_end));
    const std::string_view before = text.substr(0, std::min(brace, line_end));
    if (!IsBetweenObjects(before)) outside_.Add(before, window_->line());
    window_->Consume(before.size());
    if (brace != kNone) return true;
  }
}

bool JsonObjects::Next(JsonObject& object) {
  window_->Consume(pending_);
  pending_ = 0;
  if (!FindStart()) return false;
  object.place = Place::Line(window_->line());
  Walk walk;
  object.end = JsonObject::End::kClosed;
  for (;;) {
    const std::string_view text = window_->view();
    if (walk.Go(text)) {
      pending_ = walk.size();
      if (walk.cut()) object.end = JsonObject::End::kCutByNext;
      break;
    }
    if (text.size() > kLongest) {
      pending_ = kLongest;
      object.end = JsonObject::End::kTooLong;
      break;
    }
    if (!window_->Fill()) {
      pending_ = text.size();
      object.end = JsonObject::End::kCutByText;
      break;
    }
  }
  object.text = window_->view().substr(0, pending_);
  return true;
}

}  // namespace exdiag
