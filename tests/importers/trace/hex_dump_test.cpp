#include "importers/trace/hex_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "importers/trace/trace_importers.h"
#include "tests/importers/fact_capture.h"
#include "tests/importers/hostile_text.h"
#include "tests/importers/trace/trace_bytes.h"

namespace exdiag {
namespace {

using namespace import_test;
using namespace trace_test;
using testing::ElementsAre;
using testing::IsEmpty;

enum class Style { kKb, kNetmon, kBrackets, kTcpdump, kHexdumpC, kPlain };

std::string Hex(std::uint64_t value, int digits, bool upper) {
  const char* const kDigits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (int i = digits - 1; i >= 0; --i) out += kDigits[value >> (4 * i) & 15];
  return out;
}

std::string Offset(std::size_t at, Style style) {
  switch (style) {
    case Style::kKb:
      return Hex(at, 4, true) + "  ";
    case Style::kNetmon:
      return Hex(at, 5, true) + ":  ";
    case Style::kBrackets: {
      const std::string number = std::to_string(at);
      return "[" + std::string(9 - number.size(), ' ') + number + "]  ";
    }
    case Style::kTcpdump:
      return "\t0x" + Hex(at, 4, false) + ":  ";
    case Style::kHexdumpC:
      return Hex(at, 8, false) + "  ";
    case Style::kPlain:
      return Hex(at, 4, false) + " ";
  }
  return {};
}

// The bytes as that tool prints them, sixteen a line, with the text column.
std::string Dump(std::string_view bytes, Style style) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    const std::string_view row = bytes.substr(at, 16);
    std::string hex, text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto byte = static_cast<unsigned char>(row[i]);
      const bool middle = i == 8 && (style == Style::kKb || style == Style::kHexdumpC);
      const bool blank = i != 0 && !(style == Style::kTcpdump && i % 2 == 1);
      hex += middle ? "  " : blank ? " " : "";
      hex += Hex(byte, 2, style == Style::kKb);
      text += byte >= 0x20 && byte < 0x7f ? row[i] : '.';
    }
    hex.resize(50, ' ');
    out += Offset(at, style) + hex + (style == Style::kHexdumpC ? "|" + text + "|" : text) + "\r\n";
  }
  return out;
}

// Selectors that read as hex digits in the text column.
const std::string kConfirm = Frame({.source_port = 102, .destination_port = 1555},
                                   Tpkt(0x11, Connect(0xd0, "AB CD EF 01 23 4", "00 11 22 33")));
constexpr std::string_view kConfirmFact =
    "tpkt_frame called_tsap=00 11 22 33 calling_tsap=AB CD EF 01 23 4 destination=10.1.0.2:1555 "
    "destination_port=1555 length=45 reserved=17 source=10.1.0.1:102 source_port=102 tpdu=CC "
    "tpdu_size=2048 version=3";

TEST(HexDump, EveryLayoutGivesTheSameFact) {
  const auto importer = MakeHexDumpImporter();
  for (const Style style : {Style::kKb, Style::kNetmon, Style::kBrackets, Style::kTcpdump,
                            Style::kHexdumpC, Style::kPlain}) {
    const std::string text = "Frame 12 of the trace:\r\n\r\n" + Dump(kConfirm, style);
    EXPECT_TRUE(Recognises(*importer, text)) << text;
    const Imported imported = Import(*importer, text);
    EXPECT_THAT(Texts(imported.facts),
                ElementsAre(kConfirmFact, "tpkt_frame_listing frames=1 source=hex-dump"))
        << text;
    EXPECT_EQ(ToString(imported.facts.at(0).where), "in: line 6") << text;
    EXPECT_EQ(imported.facts.at(0).time_basis, TimeBasis::kNone);
  }
}

TEST(HexDump, WithoutLowerLayersTheTpktMayStandAnywhere) {
  const std::string inside = std::string(13, '\x47') + Tpkt(9, Connect(0xe0, "A", "B"));
  const Imported imported = Import(*MakeHexDumpImporter(), Dump(inside, Style::kKb));
  EXPECT_THAT(Texts(imported.OfKind("tpkt_frame")),
              ElementsAre("tpkt_frame called_tsap=B calling_tsap=A length=20 reserved=9 tpdu=CR "
                          "tpdu_size=2048 version=3"));
}

TEST(HexDump, SeveralFramesAreToldApartByTheirOffsets) {
  const std::string text = Dump(kConfirm, Style::kKb) + Dump(kConfirm, Style::kKb) + "\r\n" +
                           Dump(Ipv4(TcpBytes({}, Tpkt(0, Connect(0xe0)))), Style::kTcpdump);
  const Imported imported = Import(*MakeHexDumpImporter(), text);
  EXPECT_EQ(imported.OfKind("tpkt_frame").size(), 3U);
}

