// A plan made ready for values of certain types: what each op does with its value was decided once,
// and where the values lie is known beforehand when they have the sizes of the last ones.  Most
// records repeat the types of the one before, and all but strings repeat the sizes too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "importers/evtx/interned_texts.h"
#include "importers/evtx/value.h"

namespace exdiag::evtx {

struct Op;
struct Plan;

struct Step {
  // In the order of how often real logs have them.
  enum class Kind : std::uint8_t {
    kString,      // a string value, the next insertion string
    kData,        // any other value that is no array, the same
    kPutText,     // `text`, the same
    kStrings,     // an array of strings, one insertion string for each item
    kEventId,     // u16
    kQualifiers,  // u16
    kLevel,       // u8
    kTask,        // u16
    kKeywords,    // u64
    kRecordId,    // u64
    kFileTime,    // TimeCreated
    kSid,         // of the user
    kProvider,    // `entry`
    kChannel,     // `entry`
    kComputer,    // `entry`
    kSystemText,  // a string value: provider, channel or computer
    kNumber,      // `number`, into the op's field
    kBinaryData,  // bytes
    kNested,      // BinXML
    kText,        // `text`, as any op does it
    kValue,       // the value, as any op does it
    kPieces,      // the op's pieces
  };

  Kind kind = Kind::kValue;
  std::uint16_t index = 0;  // of the value
  int cost = 0;             // ops that it stands for: its own and those in front that do nothing
  const Op* op = nullptr;
  std::string_view text = {};
  std::uint64_t number = 0;
  const InternedTexts::Entry* entry = nullptr;  // of kSystemText and kSid: the last one's
};

// The first steps, which fill what System says, sorted: fields of which each has a value of the
// usual type, and names that the template holds, are done in one go.
struct SystemPart {
  static constexpr std::size_t kMostValues = 8;

  std::size_t steps = 0;  // how many it stands for
  int cost = 0;
  std::uint32_t fields = 0;  // a bit for each Step::Kind from kEventId to kComputer that is there
  std::uint16_t index[kMostValues] = {};   // of the values of kEventId to kSid,
  std::uint32_t offset[kMostValues] = {};  // and where they lie
  const InternedTexts::Entry* provider = nullptr;
  const InternedTexts::Entry* channel = nullptr;
  const InternedTexts::Entry* computer = nullptr;
  const InternedTexts::Entry* user = nullptr;  // the last one
  std::vector<Step> others;                    // in their order; their cost is in that above

  static constexpr std::uint32_t Bit(Step::Kind kind) {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }
  static constexpr std::size_t SlotOf(Step::Kind kind) {
    return static_cast<std::size_t>(kind) - static_cast<std::size_t>(Step::Kind::kEventId);
  }
  bool Has(Step::Kind kind) const { return (fields & Bit(kind)) != 0; }
  std::uint32_t OffsetOf(Step::Kind kind) const { return offset[SlotOf(kind)]; }
  std::uint16_t IndexOf(Step::Kind kind) const { return index[SlotOf(kind)]; }
  void Add(const Step& step);
};

class Layout {
 public:
  // `values` points to `count` descriptors: u16 size, u8 type, u8 0.  The plan is borrowed.
  Layout(const Plan& plan, const std::byte* values, std::size_t count, InternedTexts& texts);

  // Makes ready for these values; false when they are of other types.
  bool Fit(const std::byte* values, std::size_t count);
  // The same, but also false when any but the last one is of another size than those before, which
  // is cheap to find out.
  bool FitsAsItIs(const std::byte* values, std::size_t count);

  std::size_t count() const { return count_; }
  // Of all values together.
  std::size_t size() const { return size_; }

  std::uint32_t OffsetOf(std::size_t index) const { return numbers_[count_ + index]; }
  std::uint16_t SizeOf(std::size_t index) const {
    return static_cast<std::uint16_t>(numbers_[index]);
  }
  std::uint8_t TypeOf(std::size_t index) const {
    return static_cast<std::uint8_t>(numbers_[index] >> 16);
  }
  // `data` is where the first value lies.
  Value ValueAt(const std::byte* data, std::size_t index) const {
    return {data + OffsetOf(index), SizeOf(index), TypeOf(index)};
  }

  SystemPart& system() { return system_; }
  std::span<Step> steps() { return steps_; }
  std::span<const Step> steps() const { return steps_; }
  // The first of those that stand for ops of the data of an event, see DataPart.
  std::size_t data_step() const { return data_step_; }
  // Ops behind the last step, which do nothing.
  int rest_cost() const { return rest_cost_; }
  std::size_t SizeInMemory() const;

 private:
  void SortSystemPart();
  void PlaceSystemPart();

  std::size_t count_;
  // Of each value size and type; behind these, where each lies behind the first; and behind these,
  // which bits of size and type have to be the same.
  std::unique_ptr<std::uint32_t[]> numbers_;
  std::size_t size_ = 0;
  SystemPart system_;
  std::vector<Step> steps_;
  std::size_t data_step_ = 0;
  int rest_cost_ = 0;
};

// The layouts of one plan.
class Layouts {
 public:
  // What making layouts takes; `bytes` counts what those of all plans are.
  struct Workshop {
    InternedTexts& texts;
    std::size_t& bytes;
  };

  // The layout for these values of `plan`, whose layouts these are.
  // nullptr: values like these were not seen with this plan, and enough others were; or a layout of
  // the plan is at work.
  Layout* Find(const Plan& plan, const std::byte* values, std::size_t count,
               const Workshop& workshop);

  // While one is at work nothing may change it: templates can be nested in themselves.
  bool at_work = false;

 private:
  Layout* Add(const Plan& plan, const std::byte* values, std::size_t count,
              const Workshop& workshop);

  std::vector<Layout> layouts_;
};

}  // namespace exdiag::evtx
