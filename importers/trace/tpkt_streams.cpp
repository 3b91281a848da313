#include "importers/trace/tpkt_streams.h"

#include <algorithm>

namespace exdiag::trace {
namespace {

// Bounds on what a hostile or very large capture makes us remember.
constexpr std::size_t kMaxStreams = 8192;
constexpr std::size_t kMaxEarlySegments = 64;

// A before B on the circle of sequence numbers (RFC 793, 3.3).
std::int32_t Distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

std::string_view TextOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

bool BeginsWithTpkt(std::string_view bytes) {
  const auto frame = DecodeTpkt(BytesOf(bytes));
  return frame && LooksLikeTpkt(*frame);
}

// How many bytes of a TPKT must be at hand before it is given out.
std::size_t NeededOf(std::string_view head) {
  if (head.size() < kTpktHeaderSize) return kTpktHeaderSize;
  const auto frame = DecodeTpkt(BytesOf(head));
  if (frame->version != 3) return kTpktHeaderSize;
  return std::clamp<std::size_t>(frame->length, kTpktHeaderSize, kTpktDecodeSize);
}

}  // namespace

void TpktStreams::Add(const TcpSegment& segment, const Capture& capture) {
  if (!IsTpktPort(segment.source.port) && !IsTpktPort(segment.destination.port)) return;
  const Key key{segment.source, segment.destination};
  if (streams_.size() >= kMaxStreams && !streams_.contains(key)) Finish();
  Stream& stream = streams_[key];
  if (segment.syn) {
    EmitHead(key, stream);
    stream = Stream{};
    stream.positioned = stream.in_step = true;
    stream.next = segment.sequence + 1;
  }
  if (segment.length > 0 && !stream.foreign) {
    const std::uint32_t sequence = segment.sequence + (segment.syn ? 1U : 0U);
    if (!stream.positioned) {
      stream.positioned = true;
      stream.next = sequence;
    }
    const std::int32_t ahead = Distance(stream.next, sequence);
    const std::string_view bytes = TextOf(segment.payload);
    if (ahead <= 0) {
      const auto old = static_cast<std::size_t>(-static_cast<std::int64_t>(ahead));
      if (old < segment.length) {
        Take(key, stream, bytes.substr(std::min(old, bytes.size())), segment.length - old, capture);
        TakeEarly(key, stream);
      }
    } else {
      stream.early.insert_or_assign(sequence, Waiting{std::string(bytes), segment.length, capture});
      if (stream.early.size() > kMaxEarlySegments) {
        Lose(key, stream);
        TakeEarly(key, stream);
      }
    }
  }
  if (segment.reset || segment.fin) {
    while (!stream.early.empty()) {
      Lose(key, stream);
      TakeEarly(key, stream);
    }
    EmitHead(key, stream);
    if (segment.reset) streams_.erase(key);
  }
}

void TpktStreams::Finish() {
  for (auto& [key, stream] : streams_) {
    while (!stream.early.empty()) {
      Lose(key, stream);
      TakeEarly(key, stream);
    }
    EmitHead(key, stream);
  }
  streams_.clear();
}

// Bytes that continue the stream at `next`.
void TpktStreams::Take(const Key& key, Stream& stream, std::string_view bytes, std::size_t length,
                       const Capture& capture) {
  stream.next += static_cast<std::uint32_t>(length);
  if (!stream.in_step) {
    if (!BeginsWithTpkt(bytes)) return;
    stream.in_step = true;
    stream.skip = 0;
    stream.head.clear();
  }
  Consume(key, stream, bytes, capture);
  if (bytes.size() < length) {  // the capture kept only the beginning of the frame
    const std::size_t missing = length - bytes.size();
    if (missing <= stream.skip) {
      stream.skip -= missing;
    } else {
      EmitHead(key, stream);
      stream.in_step = false;
    }
  }
}

void TpktStreams::TakeEarly(const Key& key, Stream& stream) {
  // Few segments wait, and sequence numbers may have wrapped: the nearest is looked for.
  for (;;) {
    const auto due = std::find_if(stream.early.begin(), stream.early.end(), [&](const auto& entry) {
      return Distance(stream.next, entry.first) <= 0;
    });
    if (due == stream.early.end()) return;
    const auto old =
        static_cast<std::size_t>(-static_cast<std::int64_t>(Distance(stream.next, due->first)));
    const Waiting waiting = std::move(due->second);
    stream.early.erase(due);
    if (old >= waiting.length) continue;
    const std::string_view bytes = waiting.bytes;
    Take(key, stream, bytes.substr(std::min(old, bytes.size())), waiting.length - old,
         waiting.capture);
  }
}

// Cuts TPKTs out of bytes that are in step.
void TpktStreams::Consume(const Key& key, Stream& stream, std::string_view bytes,
                          const Capture& capture) {
  while (!bytes.empty() && !stream.foreign) {
    const std::size_t skipped = std::min(stream.skip, bytes.size());
    stream.skip -= skipped;
    bytes.remove_prefix(skipped);
    if (bytes.empty()) return;
    if (stream.head.empty()) stream.head_capture = capture;
    const std::size_t wanted = NeededOf(stream.head) - stream.head.size();
    stream.head += bytes.substr(0, wanted);
    bytes.remove_prefix(std::min(wanted, bytes.size()));
    if (stream.head.size() < kTpktHeaderSize || stream.head.size() < NeededOf(stream.head))
      continue;
    EmitHead(key, stream);
  }
}

// Bytes in front of the earliest waiting segment are missing for good.
void TpktStreams::Lose(const Key& key, Stream& stream) {
  EmitHead(key, stream);
  stream.in_step = false;
  const auto nearest =
      std::min_element(stream.early.begin(), stream.early.end(), [&](const auto& a, const auto& b) {
        return Distance(stream.next, a.first) < Distance(stream.next, b.first);
      });
  if (nearest != stream.early.end()) stream.next = nearest->first;
}

void TpktStreams::EmitHead(const Key& key, Stream& stream) {
  const auto frame = DecodeTpkt(BytesOf(stream.head));
  if (frame) {
    on_tpkt_({*frame, key.first, key.second, stream.head_capture});
    const bool is_tpkt = frame->version == 3 && frame->length >= kTpktHeaderSize;
    if (is_tpkt && frame->length > stream.head.size()) {
      stream.skip = frame->length - stream.head.size();
    }
    // Without a length to go by nothing behind can be told apart.  The header itself was given
    // out: a peer that sends such a one is what somebody may be looking for.
    stream.foreign = !is_tpkt;
  }
  stream.head.clear();
}

}  // namespace exdiag::trace
