#include "importers/trace/tcp_segment.h"

#include <gtest/gtest.h>

#include "tests/importers/trace/trace_bytes.h"

namespace exdiag::trace {
namespace {

using namespace trace_test;

struct LinkCase {
  const char* why;
  LinkType link;
  std::string frame;
  std::string_view source;
};

const std::string kTcp = TcpBytes({}, "data");
const std::string kSnap = std::string("\xaa\xaa\x03\0\0\0\x08\0", 8);

std::vector<LinkCase> LinkCases() {
  const std::string v4 = Ipv4(kTcp);
  const std::string v6 = Ipv6(kTcp);
  const std::string mac = std::string(12, '\x02');
  return {
      {"Ethernet II", LinkType::kEthernet, Ethernet(v4), "10.1.0.1:1555"},
      {"Ethernet with IPv6", LinkType::kEthernet, Ethernet(v6, 0x86dd), "[2001:db8::1]:1555"},
      {"a VLAN tag", LinkType::kEthernet, mac + Big(0x81000064, 4) + Big(0x0800, 2) + v4,
       "10.1.0.1:1555"},
      {"two VLAN tags", LinkType::kEthernet,
       mac + Big(0x88a80064, 4) + Big(0x81000065, 4) + Big(0x86dd, 2) + v6, "[2001:db8::1]:1555"},
      {"802.3 with SNAP", LinkType::kEthernet, mac + Big(kSnap.size() + v4.size(), 2) + kSnap + v4,
       "10.1.0.1:1555"},
      {"PPPoE", LinkType::kEthernet,
       mac + Big(0x8864, 2) + std::string(6, '\0') + Big(0x21, 2) + v4, "10.1.0.1:1555"},
      {"token ring", LinkType::kTokenRing, "\x10\x40" + std::string(12, '\x02') + kSnap + v4,
       "10.1.0.1:1555"},
      {"token ring with routing information", LinkType::kTokenRing,
       "\x10\x40" + std::string(6, '\x02') + "\x82" + std::string(5, '\x02') +
           std::string("\x06\x10\0\0\0\0", 6) + kSnap + v4,
       "10.1.0.1:1555"},
      {"FDDI", LinkType::kFddi, std::string(13, '\x50') + kSnap + v4, "10.1.0.1:1555"},
      {"PPP", LinkType::kPpp, "\xff\x03" + Big(0x21, 2) + v4, "10.1.0.1:1555"},
      {"PPP without address and control", LinkType::kPpp, Big(0x57, 2) + v6, "[2001:db8::1]:1555"},
      {"raw IPv4", LinkType::kRaw, v4, "10.1.0.1:1555"},
      {"raw IPv6", LinkType::kIpv6, v6, "[2001:db8::1]:1555"},
      {"BSD loopback", LinkType::kNull, Little(2, 4) + v4, "10.1.0.1:1555"},
      {"OpenBSD loopback", LinkType::kLoop, Big(2, 4) + v4, "10.1.0.1:1555"},
      {"Linux cooked", LinkType::kLinuxSll, std::string(14, '\0') + Big(0x0800, 2) + v4,
       "10.1.0.1:1555"},
      {"Linux cooked, version 2", LinkType::kLinuxSll2, Big(0x0800, 2) + std::string(18, '\0') + v4,
       "10.1.0.1:1555"},
      {"Cisco HDLC", LinkType::kCiscoHdlc, Big(0x0f00, 2) + Big(0x0800, 2) + v4, "10.1.0.1:1555"},
      {"IPv6 with a hop-by-hop header", LinkType::kRaw,
       Ipv6(Big(6, 1) + std::string(7, '\0') + kTcp, 0), "[2001:db8::1]:1555"},
  };
}

TEST(TcpSegment, IsFoundBehindEveryLink) {
  for (const LinkCase& c : LinkCases()) {
    const auto number = static_cast<std::uint16_t>(c.link);
    EXPECT_TRUE(IsKnownLinkType(number)) << c.why;
    const auto segment = DecodeTcp(std::as_bytes(std::span(c.frame)), number);
    ASSERT_TRUE(segment) << c.why;
    EXPECT_EQ(ToString(segment->source), c.source) << c.why;
    EXPECT_EQ(segment->destination.port, 102) << c.why;
    EXPECT_EQ(segment->sequence, 1000U) << c.why;
    EXPECT_EQ(segment->length, 4U) << c.why;
  }
}

TEST(TcpSegment, EveryCutIsSurvivedAndNeverGivesMoreThanThereIs) {
  for (const LinkCase& c : LinkCases()) {
    for (std::size_t size = 0; size < c.frame.size(); ++size) {
      const std::string cut = c.frame.substr(0, size);
      const auto segment =
          DecodeTcp(std::as_bytes(std::span(cut)), static_cast<std::uint16_t>(c.link));
      if (segment) {
        EXPECT_LE(segment->payload.size(), 4U) << c.why;
      }
    }
  }
}

TEST(TcpSegment, PaddingOfShortFramesIsNotData) {
  const std::string frame = Ethernet(Ipv4(TcpBytes({}, ""))) + std::string(6, '\x03');
  const auto segment = DecodeTcp(std::as_bytes(std::span(frame)), 1);
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->length, 0U);
  EXPECT_TRUE(segment->payload.empty());
}

TEST(TcpSegment, ASnappedFrameSaysHowLongItWas) {
  const std::string frame = Frame({}, "0123456789");
  const std::string cut = frame.substr(0, frame.size() - 6);
  const auto segment = DecodeTcp(std::as_bytes(std::span(cut)), 1);
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->payload.size(), 4U);
  EXPECT_EQ(segment->length, 10U);
}

TEST(TcpSegment, OtherPacketsGiveNone) {
  struct Case {
    const char* why;
    std::string frame;
  };
  const std::vector<Case> cases = {
      {"UDP", Ethernet(Ipv4(kTcp, 17))},
      {"a later fragment", Ethernet(Ipv4(kTcp, 6, 0x0010))},
      {"ARP", Ethernet(std::string(28, '\0'), 0x0806)},
      {"an IP header shorter than five words", Ethernet("\x42" + Ipv4(kTcp).substr(1))},
      {"a TCP header longer than its packet",
       Ethernet(Ipv4(kTcp.substr(0, 12) + "\xf0" + kTcp.substr(13)))},
      {"IP version 5", Ethernet("\x55" + Ipv4(kTcp).substr(1))},
      {"IPv6 extension headers without end", Ethernet(Ipv6(std::string(64, '\0'), 0), 0x86dd)},
  };
  for (const Case& c : cases) {
    EXPECT_FALSE(DecodeTcp(std::as_bytes(std::span(c.frame)), 1)) << c.why;
  }
}

}  // namespace
}  // namespace exdiag::trace
