#include "importers/trace/tcp_segment.h"

#include <arpa/inet.h>

namespace exdiag::trace {
namespace {

constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86dd;
constexpr std::uint8_t kProtocolTcp = 6;

bool IsVlanTag(std::uint16_t type) {
  return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

std::optional<TcpSegment> DecodePpp(Bytes bytes) {
  ByteReader reader(bytes);
  const bool has_address = !bytes.empty() && bytes[0] == std::byte{0xff};
  if (has_address) reader.Skip(2);  // address and control; links may agree to leave them out
  const std::uint16_t protocol = reader.U16();
  if (protocol != 0x0021 && protocol != 0x0057) return std::nullopt;
  return DecodeIp(reader.rest());
}

// IEEE 802.2 with SNAP: how IP travels on token ring and FDDI, and in 802.3 frames.
std::optional<TcpSegment> DecodeLlc(Bytes bytes) {
  ByteReader reader(bytes);
  if (reader.U16() != 0xaaaa || reader.U8() != 0x03) return std::nullopt;
  reader.Skip(3);  // organisation
  const std::uint16_t type = reader.U16();
  if (type != kTypeIpv4 && type != kTypeIpv6) return std::nullopt;
  return DecodeIp(reader.rest());
}

// What stands behind an Ethernet type, tags and PPPoE unwrapped.
std::optional<TcpSegment> DecodeEtherType(ByteReader reader, std::uint16_t type) {
  while (IsVlanTag(type) && reader.ok()) {
    reader.Skip(2);
    type = reader.U16();
  }
  if (!reader.ok()) return std::nullopt;
  if (type == kTypeIpv4 || type == kTypeIpv6) return DecodeIp(reader.rest());
  if (type <= 1500) return DecodeLlc(Slice(reader.rest(), 0, type));
  if (type == 0x8864) {
    reader.Skip(6);  // PPPoE session header
    return DecodePpp(reader.rest());
  }
  return std::nullopt;
}

std::optional<TcpSegment> DecodeEthernet(Bytes frame) {
  ByteReader reader(frame);
  reader.Skip(12);
  const std::uint16_t type = reader.U16();
  return DecodeEtherType(reader, type);
}

std::optional<TcpSegment> DecodeTokenRing(Bytes frame) {
  ByteReader reader(frame);
  reader.Skip(1);
  const std::uint8_t frame_control = reader.U8();
  if ((frame_control & 0xc0) != 0x40) return std::nullopt;  // not an LLC frame
  reader.Skip(6);
  const std::uint8_t source_first = reader.U8();
  reader.Skip(5);
  if ((source_first & 0x80) != 0) {  // routing information follows, its length in its first byte
    const std::size_t size = reader.U8() & 0x1fU;
    if (size > 0) reader.Skip(size - 1);
  }
  if (!reader.ok()) return std::nullopt;
  return DecodeLlc(reader.rest());
}

std::optional<TcpSegment> DecodeCookedLinux(Bytes frame, std::size_t type_at, std::size_t header) {
  const std::uint16_t type = ByteReader(Slice(frame, type_at)).U16();
  ByteReader behind(Slice(frame, header));
  return DecodeEtherType(behind, type);
}

std::optional<TcpSegment> DecodeTcpHeader(Bytes bytes, std::size_t length, TcpSegment segment) {
  ByteReader reader(bytes);
  segment.source.port = reader.U16();
  segment.destination.port = reader.U16();
  segment.sequence = reader.U32();
  reader.Skip(4);
  const std::size_t header_size = (reader.U8() >> 4) * 4U;
  const std::uint8_t flags = reader.U8();
  if (!reader.ok() || header_size < 20 || header_size > length) return std::nullopt;
  segment.fin = (flags & 0x01) != 0;
  segment.syn = (flags & 0x02) != 0;
  segment.reset = (flags & 0x04) != 0;
  segment.length = length - header_size;
  segment.payload = Slice(bytes, header_size, segment.length);
  return segment;
}

Endpoint AddressAt(Bytes packet, std::size_t offset, std::uint8_t size) {
  Endpoint endpoint;
  endpoint.address_size = size;
  for (std::size_t i = 0; i < size; ++i) {
    endpoint.address[i] = std::to_integer<std::uint8_t>(packet[offset + i]);
  }
  return endpoint;
}

std::optional<TcpSegment> DecodeIpv4(Bytes packet) {
  ByteReader reader(packet);
  const std::size_t header_size = (reader.U8() & 0x0fU) * 4U;
  reader.Skip(1);
  std::size_t total = reader.U16();
  reader.Skip(2);
  const std::uint16_t fragment = reader.U16();
  reader.Skip(1);
  const std::uint8_t protocol = reader.U8();
  if (packet.size() < 20 || header_size < 20 || header_size > packet.size()) return std::nullopt;
  if (protocol != kProtocolTcp || (fragment & 0x1fff) != 0) return std::nullopt;
  if (total == 0) total = packet.size();  // filled in by the network card only (TSO)
  if (total < header_size) return std::nullopt;
  TcpSegment segment;
  segment.source = AddressAt(packet, 12, 4);
  segment.destination = AddressAt(packet, 16, 4);
  const std::size_t length = total - header_size;
  return DecodeTcpHeader(Slice(packet, header_size, length), length, std::move(segment));
}

bool IsIpv6Extension(std::uint8_t next) {
  return next == 0 || next == 43 || next == 60 || next == 51 || next == 44;
}

std::optional<TcpSegment> DecodeIpv6(Bytes packet) {
  constexpr std::size_t kHeaderSize = 40;
  if (packet.size() < kHeaderSize) return std::nullopt;
  ByteReader reader(packet);
  reader.Skip(4);
  std::size_t length = reader.U16();
  std::uint8_t next = reader.U8();
  if (length == 0) length = packet.size() - kHeaderSize;
  Bytes rest = Slice(packet, kHeaderSize, length);
  while (IsIpv6Extension(next)) {
    ByteReader extension(rest);
    const std::uint8_t following = extension.U8();
    const std::size_t units = extension.U8();
    const std::uint16_t fragment = extension.U16();
    if (!extension.ok()) return std::nullopt;
    if (next == 44 && (fragment & 0xfff8) != 0) return std::nullopt;
    const std::size_t size = next == 44 ? 8 : next == 51 ? (units + 2) * 4 : (units + 1) * 8;
    if (size > length) return std::nullopt;
    rest = Slice(rest, size);
    length -= size;
    next = following;
  }
  if (next != kProtocolTcp) return std::nullopt;
  TcpSegment segment;
  segment.source = AddressAt(packet, 8, 16);
  segment.destination = AddressAt(packet, 24, 16);
  return DecodeTcpHeader(rest, length, std::move(segment));
}

}  // namespace

bool IsKnownLinkType(std::uint16_t number) {
  switch (static_cast<LinkType>(number)) {
    case LinkType::kNull:
    case LinkType::kEthernet:
    case LinkType::kTokenRing:
    case LinkType::kPpp:
    case LinkType::kFddi:
    case LinkType::kRawOld:
    case LinkType::kRawOpenBsd:
    case LinkType::kPppHdlc:
    case LinkType::kRaw:
    case LinkType::kCiscoHdlc:
    case LinkType::kLoop:
    case LinkType::kLinuxSll:
    case LinkType::kIpv4:
    case LinkType::kIpv6:
    case LinkType::kLinuxSll2:
      return true;
  }
  return false;
}

std::string ToString(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_ipv6 = endpoint.address_size == 16;
  ::inet_ntop(is_ipv6 ? AF_INET6 : AF_INET, endpoint.address.data(), text.data(), text.size());
  const std::string address = text.data();
  return (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port);
}

std::optional<TcpSegment> DecodeIp(Bytes packet) {
  if (packet.empty()) return std::nullopt;
  const unsigned version = std::to_integer<unsigned>(packet[0]) >> 4;
  if (version == 4) return DecodeIpv4(packet);
  if (version == 6) return DecodeIpv6(packet);
  return std::nullopt;
}

std::optional<TcpSegment> DecodeTcp(Bytes frame, std::uint16_t link_type) {
  switch (static_cast<LinkType>(link_type)) {
    case LinkType::kNull:
    case LinkType::kLoop:
      return DecodeIp(Slice(frame, 4));  // the family's number differs by system; IP tells itself
    case LinkType::kEthernet:
      return DecodeEthernet(frame);
    case LinkType::kTokenRing:
      return DecodeTokenRing(frame);
    case LinkType::kFddi:
      return DecodeLlc(Slice(frame, 13));
    case LinkType::kPpp:
    case LinkType::kPppHdlc:
      return DecodePpp(frame);
    case LinkType::kCiscoHdlc:
      return DecodeCookedLinux(frame, 2, 4);
    case LinkType::kRawOld:
    case LinkType::kRawOpenBsd:
    case LinkType::kRaw:
    case LinkType::kIpv4:
    case LinkType::kIpv6:
      return DecodeIp(frame);
    case LinkType::kLinuxSll:
      return DecodeCookedLinux(frame, 14, 16);
    case LinkType::kLinuxSll2:
      return DecodeCookedLinux(frame, 0, 20);
  }
  return std::nullopt;
}

}  // namespace exdiag::trace
