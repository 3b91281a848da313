#include "importers/evtx/read_ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace exdiag::evtx {
namespace {

// Small enough to stay in a processor's cache, large enough that handing it over costs nothing.
// What is prepared for a sink takes as much room again.
constexpr std::size_t kCountedPiece = 16 * kChunkSize;
constexpr std::size_t kPreparedPiece = 4 * kChunkSize;
constexpr std::size_t kMostThreads = 4;
// More pieces than threads, so that the others go on while this one does something with a piece:
// little with one that is counted.
constexpr std::size_t kMoreCounted = 2;
constexpr std::size_t kMorePrepared = 8;
// A sink that wants all of a smaller file has it sooner from one thread.
constexpr std::uint64_t kWorthThreads = std::uint64_t{4} << 20;

std::size_t ThreadsToUse() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostThreads);
}

}  // namespace

bool ReadAhead::IsOfUse(const ByteSource& source, const EvidenceSink& evidence) {
  if (evidence.wanted() != nullptr) return true;
  return source.size() >= kWorthThreads && evidence.NewPreparer() != nullptr;
}

ReadAhead::ReadAhead(const ByteSource& source, const std::string& codepage,
                     const EvidenceSink& evidence)
    : source_(source),
      size_(source.size()),
      codepage_(codepage),
      evidence_(evidence),
      threads_(ThreadsToUse()),
      piece_size_(evidence.wanted() != nullptr ? kCountedPiece : kPreparedPiece),
      most_pieces_(threads_ + (evidence.wanted() != nullptr ? kMoreCounted : kMorePrepared)) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (std::thread& worker : workers_) worker.join();
}

bool ReadAhead::Pays() const {
  constexpr std::uint64_t kCostOfRestart = 64;  // in chunks
  return refused_ + restarts_ * kCostOfRestart <= 4 * kCostOfRestart + sound_ / 4;
}

bool ReadAhead::IsInFront(std::uint64_t offset) const {
  if (slots_.empty()) return false;
  const Slot& slot = *slots_.front();
  const std::uint64_t begin = slot.piece.offset;
  return offset >= begin && offset - begin < slot.size && (offset - begin) % kChunkSize == 0;
}

std::span<const std::byte> ReadAhead::ChunkAt(std::uint64_t offset) const {
  if (!IsInFront(offset)) return {};
  const LogPiece& piece = slots_.front()->piece;
  const auto at = static_cast<std::size_t>(offset - piece.offset);
  return at < piece.size ? piece.ChunkAt(at) : std::span<const std::byte>();
}

const LogPiece* ReadAhead::Next(std::uint64_t offset) {
  if (!slots_.empty() && offset == slots_.front()->piece.offset + slots_.front()->size) {
    DropFront();
    Fill();
  }
  if (!IsInFront(offset)) Restart(offset);
  if (slots_.empty()) return nullptr;
  WaitForFront();
  return GiveOutFront(offset);
}

const LogPiece* ReadAhead::GiveOutFront(std::uint64_t offset) {
  Slot& slot = *slots_.front();
  LogPiece& piece = slot.piece;
  const auto at = static_cast<std::size_t>(offset - piece.offset);
  if (!std::exchange(slot.given_out, true)) {
    source_.Passed(piece.offset, std::span(piece.bytes).first(piece.size));
  } else {
    if (at == piece.end || at >= piece.size) return nullptr;  // not sound, or could not be read
    if (!rest_reader_) rest_reader_ = std::make_unique<SoundChunks>(codepage_, evidence_);
    piece.begin = at;
    rest_reader_->Read(piece);
  }
  if (piece.failure) std::rethrow_exception(piece.failure);
  sound_ += piece.chunks.size();
  if (piece.end < piece.size && HasChunkSignature(piece.ChunkAt(piece.end))) ++refused_;
  return piece.end > at ? &piece : nullptr;
}

void ReadAhead::DropFront() {
  free_.push_back(std::move(slots_.front()));
  slots_.pop_front();
}

// The pieces that were read begin elsewhere.  Of what they taught their readers nobody was told, so
// that others have to take their place.
void ReadAhead::Restart(std::uint64_t offset) {
  {
    std::unique_lock lock(mutex_);
    to_do_.clear();
    changed_.wait(lock, [&] { return under_way_ == 0; });
    ++generation_;
  }
  while (!slots_.empty()) DropFront();
  reader_.reset();
  rest_reader_.reset();
  next_ = offset;
  ended_ = false;
  ++restarts_;
  Fill();
}

void ReadAhead::Fill() {
  while (!ended_ && slots_.size() < most_pieces_) {
    if (free_.empty()) free_.push_back(std::make_unique<Slot>());
    std::unique_ptr<Slot> slot = std::move(free_.back());
    free_.pop_back();
    if (!Plan(*slot)) {
      free_.push_back(std::move(slot));
      return;
    }
    slot->given_out = false;
    const std::lock_guard lock(mutex_);
    slot->done = false;
    to_do_.push_back(slot.get());
    slots_.push_back(std::move(slot));
    if (slots_.size() > 1) StartThreads();
    changed_.notify_all();
  }
}

// What is less than a chunk at the end is left to the reader of chunks that are not sound.
bool ReadAhead::Plan(Slot& slot) {
  const std::uint64_t left = next_ < size_ ? (size_ - next_) / kChunkSize * kChunkSize : 0;
  slot.piece.offset = next_;
  slot.piece.size = 0;
  slot.size = static_cast<std::size_t>(std::min<std::uint64_t>(left, piece_size_));
  next_ += slot.size;
  ended_ = slot.size == left;
  return slot.size != 0;
}

void ReadAhead::Read(LogPiece& piece, std::size_t size) {
  if (piece.bytes.size() < size) piece.bytes.resize(size);
  const std::size_t got = source_.ReadPart(piece.offset, std::span(piece.bytes).first(size));
  piece.size = got / kChunkSize * kChunkSize;
  piece.begin = piece.end = 0;
}

// This thread decodes too, also pieces behind the first one, so that none is idle.
void ReadAhead::WaitForFront() {
  std::unique_lock lock(mutex_);
  while (!slots_.front()->done) {
    if (to_do_.empty()) {
      changed_.wait(lock);
    } else {
      Do(lock, reader_);
    }
  }
}

// Fewer threads than wanted are no reason to fail.
void ReadAhead::StartThreads() {
  while (workers_.size() + 1 < threads_) {
    try {
      workers_.emplace_back([this] { Work(); });
    } catch (const std::system_error&) {
      return;
    }
  }
}

void ReadAhead::Work() {
  std::unique_ptr<SoundChunks> reader;
  std::uint64_t generation = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !to_do_.empty(); });
    if (stopping_) return;
    if (std::exchange(generation, generation_) != generation_) reader.reset();
    Do(lock, reader);
  }
}

// The first piece of those that nobody has under way.
void ReadAhead::Do(std::unique_lock<std::mutex>& lock, std::unique_ptr<SoundChunks>& reader) {
  Slot& slot = *to_do_.front();
  to_do_.pop_front();
  ++under_way_;
  lock.unlock();
  try {
    if (!reader) reader = std::make_unique<SoundChunks>(codepage_, evidence_);
    Read(slot.piece, slot.size);
    reader->Read(slot.piece);
  } catch (...) {
    slot.piece.failure = std::current_exception();
  }
  lock.lock();
  --under_way_;
  slot.done = true;
  changed_.notify_all();
}

}  // namespace exdiag::evtx
