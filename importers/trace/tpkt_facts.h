// From decoded TPKTs to `tpkt_frame` facts, the same for every kind of trace.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>

#include "engine/evidence/sink.h"
#include "importers/trace/tpkt.h"

namespace exdiag::trace {

// One TPKT as a trace shows it; parts that the trace does not show stay empty.
struct TracedTpkt {
  TpktFrame frame;
  bool has_reserved = true;  // a text print with the node collapsed shows none
  std::string source;        // "10.0.0.1:102", "102", or ""
  std::string destination;
  std::string source_port;
  std::string destination_port;
  Place place;
  Ticks time;
  TimeBasis time_basis = TimeBasis::kNone;
};

class TpktFacts {
 public:
  // `trace` is what kind of trace it is: "pcap", "hex-dump" ...
  TpktFacts(std::string file, std::string trace, EvidenceSink& evidence)
      : file_(std::move(file)), trace_(std::move(trace)), evidence_(evidence) {}

  // Every TPDU but data becomes a fact.  Of data only the first of each direction, version and
  // reserved byte does: a million alike say no more than one, and the listing counts them.
  void Add(const TracedTpkt& tpkt);
  // The `tpkt_frame_listing`: this trace was read to its end, so a frame not in it was not sent.
  void Finish();

 private:
  std::string file_;
  std::string trace_;
  EvidenceSink& evidence_;
  std::uint64_t count_ = 0;
  std::set<std::tuple<std::string, std::string, std::uint8_t, std::uint8_t>> data_seen_;
};

}  // namespace exdiag::trace
