// Rows of dumpel whose tabs became blanks in a mail, one or several:
//
//   8/22/2006 3:41:07 PM 1 3 7004 MSExchangeTransport N/A EX1 host 535
//
// The five fields in front have no blanks in them but for the time.  Of the others the user is
// known by its look ("N/A", DOMAIN\name, a SID) and a computer is one word, in capitals, so a
// source in front of the user is what stands between.  One behind the user ends where the blanks
// say so (several between all fields, as many each time, or around a source of one word), or in
// front of the only word that can be a computer, or of the one that was the computer before.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/base/text.h"
#include "importers/event_text/dialect.h"
#include "importers/event_text/pasted_words.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"

namespace exdiag::event_text {
namespace {

using Words = std::vector<std::string_view>;

bool IsNumber(std::string_view text) {
  return text.size() <= 10 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool IsType(std::string_view text) {
  constexpr std::string_view kTypes[] = {"0", "1", "2", "4", "8", "16"};
  return std::find(std::begin(kTypes), std::end(kTypes), text) != std::end(kTypes);
}

// "CORP\svc", but no path.
bool IsAccount(std::string_view word) {
  const std::size_t mark = word.find('\\');
  return mark != std::string_view::npos && mark > 0 && mark + 1 < word.size() &&
         word.find('\\', mark + 1) == std::string_view::npos &&
         word.substr(0, mark).find_first_of(":/") == std::string_view::npos;
}

bool IsUser(std::string_view word) {
  return word == "N/A" || word.starts_with("S-1-") || IsAccount(word);
}

bool IsComputer(std::string_view word) {
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  constexpr std::string_view kOthers = "0123456789-_";
  return std::any_of(word.begin(), word.end(), capital) &&
         std::none_of(word.begin(), word.end(), small) &&
         std::all_of(word.begin(), word.end(), [&](char c) {
           return capital(c) || kOthers.find(c) != std::string_view::npos;
         });
}

struct Row {
  std::string_view date, time;
  std::string_view type, category, number;
  std::string source, user;
  std::string_view computer;
  std::size_t size = 0;  // up to the strings
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), words_(WordsOf(text)) {}

  // False when the words are no row at all.
  bool Read(Row& row) { return TakeNumbers(row) && FindUser(); }

  // The other fields; false when it cannot be told where they end.  `known` is the computer of rows
  // in front.
  bool Divide(std::string_view known, Row& row) {
    const std::size_t behind = user_end_;
    row.user = CollapseSpace(Between(words_[user_], words_[user_end_ - 1]));
    std::size_t computer = behind;
    if (user_ > first_) {
      row.source = CollapseSpace(Between(words_[first_], words_[user_ - 1]));
      // The name of an account may hold blanks.
      const bool account = row.user.find('\\') != std::string::npos;
      if (account && behind < words_.size() && !IsComputer(words_[behind])) return false;
    } else {
      std::size_t words = WordsOfSource();
      if (words == 0) words = WordsBeforeComputer(known);
      if (words == 0) return false;
      row.source = CollapseSpace(Between(words_[behind], words_[behind + words - 1]));
      computer = behind + words;
    }
    if (computer >= words_.size()) return false;
    row.computer = words_[computer];
    row.size = static_cast<std::size_t>(row.computer.data() + row.computer.size() - text_.data());
    return true;
  }

 private:
  bool TakeNumbers(Row& row) {
    const std::size_t at = TakeDateAndTime(words_, row.date, row.time);
    if (at == 0 || at + 5 > words_.size()) return false;
    row.type = words_[at];
    row.category = words_[at + 1];
    row.number = words_[at + 2];
    first_ = at + 3;
    return IsType(row.type) && IsNumber(row.category) && IsNumber(row.number);
  }

  bool FindUser() {
    constexpr std::size_t kMostOfSource = 5;
    for (user_ = first_; user_ < words_.size() && user_ <= first_ + kMostOfSource; ++user_) {
      if (!IsUser(words_[user_])) continue;
      user_end_ = user_ + 1;
      TakeWellKnownUser();
      return true;
    }
    return false;
  }

  // "NT AUTHORITY\LOCAL SERVICE"
  void TakeWellKnownUser() {
    const std::string_view word = words_[user_];
    const bool more = user_end_ < words_.size();
    if (word.ends_with("\\LOCAL") || word.ends_with("\\NETWORK")) {
      if (more && words_[user_end_] == "SERVICE") ++user_end_;
    } else if (word.ends_with("\\ANONYMOUS")) {
      if (more && words_[user_end_] == "LOGON") ++user_end_;
    }
    if (IsAccount(word) && user_ > first_ && words_[user_ - 1] == "NT") --user_;
  }

  // Blanks in front of a word.
  std::size_t Gap(std::size_t word) const {
    const char* const end = words_[word - 1].data() + words_[word - 1].size();
    const std::string_view gap(end, static_cast<std::size_t>(words_[word].data() - end));
    return gap.find_first_not_of(' ') == std::string_view::npos ? gap.size() : 0;
  }

  // Of a source behind the user; 0 when it may end at several places.
  std::size_t WordsOfSource() const {
    const std::size_t begin = user_end_;
    if (begin + 1 >= words_.size() || Gap(begin) < 2) return 0;
    std::size_t end = begin + 1;
    while (end < words_.size() && Gap(end) == 1) ++end;
    if (end >= words_.size() || Gap(end) < 2) return 0;
    if (end == begin + 1) return 1;
    bool even = Gap(end) == Gap(begin) && Gap(first_) == Gap(begin);
    for (std::size_t i = first_ - 2; i < first_; ++i) even = even && Gap(i) == Gap(begin);
    return even ? end - begin : 0;
  }

  // The same by what can be a computer.
  std::size_t WordsBeforeComputer(std::string_view known) const {
    constexpr std::size_t kMostOfSource = 5;
    std::vector<std::size_t> places;
    const std::size_t end = std::min(words_.size(), user_end_ + kMostOfSource + 1);
    for (std::size_t i = user_end_ + 1; i < end; ++i) {
      if (words_[i] == known) return i - user_end_;
      if (IsComputer(words_[i])) places.push_back(i);
    }
    return places.size() == 1 ? places[0] - user_end_ : 0;
  }

  std::string_view text_;
  Words words_;
  std::size_t first_ = 0;  // behind the number
  std::size_t user_ = 0, user_end_ = 0;
};

class PastedDumpel final : public Dialect {
 public:
  bool Starts(std::string_view text) const override {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    if (begin == text.size() || text[begin] < '0' || text[begin] > '9') return false;
    Row ignored;
    return Reader(text.substr(0, 1024)).Read(ignored);
  }

