#include "importers/evtx/record_builder.h"

#include <algorithm>
#include <atomic>

#include "engine/base/text.h"
#include "importers/binary_log/little_endian.h"

namespace exdiag::evtx {
namespace {

constexpr std::size_t kFirstStrings = 64;
constexpr Record kEmpty;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view CharactersOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A source's number is a series and three numbers of texts; a user's is a series and one.
constexpr int kSourceBits = 15;
constexpr int kUserBits = 17;
static_assert(InternedTexts::kMostEntries < std::size_t{1} << kUserBits);

// Of each builder another one, so that their records can be mixed.  0 when they are used up: such a
// builder gives no numbers.
std::uint64_t NextSeries() {
  constexpr std::uint64_t kMost = (std::uint64_t{1} << (64 - 3 * kSourceBits)) - 1;
  static std::atomic<std::uint64_t> before{0};
  const std::uint64_t series = before.fetch_add(1, std::memory_order_relaxed) + 1;
  return series <= kMost ? series : 0;
}

}  // namespace

RecordBuilder::RecordBuilder(const AnsiDecoder& ansi, RecordText& text)
    : ansi_(ansi), text_(text), series_(NextSeries()) {}

void RecordBuilder::Begin(Record& record) {
  record = kEmpty;
  record_ = &record;
  count_ = 0;
  event_source_ = {};
  next_name_ = {};
  numbers_ = {};
  any_name_ = false;
}

void RecordBuilder::Finish(bool has_data) {
  NameSource();
  if (record_->time.known()) record_->time_basis = TimeBasis::kUtc;
  record_->has_strings = has_data;
  if (!has_data) return;
  record_->strings = std::span(strings_).first(count_);
  if (any_name_) record_->names = std::span(names_).first(count_);
}

void RecordBuilder::NameSource() {
  if (record_->provider.empty()) {
    record_->provider = event_source_;
    numbers_.provider = numbers_.event_source;
  }
  const auto [provider, event_source, channel, computer] = numbers_;
  const bool numbered = series_ != 0 && (provider | channel | computer) >> kSourceBits == 0;
  record_->source_number = !numbered ? 0
                                     : series_ << (3 * kSourceBits) |
                                           std::uint64_t{computer} << (2 * kSourceBits) |
                                           std::uint64_t{channel} << kSourceBits | provider;
}

void RecordBuilder::Grow() {
  const std::size_t size = std::max(kFirstStrings, strings_.size() * 2);
  strings_.resize(size);
  names_.resize(size);
}

std::string_view RecordBuilder::TextOf(const Value& value) {
  const char* mark = text_.mark();
  AppendValue(value, ansi_, text_);
  return text_.Since(mark);
}

void RecordBuilder::PutNumberOf(Field field, const Value& value) {
  if (std::uint64_t number = 0; NumberOf(value, number)) PutNumber(field, number);
}

void RecordBuilder::PutNumber(Field field, std::uint64_t number) {
  switch (field) {
    case Field::kEventId:
      record_->event_id = static_cast<std::uint16_t>(number);
      // Some tools write the 32-bit instance id here.
      if (number > 0xffff) record_->qualifiers = static_cast<std::uint16_t>(number >> 16);
      return;
    case Field::kQualifiers:
      record_->qualifiers = static_cast<std::uint16_t>(number);
      return;
    case Field::kLevel:
      return PutLevel(number);
    case Field::kTask:
      record_->category = static_cast<std::uint16_t>(number);
      return;
    case Field::kKeywords:
      record_->keywords = number;
      return;
    case Field::kRecordId:
      record_->record_id = number;
      return;
    default:
      return;
  }
}

void RecordBuilder::PutWritten(Field field, std::string_view text, std::string_view name) {
  switch (field) {
    case Field::kString:
    case Field::kContent:
      return PutString(text, name);
    case Field::kName:
      return PutName(text);
    case Field::kEventId:
    case Field::kQualifiers:
    case Field::kLevel:
    case Field::kTask:
    case Field::kKeywords:
    case Field::kRecordId:
      if (std::uint64_t number = 0; NumberOf(Trim(text), number)) PutNumber(field, number);
      return;
    case Field::kTime:
      if (const auto time = ParseIsoTime(Trim(text))) record_->time = time->ticks;
      return;
    case Field::kBinaryData:
      return PutHexadecimal(text);
    default:
      return PutText(field, text);
  }
}

void RecordBuilder::PutHexadecimal(std::string_view text) {
  hex_bytes_.clear();
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) break;
    hex_bytes_.push_back(static_cast<std::byte>(high << 4 | low));
  }
  record_->binary = hex_bytes_;
}

