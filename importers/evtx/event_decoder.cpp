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

constexpr std::size_t kMostUnits = 0x8000;  // that a value can have

constexpr std::uint8_t kEndOfStream = 0x00;
constexpr std::uint8_t kOpenStart = 0x01;
constexpr std::uint8_t kOpenStartWithAttributes = 0x41;
constexpr std::uint8_t kTemplateInstance = 0x0c;
constexpr std::uint8_t kFragmentHeader = 0x0f;

constexpr std::uint32_t kInstanceHeaderSize = 10;  // token, u8 1, u32 id, u32 offset

// Records are padded to 8 bytes; more than that behind the end of its BinXML is no padding.
constexpr std::uint32_t kMaxPadding = 7;

}  // namespace

EventDecoder::EventDecoder(const std::string& codepage)
    : ansi_(codepage),
      cache_(text_),
      builder_(ansi_, text_),
      workshop_{builder_.texts(), cache_.layout_bytes()},
      element_plans_(kMaxNesting),
      nuls_(std::make_unique_for_overwrite<std::uint32_t[]>(kMostUnits + 2)) {}

void EventDecoder::BeginChunk(std::span<const std::byte> chunk) {
  chunk_ = chunk;
  padded_end_ = chunk.data() + (chunk.size() - std::min(chunk.size(), kUtf16Padding));
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
  values_.clear();
  has_event_ = truncated_ = substitute_ = template_lost_ = false;
  unused_ = 0;
  budget_ = kBudget;
  error_ = data_error_ = nullptr;
  choice_ = choice;
  text_begin_ = text_.mark();
  skipped_ = false;
  builder_.Begin(record);

  if (!RunFragment(range, Context::kDocument, 0)) {
    if (skipped_) return Decode(range, record);  // something follows that may say more of it
    return {.error = error_, .template_lost = template_lost_};
  }
  if (!has_event_) {
    if (unused_ > kMaxPadding) return {.error = "it holds no event, and more than that"};
    return {.no_event = true};
  }
  builder_.Finish(data_error_ == nullptr);
  truncated_ |= text_.overflowed();
  return {.data_error = data_error_,
          .truncated = truncated_,
          .substitute_template = substitute_,
          .data_skipped = skipped_,
          .is_sound = data_error_ == nullptr && !truncated_ && !substitute_};
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
  const std::byte* const at = chunk_.data() + range.begin;
  const std::uint32_t offset = LoadU32(at + 6);
  const bool is_here = offset == range.begin + kInstanceHeaderSize;
  const Plan* known = is_here ? nullptr : cache_.Known(offset, LoadU32(at + 2), context);
  if (known != nullptr) {
    range.begin += kInstanceHeaderSize;
  } else {
    const PlanCache::Found found = FindPlan(range, context);
    if (found.plan == nullptr) {
      template_lost_ = found.lost;
      return Fail(found.error);
    }
    substitute_ |= found.substitute;
    known = found.plan;
  }
  const Plan& plan = *known;

  Values values;
  if (!ReadCount(range, values)) return false;
  Layout* const layout = plan.layouts.Find(plan, values.descriptors, values.count, workshop_);
  if (layout != nullptr) {
    if (layout->size() > static_cast<std::size_t>(values.end - values.data)) {
      return Fail("its values end behind the record");
    }
    range.begin += static_cast<std::uint32_t>(values.count * 4 + layout->size());
    return RunLayout(plan, *layout, values.data, depth);
  }
  const std::size_t first_value = values_.size();
  if (!ReadValues(values)) return false;
  range.begin = static_cast<std::uint32_t>(values.data - chunk_.data());
  const bool ok = RunPlan(plan, first_value, values.count, depth);
  values_.resize(first_value);
  return ok;
}

// Moves `values.data` behind them.
bool EventDecoder::ReadValues(Values& values) {
  for (std::size_t i = 0; i < values.count; ++i) {
    const std::uint32_t word = LoadU32(values.descriptors + 4 * i);
    const auto size = static_cast<std::uint16_t>(word);
    if (size > values.end - values.data) return Fail("its values end behind the record");
    values_.push_back({values.data, size, static_cast<std::uint8_t>(word >> 16)});
    values.data += size;
  }
  return true;
}

