// BinXML of one record into a Record ([MS-EVEN6] 2.2.12).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence/record.h"
#include "importers/binary_log/ansi_decoder.h"
#include "importers/binary_log/little_endian.h"
#include "importers/binary_log/record_text.h"
#include "importers/evtx/plan.h"
#include "importers/evtx/plan_cache.h"
#include "importers/evtx/record_builder.h"
#include "importers/evtx/value.h"

namespace exdiag::evtx {

// What became of one record.
struct Decoded {
  const char* error = nullptr;       // it could not be read at all
  bool no_event = false;             // it is sound BinXML in which no event is; `record` is empty
  bool template_lost = false;        // with `error`: that it has no template is all that is wrong
  const char* data_error = nullptr;  // read but for the event data, which `record` lacks
  bool truncated = false;  // it holds more than any log writes; `record` has the first part
  bool substitute_template = false;  // read with a template found elsewhere in the file
  bool data_skipped = false;  // sound, but not wanted: `record` has nothing but what System says
  bool is_sound = false;      // nothing has to be said of it
};

// Says which records are wanted whole.
class DataChoice {
 public:
  // `record` has what System says of it.  Asked once a record, and not of all.
  virtual bool WantsData(const Record& record) = 0;

 protected:
  ~DataChoice() = default;
};

class EventDecoder {
 public:
  // `codepage`: iconv name for strings of type ANSI, "" for windows-1252.
  explicit EventDecoder(const std::string& codepage);

  // The chunk that the next records lie in; borrowed until the next call.  At most 64 KiB.
  void BeginChunk(std::span<const std::byte> chunk);

  // Decodes the BinXML at `range`.  Fills `record` but for its place; its views stay good until the
  // next call.  Without a readable TimeCreated its time is left unknown.
  //
  // With a `choice` the data of records that are not wanted whole are only looked at as far as it
  // takes to know that decoding them would have found nothing wrong; where that cannot be known so,
  // they are decoded.
  Decoded Decode(ChunkRange range, Record& record, DataChoice* choice = nullptr);

  // See PlanCache.
  PlanCache& plans() { return cache_; }
  // Makes the plans that another decoder made in this chunk.
  void Learn(std::span<const LearnedTemplate> learned);

 private:
  // Each returns false with `error_` set.
  bool RunFragment(ChunkRange range, Context context, int depth);
  bool RunInstance(ChunkRange& range, Context context, int depth);
  PlanCache::Found FindPlan(ChunkRange& range, Context context);
  bool RunElement(ChunkRange& range, Context context, int depth);

  // The values of an instance: how many, their descriptors, and their data up to `end` at most.
  struct Values {
    std::size_t count = 0;
    const std::byte* descriptors = nullptr;
    const std::byte* data = nullptr;
    const std::byte* end = nullptr;
  };
  // u32 count, then for each u16 size, u8 type, u8 0; then the values back to back.
  bool ReadCount(ChunkRange& range, Values& values) {
    if (range.end - range.begin < 4) return Fail("its values are cut off");
    const std::uint32_t count = LoadU32(chunk_.data() + range.begin);
    range.begin += 4;
    if (count > (range.end - range.begin) / 4) return Fail("it claims more values than fit");
    const std::byte* const descriptors = chunk_.data() + range.begin;
    values = {count, descriptors, descriptors + std::size_t{count} * 4, chunk_.data() + range.end};
    return true;
  }
  bool ReadValues(Values& values);

  bool RunLayout(const Plan& plan, Layout& layout, const std::byte* data, int depth);
  void RunSystem(SystemPart& system, const Layout& layout, const std::byte* data);
  bool RunSteps(const Plan& plan, const Layout& layout, std::span<Step> steps,
                const std::byte* data, int depth);
  std::string_view TextOfUtf16(std::span<const std::byte> utf16);
  void PutStrings(const Op& op, const Value& value);
  std::string_view JoinIn(const Plan& plan, const Op& op, const Layout& layout,
                          const std::byte* data);

  // The same op by op, for what no layout was made for.
  bool RunPlan(const Plan& plan, std::size_t first_value, std::size_t value_count, int depth);
  bool RunValue(const Op& op, const Value& value, int depth);
  std::string_view Join(const Plan& plan, const Op& op, std::size_t first_value,
                        std::size_t value_count);

  bool PutData(const Op& op, const Value& value, int depth);
  void PutArray(const Op& op, const Value& value);
  bool RunNested(const Op& op, const Value& value, int depth);

  // See data_check.cpp.
  bool SkipsData(const Plan& plan, std::size_t first_value, std::size_t value_count);
  bool SkipsData(const Plan& plan, const Layout& layout, const std::byte* data);
  bool MayBeSkipped();
  bool DataIsSound(const Plan& plan, std::size_t first_value, std::size_t value_count);
  bool DataIsSound(const Plan& plan, const Layout& layout, const std::byte* data);
  bool NestedIsSound(ChunkRange range, Context context);
  bool InstanceIsSound(const Plan& plan, ChunkRange range);

  bool Spend();
  bool Fail(const char* reason);
  Value ValueAt(std::size_t first_value, std::size_t value_count, std::uint16_t index) const;

  AnsiDecoder ansi_;
  RecordText text_;
  PlanCache cache_;
  RecordBuilder builder_;
  Layouts::Workshop workshop_;
  std::span<const std::byte> chunk_;
  const std::byte* padded_end_ = nullptr;  // behind which the chunk goes on for kUtf16Padding bytes

  // One record's state.
  DataChoice* choice_ = nullptr;  // until it was asked
  bool skipped_ = false;
  const char* text_begin_ = nullptr;
  int unchecked_nests_ = 0;          // how many more may be looked at without decoding them,
  int unchecked_bytes_ = 0;          // and how many bytes of values
  std::vector<Value> values_;        // of the instances that no layout was made for, innermost last
  std::vector<Plan> element_plans_;  // by depth: of elements outside templates
  std::unique_ptr<std::uint32_t[]> nuls_;  // of an array of strings
  bool has_event_ = false;
  bool truncated_ = false;
  bool substitute_ = false;
  bool template_lost_ = false;
  std::uint32_t unused_ = 0;  // bytes behind the end of the outermost fragment
  int budget_ = 0;
  const char* error_ = nullptr;
  const char* data_error_ = nullptr;
};

}  // namespace exdiag::evtx
