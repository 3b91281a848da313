// pcapng: blocks of type, length, body and length again.  A section header block tells the byte
// order of what follows, interface description blocks the link type and the unit of time.
// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/
#include "importers/trace/captured_frames.h"
#include "importers/trace/source_window.h"
#include "importers/trace/trace_importers.h"

namespace exdiag {
namespace {

using namespace trace;

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // reads the same in both byte orders
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kPacket = 2;  // obsolete, and still met
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::size_t kBlockHeaderSize = 8;
constexpr std::size_t kMaxInterfaces = 65536;
constexpr std::uint32_t kRoomForOptions = 64 * 1024;

std::optional<ByteOrder> OrderOfSection(Bytes block) {
  for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
    ByteReader reader(block, order);
    const std::uint32_t type = reader.U32();
    reader.Skip(4);
    if (type == kSectionHeader && reader.U32() == 0x1a2b3c4d && reader.ok()) return order;
  }
  return std::nullopt;
}

// How an interface counts time.
struct Interface {
  std::uint16_t link_type = 0;
  std::uint32_t snap_length = 0;  // 0: no limit
  bool binary = false;            // units of 2^-exponent seconds, else 10^-exponent
  unsigned exponent = 6;
  std::int64_t offset_seconds = 0;
};

Interface ReadInterface(Bytes body, ByteOrder order) {
  constexpr std::uint16_t kEndOfOptions = 0, kResolution = 9, kOffset = 14;
  ByteReader reader(body, order);
  Interface result;
  result.link_type = reader.U16();
  reader.Skip(2);
  result.snap_length = reader.U32();
  while (reader.ok() && reader.rest().size() >= 4) {
    const std::uint16_t code = reader.U16();
    const std::uint16_t size = reader.U16();
    ByteReader value(Slice(reader.rest(), 0, size), order);
    if (code == kEndOfOptions) break;
    if (code == kResolution && size == 1) {
      const std::uint8_t resolution = value.U8();
      result.binary = (resolution & 0x80) != 0;
      result.exponent = resolution & 0x7fU;
    }
    if (code == kOffset && size == 8)
      result.offset_seconds = static_cast<std::int64_t>(value.U64());
    reader.Skip((size + 3U) & ~3U);
  }
  return result;
}

// 100 ns since 1601; no time for units so odd that the number would not fit.
Ticks TimeOf(std::uint64_t count, const Interface& interface) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 38;  // seconds: past the year 9999
  __extension__ using Wide = unsigned __int128;
  if (interface.exponent > (interface.binary ? 63U : 19U)) return {};
  Wide unit = 1;
  for (unsigned i = 0; i < interface.exponent; ++i) unit *= interface.binary ? 2 : 10;
  const Wide ticks = static_cast<Wide>(count) * static_cast<Wide>(kTicksPerSecond) / unit;
  const auto offset = interface.offset_seconds;
  if (ticks / static_cast<Wide>(kTicksPerSecond) > kLimit) return {};
  if (offset > static_cast<std::int64_t>(kLimit) || offset < -static_cast<std::int64_t>(kLimit)) {
    return {};
  }
  return TicksFromUnix(offset) + Duration{static_cast<std::int64_t>(ticks)};
}

class Reader {
 public:
  Reader(SourceWindow& window, CapturedFrames& frames) : window_(window), frames_(frames) {}

  // Reads blocks to the end, or to where their lengths lead nowhere.
  void Read() {
    while (offset_ < window_.size() && ReadBlock()) {
    }
  }

 private:
  bool ReadBlock() {
    const Bytes head = window_.At(offset_, kBlockHeaderSize + 4);
    if (const auto order = OrderOfSection(head)) {
      order_ = *order;
      interfaces_.clear();
    }
    ByteReader reader(head, order_);
    const std::uint32_t type = reader.U32();
    const std::uint32_t size = reader.U32();
    if (!reader.ok() || size < kBlockHeaderSize + 4 || size % 4 != 0) {
      frames_.Reject(offset_, "block.size",
                     "block length " + std::to_string(size) +
                         " is impossible; the rest of the file is not read",
                     head);
      return false;
    }
    if (size > window_.size() - offset_) {
      frames_.Reject(offset_, "truncated",
                     "block of " + std::to_string(size) + " bytes, the file has " +
                         std::to_string(window_.size() - offset_) + " left; this block is not read",
                     head);
      return false;
    }
    if (IsOfUse(type)) ReadBody(type, size);
    offset_ += size;
    return true;
  }

