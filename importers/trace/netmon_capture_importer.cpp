// Captures of Network Monitor 1.x ("RTSS") and 2.x, 3.x ("GMBU"): a header of 128 bytes, frames
// with a header each, and at the end a table of the frames' offsets.  The capture's beginning is
// written as the wall clock of the machine that captured; from 2.3 on each frame has its UTC time
// behind it.
#include <vector>

#include "importers/trace/captured_frames.h"
#include "importers/trace/source_window.h"
#include "importers/trace/trace_importers.h"

namespace exdiag {
namespace {

using namespace trace;

constexpr std::size_t kFileHeaderSize = 128;
constexpr std::uint16_t kNoLinkType = 0xffff;

struct Layout {
  int major = 1;
  int minor = 0;
  std::uint16_t link_type = kNoLinkType;
  Ticks start;  // wall clock
  std::uint32_t table_offset = 0;
  std::uint32_t table_size = 0;

  std::size_t header_size() const { return major == 1 ? 8 : 16; }
  // Network, process, UTC time and zone, each since its own version.
  std::size_t trailer_size() const {
    if (major == 1 || minor == 0) return 0;
    return minor == 1 ? 2 : minor == 2 ? 6 : 15;
  }
};

// Network Monitor's kinds of network as libpcap's link types.
std::uint16_t LinkTypeOf(std::uint16_t network) {
  switch (network) {
    case 1:
      return 1;  // Ethernet
    case 2:
      return 6;  // token ring
    case 3:
      return 10;  // FDDI
    default:
      // Others of libpcap's own are carried with an offset.
      return (network & 0xf000) == 0xe000 ? network & 0x0fff : kNoLinkType;
  }
}

std::optional<Layout> LayoutOf(Bytes head) {
  ByteReader reader(head, ByteOrder::kLittle);
  const std::uint32_t magic = reader.U32();
  Layout layout;
  layout.minor = reader.U8();
  layout.major = reader.U8();
  const bool known = (magic == 0x53535452 && layout.major == 1) ||  // RTSS
                     (magic == 0x55424d47 && layout.major == 2);    // GMBU
  if (!known) return std::nullopt;
  layout.link_type = LinkTypeOf(reader.U16());
  CivilTime civil;
  civil.year = reader.U16();
  civil.month = reader.U16();
  reader.Skip(2);  // day of the week
  civil.day = reader.U16();
  civil.hour = reader.U16();
  civil.minute = reader.U16();
  civil.second = reader.U16();
  civil.ticks = reader.U16() % 1000 * 10'000;
  layout.start = TicksFromCivil(civil).value_or(Ticks());
  layout.table_offset = reader.U32();
  layout.table_size = reader.U32();
  return reader.ok() ? std::optional(layout) : std::nullopt;
}

struct FrameHeader {
  std::uint64_t since = 0;  // milliseconds, later microseconds, since the capture began
  std::uint32_t size = 0;   // of the frame behind it
};

// nullopt when the file ends in it.
std::optional<FrameHeader> HeaderAt(SourceWindow& window, const Layout& layout,
                                    std::uint64_t offset) {
  const Bytes bytes = window.At(offset, layout.header_size());
  if (bytes.size() < layout.header_size()) return std::nullopt;
  ByteReader reader(bytes, ByteOrder::kLittle);
  const bool old = layout.major == 1;
  FrameHeader header;
  header.since = old ? reader.U32() : reader.U64();
  reader.Skip(old ? 2 : 4);  // size on the wire
  header.size = old ? reader.U16() : reader.U32();
  return header;
}

class Reading {
 public:
  Reading(const Export& input, const Layout& layout, EvidenceSink& evidence,
          DiagnosticSink& problems)
      : input_(input),
        layout_(layout),
        window_(input.bytes),
        table_(input.bytes),
        // Where frames carry no UTC time theirs is of an unknown zone.
        frames_(input, "netmon", evidence, problems,
                layout.trailer_size() == 15 ? TimeBasis::kUtc : TimeBasis::kLocalUnknown),
        problems_(problems) {}

  void Run() {
    const std::uint64_t count = layout_.table_size / 4;
    if (layout_.table_offset + count * 4 <= window_.size() && count > 0) {
      for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t place = layout_.table_offset + i * 4;
        const Bytes entry = table_.At(place, 4);
        ByteReader reader(entry, ByteOrder::kLittle);
        const std::uint32_t offset = reader.U32();
        if (offset >= window_.size()) {
          frames_.Reject(place, "truncated",
                         "the table names a frame that lies outside of the file; this frame is "
                         "not read",
                         entry);
          continue;
        }
        // So that no table makes the reading longer than the file.
        if (offset < next_) {
          frames_.Reject(offset, "table",
                         "the table of frames goes backwards; this frame is not read", entry);
          continue;
        }
        next_ = offset + std::max<std::uint64_t>(ReadFrame(offset), 1);
      }
    } else {
      ReadInTurn();
    }
    frames_.Finish();
  }

