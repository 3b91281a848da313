#include "importers/evtx/layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "engine/base/text.h"
#include "importers/binary_log/little_endian.h"
#include "importers/evtx/plan.h"

namespace exdiag::evtx {
namespace {

// What one plan may keep, and all of them.  Real logs have up to four layouts of a plan, with up
// to 40 values, of some 3 KB; the bounds only stop hostile files.
constexpr std::size_t kMostLayouts = 8;
constexpr std::size_t kMostValues = 128;
constexpr std::size_t kMostOps = 512;
constexpr std::size_t kMostBytes = std::size_t{16} << 20;

constexpr std::uint32_t kWordMask = 0x00ff'ffff;  // size and type
constexpr std::uint32_t kTypeMask = 0x00ff'0000;

// A type that says its size does not say it wrong in the next record either; and the user of an
// event has one of few sizes.
std::uint32_t MaskOf(std::uint8_t type, bool of_event) {
  const bool has_size = FixedSize(type) != 0 || type == kSizeT || (type == kSid && of_event);
  return has_size ? kWordMask : kTypeMask;
}

bool IsSystemText(Field field) {
  return field == Field::kProvider || field == Field::kEventSource || field == Field::kChannel ||
         field == Field::kComputer;
}

bool IsNumber(Field field) {
  return field == Field::kEventId || field == Field::kQualifiers || field == Field::kLevel ||
         field == Field::kTask || field == Field::kKeywords || field == Field::kRecordId;
}

// Ops into steps, for values of one layout.
class Binder {
 public:
  Binder(const Layout& layout, InternedTexts& texts, std::vector<Step>& steps)
      : layout_(layout), texts_(texts), steps_(steps) {}

  int Bind(const std::vector<Op>& ops) {
    const Op* void_until = ops.data();
    for (const Op& op : ops) {
      ++cost_;
      step_ = {.index = op.index, .op = &op};
      if (&op < void_until) {
        // Its element is left out, but insertion strings keep their places.
        if (op.field == Field::kString && !op.array) Emit(Step::Kind::kPutText);
      } else if (op.kind == Op::Kind::kSkipIfNull) {
        if (TypeOf(op) == kNull) void_until = &op + 1 + op.count;
      } else if (op.kind == Op::Kind::kPieces) {
        Emit(Step::Kind::kPieces);
      } else if (op.kind == Op::Kind::kConstant) {
        BindConstant(op);
      } else {
        BindValue(op);
      }
    }
    return cost_;
  }

 private:
  void Emit(Step::Kind kind) {
    step_.kind = kind;
    step_.cost = std::exchange(cost_, 0);
    steps_.push_back(step_);
  }

  // A plan can ask for more values than there are; those are NULL.
  bool IsThere(const Op& op) const { return op.index < layout_.count(); }
  std::uint8_t TypeOf(const Op& op) const {
    return IsThere(op) ? layout_.TypeOf(op.index) : std::uint8_t{kNull};
  }
  std::size_t SizeOf(const Op& op) const { return IsThere(op) ? layout_.SizeOf(op.index) : 0; }

  void BindConstant(const Op& op) {
    step_.text = op.text;
    if (op.field == Field::kString || op.field == Field::kContent) {
      return Emit(Step::Kind::kPutText);
    }
    if (IsNumber(op.field)) {
      if (NumberOf(Trim(op.text), step_.number)) Emit(Step::Kind::kNumber);
      return;
    }
    if (IsSystemText(op.field) && op.field != Field::kEventSource && !op.text.empty()) {
      step_.entry = texts_.Intern(op.text);
      if (step_.entry != nullptr) {
        return Emit(op.field == Field::kProvider  ? Step::Kind::kProvider
                    : op.field == Field::kChannel ? Step::Kind::kChannel
                                                  : Step::Kind::kComputer);
      }
    }
    Emit(Step::Kind::kText);
  }