bool EventDecoder::RunLayout(const Plan& plan, Layout& layout, const std::byte* data, int depth) {
  has_event_ |= plan.has_event;
  const bool asks = choice_ != nullptr && depth == 0 && plan.has_event;
  const std::span<Step> steps = layout.steps();
  const std::size_t asked_at = asks ? layout.data_step() : steps.size();
  plan.layouts.at_work = true;
  bool ok = true;
  std::size_t done = 0;
  if (SystemPart& system = layout.system(); system.steps != 0 && budget_ > system.cost) {
    RunSystem(system, layout, data);
    ok = system.others.empty() || RunSteps(plan, layout, system.others, data, depth);
    done = system.steps;
  }
  ok = ok && RunSteps(plan, layout, steps.first(asked_at).subspan(done), data, depth);
  if (ok && budget_ > 0 && asked_at != steps.size() && !SkipsData(plan, layout, data)) {
    ok = RunSteps(plan, layout, steps.subspan(asked_at), data, depth);
  }
  plan.layouts.at_work = false;
  if (!ok || skipped_) return ok;
  budget_ -= layout.rest_cost();
  truncated_ |= budget_ <= 0;
  return true;
}

void EventDecoder::RunSystem(SystemPart& system, const Layout& layout, const std::byte* data) {
  budget_ -= system.cost;
  Record& record = builder_.record();
  const auto at = [&](Step::Kind kind) { return data + system.OffsetOf(kind); };
  using Kind = Step::Kind;
  if (system.Has(Kind::kEventId)) record.event_id = LoadU16(at(Kind::kEventId));
  if (system.Has(Kind::kQualifiers)) record.qualifiers = LoadU16(at(Kind::kQualifiers));
  if (system.Has(Kind::kLevel)) builder_.PutLevel(std::to_integer<unsigned>(*at(Kind::kLevel)));
  if (system.Has(Kind::kTask)) record.category = LoadU16(at(Kind::kTask));
  if (system.Has(Kind::kKeywords)) record.keywords = LoadU64(at(Kind::kKeywords));
  if (system.Has(Kind::kRecordId)) record.record_id = LoadU64(at(Kind::kRecordId));
  if (system.Has(Kind::kFileTime)) builder_.PutFileTime(LoadU64(at(Kind::kFileTime)));
  if (system.Has(Kind::kSid)) {
    builder_.PutSid(layout.ValueAt(data, system.IndexOf(Kind::kSid)).bytes(), system.user);
  }
  if (system.Has(Kind::kProvider)) builder_.PutProvider(*system.provider);
  if (system.Has(Kind::kChannel)) builder_.PutChannel(*system.channel);
  if (system.Has(Kind::kComputer)) builder_.PutComputer(*system.computer);
}

// Up to where the record has cost enough.
bool EventDecoder::RunSteps(const Plan& plan, const Layout& layout, std::span<Step> steps,
                            const std::byte* data, int depth) {
  Record& record = builder_.record();
  for (Step& step : steps) {
    budget_ -= step.cost;
    if (budget_ <= 0) return true;
    const auto at = [&] { return data + layout.OffsetOf(step.index); };
    const auto value = [&] { return layout.ValueAt(data, step.index); };
    switch (step.kind) {
      case Step::Kind::kString:
        builder_.PutString(TextOfUtf16({at(), layout.SizeOf(step.index)}), step.op->name);
        break;
      case Step::Kind::kData:
        builder_.PutString(builder_.TextOf(value()), step.op->name);
        break;
      case Step::Kind::kPutText:
        builder_.PutString(step.text, step.op->name);
        break;
      case Step::Kind::kStrings:
        PutStrings(*step.op, value());
        break;
      case Step::Kind::kEventId:
        record.event_id = LoadU16(at());
        break;
      case Step::Kind::kQualifiers:
        record.qualifiers = LoadU16(at());
        break;
      case Step::Kind::kLevel:
        builder_.PutLevel(std::to_integer<unsigned>(*at()));
        break;
      case Step::Kind::kTask:
        record.category = LoadU16(at());
        break;
      case Step::Kind::kKeywords:
        record.keywords = LoadU64(at());
        break;
      case Step::Kind::kRecordId:
        record.record_id = LoadU64(at());
        break;
      case Step::Kind::kFileTime:
        builder_.PutFileTime(LoadU64(at()));
        break;
      case Step::Kind::kSid:
        builder_.PutSid(value().bytes(), step.entry);
        break;
      case Step::Kind::kProvider:
        builder_.PutProvider(*step.entry);
        break;
      case Step::Kind::kChannel:
        builder_.PutChannel(*step.entry);
        break;
      case Step::Kind::kComputer:
        builder_.PutComputer(*step.entry);
        break;
      case Step::Kind::kSystemText:
        builder_.PutSystemText(step.op->field, value(), step.entry);
        break;
      case Step::Kind::kNumber:
        builder_.PutNumber(step.op->field, step.number);
        break;
      case Step::Kind::kBinaryData:
        record.binary = value().bytes();
        break;
      case Step::Kind::kNested:
        if (!RunNested(*step.op, value(), depth)) return false;
        break;
      case Step::Kind::kText:
        builder_.PutWritten(step.op->field, step.text, step.op->name);
        break;
      case Step::Kind::kValue:
        if (!RunValue(*step.op, value(), depth)) return false;
        break;
      case Step::Kind::kPieces:
        builder_.PutWritten(step.op->field, JoinIn(plan, *step.op, layout, data), step.op->name);
        break;
    }
  }
  return true;
}

