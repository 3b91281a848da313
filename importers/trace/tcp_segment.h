// From a captured frame to the TCP segment in it: link layer, VLAN tags, IPv4 or IPv6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "importers/trace/byte_reader.h"

namespace exdiag::trace {

// Link types by the numbers of https://www.tcpdump.org/linktypes.html.
enum class LinkType : std::uint16_t {
  kNull = 0,
  kEthernet = 1,
  kTokenRing = 6,
  kPpp = 9,
  kFddi = 10,
  kRawOld = 12,  // LINKTYPE_RAW as some BSDs number it
  kRawOpenBsd = 14,
  kPppHdlc = 50,
  kRaw = 101,
  kCiscoHdlc = 104,
  kLoop = 108,
  kLinuxSll = 113,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxSll2 = 276,
};

// False for a link type that DecodeTcp knows nothing about.
bool IsKnownLinkType(std::uint16_t number);

struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint8_t address_size = 0;  // 4 or 16
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;
};

// "10.0.0.1:102", "[2001:db8::1]:102".
std::string ToString(const Endpoint& endpoint);

struct TcpSegment {
  Endpoint source;
  Endpoint destination;
  std::uint32_t sequence = 0;
  bool syn = false;
  bool fin = false;
  bool reset = false;
  Bytes payload;           // as far as it was captured, borrowed from the frame
  std::size_t length = 0;  // of the payload on the wire
};

// nullopt when the frame holds no TCP segment, is a later fragment, or breaks off before the data.
// Link-layer padding behind the IP packet is not taken for data.
std::optional<TcpSegment> DecodeTcp(Bytes frame, std::uint16_t link_type);
// The same for a packet that begins with its IP header.
std::optional<TcpSegment> DecodeIp(Bytes packet);

}  // namespace exdiag::trace
