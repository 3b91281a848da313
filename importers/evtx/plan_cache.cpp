#include "importers/evtx/plan_cache.h"

#include <cstring>
#include <utility>

#include "importers/binary_log/find_bytes.h"
#include "importers/binary_log/little_endian.h"

namespace exdiag::evtx {
namespace {

// A log of 568 MB from many machines had 830 templates in 2,532 variants of some 3 KB each; this
// and the other bounds only stop hostile files.
constexpr std::size_t kMaxVariants = 64;

constexpr std::uint32_t kBodyBegins = 0x0001'010f;  // which every body begins with

std::size_t SizeInMemory(const Plan& plan, std::size_t body) {
  return sizeof(Plan) + body + plan.text.size() + plan.name_bytes.size() +
         plan.ops.size() * sizeof(Op) + plan.pieces.size() * sizeof(Piece) +
         plan.names.size() * sizeof(NameReference);
}

}  // namespace

std::size_t PlanCache::KeyHash::operator()(const Key& key) const {
  std::uint64_t hash = key.guid[0] ^ (key.guid[1] * 0x9e37'79b9'7f4a'7c15);
  hash ^= (std::uint64_t{key.size} << 8 | static_cast<std::uint64_t>(key.context));
  return static_cast<std::size_t>(hash * 0x9e37'79b9'7f4a'7c15 >> 7);
}

void PlanCache::BeginChunk(std::span<const std::byte> chunk) {
  chunk_ = chunk.first(std::min(chunk.size(), kChunkBytes));
  compiler_.BeginChunk(chunk_);
  slots_.clear();
  last_slots_.fill(kNoSlot);
  for_this_chunk_.clear();
  searched_.clear();
  learned_.clear();
  learned_bytes_ = 0;
  wanted_elsewhere_ = false;
  if (kept_bytes_ > kMaxKeptBytes) {
    by_guid_.clear();
    by_id_.clear();
    kept_bytes_ = layout_bytes_ = 0;
  }
}

bool IsDefinition(std::span<const std::byte> bytes, std::uint32_t id) {
  return bytes.size() >= kDefinitionHeaderSize + 4 && LoadU32(bytes.data() + 4) == id &&
         LoadU32(bytes.data() + kDefinitionHeaderSize) == kBodyBegins;
}

PlanCache::Found PlanCache::Find(std::uint32_t offset, std::uint32_t id, Context context) {
  if (chunk_.size() < kDefinitionHeaderSize || offset > chunk_.size() - kDefinitionHeaderSize ||
      LoadU32(chunk_.data() + offset + 4) != id) {
    return FindById(id, context);
  }
  Slot* slot = FindSlot(offset);
  if (slot != nullptr && slot->context == context)
    return {.plan = slot->plan, .error = slot->error};
  const Found found = FindOrCompile(offset, context);
  if (slot == nullptr) slot = &AddSlot(offset);
  slot->id = id;
  slot->context = context;
  slot->plan = found.plan;
  slot->error = found.error;
  return {.plan = found.plan, .error = found.error};
}

// There are fewer slots than offsets in a chunk.
PlanCache::Slot& PlanCache::AddSlot(std::uint32_t offset) {
  std::uint16_t& last = last_slots_[HashOf(offset)];
  slots_.push_back({.offset = offset, .next = last});
  last = static_cast<std::uint16_t>(slots_.size() - 1);
  return slots_.back();
}

// The first word of the GUID is the template's id in all records ever seen, so a template that was
// read elsewhere in the file, or lies elsewhere in the chunk, can stand in for one that is lost.
PlanCache::Found PlanCache::FindById(std::uint32_t id, Context context) {
  wanted_elsewhere_ = true;
  if (nowhere_else_) return {.error = "its template is not looked for", .lost = true};
  const auto found = by_id_.find(id);
  if (found != by_id_.end() && found->second->context == context) {
    return {.plan = &found->second->plan, .substitute = true};
  }
  return FindInChunk(id, context);
}

PlanCache::Found PlanCache::FindInChunk(std::uint32_t id, Context context) {
  const std::uint64_t key = std::uint64_t{id} << 8 | static_cast<std::uint64_t>(context);
  const auto [known, fresh] = searched_.try_emplace(key);
  if (fresh) known->second = SearchChunk(id, context);
  return known->second;
}

PlanCache::Found PlanCache::SearchChunk(std::uint32_t id, Context context) {
  constexpr std::size_t kIdAt = 4;  // in a definition
  // Instances hold the id too.  A chunk has some hundred of them.
  constexpr int kMostPlaces = 512;
  const std::string_view word(reinterpret_cast<const char*>(&id), sizeof id);
  std::size_t from = kIdAt;
  for (int place = 0; place < kMostPlaces; ++place) {
    const std::size_t at = FindBytes(chunk_, from, word);
    if (at == chunk_.size()) break;
    from = at + 1;
    const auto begin = static_cast<std::uint32_t>(at - kIdAt);
    if (!IsDefinition(chunk_.subspan(begin), id)) continue;
    Found found = FindOrCompile(begin, context);
    if (found.plan == nullptr) continue;
    found.substitute = true;
    return found;
  }
  return {.error = "its template is not where the record says", .lost = true};
}

PlanCache::Found PlanCache::FindOrCompile(std::uint32_t offset, Context context) {
  Key key{.size = LoadU32(chunk_.data() + offset + 20), .context = context};
  std::memcpy(key.guid, chunk_.data() + offset + 4, sizeof key.guid);
  const std::uint32_t body = offset + kDefinitionHeaderSize;
  if (key.size > chunk_.size() - body) return {.error = "its template ends behind the chunk"};
  if (const auto known = by_guid_.find(key); known != by_guid_.end()) {
    for (const auto& entry : known->second) {
      if (SameDefinition(*entry, body)) return {.plan = &entry->plan};
    }
  }
  return Compile({body, body + key.size}, key);
}

PlanCache::Found PlanCache::Compile(ChunkRange body, const Key& key) {
  auto entry = std::make_unique<Entry>();
  entry->context = key.context;
  const char* text_begin = text_.mark();
  if (const char* error = compiler_.CompileDefinition(body, key.context, entry->plan)) {
    return {.error = error};
  }
  Keep(*entry, body, text_begin);
  entry->plan.data = FindDataPart(entry->plan);
  const Plan* plan = &entry->plan;
  auto& variants = by_guid_[key];
  if (variants.size() < kMaxVariants && kept_bytes_ <= kMaxKeptBytes) {
    const std::size_t size = SizeInMemory(*plan, entry->body.size());
    kept_bytes_ += size;
    learned_bytes_ += size;
    learned_.push_back({body.begin - kDefinitionHeaderSize, key.context});
    by_id_[static_cast<std::uint32_t>(key.guid[0])] = entry.get();
    variants.push_back(std::move(entry));
  } else if (for_this_chunk_.size() < kMaxChunkPlans) {
    entry->body.clear();
    for_this_chunk_.push_back(std::move(entry));
  } else {
    return {.error = "its chunk holds more templates than a log writes"};
  }
  return {.plan = plan};
}

// Moves the plan's text from the record's buffer into the plan, and remembers the definition.
void PlanCache::Keep(Entry& entry, ChunkRange body, const char* text_begin) {
  Plan& plan = entry.plan;
  const std::string_view text = text_.Since(text_begin);
  plan.text.assign(text);
  const auto move = [&](std::string_view& view) {
    if (!view.empty()) view = {plan.text.data() + (view.data() - text_begin), view.size()};
  };
  for (Op& op : plan.ops) {
    move(op.text);
    move(op.name);
  }
  for (Piece& piece : plan.pieces) move(piece.text);
  entry.body.assign(reinterpret_cast<const char*>(chunk_.data()) + body.begin,
                    body.end - body.begin);
}

// Equal but for where names lie and how they are chained.
bool PlanCache::SameDefinition(const Entry& entry, std::uint32_t body) const {
  const std::byte* at = chunk_.data() + body;
  const auto* const body_bytes = reinterpret_cast<const std::byte*>(entry.body.data());
  const auto* const name_bytes = reinterpret_cast<const std::byte*>(entry.plan.name_bytes.data());
  std::size_t done = 0;
  const auto same_until = [&](std::size_t end) {
    return SameBytes(at + done, body_bytes + done, end - done);
  };
  for (const NameReference& name : entry.plan.names) {
    if (!same_until(name.position)) return false;
    const std::uint32_t offset = LoadU32(at + name.position);
    const bool is_inline = offset == body + name.position + 4;
    if (is_inline != name.is_inline) return false;
    done = name.position + 4;
    if (is_inline) {
      done += 4;  // the chain
      continue;
    }
    const std::size_t size = name.size;
    if (offset > chunk_.size() - 8 || LoadU16(chunk_.data() + offset + 6) * 2U != size ||
        size > chunk_.size() - 8 - offset ||
        !SameBytes(chunk_.data() + offset + 8, name_bytes + name.begin, size)) {
      return false;
    }
  }
  return same_until(entry.body.size());
}

}  // namespace exdiag::evtx
