// Compiled templates, kept from chunk to chunk.
//
// A template definition lies in each chunk that uses it, and its bytes differ from chunk to chunk
// because names are referred to by offset.  So plans are found in two steps: by offset inside the
// chunk, and, once for each chunk, by GUID, size and a comparison of the definition that looks
// through the name references.  Two definitions that share GUID and size but differ (a hostile
// file can hold them) so get plans of their own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "importers/binary_log/record_text.h"
#include "importers/evtx/plan.h"
#include "importers/evtx/plan_compiler.h"

namespace exdiag::evtx {

// u32 next in its hash chain, GUID, u32 size of the body.
inline constexpr std::uint32_t kDefinitionHeaderSize = 24;

// True when `bytes` begin with a definition of the template `id`.
bool IsDefinition(std::span<const std::byte> bytes, std::uint32_t id);

// A definition that was compiled and kept: its offset in the chunk.
struct LearnedTemplate {
  std::uint32_t offset = 0;
  Context context = Context::kIgnored;
};

class PlanCache {
 public:
  explicit PlanCache(RecordText& text) : text_(text), compiler_(text) { last_slots_.fill(kNoSlot); }

  // Offsets are those of `chunk` from here on.  At most 64 KiB.
  void BeginChunk(std::span<const std::byte> chunk);

  struct Found {
    const Plan* plan = nullptr;  // good until BeginChunk; nullptr: `error` says why
    const char* error = nullptr;
    bool substitute = false;  // not from `offset`, which does not hold this template any more
    bool lost = false;        // with `error`: nothing read so far holds this template
  };

  // The same as Find() where that found a plan at this place of the chunk before; else nullptr.
  const Plan* Known(std::uint32_t offset, std::uint32_t id, Context context) {
    const Slot* slot = FindSlot(offset);
    const bool is_it = slot != nullptr && slot->id == id && slot->context == context;
    return is_it ? slot->plan : nullptr;
  }

  // The plan of the definition at `offset`, whose GUID begins with `id`.
  Found Find(std::uint32_t offset, std::uint32_t id, Context context);

  PlanCompiler& compiler() { return compiler_; }

  // What the layouts of all plans take, which whoever makes them adds to.
  std::size_t& layout_bytes() { return layout_bytes_; }

  // For whoever reads parts of a file, so that another one with the same plans reads the rest.
  //
  // From now on nothing is looked for but where the record says: what is found elsewhere depends on
  // all that was read before.
  void LookNowhereElse() { nowhere_else_ = true; }
  // Whether something had to be looked for elsewhere since BeginChunk, or may be found there
  // another time: whoever has all plans has to read this chunk.
  bool needs_all_plans() const {
    return wanted_elsewhere_ || slots_.size() >= kMaxChunkPlans || learned_bytes_ > kMostLearned;
  }
  // What was compiled and kept since BeginChunk, in that order.
  const std::vector<LearnedTemplate>& learned() const { return learned_; }
  std::size_t learned_bytes() const { return learned_bytes_; }
  // Does the same here.  Offsets are those of the chunk.
  void Learn(const LearnedTemplate& learned) { FindOrCompile(learned.offset, learned.context); }
  // How much one chunk of those that do not need all plans can add at most, and how much there may
  // be before plans are forgotten.
  static constexpr std::size_t kMostLearned = std::size_t{4} << 20;
  static constexpr std::size_t kMaxKeptBytes = std::size_t{24} << 20;
  std::size_t kept_bytes() const { return kept_bytes_; }

 private:
  static constexpr std::size_t kChunkBytes = 65536;
  static constexpr std::size_t kMaxChunkPlans = 512;
  static constexpr std::uint16_t kNoSlot = 0xffff;

  struct Entry {
    Plan plan;
    std::string body;  // of the definition, to compare others with
    Context context = Context::kIgnored;
  };
  struct Slot {
    std::uint32_t offset = 0;
    std::uint32_t id = 0;
    std::uint16_t next = kNoSlot;  // of those with the same hash
    Context context = Context::kIgnored;
    const Plan* plan = nullptr;
    const char* error = nullptr;
  };
  struct Key {
    std::uint64_t guid[2] = {};
    std::uint32_t size = 0;
    Context context = Context::kIgnored;

    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  // Records and definitions lie at odd places, none near the one before.
  static std::size_t HashOf(std::uint32_t offset) { return (offset * 0x9e37'79b1U) >> 22; }
  Slot* FindSlot(std::uint32_t offset) {
    std::uint16_t number = last_slots_[HashOf(offset)];
    while (number != kNoSlot && slots_[number].offset != offset) number = slots_[number].next;
    return number != kNoSlot ? &slots_[number] : nullptr;
  }
  Slot& AddSlot(std::uint32_t offset);

  Found FindById(std::uint32_t id, Context context);
  Found FindInChunk(std::uint32_t id, Context context);
  Found SearchChunk(std::uint32_t id, Context context);
  Found FindOrCompile(std::uint32_t offset, Context context);
  Found Compile(ChunkRange body, const Key& key);
  bool SameDefinition(const Entry& entry, std::uint32_t body) const;
  void Keep(Entry& entry, ChunkRange body, const char* text_begin);

  RecordText& text_;
  PlanCompiler compiler_;
  std::span<const std::byte> chunk_;
  std::vector<Slot> slots_;  // what was asked for in this chunk
  // By a hash of the offset; small, since every chunk begins with none.
  std::array<std::uint16_t, 1024> last_slots_;
  std::unordered_map<Key, std::vector<std::unique_ptr<Entry>>, KeyHash> by_guid_;
  std::unordered_map<std::uint32_t, const Entry*> by_id_;
  std::vector<std::unique_ptr<Entry>> for_this_chunk_;  // what is not worth keeping longer
  std::unordered_map<std::uint64_t, Found> searched_;   // what was looked for all over the chunk
  std::size_t kept_bytes_ = 0;
  std::size_t layout_bytes_ = 0;
  std::vector<LearnedTemplate> learned_;  // in this chunk
  std::size_t learned_bytes_ = 0;
  bool nowhere_else_ = false;
  bool wanted_elsewhere_ = false;
};

}  // namespace exdiag::evtx
