// Frames as Network Monitor prints and copies them: a tree of `PROTOCOL: name = value` lines,
// indented, a leading plus sign for a collapsed node, at the end the bytes of the frame if they
// were asked for, and in front of it the frame's row of the summary pane.
//
//   FRAME: Base frame properties
//   + ETHERNET: ETYPE = 0x0800 : Protocol = IP:  DOD Internet Protocol
//   TCP: .AP..., len:   18, seq:  9315-9332, ack: 5086, win: 8760, src: 2185  dst:  102
//   ISO: RFC 1006 ISO Packet, ver: 3, Len: 4
//      ISO: Reserved = 0 (0x0)
//   TPDU: Type: Connection Request, Len: 14
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "importers/text/lines.h"
#include "importers/trace/hex_dump.h"
#include "importers/trace/tpkt_facts.h"
#include "importers/trace/trace_importers.h"

namespace exdiag {
namespace {

using namespace trace;

constexpr std::string_view kName = "netmon-text";

// "TCP" and the rest of " + TCP: Source Port = 0x0449"; a plus sign and indentation do not matter.
struct Node {
  std::string_view protocol;
  std::string_view text;
};

std::optional<Node> ParseNode(std::string_view line) {
  line = Trim(line);
  if (!line.empty() && line.front() == '+') line = Trim(line.substr(1));
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon > 12) return std::nullopt;
  for (const char c : line.substr(0, colon)) {
    if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9')) return std::nullopt;
  }
  return Node{line.substr(0, colon), Trim(line.substr(colon + 1))};
}

bool IsFrameStart(const Node& node) {
  return EqualsIgnoreCase(node.protocol, "FRAME") &&
         StartsWithIgnoreCase(node.text, "Base frame properties");
}

bool IsLinkNode(const Node& node) {
  for (const std::string_view protocol : {"ETHERNET", "TOKENRING", "FDDI", "LLC", "IP", "TCP"}) {
    if (EqualsIgnoreCase(node.protocol, protocol)) return true;
  }
  return false;
}

// The digits that `text` begins with, behind blanks: decimal or 0x.
std::optional<std::int64_t> LeadingNumber(std::string_view text) {
  text = Trim(text);
  const std::size_t end = text.find_first_not_of("0123456789abcdefABCDEFx");
  return ParseInteger(text.substr(0, end));
}

// The number behind "src:" and the like; headers wrap, so `text` may be two lines in one.
std::string PortBehind(std::string_view text, std::string_view label) {
  const std::size_t at = FindIgnoreCase(text, label);
  if (at == std::string_view::npos) return {};
  const auto port = LeadingNumber(text.substr(at + label.size()));
  return port && *port >= 0 && *port <= 65535 ? std::to_string(*port) : std::string();
}

// What stands behind "Source Address = "; nullopt when `text` is another property.
std::optional<std::string_view> ValueOf(std::string_view text, std::string_view name) {
  if (!StartsWithIgnoreCase(text, name)) return std::nullopt;
  const std::string_view rest = Trim(text.substr(name.size()));
  if (rest.empty() || rest.front() != '=') return std::nullopt;
  return Trim(rest.substr(1));
}

TpduType TpduOf(std::string_view text) {
  struct Name {
    std::string_view words;
    TpduType type;
  };
  constexpr std::array<Name, 10> kNames{{
      {"Connection Request", TpduType::kConnectRequest},
      {"Connection Confirm", TpduType::kConnectConfirm},
      {"Disconnect Request", TpduType::kDisconnectRequest},
      {"Disconnect Confirm", TpduType::kDisconnectConfirm},
      {"Expedited Data Ack", TpduType::kExpeditedAcknowledgement},
      {"Expedited Data", TpduType::kExpeditedData},
      {"Data Ack", TpduType::kDataAcknowledgement},
      {"Data", TpduType::kData},
      {"Reject", TpduType::kReject},
      {"Error", TpduType::kError},
  }};
  const std::size_t type_at = FindIgnoreCase(text, "Type:");
  if (type_at == std::string_view::npos) return TpduType::kNone;
  const std::string_view words = Trim(text.substr(type_at + 5));
  for (const Name& name : kNames) {
    if (StartsWithIgnoreCase(words, name.words)) return name.type;
  }
  return TpduType::kNone;
}

bool IsIpv4(std::string_view text) {
  const auto parts = Split(text, '.');
  if (parts.size() != 4) return false;
  for (const std::string_view part : parts) {
    const auto number = ParseInteger(part);
    if (!number || *number < 0 || *number > 255) return false;
  }
  return true;
}

// The network addresses at the end of a summary row: "... Len: 14 10.0.0.1 10.0.0.2 IP".
struct Addresses {
  std::string source;
  std::string destination;
};

std::optional<Addresses> AddressesOfSummary(std::string_view line) {
  const std::string collapsed = CollapseSpace(line);
  const auto words = Split(collapsed, ' ');
  if (words.size() < 3 || words.back() != "IP") return std::nullopt;
  const std::string_view source = words[words.size() - 3];
  const std::string_view destination = words[words.size() - 2];
  if (!IsIpv4(source) || !IsIpv4(destination)) return std::nullopt;
  return Addresses{std::string(source), std::string(destination)};
}

// "7/3/2001 23:29:45.187": local time of the monitoring machine, its zone not printed.  Day and
// month are told apart by value where one is above 12; else the month is taken to come first.
Ticks TimeOfCapture(std::string_view text) {
  CivilTime civil;
  const std::string collapsed = CollapseSpace(text);
  const auto parts = Split(collapsed, ' ');
  if (parts.size() < 2) return {};
  const auto date = Split(parts[0], '/');
  const auto clock = Split(parts[1], ':');
  if (date.size() != 3 || clock.size() != 3) return {};
  const auto seconds = Split(clock[2], '.');
  const auto first = ParseInteger(date[0]), second = ParseInteger(date[1]);
  const auto year = ParseInteger(date[2]);
  const auto hour = ParseInteger(clock[0]), minute = ParseInteger(clock[1]);
  const auto whole = ParseInteger(seconds[0]);
  if (!first || !second || !year || !hour || !minute || !whole) return {};
  const auto in_range = [](std::int64_t value) { return value >= 0 && value <= 9999; };
  for (const auto value : {*first, *second, *year, *hour, *minute, *whole}) {
    if (!in_range(value)) return {};
  }
  civil.year = static_cast<int>(*year);
  civil.month = static_cast<int>(*first > 12 ? *second : *first);
  civil.day = static_cast<int>(*first > 12 ? *first : *second);
  civil.hour = static_cast<int>(*hour);
  civil.minute = static_cast<int>(*minute);
  civil.second = static_cast<int>(*whole);
  if (seconds.size() == 2) {
    const auto thousandths = ParseInteger(seconds[1]);
    if (thousandths && seconds[1].size() == 3)
      civil.ticks = static_cast<int>(*thousandths) * 10'000;
  }
  return TicksFromCivil(civil).value_or(Ticks{});
}

// One printed frame, as it is put together.
struct PrintedFrame {
  std::uint64_t line = 0;
  std::string source_address, destination_address;
  std::string source_port, destination_port;
  Ticks time;
  std::vector<TracedTpkt> tpkts;
  HexBlocks dump;
};

std::string Joined(const std::string& address, const std::string& port) {
  if (address.empty()) return port;
  return port.empty() ? address : address + ":" + port;
}

class Reader {
 public:
  Reader(std::string file, EvidenceSink& evidence)
      : evidence_(evidence), facts_(std::move(file), std::string(kName), evidence) {}

