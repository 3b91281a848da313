// Follows the TCP connections of a capture far enough to find every TPKT header on port 102
// and on those that the user named.
//
// Each direction is a byte stream: what comes early waits, what comes twice is dropped.  A TPKT's
// length says where the next one begins, so only the first bytes of each are kept and the rest is
// counted.  Where bytes are missing (or the capture began in the middle) the place of the next
// header is not known; it is taken up again at the first segment that begins with a consistent
// TPKT.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/base/location.h"
#include "engine/base/time.h"
#include "importers/trace/tcp_segment.h"
#include "importers/trace/tpkt.h"

namespace exdiag::trace {

// Where and when a frame was captured.
struct Capture {
  Place place;
  Ticks time;
};

struct SeenTpkt {
  TpktFrame frame;
  Endpoint source;
  Endpoint destination;
  Capture capture;  // of the captured frame that holds the header's first byte
};

class TpktStreams {
 public:
  // `ports`: besides 102.  `on_tpkt` is called from Add() and Finish(), in the order of the
  // streams' bytes.
  TpktStreams(std::set<std::uint16_t> ports, std::function<void(const SeenTpkt&)> on_tpkt)
      : ports_(std::move(ports)), on_tpkt_(std::move(on_tpkt)) {}

  // Segments that have none of the ports at either end are ignored.
  void Add(const TcpSegment& segment, const Capture& capture);
  // Gives out TPKTs whose end was never captured.
  void Finish();

 private:
  using Key = std::pair<Endpoint, Endpoint>;

  struct Waiting {
    std::string bytes;
    std::size_t length = 0;  // on the wire; more than `bytes` where the capture was cut short
    Capture capture;
  };

  struct Stream {
    bool positioned = false;  // `next` is known
    bool in_step = false;     // the byte at `next`, behind what `skip` counts, begins a TPKT
    bool foreign = false;     // it began with something else; not looked at any further
    std::uint32_t next = 0;
    std::size_t skip = 0;  // bytes of the current TPKT that nobody needs
    std::string head;      // the bytes of the current TPKT so far
    Capture head_capture;
    std::map<std::uint32_t, Waiting> early;  // by sequence number, relative to nothing
  };

  bool IsTpktPort(std::uint16_t port) const { return port == kTpktPort || ports_.contains(port); }
  void Take(const Key& key, Stream& stream, std::string_view bytes, std::size_t length,
            const Capture& capture);
  void TakeEarly(const Key& key, Stream& stream);
  void Consume(const Key& key, Stream& stream, std::string_view bytes, const Capture& capture);
  void Lose(const Key& key, Stream& stream);
  void EmitHead(const Key& key, Stream& stream);

  std::set<std::uint16_t> ports_;
  std::function<void(const SeenTpkt&)> on_tpkt_;
  std::map<Key, Stream> streams_;
};

}  // namespace exdiag::trace
