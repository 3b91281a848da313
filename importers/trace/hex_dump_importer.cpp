// Hex dumps of frames, alone or in the middle of prose.
#include "importers/text/lines.h"
#include "importers/trace/hex_dump.h"
#include "importers/trace/tpkt_facts.h"
#include "importers/trace/trace_importers.h"

namespace exdiag {
namespace {

using namespace trace;

constexpr std::string_view kName = "hex-dump";

HexBlocks BlocksOf(std::string_view text) {
  HexBlocks blocks;
  ForEachLine(text, [&](std::string_view line, std::uint64_t number) { blocks.Add(line, number); });
  blocks.Break();
  return blocks;
}

void AddFrame(const HexBlock& block, const DumpedFrame& frame, TpktFacts& facts) {
  for (const auto& [tpkt, byte] : frame.tpkts) {
    TracedTpkt traced;
    traced.frame = tpkt;
    traced.place = Place::Line(block.LineOf(byte));
    if (frame.segment) {
      traced.source = ToString(frame.segment->source);
      traced.destination = ToString(frame.segment->destination);
      traced.source_port = std::to_string(frame.segment->source.port);
      traced.destination_port = std::to_string(frame.segment->destination.port);
    }
    facts.Add(traced);
  }
}

class HexDumpImporter final : public Importer {
 public:
  std::string_view name() const override { return kName; }

  // Text that merely contains offsets and bytes (the Data part of an event, an APDU dump) is not
  // enough: something in it must decode.
  bool Recognises(const Head& head) const override {
    for (const HexBlock& block : BlocksOf(head.text).blocks) {
      if (DecodeDump(block.bytes).decoded()) return true;
    }
    return false;
  }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    HexBlocks blocks;
    const auto read = ForEachLineOf(
        input, problems,
        [&](std::string_view line, std::uint64_t number) { blocks.Add(line, number); });
    if (!read) return read.error();
    blocks.Break();
    for (const HexBlocks::Gap& gap : blocks.gaps) {
      problems.Report({Severity::kWarning,
                       "hex-dump.gap",
                       {input.name, Place::Line(gap.line)},
                       std::to_string(gap.present) + " readable bytes, " +
                           std::to_string(gap.expected) +
                           " by the next line's offset; the dump is cut in two here"});
    }
    TpktFacts facts(input.name, std::string(kName), evidence);
    for (const HexBlock& block : blocks.blocks) AddFrame(block, DecodeDump(block.bytes), facts);
    facts.Finish();
    return {};
  }
};

}  // namespace

std::unique_ptr<Importer> MakeHexDumpImporter() { return std::make_unique<HexDumpImporter>(); }

}  // namespace exdiag
