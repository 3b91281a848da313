// Rows of the Event Viewer of NT whose tabs became blanks in a mail or an article, which may also
// have broken the lines anew:
//
//   7/31/97 4:15:31 PM MSExchangeMTA Warning Operating System 9221 N/A
//   EXCHSRV1 A sockets error 10054 on a WSARecvEx() call ...
//
// Only date, time, type and number tell where the other fields are: the source stands in front of
// the type, the category between type and number, and behind that user, computer and text.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "importers/event_text/dialect.h"
#include "importers/event_text/pasted_words.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"

namespace exdiag::event_text {
namespace {

bool IsNumber(std::string_view text) {
  return text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

struct Head {
  std::string_view date, time;
  std::string source, category;
  EventType type;
  std::string_view number;
  std::string user;
  std::string_view computer;
  std::size_t size = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), words_(WordsOf(text)) {}

  bool Read(Head& head) {
    return TakeTime(head) && TakeType(head) && TakeNumber(head) && TakeComputer(head);
  }

 private:
  bool TakeTime(Head& head) {
    if (words_.size() < 6) return false;
    at_ = TakeDateAndTime(words_, head.date, head.time);
    return at_ > 0;
  }

  bool TakeType(Head& head) {
    constexpr std::size_t kMostOfSource = 5;
    const std::size_t first = at_;
    for (at_ = first + 1; at_ < words_.size() && at_ <= first + kMostOfSource; ++at_) {
      for (const std::size_t size : {2u, 1u}) {
        if (at_ + size > words_.size()) continue;
        const auto type = TypeOf(CollapseSpace(Between(words_[at_], words_[at_ + size - 1])));
        if (!type) continue;
        head.type = *type;
        head.source = CollapseSpace(Between(words_[first], words_[at_ - 1]));
        at_ += size;
        return true;
      }
    }
    return false;
  }

  // Only what NT writes as a type.
  static std::optional<EventType> TypeOf(const std::string& text) {
    if (EqualsIgnoreCase(text, "None") || EqualsIgnoreCase(text, "Success")) return std::nullopt;
    return FindEventType(text);
  }

  bool TakeNumber(Head& head) {
    constexpr std::size_t kMostOfCategory = 6;
    const std::size_t first = at_;
    for (; at_ < words_.size() && at_ <= first + kMostOfCategory; ++at_) {
      if (!IsNumber(words_[at_])) continue;
      head.number = words_[at_];
      if (at_ > first) head.category = CollapseSpace(Between(words_[first], words_[at_ - 1]));
      ++at_;
      return true;
    }
    return false;
  }

  bool TakeComputer(Head& head) {
    if (at_ + 1 >= words_.size()) return false;
    std::size_t last = at_;
    // "NT AUTHORITY\SYSTEM"
    const bool two = words_[at_].find('\\') == std::string_view::npos &&
                     words_[at_ + 1].find('\\') != std::string_view::npos;
    if (two && at_ + 2 < words_.size()) ++last;
    head.user = CollapseSpace(Between(words_[at_], words_[last]));
    if (IsComputer(words_[last + 1])) head.computer = words_[++last];
    head.size = static_cast<std::size_t>(words_[last].data() + words_[last].size() - text_.data());
    return true;
  }

  // NT writes them in capitals; articles may leave them out, or put "<Server Name>" there.
  static bool IsComputer(std::string_view word) {
    if (word.front() == '<' || word.front() == '[') return true;
    return std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  }

  std::string_view text_;
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
};

class PastedRow final : public Dialect {
 public:
  bool Starts(std::string_view text) const override {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    if (begin == text.size() || text[begin] < '0' || text[begin] > '9') return false;
    Head ignored;
    return Reader(text.substr(0, 1024)).Read(ignored);
  }

  bool EndsAtBlankLine() const override { return true; }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    head_ = {};  // what a row does not have is not that of the one before
    if (!Reader(text).Read(head_)) return false;
    parsed.made_time = fmt::format("{} {}", head_.date, head_.time);
    parsed.time = parsed.made_time;
    record.provider = head_.source;
    record.level = head_.type.level;
    record.keywords = head_.type.keywords;
    PutCategory(head_.category, record);
    record.user = UserField(head_.user);
    record.computer = head_.computer;
    message_.clear();
    for (std::string_view rest = text.substr(head_.size); !rest.empty();) {
      const std::string_view line = Trim(TakeLine(rest));
      if (!message_.empty() && !line.empty()) message_ += '\n';
      message_ += line;
    }
    parsed.message = message_;
    return PutEventId(head_.number, record);
  }

 private:
  Head head_;  // backs the record
  std::string message_;
};

}  // namespace

std::unique_ptr<Dialect> MakePastedRow() { return std::make_unique<PastedRow>(); }

}  // namespace exdiag::event_text