  bool EndsAtBlankLine() const override { return true; }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    row_ = {};
    Reader reader(text);
    if (!reader.Read(row_)) return false;
    if (!reader.Divide(computer_, row_)) {
      parsed.fault =
          "blanks stand where tabs were, and nothing tells where the fields behind the "
          "event number end";
      parsed.fault_id = "event-text.fields";
      return false;
    }
    parsed.made_time = fmt::format("{} {}", row_.date, row_.time);
    parsed.time = parsed.made_time;
    PutNumbers(ParseInteger(row_.type).value_or(0), ParseInteger(row_.category).value_or(0),
               record);
    record.provider = row_.source;
    record.user = UserField(row_.user);
    computer_ = row_.computer;
    record.computer = row_.computer;
    PutText(CollapseSpace(text.substr(row_.size)), record, parsed);
    return PutEventId(row_.number, record);
  }

 private:
  static void PutNumbers(std::int64_t type, std::int64_t category, Record& record) {
    record.level = LevelFromEventType(static_cast<std::uint16_t>(type));
    if (type == 8) record.keywords = kKeywordAuditSuccess;
    if (type == 16) record.keywords = kKeywordAuditFailure;
    if (category <= 0xffff) record.category = static_cast<std::uint16_t>(category);
  }

  void PutText(std::string text, Record& record, Parsed& parsed) {
    text_ = std::move(text);
    if (text_.find(' ') != std::string::npos) {
      parsed.message = text_;
      return;
    }
    record.has_strings = true;
    if (!text_.empty()) parsed.strings = {text_};
  }

  Row row_;  // backs the record
  std::string text_;
  std::string computer_;  // of the row in front
};

}  // namespace

std::unique_ptr<Dialect> MakePastedDumpel() { return std::make_unique<PastedDumpel>(); }

}  // namespace exdiag::event_text
