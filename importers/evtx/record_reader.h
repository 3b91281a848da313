// One record of an .evtx file out of its bytes into the sink, with all that has to be said of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "importers/binary_log/complaints.h"
#include "importers/evtx/chunk.h"
#include "importers/evtx/event_decoder.h"
#include "importers/importer.h"

namespace exdiag::evtx {

// How a record came to be looked at.
enum class Origin : std::uint8_t {
  kLog,           // it stands where the log says
  kBehindDamage,  // something in front of it had to be skipped
  kLostChunk,     // its chunk has no header
  kFreeSpace,     // behind the end of its chunk's records: older than the log
};

class RecordReader {
 public:
  // Borrows all three.
  RecordReader(const Export& input, EvidenceSink& evidence, Complaints& complaints)
      : evidence_(evidence), complaints_(complaints), decoder_(input.options.codepage) {}

  // The chunk that the next records lie in, which begins at `offset` of the file; less than 0 where
  // the file has only its end.  Borrowed until the next call.
  void BeginChunk(std::int64_t offset, std::span<const std::byte> chunk);

  enum class Outcome : std::uint8_t {
    kRead,
    kRejected,      // and said so
    kTemplateLost,  // nothing said yet: the template may turn up later in the file
    kUnreadable,    // an older record of which too little is left; nothing said
    kStop,          // the sink wants no more
  };
  // `last_try`: a lost template is a reject then.
  Outcome Read(const RecordWalker::Item& item, Origin origin, bool last_try);

  // Makes the plans that another decoder made in this chunk.  False: there are now so many that
  // some will be forgotten soon, and which ones depends on the chunks that are read here.
  bool Learn(std::span<const LearnedTemplate> learned);

  void Reject(const char* id, std::uint64_t offset, std::string reason,
              std::span<const std::byte> raw);

  std::uint64_t records() const { return records_; }  // passed on so far

 private:
  Outcome Refuse(std::uint64_t place, std::span<const std::byte> bytes, Origin origin,
                 bool last_try, const Decoded& decoded);
  static void UseHeader(std::span<const std::byte> bytes, const Decoded& decoded, Record& record);
  void ReportDoubts(Place place, const Decoded& decoded);

  EvidenceSink& evidence_;
  Complaints& complaints_;
  EventDecoder decoder_;
  Record record_;  // the one that is being read
  std::int64_t offset_ = 0;
  std::span<const std::byte> chunk_;
  std::uint64_t records_ = 0;
};

}  // namespace exdiag::evtx