  static bool IsOfUse(std::uint32_t type) {
    return type == kInterfaceDescription || type == kEnhancedPacket || type == kSimplePacket ||
           type == kPacket;
  }

  void ReadBody(std::uint32_t type, std::uint32_t size) {
    if (size > kMaxFrameSize + kRoomForOptions) {
      frames_.Reject(offset_, "frame.size",
                     "block of " + std::to_string(size) +
                         " bytes, more than any link carries; this block is not read",
                     window_.At(offset_, kBlockHeaderSize));
      return;
    }
    const Bytes body = window_.At(offset_ + kBlockHeaderSize, size - kBlockHeaderSize - 4);
    if (type == kInterfaceDescription) {
      if (interfaces_.size() < kMaxInterfaces) interfaces_.push_back(ReadInterface(body, order_));
    } else if (!ReadPacket(type, body)) {
      frames_.Reject(offset_, "frame",
                     "frame of an interface that is not described, or longer than its block; this "
                     "frame is not read",
                     body);
    }
  }

  bool ReadPacket(std::uint32_t type, Bytes body) {
    ByteReader reader(body, order_);
    std::uint32_t interface = 0;
    std::uint64_t time = 0;
    std::uint32_t captured = 0;
    if (type == kSimplePacket) {
      captured = reader.U32();
    } else {
      interface = type == kPacket ? reader.U16() : reader.U32();
      if (type == kPacket) reader.Skip(2);  // frames dropped
      time = reader.U32();
      time = time << 32 | reader.U32();
      captured = reader.U32();
      reader.Skip(4);
    }
    if (!reader.ok() || interface >= interfaces_.size()) return false;
    const Interface& from = interfaces_[interface];
    // A simple packet says only how long it was on the wire.
    if (type == kSimplePacket && from.snap_length != 0)
      captured = std::min(captured, from.snap_length);
    if (captured > reader.rest().size()) return false;
    Capture capture{Place::Offset(offset_), {}};
    if (type != kSimplePacket) capture.time = TimeOf(time, from);
    frames_.Add(Slice(reader.rest(), 0, captured), from.link_type, capture);
    return true;
  }

  SourceWindow& window_;
  CapturedFrames& frames_;
  std::uint64_t offset_ = 0;
  ByteOrder order_ = ByteOrder::kLittle;
  std::vector<Interface> interfaces_;  // of this section
};

class PcapngImporter final : public Importer {
 public:
  std::string_view name() const override { return "pcapng"; }

  bool Recognises(const Head& head) const override {
    return OrderOfSection(head.bytes).has_value();
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    SourceWindow window(input.bytes);
    if (!OrderOfSection(window.At(0, 12))) {
      return Error{input.name + ": not a pcapng file; nothing read"};
    }
    CapturedFrames frames(input, "pcapng", evidence, problems);
    Reader(window, frames).Read();
    frames.Finish();
    return {};
  }

  // Whatever section it is of: the type of a block of packets tells the byte order.
  std::vector<std::byte> BytesAt(const ByteSource& bytes, std::uint64_t offset) const override {
    SourceWindow window(bytes);
    for (const ByteOrder order : {ByteOrder::kLittle, ByteOrder::kBig}) {
      ByteReader reader(window.At(offset, kBlockHeaderSize), order);
      const std::uint32_t type = reader.U32();
      const std::uint32_t size = reader.U32();
      const bool packet = type == kEnhancedPacket || type == kSimplePacket || type == kPacket;
      if (!reader.ok() || !packet || size > kMaxFrameSize + kRoomForOptions) continue;
      const Bytes block = window.At(offset, size);
      return {block.begin(), block.end()};
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<Importer> MakePcapngImporter() { return std::make_unique<PcapngImporter>(); }

}  // namespace exdiag