// Compiles the element for this one use.
bool EventDecoder::RunElement(ChunkRange& range, Context context, int depth) {
  Plan& plan = element_plans_[static_cast<std::size_t>(depth)];
  if (const char* error = cache_.compiler().CompileElement(range, context, plan)) {
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
      if (op->field == Field::kString && !op->array) builder_.PutString({}, op->name);
      continue;
    }
    switch (op->kind) {
      case Op::Kind::kConstant:
        builder_.PutWritten(op->field, op->text, op->name);
        break;
      case Op::Kind::kPieces:
        builder_.PutWritten(op->field, Join(plan, *op, first_value, value_count), op->name);
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

std::string_view EventDecoder::JoinIn(const Plan& plan, const Op& op, const Layout& layout,
                                      const std::byte* data) {
  const std::size_t first_value = values_.size();
  for (std::size_t i = 0; i < layout.count(); ++i) values_.push_back(layout.ValueAt(data, i));
  const std::string_view text = Join(plan, op, first_value, layout.count());
  values_.resize(first_value);
  return text;
}

bool EventDecoder::RunValue(const Op& op, const Value& value, int depth) {
  switch (op.field) {
    case Field::kString:
      return PutData(op, value, depth);
    case Field::kContent:
      if (value.type == kBinXml) return RunNested(op, value, depth);
      return !IsData(op.context) || PutData(op, value, depth);
    case Field::kName:
      builder_.PutName(builder_.TextOf(value));
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
      builder_.PutNumberOf(op.field, value);
      break;
    case Field::kTime:
      builder_.PutTime(value);
      break;
    case Field::kUser:
      builder_.PutUser(value);
      break;
    case Field::kBinaryData:
      builder_.PutBinary(value);
      break;
    default:
      builder_.PutText(op.field, builder_.TextOf(value));
  }
  return true;
}

bool EventDecoder::PutData(const Op& op, const Value& value, int depth) {
  if (value.type == kBinXml) return RunNested(op, value, depth);
  if (value.is_array()) {
    PutArray(op, value);
  } else if (value.type != kNull || !op.array) {
    builder_.PutString(builder_.TextOf(value), op.name);
  }
  return true;
}

std::string_view EventDecoder::TextOfUtf16(std::span<const std::byte> utf16) {
  const char* mark = text_.mark();
  utf16 = WithoutTrailingNuls(utf16);
  if (utf16.data() + utf16.size() <= padded_end_) {
    text_.AppendPaddedUtf16(utf16);
  } else {
    text_.AppendUtf16(utf16);
  }
  return text_.Since(mark);
}

// An array of strings as one text, of which the items are what lies between its NULs.
void EventDecoder::PutStrings(const Op& op, const Value& value) {
  const std::byte* const end = value.data + value.size;
  if (value.size == 0 || end > padded_end_ || !text_.HasRoomForUtf16Array(value.size)) {
    return PutArray(op, value);
  }
  const char* const begin = text_.mark();
  std::uint32_t* nuls_end = nuls_.get();
  text_.AppendPaddedUtf16Array(value.bytes(), nuls_end);
  const std::string_view text = text_.Since(begin);
  std::size_t item = 0;
  for (const std::uint32_t* nul = nuls_.get(); nul != nuls_end; ++nul) {
    if (!Spend()) return;
    builder_.PutString({begin + item, *nul - item}, op.name);
    item = *nul + 1;
  }
  // What has no NUL, or an odd byte behind the last one.
  const bool has_rest = item != text.size() || value.size % 2 != 0;
  if (has_rest && Spend()) builder_.PutString(text.substr(item), op.name);
}

// The element repeats for every item; an array of no bytes leaves one empty element.
void EventDecoder::PutArray(const Op& op, const Value& value) {
  if (value.size == 0) return builder_.PutString({}, op.name);
  ArrayItems items(value);
  for (Value item; items.Next(item) && Spend();) {
    builder_.PutString(builder_.TextOf(item), op.name);
  }
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
