// Builds frames, TPKTs and capture files for the tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace exdiag::trace_test {

inline std::string Big(std::uint64_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

inline std::string Little(std::uint64_t value, int size) {
  const std::string big = Big(value, size);
  return {big.rbegin(), big.rend()};
}

inline std::string Number(std::uint64_t value, int size, bool big) {
  return big ? Big(value, size) : Little(value, size);
}

// A TPKT around a TPDU (which begins with its length indicator).
inline std::string Tpkt(std::uint8_t reserved, std::string_view tpdu, std::uint8_t version = 3) {
  return Big(version, 1) + Big(reserved, 1) + Big(tpdu.size() + 4, 2) + std::string(tpdu);
}

// CR (0xe0) or CC (0xd0) with TPDU size and selectors.
inline std::string Connect(std::uint8_t code, std::string_view calling = "CALLER",
                           std::string_view called = "CALLED") {
  const std::string parameters = std::string("\xc0\x01\x0b") + '\xc1' + Big(calling.size(), 1) +
                                 std::string(calling) + '\xc2' + Big(called.size(), 1) +
                                 std::string(called);
  const std::string rest = Big(code, 1) + Big(0, 2) + Big(0x29, 2) + Big(0, 1) + parameters;
  return Big(rest.size(), 1) + rest;
}

inline std::string Data(std::size_t size) {
  return std::string("\x02\xf0\x80", 3) + std::string(size, 'x');
}

inline std::string DisconnectRequest(std::uint8_t reason) {
  return std::string("\x06\x80\x00\x00\x00\x29", 6) + Big(reason, 1);
}

struct Tcp {
  std::uint16_t source_port = 1555;
  std::uint16_t destination_port = 102;
  std::uint32_t sequence = 1000;
  std::uint8_t flags = 0x18;  // PSH ACK
};

inline std::string TcpBytes(const Tcp& tcp, std::string_view payload) {
  return Big(tcp.source_port, 2) + Big(tcp.destination_port, 2) + Big(tcp.sequence, 4) + Big(0, 4) +
         Big(0x50, 1) + Big(tcp.flags, 1) + Big(8192, 2) + Big(0, 4) + std::string(payload);
}

// From 10.1.0.1 to 10.1.0.2.
inline std::string Ipv4(std::string_view tcp, std::uint8_t protocol = 6,
                        std::uint16_t fragment = 0) {
  return Big(0x45, 1) + Big(0, 1) + Big(tcp.size() + 20, 2) + Big(7, 2) + Big(fragment, 2) +
         Big(64, 1) + Big(protocol, 1) + Big(0, 2) + Big(0x0a010001, 4) + Big(0x0a010002, 4) +
         std::string(tcp);
}

// From 2001:db8::1 to 2001:db8::2.
inline std::string Ipv6(std::string_view tcp, std::uint8_t next = 6) {
  return Big(0x60000000, 4) + Big(tcp.size(), 2) + Big(next, 1) + Big(64, 1) + Big(0x20010db8, 4) +
         Big(0, 8) + Big(1, 4) + Big(0x20010db8, 4) + Big(0, 8) + Big(2, 4) + std::string(tcp);
}

inline std::string Ethernet(std::string_view packet, std::uint16_t type = 0x0800) {
  return std::string(12, '\x02') + Big(type, 2) + std::string(packet);
}

inline std::string Frame(const Tcp& tcp, std::string_view payload) {
  return Ethernet(Ipv4(TcpBytes(tcp, payload)));
}

struct PcapOptions {
  bool big = false;
  std::uint32_t magic = 0xa1b2c3d4;
  std::uint32_t link_type = 1;
};

inline std::string PcapHeader(const PcapOptions& options = {}) {
  const bool big = options.big;
  return Number(options.magic, 4, big) + Number(2, 2, big) + Number(4, 2, big) + Number(0, 8, big) +
         Number(65535, 4, big) + Number(options.link_type, 4, big);
}

inline std::string PcapFrame(std::string_view frame, std::uint32_t seconds = 941569531,
                             std::uint32_t fraction = 250000, const PcapOptions& options = {}) {
  const bool big = options.big;
  return Number(seconds, 4, big) + Number(fraction, 4, big) + Number(frame.size(), 4, big) +
         Number(frame.size(), 4, big) +
         (options.magic == 0xa1b2cd34 ? std::string(8, '\0') : std::string()) + std::string(frame);
}

inline std::string PcapngBlock(std::uint32_t type, std::string body, bool big = false) {
  while (body.size() % 4 != 0) body += '\0';
  const std::string size = Number(body.size() + 12, 4, big);
  return Number(type, 4, big) + size + body + size;
}

inline std::string PcapngSection(bool big = false) {
  return PcapngBlock(0x0a0d0d0a,
                     Number(0x1a2b3c4d, 4, big) + Number(1, 2, big) + Number(0, 2, big) +
                         Number(~std::uint64_t{0}, 8, big),
                     big);
}

inline std::string PcapngInterface(std::uint16_t link_type = 1, std::string_view options = {},
                                   bool big = false, std::uint32_t snap_length = 0) {
  return PcapngBlock(1,
                     Number(link_type, 2, big) + Number(0, 2, big) + Number(snap_length, 4, big) +
                         std::string(options),
                     big);
}

inline std::string PcapngFrame(std::string_view frame, std::uint64_t time, bool big = false,
                               std::uint32_t interface = 0) {
  return PcapngBlock(6,
                     Number(interface, 4, big) + Number(time >> 32, 4, big) +
                         Number(time & 0xffffffff, 4, big) + Number(frame.size(), 4, big) +
                         Number(frame.size(), 4, big) + std::string(frame),
                     big);
}

}  // namespace exdiag::trace_test
