// libpcap files: a 24-byte header that tells byte order, time unit and link type, then for each
// frame a 16-byte header and the bytes captured.
// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
#include "importers/trace/captured_frames.h"
#include "importers/trace/source_window.h"
#include "importers/trace/trace_importers.h"

namespace exdiag {
namespace {

using namespace trace;

constexpr std::size_t kFileHeaderSize = 24;

struct Layout {
  ByteOrder order = ByteOrder::kLittle;
  bool nanoseconds = false;  // what the time's fraction counts, else microseconds
  std::size_t record_header_size = 16;
  std::uint16_t link_type = 0;
};

std::optional<Layout> LayoutOf(Bytes head) {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    ByteReader reader(head, order);
    Layout layout;
    layout.order = order;
    switch (reader.U32()) {
      case 0xa1b2c3d4:
        break;
      case 0xa1b23c4d:
        layout.nanoseconds = true;
        break;
      case 0xa1b2cd34:  // Kuznetzov's variant: interface, protocol and packet type behind
        layout.record_header_size = 24;
        break;
      default:
        continue;
    }
    const std::uint16_t major = reader.U16();
    reader.Skip(14);
    layout.link_type = static_cast<std::uint16_t>(reader.U32());  // the high word is about the FCS
    if (reader.ok() && major == 2) return layout;
  }
  return std::nullopt;
}

Ticks TimeOf(std::uint32_t seconds, std::uint32_t fraction, const Layout& layout) {
  const std::int64_t ticks = layout.nanoseconds ? fraction / 100 : std::int64_t{fraction} * 10;
  return TicksFromUnix(seconds) + Duration{ticks};
}

class PcapImporter final : public Importer {
 public:
  std::string_view name() const override { return "pcap"; }

  bool Recognises(const Head& head) const override { return LayoutOf(head.bytes).has_value(); }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    SourceWindow window(input.bytes);
    const auto layout = LayoutOf(window.At(0, kFileHeaderSize));
    if (!layout) return Error{input.name + ": not a pcap file; nothing read"};
    CapturedFrames frames(input, "pcap", evidence, problems);
    ReadFrames(window, *layout, frames);
    frames.Finish();
    return {};
  }

  std::vector<std::byte> BytesAt(const ByteSource& bytes, std::uint64_t offset) const override {
    SourceWindow window(bytes);
    const auto layout = LayoutOf(window.At(0, kFileHeaderSize));
    if (!layout) return {};
    ByteReader reader(window.At(offset, layout->record_header_size), layout->order);
    reader.Skip(8);  // time
    const std::uint32_t size = reader.U32();
    if (!reader.ok() || size > kMaxFrameSize) return {};
    const Bytes frame = window.At(offset, layout->record_header_size + size);
    return {frame.begin(), frame.end()};
  }

 private:
  // A wrong size leaves no way to find the next frame, so it ends the reading.
  static void ReadFrames(SourceWindow& window, const Layout& layout, CapturedFrames& frames) {
    std::uint64_t offset = kFileHeaderSize;
    while (offset < window.size()) {
      const Bytes header = window.At(offset, layout.record_header_size);
      ByteReader reader(header, layout.order);
      const std::uint32_t seconds = reader.U32();
      const std::uint32_t fraction = reader.U32();
      const std::uint32_t size = reader.U32();
      if (header.size() < layout.record_header_size) {
        frames.Reject(offset, "truncated",
                      "the file ends in a frame's header; this frame is not read", header);
        return;
      }
      if (size > kMaxFrameSize) {
        frames.Reject(offset, "frame.size",
                      "frame of " + std::to_string(size) +
                          " bytes, more than any link carries; the rest of the file is not read",
                      header);
        return;
      }
      const Capture capture{Place::Offset(offset), TimeOf(seconds, fraction, layout)};
      const Bytes frame = window.At(offset + layout.record_header_size, size);
      if (frame.size() < size) {
        frames.Reject(offset, "truncated",
                      "frame of " + std::to_string(size) + " bytes, the file has " +
                          std::to_string(frame.size()) + " left; this frame is not read",
                      frame);
        return;
      }
      frames.Add(frame, layout.link_type, capture);
      offset += layout.record_header_size + size;
    }
  }
};

}  // namespace

std::unique_ptr<Importer> MakePcapImporter() { return std::make_unique<PcapImporter>(); }

}  // namespace exdiag