void RecordBuilder::PutText(Field field, std::string_view text) {
  switch (field) {
    case Field::kProvider:
    case Field::kEventSource:
    case Field::kChannel:
    case Field::kComputer:
      if (const Entry* entry = text.empty() ? nullptr : texts_.Intern(text)) {
        return PutEntry(field, *entry);
      }
      return PutUnkept(field, text);
    case Field::kUser:
      record_->user = text;
      record_->user_number = 0;
      return;
    case Field::kMessage:
      record_->message = text;
      return;
    case Field::kCategoryText:
      record_->category_text = Trim(text);
      if (EqualsIgnoreCase(record_->category_text, "None")) record_->category_text = {};
      return;
    default:
      return;
  }
}

void RecordBuilder::PutEntry(Field field, const Entry& entry) {
  switch (field) {
    case Field::kProvider:
      return PutProvider(entry);
    case Field::kChannel:
      return PutChannel(entry);
    case Field::kComputer:
      return PutComputer(entry);
    default:
      event_source_ = entry.text;
      numbers_.event_source = entry.number;
  }
}

// The text of no entry: empty, or one too many to be kept.
void RecordBuilder::PutUnkept(Field field, std::string_view text) {
  const std::uint32_t number = text.empty() ? 0 : kNoNumber;
  switch (field) {
    case Field::kProvider:
      record_->provider = text;
      numbers_.provider = number;
      return;
    case Field::kChannel:
      record_->channel = text;
      numbers_.channel = number;
      return;
    case Field::kComputer:
      record_->computer = text;
      numbers_.computer = number;
      return;
    default:
      event_source_ = text;
      numbers_.event_source = number;
  }
}

void RecordBuilder::PutSystemText(Field field, const Value& value, const Entry*& last) {
  const std::string_view key = CharactersOf(value.bytes());
  if (last == nullptr || last->key != key) {
    last = values_.Find(key);
    if (last == nullptr) {
      const std::string_view text = TextOf(value);
      if (!text.empty()) last = values_.Add(key, text);
      return last != nullptr ? PutEntry(field, *last) : PutText(field, text);
    }
  }
  if (text_.CountUtf16(WithoutTrailingNuls(value.bytes()).size(), last->text.size())) {
    PutEntry(field, *last);
  } else {
    PutText(field, TextOf(value));
  }
}

void RecordBuilder::PutFileTime(std::uint64_t filetime) {
  if (const auto time = TicksFromFileTime(filetime)) record_->time = *time;
}

void RecordBuilder::PutTime(const Value& value) {
  if (value.type == kFileTime && value.size == 8) {
    PutFileTime(LoadU64(value.data));
  } else if (value.type == kString || value.type == kSystemTime) {
    if (const auto time = ParseIsoTime(Trim(TextOf(value)))) record_->time = time->ticks;
  }
}

// Most records of a log repeat the user of one before.
void RecordBuilder::PutSid(std::span<const std::byte> sid, const Entry*& last) {
  const std::string_view key = CharactersOf(sid);
  if (last == nullptr || last->key != key) {
    last = users_.Find(key);
    if (last == nullptr) {
      const auto size = static_cast<std::uint16_t>(sid.size());
      const std::string_view text = TextOf({sid.data(), size, kSid});
      if (!text_.overflowed()) last = users_.Add(key, text);  // else it may be cut
      if (last == nullptr) return PutText(Field::kUser, text);
    }
  }
  record_->user = last->text;
  record_->user_number = series_ == 0 ? 0 : series_ << kUserBits | last->number;
}

void RecordBuilder::PutUser(const Value& value) {
  if (value.type != kSid) return PutText(Field::kUser, TextOf(value));
  const Entry* none = nullptr;
  PutSid(value.bytes(), none);
}

void RecordBuilder::PutBinary(const Value& value) {
  if (value.type == kString) {
    PutHexadecimal(TextOf(value));
  } else {
    record_->binary = value.bytes();
  }
}

}  // namespace exdiag::evtx
