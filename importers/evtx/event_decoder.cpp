#include "importers/evtx/event_decoder.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "importers/binary_log/little_endian.h"

namespace exdiag::evtx {
namespace {

constexpr int kMaxNesting = 16;  // real events nest templates 2 deep

// Ops and array items that one record may cost.  The largest honest one needs a quarter: an array
// of 32,000 empty strings fills its chunk.
constexpr int kBudget = 131'072;

constexpr std::uint8_t kEndOfStream = 0x00;
constexpr std::uint8_t kOpenStart = 0x01;
constexpr std::uint8_t kOpenStartWithAttributes = 0x41;
constexpr std::uint8_t kTemplateInstance = 0x0c;
constexpr std::uint8_t kFragmentHeader = 0x0f;

constexpr std::uint32_t kInstanceHeaderSize = 10;  // token, u8 1, u32 id, u32 offset

// Records are padded to 8 bytes; more than that behind the end of its BinXML is no padding.
constexpr std::uint32_t kMaxPadding = 7;

Level LevelFromNumber(std::uint64_t number) {
  return number <= 5 ? static_cast<Level>(number) : Level::kUnknown;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

EventDecoder::EventDecoder(const std::string& codepage)
    : ansi_(codepage), cache_(text_), element_plans_(kMaxNesting) {}

void EventDecoder::BeginChunk(std::span<const std::byte> chunk) {
  chunk_ = chunk;
  cache_.BeginChunk(chunk);
}

void EventDecoder::Learn(std::span<const LearnedTemplate> learned) {
  for (const LearnedTemplate& each : learned) {
    text_.Clear();
    cache_.Learn(each);
  }
}

Decoded EventDecoder::Decode(ChunkRange range, Record& record, DataChoice* choice) {
  text_.Clear();
  strings_.clear();
  names_.clear();
  values_.clear();
  event_source_ = {};
  next_name_ = {};
  any_name_ = has_event_ = truncated_ = substitute_ = template_lost_ = false;
  unused_ = 0;
  budget_ = kBudget;
  error_ = data_error_ = nullptr;
  record = Record{};
  record_ = &record;
  choice_ = choice;
  text_begin_ = text_.mark();
  skipped_ = false;

  if (!RunFragment(range, Context::kDocument, 0)) {
    if (skipped_) return Decode(range, record);  // something follows that may say more of it
    return {.error = error_, .template_lost = template_lost_};
  }
  if (!has_event_) {
    if (unused_ > kMaxPadding) return {.error = "it holds no event, and more than that"};
    return {.no_event = true};
  }
  if (record.provider.empty()) record.provider = event_source_;
  if (record.time.known()) record.time_basis = TimeBasis::kUtc;
  if (data_error_ != nullptr) {
    strings_.clear();
    names_.clear();
  }
  record.has_strings = data_error_ == nullptr;
  record.strings = strings_;
  if (any_name_) record.names = names_;
  return {.data_error = data_error_,
          .truncated = truncated_ || text_.overflowed(),
          .substitute_template = substitute_,
          .data_skipped = skipped_};
}

bool EventDecoder::Fail(const char* reason) {
  if (error_ == nullptr) error_ = reason;
  return false;
}

// False when the record has cost enough; what was read of it so far stands.
bool EventDecoder::Spend() {
  if (--budget_ > 0) return true;
  truncated_ = true;
  return false;
}

// A sequence of fragment headers, template instances and elements up to the end token.
bool EventDecoder::RunFragment(ChunkRange range, Context context, int depth) {
  if (depth >= kMaxNesting) return Fail("templates are nested more than 16 deep");
  while (range.begin < range.end) {
    const auto token = std::to_integer<std::uint8_t>(chunk_[range.begin]);
    if (token == kEndOfStream) {
      if (depth == 0) unused_ = range.end - range.begin - 1;
      return true;
    }
    if (skipped_) return false;
    switch (token) {
      case kFragmentHeader:
        if (range.end - range.begin < 4) return Fail("a fragment header is cut off");
        range.begin += 4;
        break;
      case kTemplateInstance:
        if (!RunInstance(range, context, depth)) return false;
        break;
      case kOpenStart:
      case kOpenStartWithAttributes:
        if (!RunElement(range, context, depth)) return false;
        break;
      default:
        return Fail("a fragment begins with an unknown token");
    }
  }
  return true;
}

// Takes an instance off `range` up to its values.
PlanCache::Found EventDecoder::FindPlan(ChunkRange& range, Context context) {
  const std::byte* at = chunk_.data() + range.begin;
  const std::uint32_t id = LoadU32(at + 2);
  std::uint32_t offset = LoadU32(at + 6);
  range.begin += kInstanceHeaderSize;
  const auto here = chunk_.subspan(range.begin, range.end - range.begin);
  // The definition may lie right here, in front of the values.  That the offset says so can be
  // chance in a record without its chunk, and an offset can be all that is wrong.
  const bool fits = here.size() >= kDefinitionHeaderSize &&
                    LoadU32(here.data() + 20) <= here.size() - kDefinitionHeaderSize;
  if (offset != range.begin || !fits) {
    const PlanCache::Found found = cache_.Find(offset, id, context);
    const bool exact = found.plan != nullptr && !found.substitute;
    if (exact || !fits || !IsDefinition(here, id)) return found;
    offset = range.begin;
  }
  range.begin += kDefinitionHeaderSize + LoadU32(here.data() + 20);
  return cache_.Find(offset, id, context);
}

bool EventDecoder::RunInstance(ChunkRange& range, Context context, int depth) {
  if (range.end - range.begin < kInstanceHeaderSize) return Fail("a template instance is cut off");
  const PlanCache::Found found = FindPlan(range, context);
  if (found.plan == nullptr) {
    template_lost_ = found.lost;
    return Fail(found.error);
  }
  substitute_ |= found.substitute;

  const std::size_t first_value = values_.size();
  if (!ReadValues(range)) return false;
  const std::size_t count = values_.size() - first_value;
  const bool ok = RunPlan(*found.plan, first_value, count, depth);
  values_.resize(first_value);
  return ok;
}

// u32 count, then for each u16 size, u8 type, u8 0; then the values back to back.
bool EventDecoder::ReadValues(ChunkRange& range) {
  if (range.end - range.begin < 4) return Fail("its values are cut off");
  const std::uint32_t count = LoadU32(chunk_.data() + range.begin);
  range.begin += 4;
  if (count > (range.end - range.begin) / 4) return Fail("it claims more values than fit");
  const std::byte* descriptor = chunk_.data() + range.begin;
  const std::byte* data = descriptor + std::size_t{count} * 4;
  const std::byte* const end = chunk_.data() + range.end;
  const std::size_t first = values_.size();
  values_.resize(first + count);
  for (Value* value = values_.data() + first; value != values_.data() + values_.size(); ++value) {
    const std::uint32_t word = LoadU32(descriptor);
    descriptor += 4;
    *value = {data, static_cast<std::uint16_t>(word), static_cast<std::uint8_t>(word >> 16)};
    if (value->size > end - data) return Fail("its values end behind the record");
    data += value->size;
  }
  range.begin = static_cast<std::uint32_t>(data - chunk_.data());
  return true;
}

// Compiles the element for this one use.
bool EventDecoder::RunElement(ChunkRange& range, Context context, int depth) {
  Plan& plan = element_plans_[static_cast<std::size_t>(depth)];
  if (const char* error = cache_.compiler().CompileElement(chunk_, range, context, plan)) {
    return Fail(error);
  }
  return RunPlan(plan, values_.size(), 0, depth);
}

Value EventDecoder::ValueAt(std::size_t first_value, std::size_t value_count,
                            std::uint16_t index) const {
  return index < value_count ? values_[first_value + index] : Value{};
}

bool EventDecoder::RunPlan(const Plan& plan, std::size_t first_value, std::size_t value_count,
                           int depth) {
  has_event_ |= plan.has_event;
  const Op* void_until = plan.ops.data();
  const Op* const end = plan.ops.data() + plan.ops.size();
  const Op* const data =
      choice_ != nullptr && depth == 0 && plan.has_event ? plan.ops.data() + plan.data.begin : end;
  for (const Op* op = plan.ops.data(); op != end; ++op) {
    if (op == data && SkipsData(plan, first_value, value_count)) return true;
    if (!Spend()) return true;
    if (op < void_until) {
      // Its element is left out, but insertion strings keep their places.
      if (op->field == Field::kString && !op->array) PutString({}, op->name);
      continue;
    }
    switch (op->kind) {
      case Op::Kind::kConstant:
        RunText(*op, op->text);
        break;
      case Op::Kind::kPieces:
        RunText(*op, Join(plan, *op, first_value, value_count));
        break;
      case Op::Kind::kValue:
        if (!RunValue(*op, ValueAt(first_value, value_count, op->index), depth)) return false;
        break;
      case Op::Kind::kSkipIfNull:
        if (ValueAt(first_value, value_count, op->index).type == kNull) {
          void_until = op + 1 + op->count;
        }
        break;
    }
  }
  return true;
}

std::string_view EventDecoder::Join(const Plan& plan, const Op& op, std::size_t first_value,
                                    std::size_t value_count) {
  const char* mark = text_.mark();
  for (std::uint32_t i = op.first; i < op.first + op.count && Spend(); ++i) {
    const Piece& piece = plan.pieces[i];
    if (piece.constant) {
      text_.Append(piece.text);
      continue;
    }
    const Value value = ValueAt(first_value, value_count, piece.index);
    if (!value.is_array()) {
      AppendValue(value, ansi_, text_);
      continue;
    }
    ArrayItems items(value);
    for (Value item; items.Next(item) && Spend();) AppendValue(item, ansi_, text_);
  }
  return text_.Since(mark);
}

std::string_view EventDecoder::TextOf(const Value& value) {
  const char* mark = text_.mark();
  AppendValue(value, ansi_, text_);
  return text_.Since(mark);
}

bool EventDecoder::RunValue(const Op& op, const Value& value, int depth) {
  switch (op.field) {
    case Field::kString:
      return PutData(op, value, depth);
    case Field::kContent:
      if (value.type == kBinXml) return RunNested(op, value, depth);
      if (op.context == Context::kEventData || op.context == Context::kUserData ||
          op.context == Context::kUserItem || op.context == Context::kDataItem) {
        return PutData(op, value, depth);
      }
      return true;
    case Field::kName:
      next_name_ = TextOf(value);
      return true;
    default:
      break;
  }
  if (value.type == kNull) return true;
  switch (op.field) {
    case Field::kEventId:
    case Field::kQualifiers:
    case Field::kLevel:
    case Field::kTask:
    case Field::kKeywords:
    case Field::kRecordId:
      if (std::uint64_t number = 0; NumberOf(value, number)) PutNumber(op.field, number);
      break;
    case Field::kTime:
      PutTime(value);
      break;
    case Field::kUser:
      PutUser(value);
      break;
    case Field::kBinaryData:
      PutBinary(value);
      break;
    default:
      PutText(op.field, TextOf(value));
  }
  return true;
}

// Constants, and what was put together: numbers are text here too.
void EventDecoder::RunText(const Op& op, std::string_view text) {
  switch (op.field) {
    case Field::kString:
    case Field::kContent:
      return PutString(text, op.name);
    case Field::kName:
      next_name_ = text;
      return;
    case Field::kEventId:
    case Field::kQualifiers:
    case Field::kLevel:
    case Field::kTask:
    case Field::kKeywords:
    case Field::kRecordId:
      if (std::uint64_t number = 0; NumberOf(Trim(text), number)) PutNumber(op.field, number);
      return;
    case Field::kTime:
      if (const auto time = ParseIsoTime(Trim(text))) record_->time = time->ticks;
      return;
    case Field::kBinaryData: {
      hex_bytes_.clear();
      for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = HexDigit(text[i]);
        const int low = HexDigit(text[i + 1]);
        if (high < 0 || low < 0) break;
        hex_bytes_.push_back(static_cast<std::byte>(high << 4 | low));
      }
      record_->binary = hex_bytes_;
      return;
    }
    default:
      return PutText(op.field, text);
  }
}

void EventDecoder::PutNumber(Field field, std::uint64_t number) {
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
      record_->level = LevelFromNumber(number);
      return;
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

void EventDecoder::PutText(Field field, std::string_view text) {
  switch (field) {
    case Field::kProvider:
      record_->provider = text;
      return;
    case Field::kEventSource:
      event_source_ = text;
      return;
    case Field::kChannel:
      record_->channel = text;
      return;
    case Field::kComputer:
      record_->computer = text;
      return;
    case Field::kUser:
      record_->user = text;
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

void EventDecoder::PutTime(const Value& value) {
  if (value.type == kFileTime && value.size == 8) {
    if (const auto time = TicksFromFileTime(LoadU64(value.data))) record_->time = *time;
  } else if (value.type == kString || value.type == kSystemTime) {
    if (const auto time = ParseIsoTime(Trim(TextOf(value)))) record_->time = time->ticks;
  }
}

void EventDecoder::PutUser(const Value& value) {
  if (value.type != kSid) return PutText(Field::kUser, TextOf(value));
  const auto bytes = value.bytes();
  if (last_user_.empty() || !std::ranges::equal(bytes, last_sid_)) {
    last_sid_.assign(bytes.begin(), bytes.end());
    last_user_ = TextOf(value);
  }
  record_->user = last_user_;
}

void EventDecoder::PutBinary(const Value& value) {
  if (value.type == kString) {
    Op hexadecimal;
    hexadecimal.field = Field::kBinaryData;
    RunText(hexadecimal, TextOf(value));
  } else {
    record_->binary = value.bytes();
  }
}

bool EventDecoder::PutData(const Op& op, const Value& value, int depth) {
  if (value.type == kBinXml) return RunNested(op, value, depth);
  if (value.is_array()) {
    PutArray(op, value);
  } else if (value.type != kNull || !op.array) {
    PutString(TextOf(value), op.name);
  }
  return true;
}

// The element repeats for every item; an array of no bytes leaves one empty element.
void EventDecoder::PutArray(const Op& op, const Value& value) {
  if (value.size == 0) return PutString({}, op.name);
  ArrayItems items(value);
  for (Value item; items.Next(item) && Spend();) PutString(TextOf(item), op.name);
}

void EventDecoder::PutString(std::string_view text, std::string_view name) {
  if (!next_name_.empty()) name = std::exchange(next_name_, {});
  any_name_ |= !name.empty();
  strings_.push_back(text);
  names_.push_back(name);
}

// Event data that cannot be read does not cost the event.
bool EventDecoder::RunNested(const Op& op, const Value& value, int depth) {
  const auto begin = static_cast<std::uint32_t>(value.data - chunk_.data());
  if (RunFragment({begin, begin + value.size}, op.context, depth + 1)) return true;
  if (depth != 0 || !has_event_) return false;
  data_error_ = std::exchange(error_, nullptr);
  return true;
}

}  // namespace exdiag::evtx
