// Whether the data of an event would be decoded without a complaint, without decoding them.
//
// Of most events nothing is asked but how many there were.  What can be wrong with their data is
// little: nested BinXML can be damaged, and a record can expand to more than any log writes.  The
// first is looked at here, as deep as it goes; the second is ruled out by bounds that every record
// of a real log stays far below.  Whatever is not as simple as that is decoded.
#include <algorithm>
#include <map>
#include <utility>

#include "importers/evtx/event_decoder.h"

namespace exdiag::evtx {
namespace {

// With these, a record makes less than 1 MiB of text (RecordText::kCapacity) and costs less than
// what Spend() allows: a byte becomes at most eight of text, and one item of an array.
constexpr int kMostBytes = 20 * 1024;   // of values
constexpr int kMostNests = 8;           // pieces of nested BinXML, beside and in each other
constexpr std::uint32_t kMostUses = 4;  // of one value in a plan
constexpr std::ptrdiff_t kMostText = 128 * 1024;  // of System
constexpr std::size_t kMostParts = 1024;
constexpr std::size_t kMostConstantText = 4096;
constexpr int kLeastBudget = 105'000;

bool MayBeNested(const Op& op) {
  return op.kind == Op::Kind::kValue && (op.field == Field::kContent || op.field == Field::kString);
}

bool IsLight(const Plan& plan) {
  if (plan.ops.size() > kMostParts || plan.pieces.size() > kMostParts) return false;
  std::size_t constant_text = 0;
  std::map<std::uint16_t, std::uint32_t> uses;
  for (const Op& op : plan.ops) {
    if (op.kind == Op::Kind::kValue) ++uses[op.index];
  }
  for (const Piece& piece : plan.pieces) {
    constant_text += piece.text.size();
    if (!piece.constant) ++uses[piece.index];
  }
  return constant_text <= kMostConstantText &&
         std::ranges::all_of(uses, [](const auto& use) { return use.second <= kMostUses; });
}

}  // namespace

DataPart FindDataPart(const Plan& plan) {
  DataPart data;
  for (std::uint32_t i = 0; i < plan.ops.size(); ++i) {
    if (IsOfSystem(plan.ops[i].field)) data.begin = i + 1;
  }
  data.light = IsLight(plan);
  return data;
}

// Asked in front of the ops of the data of an event.
bool EventDecoder::SkipsData(const Plan& plan, std::size_t first_value, std::size_t value_count) {
  skipped_ = MayBeSkipped() && DataIsSound(plan, first_value, value_count);
  return skipped_;
}

bool EventDecoder::SkipsData(const Plan& plan, const Layout& layout, const std::byte* data) {
  skipped_ = MayBeSkipped() && DataIsSound(plan, layout, data);
  return skipped_;
}

bool EventDecoder::MayBeSkipped() {
  DataChoice* const choice = std::exchange(choice_, nullptr);
  unchecked_nests_ = kMostNests;
  unchecked_bytes_ = kMostBytes;
  const auto is_wanted = [&](const Record& record) { return choice->WantsData(record); };
  return !builder_.Glimpse(is_wanted) && budget_ >= kLeastBudget &&
         text_.mark() - text_begin_ <= kMostText;
}

bool EventDecoder::DataIsSound(const Plan& plan, std::size_t first_value, std::size_t value_count) {
  if (!plan.data.light) return false;
  bool nested = false;
  for (std::size_t i = first_value; i < first_value + value_count; ++i) {
    unchecked_bytes_ -= values_[i].size;
    nested |= values_[i].type == kBinXml;
  }
  if (unchecked_bytes_ < 0) return false;
  if (!nested) return true;
  for (std::size_t i = plan.data.begin; i < plan.ops.size(); ++i) {
    const Op& op = plan.ops[i];
    if (!MayBeNested(op)) continue;
    const Value value = ValueAt(first_value, value_count, op.index);
    if (value.type != kBinXml) continue;
    const auto begin = static_cast<std::uint32_t>(value.data - chunk_.data());
    if (!NestedIsSound({begin, begin + value.size}, op.context)) return false;
  }
  return true;
}

bool EventDecoder::DataIsSound(const Plan& plan, const Layout& layout, const std::byte* data) {
  if (!plan.data.light) return false;
  unchecked_bytes_ -= static_cast<int>(layout.size());
  if (unchecked_bytes_ < 0) return false;
  const bool was_at_work = std::exchange(plan.layouts.at_work, true);
  bool sound = true;
  for (const Step& step : layout.steps().subspan(layout.data_step())) {
    if (step.kind != Step::Kind::kNested) continue;
    const Value value = layout.ValueAt(data, step.index);
    const auto begin = static_cast<std::uint32_t>(value.data - chunk_.data());
    sound = sound && NestedIsSound({begin, begin + value.size}, step.op->context);
  }
  plan.layouts.at_work = was_at_work;
  return sound;
}

// One instance of a template of data, and nothing else.
bool EventDecoder::NestedIsSound(ChunkRange range, Context context) {
  if (--unchecked_nests_ < 0) return false;
  constexpr auto kFragmentHeader = std::byte{0x0f};
  constexpr auto kInstance = std::byte{0x0c};
  constexpr std::uint32_t kFragmentHeaderSize = 4, kInstanceHeaderSize = 10;
  if (range.end - range.begin >= kFragmentHeaderSize && chunk_[range.begin] == kFragmentHeader) {
    range.begin += kFragmentHeaderSize;
  }
  if (range.end - range.begin < kInstanceHeaderSize || chunk_[range.begin] != kInstance)
    return false;
  const PlanCache::Found found = FindPlan(range, context);
  const bool of_data = found.plan != nullptr && !found.substitute && !found.plan->has_event &&
                       found.plan->data.begin == 0;
  if (!of_data) return false;
  const bool sound = InstanceIsSound(*found.plan, range);
  error_ = nullptr;  // decoding will find it again
  return sound;
}

// `range` is what lies behind the instance's header, up to the end of its fragment.
bool EventDecoder::InstanceIsSound(const Plan& plan, ChunkRange range) {
  Values values;
  if (!ReadCount(range, values)) return false;
  const auto ends_at = [&](const std::byte* end) {
    return end == values.end || (end < values.end && *end == std::byte{0});
  };
  if (const Layout* layout = plan.layouts.Find(plan, values.descriptors, values.count, workshop_)) {
    return layout->size() <= static_cast<std::size_t>(values.end - values.data) &&
           ends_at(values.data + layout->size()) && DataIsSound(plan, *layout, values.data);
  }
  const std::size_t first_value = values_.size();
  const bool sound = ReadValues(values) && ends_at(values.data) &&
                     DataIsSound(plan, first_value, values_.size() - first_value);
  values_.resize(first_value);
  return sound;
}

}  // namespace exdiag::evtx