TEST(HexDump, ADamagedLineCutsTheDumpAndIsReported) {
  std::string text = Dump(kConfirm, Style::kKb);
  const std::size_t third_line = text.find("0020  ");
  text[third_line + 9] = '?';
  const Imported imported = Import(*MakeHexDumpImporter(), text);
  EXPECT_THAT(imported.diagnostics,
              ElementsAre("hex-dump.gap | in: line 3: 1 readable bytes, 16 by the next line's "
                          "offset; the dump is cut in two here"));
}

TEST(HexDump, DataOfEventsIsNotTakenForATrace) {
  const auto importer = MakeHexDumpImporter();
  for (const std::string& text :
       {std::string("Data:\r\n0000: 05 00 07 80             ...\r\n"),
        std::string("0000: 03 00 00 00 48 00 00 00   ....H...\r\n0008: 05 00 00 00   ....\r\n"),
        Dump("plain text that somebody dumped, longer than one line", Style::kKb),
        std::string("1999 10 11 12\r\n2000 10 11 12\r\n"), std::string()}) {
    EXPECT_FALSE(Recognises(*importer, text)) << text;
  }
}

struct LineCase {
  const char* why;
  const char* line;
  bool is_line;
  std::uint64_t offset;
  std::size_t bytes;
};

TEST(HexDump, LinesAreToldFromProse) {
  const std::vector<LineCase> cases = {
      {"two digits an offset are too few", "12 34 56", false, 0, 0},
      {"an article's number", "151626 is an article", false, 0, 0},
      {"one byte", "0060  0B", true, 0x60, 1},
      {"decimal in brackets", "[       16]  05 00 00 35", true, 16, 4},
      {"hex in brackets is no offset", "[000AB] 05 00", false, 0, 0},
      {"groups of four bytes", "00000010: deadbeef 01020304", true, 16, 8},
      {"od counts in octal", "0000020 5a 4d 00 01", true, 16, 4},
      {"and in hexadecimal when told so", "000010 5a 4d 00 01", true, 16, 4},
      {"hexdump counts in hexadecimal before words", "0000010 5a4d 0001", true, 16, 4},
      {"xxd's odd last group", "00000010: dead be", true, 16, 3},
      {"debug's dash in the middle", "0100  01 02 03 04 05 06 07 08-09 0A", true, 0x100, 10},
      {"an empty line", "", false, 0, 0},
      {"brackets that never close", "[    16  05", false, 0, 0},
  };
  for (const LineCase& c : cases) {
    const auto line = trace::ParseHexLine(c.line);
    ASSERT_EQ(line.has_value(), c.is_line) << c.why;
    if (!line) continue;
    EXPECT_EQ(line->offset, c.offset) << c.why;
    EXPECT_EQ(line->bytes.size(), c.bytes) << c.why;
  }
}

TEST(HexDump, DamageNeverCostsMoreThanWhatItHits) {
  const auto importer = MakeHexDumpImporter();
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    const std::string text =
        Damager(seed).Damage(Dump(kConfirm, Style::kKb) + Dump(kConfirm, Style::kTcpdump));
    const Imported imported = Import(*importer, text);
    EXPECT_EQ(imported.error, "") << seed;
    for (const Fact& fact : imported.facts) {
      EXPECT_TRUE(fact.kind.starts_with("tpkt_frame")) << seed << fact.kind;
      EXPECT_LE(fact.where.place.value, static_cast<std::uint64_t>(text.size())) << seed;
    }
  }
}

TEST(HexDump, RealOnesDecode) {
  const std::string folder = std::string(EXDIAG_SHARED_DIR) + "/formats/samples/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference dumps at " << folder;
  const auto importer = MakeHexDumpImporter();
  for (const char* name : {"net/Q151626_connect_confirm.hex.txt", "kb-hexdump/Q151626.md"}) {
    const auto file = OpenFile(folder + name);
    ASSERT_TRUE(file) << file.error().message;
    Imported imported;
    DiagnosticList problems;
    ASSERT_TRUE(importer->Import({name, **file, {}}, imported, problems));
    const auto frames = imported.OfKind("tpkt_frame");
    ASSERT_EQ(frames.size(), 1U) << name;
    EXPECT_EQ(frames[0].attributes.find("reserved")->second, "17") << name;
    EXPECT_EQ(frames[0].attributes.find("source_port")->second, "102") << name;
    EXPECT_EQ(frames[0].attributes.find("tpdu")->second, "CC") << name;
  }
  const auto apdus = OpenFile(folder + "kb-hexdump/Q153188.md");
  ASSERT_TRUE(apdus);
  Imported imported;
  DiagnosticList problems;
  ASSERT_TRUE(importer->Import({"Q153188.md", **apdus, {}}, imported, problems));
  EXPECT_THAT(imported.OfKind("tpkt_frame"), IsEmpty());
}

}  // namespace
}  // namespace exdiag