  void BindValue(const Op& op) {
    const std::uint8_t type = TypeOf(op);
    switch (op.field) {
      case Field::kString:
        return BindData(op);
      case Field::kContent:
        if (type == kBinXml) return Emit(Step::Kind::kNested);
        if (IsData(op.context)) BindData(op);
        return;
      case Field::kName:
        return Emit(IsThere(op) ? Step::Kind::kValue : Step::Kind::kText);
      default:
        break;
    }
    if (type == kNull) return;
    if (op.field == Field::kTime && type == kFileTime && SizeOf(op) == 8) {
      Emit(Step::Kind::kFileTime);
    } else if (op.field == Field::kUser && type == kSid) {
      Emit(Step::Kind::kSid);
    } else if (op.field == Field::kBinaryData && type != kString) {
      Emit(Step::Kind::kBinaryData);
    } else if (IsSystemText(op.field) && type == kString) {
      Emit(Step::Kind::kSystemText);
    } else {
      Emit(NumberKind(op));
    }
  }

  void BindData(const Op& op) {
    const std::uint8_t type = TypeOf(op);
    if (type == kBinXml) return Emit(Step::Kind::kNested);
    if (type == (kString | kArrayFlag)) return Emit(Step::Kind::kStrings);
    if ((type & kArrayFlag) != 0) return Emit(Step::Kind::kValue);
    if (type == kString) return Emit(Step::Kind::kString);
    if (type != kNull) return Emit(Step::Kind::kData);
    if (!op.array) Emit(Step::Kind::kPutText);
  }

  // For the types that Windows writes there.
  Step::Kind NumberKind(const Op& op) const {
    const std::uint8_t type = TypeOf(op);
    const std::size_t size = IsNumber(op.field) && FixedSize(type) == SizeOf(op) ? SizeOf(op) : 0;
    const bool is_word = type == kUInt16 && size == 2;
    const bool is_long = (type == kUInt64 || type == kHexInt64) && size == 8;
    switch (op.field) {
      case Field::kEventId:
        return is_word ? Step::Kind::kEventId : Step::Kind::kValue;
      case Field::kQualifiers:
        return is_word ? Step::Kind::kQualifiers : Step::Kind::kValue;
      case Field::kTask:
        return is_word ? Step::Kind::kTask : Step::Kind::kValue;
      case Field::kLevel:
        return type == kUInt8 && size == 1 ? Step::Kind::kLevel : Step::Kind::kValue;
      case Field::kKeywords:
        return is_long ? Step::Kind::kKeywords : Step::Kind::kValue;
      case Field::kRecordId:
        return is_long ? Step::Kind::kRecordId : Step::Kind::kValue;
      default:
        return Step::Kind::kValue;
    }
  }

