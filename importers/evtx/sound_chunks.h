// Reads the chunks of an .evtx file in which nothing is unusual, on any thread, for a sink that has
// their records prepared or wants only some kinds of event whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/evidence/sink.h"
#include "importers/evtx/chunk.h"
#include "importers/evtx/event_counter.h"
#include "importers/evtx/event_decoder.h"
#include "importers/evtx/log_piece.h"

namespace exdiag::evtx {

// One for each thread; each reads its pieces in file order.
class SoundChunks final : private DataChoice {
 public:
  SoundChunks(const std::string& codepage, const EvidenceSink& evidence);

  // Reads chunks from piece.begin on.  Stops, with piece.end there, in front of the first one that
  // is not sound: of which something has to be said, that cannot be read without what lies in
  // chunks before, or that holds anything but events of which all is known.
  void Read(LogPiece& piece);

 private:
  // Events of one row, one after the other.
  struct Run {
    EventCounter::Row* row = nullptr;
    std::uint64_t events = 0;
    Ticks first, last;
  };

  bool ReadChunk(LogPiece& piece, std::size_t at);
  bool ReadRecords(LogPiece& piece, LogPiece::Chunk& chunk, std::span<const std::byte> bytes);
  bool ReadRecord(LogPiece& piece, std::uint64_t place, const RecordWalker::Item& item);
  void Count(EventCounter::Row& row, Ticks time);
  bool WantsData(const Record& record) override;

  EventDecoder decoder_;
  std::optional<EventCounter> counter_;       // for a sink that wants some kinds only,
  std::unique_ptr<RecordPreparer> preparer_;  // or for one that has records prepared
  EventCounter::Row* row_ = nullptr;          // of the record that is being decoded
  std::vector<Run> runs_;                     // of the chunk that is being read
  std::size_t learned_bytes_ = 0;             // in this piece
};

}  // namespace exdiag::evtx