  void Line(std::string_view line, std::uint64_t number) {
    const std::string unfinished = std::exchange(unfinished_tcp_header_, {});
    if (const auto addresses = AddressesOfSummary(line)) next_addresses_ = *addresses;
    if (frame_ && frame_->dump.Add(line, number)) return;
    const auto node = ParseNode(line);
    if (node && IsFrameStart(*node)) {
      EndFrame();
      frame_.emplace();
      frame_->line = number;
      frame_->source_address = next_addresses_.source;
      frame_->destination_address = next_addresses_.destination;
      next_addresses_ = {};
      return;
    }
    if (!frame_) return;
    if (!unfinished.empty()) TakePorts(unfinished + " " + std::string(line));
    if (node) Property(*node, line, number);
  }

  void Finish() {
    EndFrame();
    facts_.Finish();
  }

 private:
  void Property(const Node& node, std::string_view line, std::uint64_t number) {
    if (EqualsIgnoreCase(node.protocol, "FRAME")) {
      if (const auto value = ValueOf(node.text, "Time of capture")) {
        frame_->time = TimeOfCapture(*value);
      }
    } else if (EqualsIgnoreCase(node.protocol, "IP")) {
      TakeAddress(node.text);
    } else if (EqualsIgnoreCase(node.protocol, "TCP")) {
      TakeTcp(node.text, line);
    } else if (EqualsIgnoreCase(node.protocol, "ISO")) {
      TakeTpkt(node.text, line, number);
    } else if (EqualsIgnoreCase(node.protocol, "TPDU") && !frame_->tpkts.empty()) {
      const TpduType type = TpduOf(node.text);
      if (type != TpduType::kNone) frame_->tpkts.back().frame.tpdu = type;
    }
  }

  void TakeAddress(std::string_view text) {
    const auto source = ValueOf(text, "Source Address");
    const auto destination = ValueOf(text, "Destination Address");
    if (source && IsIpv4(*source)) frame_->source_address = *source;
    if (destination && IsIpv4(*destination)) frame_->destination_address = *destination;
  }

  void TakeTcp(std::string_view text, std::string_view line) {
    if (FindIgnoreCase(text, "seq:") == std::string_view::npos) return;
    TakePorts(line);
    if (frame_->destination_port.empty()) unfinished_tcp_header_ = line;
  }

  void TakePorts(std::string_view text) {
    const std::string source = PortBehind(text, "src:");
    const std::string destination = PortBehind(text, "dst:");
    if (!source.empty()) frame_->source_port = source;
    if (!destination.empty()) frame_->destination_port = destination;
  }

