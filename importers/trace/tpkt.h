// TPKT (RFC 1006, section 6) and the transport PDU in it (ISO 8073 / X.224).  Pure: bytes in,
// struct out.
//
//   TPKT   version (3) | reserved | length, both headers included
//   TPDU   length indicator | code | fixed part by code | parameters: code, length, value
//
// RFC 1006 gives the reserved byte no value; some implementations refuse one that is not 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "importers/trace/byte_reader.h"

namespace exdiag::trace {

inline constexpr std::uint16_t kTpktPort = 102;  // iso-tsap
inline constexpr std::size_t kTpktHeaderSize = 4;
// No TPDU header is longer: TPKT header, length indicator, 254 bytes.  With so many bytes of a
// TPKT at hand DecodeTpkt misses nothing.
inline constexpr std::size_t kTpktDecodeSize = kTpktHeaderSize + 1 + 254;

enum class TpduType : std::uint8_t {
  kNone,  // the bytes behind the TPKT header are no TPDU, or are not there
  kConnectRequest,
  kConnectConfirm,
  kDisconnectRequest,
  kDisconnectConfirm,
  kData,
  kExpeditedData,
  kDataAcknowledgement,
  kExpeditedAcknowledgement,
  kReject,
  kError,
};

// "CR", "CC", "DR", ... as in the standard; "" for kNone.
std::string_view TpduCode(TpduType type);

struct TpktFrame {
  std::uint8_t version = 0;
  std::uint8_t reserved = 0;
  std::uint16_t length = 0;
  TpduType tpdu = TpduType::kNone;
  // Of CR, CC and (the reason) DR; nullopt where the TPDU does not say.
  std::optional<std::uint32_t> tpdu_size;  // bytes: 128 ... 8192
  std::optional<std::string> calling_tsap;
  std::optional<std::string> called_tsap;
  std::optional<std::uint8_t> disconnect_reason;
  // The TPDU's fixed part and parameters fill its length indicator exactly and the TPKT's length
  // agrees with it: what can be asked of bytes that stand at a place where nobody promised a TPKT.
  bool consistent = false;
};

// Decodes the TPKT that begins at the first byte; any version.  `bytes` may go on behind it and
// may end before it does.  nullopt when there are fewer than four bytes.
std::optional<TpktFrame> DecodeTpkt(Bytes bytes);

// True for a version 3 header with a consistent TPDU: the test for "is this a TPKT at all".
bool LooksLikeTpkt(const TpktFrame& frame);

}  // namespace exdiag::trace