  const Layout& layout_;
  InternedTexts& texts_;
  std::vector<Step>& steps_;
  Step step_;
  int cost_ = 0;
};

}  // namespace

Layout::Layout(const Plan& plan, const std::byte* values, std::size_t count, InternedTexts& texts)
    : count_(count), numbers_(std::make_unique<std::uint32_t[]>(3 * count)) {
  for (std::size_t i = 0; i < count; ++i) {
    numbers_[i] = LoadU32(values + 4 * i) & kWordMask;
    numbers_[2 * count + i] = MaskOf(static_cast<std::uint8_t>(numbers_[i] >> 16), plan.has_event);
  }
  Fit(values, count);
  steps_.reserve(plan.ops.size());
  rest_cost_ = Binder(*this, texts, steps_).Bind(plan.ops);
  const Op* const data = plan.ops.data() + plan.data.begin;
  data_step_ = static_cast<std::size_t>(
      std::ranges::find_if(steps_, [&](const Step& step) { return step.op >= data; }) -
      steps_.begin());
  SortSystemPart();
}

void SystemPart::Add(const Step& step) {
  fields |= Bit(step.kind);
  if (step.kind == Step::Kind::kProvider) {
    provider = step.entry;
  } else if (step.kind == Step::Kind::kChannel) {
    channel = step.entry;
  } else if (step.kind == Step::Kind::kComputer) {
    computer = step.entry;
  } else {
    index[SlotOf(step.kind)] = step.index;
  }
}

// Steps may change places where none undoes what another did: of each field there is one step.  A
// number that is no usual EventID may have the qualifiers in it.
void Layout::SortSystemPart() {
  const auto of_system = [](const Step& step) { return IsOfSystem(step.op->field); };
  const auto end = std::ranges::find_if_not(steps_, of_system);
  const auto count = static_cast<std::size_t>(end - steps_.begin());
  std::array<int, static_cast<std::size_t>(Field::kUser) + 1> uses{};
  const auto uses_of = [&](const Step& step) -> int& {
    return uses[static_cast<std::size_t>(step.op->field)];
  };
  bool usual_id = true;
  for (const Step& step : std::span(steps_).first(count)) {
    ++uses_of(step);
    usual_id &= step.op->field != Field::kEventId || step.kind == Step::Kind::kEventId;
  }
  for (const Step& step : std::span(steps_).first(count)) {
    const bool is_usual = step.kind >= Step::Kind::kEventId && step.kind <= Step::Kind::kComputer &&
                          uses_of(step) == 1 && (usual_id || step.kind != Step::Kind::kQualifiers);
    if (is_usual) {
      system_.Add(step);
    } else {
      system_.others.push_back(step);
      system_.others.back().cost = 0;
    }
    system_.cost += step.cost;
  }
  system_.steps = count;
  PlaceSystemPart();
}

void Layout::PlaceSystemPart() {
  if (system_.fields == 0) return;
  for (std::size_t i = 0; i < SystemPart::kMostValues; ++i) {
    if (system_.index[i] < count_) system_.offset[i] = OffsetOf(system_.index[i]);
  }
}

// The last value may be of any size: that moves no other.
inline bool Layout::FitsAsItIs(const std::byte* values, std::size_t count) {
  if (count != count_) return false;
  if (count == 0) return true;
  std::uint32_t* const numbers = numbers_.get();
  const std::size_t others = count - 1;
  const std::uint32_t last = LoadU32(values + 4 * others) & kWordMask;
  if (((last ^ numbers[others]) & numbers[3 * count - 1]) != 0) return false;
  if (!SameBytes(values, reinterpret_cast<const std::byte*>(numbers), 4 * others)) return false;
  numbers[others] = last;
  size_ = numbers[2 * count - 1] + (last & 0xffff);
  return true;
}

inline bool Layout::Fit(const std::byte* values, std::size_t count) {
  if (count != count_) return false;
  std::uint32_t* const words = numbers_.get();
  std::uint32_t* const offsets = words + count;
  const std::uint32_t* const masks = offsets + count;
  for (std::size_t i = 0; i < count; ++i) {
    if (((LoadU32(values + 4 * i) ^ words[i]) & masks[i]) != 0) return false;
  }
  std::uint32_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t word = LoadU32(values + 4 * i) & kWordMask;
    words[i] = word;
    offsets[i] = at;
    at += word & 0xffff;
  }
  size_ = at;
  PlaceSystemPart();
  return true;
}

std::size_t Layout::SizeInMemory() const {
  return sizeof *this + count_ * 12 +
         (steps_.capacity() + system_.others.capacity()) * sizeof(Step);
}

Layout* Layouts::Find(const Plan& plan, const std::byte* values, std::size_t count,
                      const Workshop& workshop) {
  if (at_work) return nullptr;
  // The values of System are of the same sizes again and again, those of data are not.
  if (plan.has_event) {
    for (Layout& layout : layouts_) {
      if (layout.FitsAsItIs(values, count)) return &layout;
    }
  }
  for (Layout& layout : layouts_) {
    if (layout.Fit(values, count)) return &layout;
  }
  return Add(plan, values, count, workshop);
}

Layout* Layouts::Add(const Plan& plan, const std::byte* values, std::size_t count,
                     const Workshop& workshop) {
  if (layouts_.size() == kMostLayouts || count > kMostValues || plan.ops.size() > kMostOps ||
      workshop.bytes > kMostBytes) {
    return nullptr;
  }
  layouts_.emplace_back(plan, values, count, workshop.texts);
  workshop.bytes += layouts_.back().SizeInMemory();
  return &layouts_.back();
}

}  // namespace exdiag::evtx