  void TakeTpkt(std::string_view text, std::string_view line, std::uint64_t number) {
    constexpr std::string_view kVersionLabel = "ver:";
    if (FindIgnoreCase(text, "RFC 1006") != std::string_view::npos) {
      TracedTpkt tpkt;
      tpkt.has_reserved = false;
      tpkt.place = Place::Line(number);
      const std::size_t at = FindIgnoreCase(text, kVersionLabel);
      if (at != std::string_view::npos) {
        const auto version = LeadingNumber(text.substr(at + kVersionLabel.size()));
        tpkt.frame.version = static_cast<std::uint8_t>(version.value_or(0));
      }
      frame_->tpkts.push_back(std::move(tpkt));
      return;
    }
    if (frame_->tpkts.empty()) return;
    TracedTpkt& tpkt = frame_->tpkts.back();
    if (const auto value = ValueOf(text, "Version")) {
      TakeNumber(*value, 255, line, number, [&](std::int64_t version) {
        tpkt.frame.version = static_cast<std::uint8_t>(version);
      });
    } else if (const auto reserved = ValueOf(text, "Reserved")) {
      TakeNumber(*reserved, 255, line, number, [&](std::int64_t byte) {
        tpkt.frame.reserved = static_cast<std::uint8_t>(byte);
        tpkt.has_reserved = true;
        tpkt.place = Place::Line(number);
      });
    } else if (const auto length = ValueOf(text, "Length")) {
      TakeNumber(*length, 65535, line, number, [&](std::int64_t bytes) {
        tpkt.frame.length = static_cast<std::uint16_t>(bytes);
      });
    }
  }

  template <typename Take>
  void TakeNumber(std::string_view value, std::int64_t most, std::string_view line,
                  std::uint64_t number, Take take) {
    const auto parsed = LeadingNumber(value);
    if (parsed && *parsed >= 0 && *parsed <= most) {
      take(*parsed);
      return;
    }
    evidence_.OnReject({Place::Line(number), "netmon-text.value",
                        std::string("\"")
                            .append(Printable(value.substr(0, 40)))
                            .append("\" is not a number from 0 to ")
                            .append(std::to_string(most))
                            .append("; this value of the TPKT header is not used"),
                        std::as_bytes(std::span(line))});
  }

  // The bytes say more than the tree (selectors, reason), so they are taken where they are there.
  void EndFrame() {
    if (!frame_) return;
    frame_->dump.Break();
    std::vector<TracedTpkt> tpkts = std::move(frame_->tpkts);
    for (const HexBlock& block : frame_->dump.blocks) {
      const DumpedFrame dumped = DecodeDump(block.bytes);
      if (dumped.tpkts.empty()) continue;
      tpkts.clear();
      for (const auto& [tpkt, byte] : dumped.tpkts) {
        TracedTpkt traced;
        traced.frame = tpkt;
        traced.place = Place::Line(block.LineOf(byte));
        tpkts.push_back(std::move(traced));
      }
      if (dumped.segment) TakeEndpoints(*dumped.segment);
      break;
    }
    for (TracedTpkt& tpkt : tpkts) {
      tpkt.source = Joined(frame_->source_address, frame_->source_port);
      tpkt.destination = Joined(frame_->destination_address, frame_->destination_port);
      tpkt.source_port = frame_->source_port;
      tpkt.destination_port = frame_->destination_port;
      tpkt.time = frame_->time;
      tpkt.time_basis = tpkt.time.known() ? TimeBasis::kLocalUnknown : TimeBasis::kNone;
      facts_.Add(tpkt);
    }
    frame_.reset();
  }

  void TakeEndpoints(const TcpSegment& segment) {
    const auto address_of = [](const Endpoint& endpoint) {
      const std::string text = ToString(endpoint);
      return text.substr(0, text.rfind(':'));
    };
    frame_->source_address = address_of(segment.source);
    frame_->destination_address = address_of(segment.destination);
    frame_->source_port = std::to_string(segment.source.port);
    frame_->destination_port = std::to_string(segment.destination.port);
  }

  EvidenceSink& evidence_;
  TpktFacts facts_;
  std::optional<PrintedFrame> frame_;
  std::string unfinished_tcp_header_;  // its ports are on the next line
  Addresses next_addresses_;
};

class NetmonTextImporter final : public Importer {
 public:
  std::string_view name() const override { return kName; }

  // A frame's first node with a node of a lower layer behind it.
  bool Recognises(const Head& head) const override {
    bool frame = false, link = false;
    ForEachLine(head.text, [&](std::string_view line, std::uint64_t) {
      const auto node = ParseNode(line);
      if (!node) return;
      if (IsFrameStart(*node)) frame = true;
      if (frame && IsLinkNode(*node)) link = true;
    });
    return link;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    Reader reader(input.name, evidence);
    const auto read = ForEachLineOf(
        input, problems,
        [&](std::string_view line, std::uint64_t number) { reader.Line(line, number); });
    if (!read) return read.error();
    reader.Finish();
    return {};
  }
};

}  // namespace

std::unique_ptr<Importer> MakeNetmonTextImporter() {
  return std::make_unique<NetmonTextImporter>();
}

}  // namespace exdiag
