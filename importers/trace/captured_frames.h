// What the readers of capture files have in common: frames in, facts out.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "importers/importer.h"
#include "importers/trace/tpkt_facts.h"
#include "importers/trace/tpkt_streams.h"

namespace exdiag::trace {

// No interface of the time captured longer frames; a larger size is damage.
inline constexpr std::uint32_t kMaxFrameSize = 256 * 1024;

class CapturedFrames {
 public:
  // `basis` is that of the frames' times.
  CapturedFrames(const Export& input, std::string format, EvidenceSink& evidence,
                 DiagnosticSink& problems, TimeBasis basis = TimeBasis::kUtc);

  void Add(Bytes frame, std::uint16_t link_type, const Capture& capture);
  // A frame's record that cannot be read; `id` without the format's name in front.
  void Reject(std::uint64_t offset, std::string_view id, std::string reason, Bytes raw);
  // Once, at the end of the file.
  void Finish();

 private:
  std::string file_;
  std::string format_;
  TimeBasis basis_;
  EvidenceSink& evidence_;
  DiagnosticSink& problems_;
  TpktFacts facts_;
  TpktStreams streams_;
  std::set<std::uint16_t> unknown_link_types_;
};

}  // namespace exdiag::trace
