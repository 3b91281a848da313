// Reads an .evtx file in pieces and decodes several of them at the same time.
//
// What is in it is handed out by one thread: the one that calls Next, which also reads and decodes.
// Others only read and decode: who decodes a piece has its bytes in the cache of its processor
// then.  What comes out does not depend on who decoded what.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "importers/evtx/log_piece.h"
#include "importers/evtx/sound_chunks.h"
#include "importers/importer.h"

namespace exdiag::evtx {

class ReadAhead {
 public:
  // Whether `evidence` can take what this hands out, and the file is not too small for it.
  static bool IsOfUse(const ByteSource& source, const EvidenceSink& evidence);

  // Borrows `source` and `evidence`.
  ReadAhead(const ByteSource& source, const std::string& codepage, const EvidenceSink& evidence);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead();

  // What sound chunks from `offset` on hold, in [begin, end) of the piece; good until the next
  // call.  nullptr: there is none at `offset`.  Cheap as long as `offset` is where the last piece
  // ended, or one chunk further.
  const LogPiece* Next(std::uint64_t offset);

  // The chunk at `offset`, where Next found none, if all of it was read; else empty.
  std::span<const std::byte> ChunkAt(std::uint64_t offset) const;

  // False when so many chunks are not sound that reading ahead is more work than it saves.
  bool Pays() const;

 private:
  struct Slot {
    LogPiece piece;
    std::size_t size = 0;    // of the piece, unless the medium cannot be read
    bool done = false;       // guarded
    bool given_out = false;  // once at least
  };

  bool IsInFront(std::uint64_t offset) const;
  const LogPiece* GiveOutFront(std::uint64_t offset);
  void DropFront();
  void Restart(std::uint64_t offset);
  void Fill();
  bool Plan(Slot& slot);
  void Read(LogPiece& piece, std::size_t size);
  void WaitForFront();
  void StartThreads();
  void Work();
  void Do(std::unique_lock<std::mutex>& lock, std::unique_ptr<SoundChunks>& reader);

  const ByteSource& source_;
  const std::uint64_t size_;
  const std::string codepage_;
  const EvidenceSink& evidence_;
  const std::size_t threads_;  // this one included
  const std::size_t piece_size_;
  const std::size_t most_pieces_;
  std::uint64_t next_ = 0;     // where the next piece begins
  bool ended_ = false;         // there is none
  std::uint64_t sound_ = 0;    // chunks
  std::uint64_t refused_ = 0;  // chunks that are not sound
  std::uint64_t restarts_ = 0;

  std::deque<std::unique_ptr<Slot>> slots_;  // in file order
  std::vector<std::unique_ptr<Slot>> free_;
  std::unique_ptr<SoundChunks> reader_;
  // Of the rests of pieces of which a chunk in the midst is not sound: `reader_` is ahead of them.
  std::unique_ptr<SoundChunks> rest_reader_;

  // Guards what follows, and Slot::done.  The piece of a slot belongs to whoever took it from
  // `to_do_` until it is done.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Slot*> to_do_;  // in file order
  std::size_t under_way_ = 0;
  std::uint64_t generation_ = 0;  // of readers: those of an earlier one are not used any more
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace exdiag::evtx