 private:
  // The table is lost, or was never written.
  void ReadInTurn() {
    problems_.Report({Severity::kWarning,
                      "netmon.table",
                      {input_.name, Place::Offset(layout_.table_offset)},
                      "the table of frames is not in the file; frames read one after the other"});
    std::uint64_t offset = kFileHeaderSize;
    while (offset < window_.size()) {
      const std::uint64_t size = ReadFrame(offset);
      if (size == 0) return;
      offset += size;
    }
  }

  // How much of the file it takes; 0 for what is no frame.
  std::uint64_t ReadFrame(std::uint64_t offset) {
    const std::size_t header_size = layout_.header_size();
    const auto header = HeaderAt(window_, layout_, offset);
    if (!header) {
      frames_.Reject(offset, "truncated",
                     "a frame's header lies outside of the file; this frame is not read",
                     window_.At(offset, header_size));
      return 0;
    }
    const std::uint32_t size = header->size;
    if (size > kMaxFrameSize) {
      frames_.Reject(offset, "frame.size",
                     "frame of " + std::to_string(size) +
                         " bytes, more than any link carries; this frame is not read",
                     window_.At(offset, header_size));
      return 0;
    }
    const std::size_t trailer_size = layout_.trailer_size();
    const Bytes bytes = window_.At(offset + header_size, size + trailer_size);
    if (bytes.size() < size) {
      frames_.Reject(offset, "truncated",
                     "frame of " + std::to_string(size) + " bytes, the file has " +
                         std::to_string(bytes.size()) + " left; this frame is not read",
                     bytes);
      return 0;
    }
    Add(bytes, size, header->since, offset);
    return header_size + size + trailer_size;
  }

  void Add(Bytes bytes, std::size_t size, std::uint64_t since, std::uint64_t offset) {
    constexpr std::uint64_t kTenYears = 315'576'000'000'000;  // in microseconds
    Capture capture{Place::Offset(offset), {}};
    const std::uint64_t microseconds = layout_.major == 1 ? since * 1000 : since;
    if (layout_.start.known() && microseconds < kTenYears) {
      capture.time = layout_.start + Duration{static_cast<std::int64_t>(microseconds * 10)};
    }
    std::uint16_t link_type = layout_.link_type;
    ByteReader trailer(Slice(bytes, size), ByteOrder::kLittle);
    if (layout_.trailer_size() >= 2) {
      const std::uint16_t network = trailer.U16();
      // From 0xfff0 on they are no frames but remarks of the program.
      if (network >= 0xfff0) return;
      if (trailer.ok()) link_type = LinkTypeOf(network);
    }
    if (layout_.trailer_size() == 15) {
      trailer.Skip(4);
      const auto utc = TicksFromFileTime(trailer.U64());
      capture.time = trailer.ok() && utc ? *utc : Ticks();
    }
    frames_.Add(bytes.first(size), link_type, capture);
  }

  const Export& input_;
  const Layout& layout_;
  SourceWindow window_;
  SourceWindow table_;
  CapturedFrames frames_;
  DiagnosticSink& problems_;
  std::uint64_t next_ = kFileHeaderSize;
};

class NetmonCaptureImporter final : public Importer {
 public:
  std::string_view name() const override { return "netmon"; }

  bool Recognises(const Head& head) const override { return LayoutOf(head.bytes).has_value(); }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    SourceWindow window(input.bytes);
    const auto layout = LayoutOf(window.At(0, kFileHeaderSize));
    if (!layout) return Error{input.name + ": not a Network Monitor capture; nothing read"};
    Reading(input, *layout, evidence, problems).Run();
    return {};
  }

  std::vector<std::byte> BytesAt(const ByteSource& bytes, std::uint64_t offset) const override {
    SourceWindow window(bytes);
    const auto layout = LayoutOf(window.At(0, kFileHeaderSize));
    if (!layout) return {};
    const auto header = HeaderAt(window, *layout, offset);
    if (!header || header->size > kMaxFrameSize) return {};
    const Bytes frame =
        window.At(offset, layout->header_size() + header->size + layout->trailer_size());
    return {frame.begin(), frame.end()};
  }
};

}  // namespace

std::unique_ptr<Importer> MakeNetmonCaptureImporter() {
  return std::make_unique<NetmonCaptureImporter>();
}

}  // namespace exdiag
