#include "importers/trace/tpkt.h"

namespace exdiag::trace {
namespace {

// ISO 8073, 13.3 - 13.12.  The low half of some codes holds the credit (classes 2 - 4).
TpduType TypeOfCode(std::uint8_t code) {
  switch (code & 0xf0) {
    case 0xe0:
      return TpduType::kConnectRequest;
    case 0xd0:
      return TpduType::kConnectConfirm;
    case 0x60:
      return TpduType::kDataAcknowledgement;
    case 0x50:
      return TpduType::kReject;
    default:
      break;
  }
  switch (code) {
    case 0x80:
      return TpduType::kDisconnectRequest;
    case 0xc0:
      return TpduType::kDisconnectConfirm;
    case 0xf0:
    case 0xf1:
      return TpduType::kData;
    case 0x10:
      return TpduType::kExpeditedData;
    case 0x20:
      return TpduType::kExpeditedAcknowledgement;
    case 0x70:
      return TpduType::kError;
    default:
      return TpduType::kNone;
  }
}

// Bytes of the fixed part behind the code.  Data in class 0 and 1, which RFC 1006 prescribes, has
// no reference; longer headers of other classes pass as parameters that are not looked at.
std::size_t FixedPartSize(TpduType type) {
  switch (type) {
    case TpduType::kConnectRequest:
    case TpduType::kConnectConfirm:
    case TpduType::kDisconnectRequest:
      return 5;
    case TpduType::kDisconnectConfirm:
      return 4;
    case TpduType::kData:
      return 1;
    default:
      return 3;
  }
}

bool HasParameters(TpduType type) {
  return type == TpduType::kConnectRequest || type == TpduType::kConnectConfirm ||
         type == TpduType::kDisconnectRequest;
}

std::string TextOf(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Takes the parameters of a CR or CC.  False when one of them runs over the end.
bool ReadParameters(Bytes bytes, TpktFrame& frame) {
  constexpr std::uint8_t kTpduSize = 0xc0, kCallingTsap = 0xc1, kCalledTsap = 0xc2;
  ByteReader reader(bytes);
  while (!reader.rest().empty()) {
    const std::uint8_t code = reader.U8();
    const std::uint8_t size = reader.U8();
    const Bytes value = Slice(reader.rest(), 0, size);
    reader.Skip(size);
    if (!reader.ok()) return false;
    if (code == kCallingTsap) frame.calling_tsap = TextOf(value);
    if (code == kCalledTsap) frame.called_tsap = TextOf(value);
    if (code == kTpduSize && size == 1) {
      const auto exponent = std::to_integer<unsigned>(value[0]);
      if (exponent >= 7 && exponent <= 13) frame.tpdu_size = 1U << exponent;
    }
  }
  return true;
}

void ReadTpdu(Bytes bytes, TpktFrame& frame) {
  ByteReader reader(bytes);
  const std::uint8_t length_indicator = reader.U8();
  const std::uint8_t code = reader.U8();
  if (!reader.ok() || length_indicator == 255) return;  // 255 is reserved
  const TpduType type = TypeOfCode(code);
  const std::size_t fixed = FixedPartSize(type);
  if (type == TpduType::kNone || length_indicator < 1 + fixed) return;
  frame.tpdu = type;

  // What stands behind the code, as far as it was captured.
  const Bytes header = Slice(bytes, 2, length_indicator - 1U);
  const bool complete = header.size() == length_indicator - 1U;
  if (type == TpduType::kDisconnectRequest && header.size() >= fixed) {
    frame.disconnect_reason = std::to_integer<std::uint8_t>(header[4]);
  }
  const bool parameters_fit = !HasParameters(type) || ReadParameters(Slice(header, fixed), frame);
  const bool length_fits = frame.length >= kTpktHeaderSize + 1 + length_indicator;
  frame.consistent = complete && parameters_fit && length_fits;
}

}  // namespace

std::string_view TpduCode(TpduType type) {
  switch (type) {
    case TpduType::kConnectRequest:
      return "CR";
    case TpduType::kConnectConfirm:
      return "CC";
    case TpduType::kDisconnectRequest:
      return "DR";
    case TpduType::kDisconnectConfirm:
      return "DC";
    case TpduType::kData:
      return "DT";
    case TpduType::kExpeditedData:
      return "ED";
    case TpduType::kDataAcknowledgement:
      return "AK";
    case TpduType::kExpeditedAcknowledgement:
      return "EA";
    case TpduType::kReject:
      return "RJ";
    case TpduType::kError:
      return "ER";
    case TpduType::kNone:
      break;
  }
  return "";
}

std::optional<TpktFrame> DecodeTpkt(Bytes bytes) {
  ByteReader reader(bytes);
  TpktFrame frame;
  frame.version = reader.U8();
  frame.reserved = reader.U8();
  frame.length = reader.U16();
  if (!reader.ok()) return std::nullopt;
  if (frame.length > kTpktHeaderSize) {
    ReadTpdu(Slice(bytes, kTpktHeaderSize, frame.length - kTpktHeaderSize), frame);
  }
  return frame;
}

bool LooksLikeTpkt(const TpktFrame& frame) { return frame.version == 3 && frame.consistent; }

}  // namespace exdiag::trace
