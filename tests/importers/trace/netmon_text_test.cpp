#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "importers/trace/trace_importers.h"
#include "tests/importers/fact_capture.h"
#include "tests/importers/hostile_text.h"

namespace exdiag {
namespace {

using namespace import_test;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFrame =
    "FRAME: Base frame properties\r\n"
    "   FRAME: Time of capture = 11/2/1999 19:5:31.187\r\n"
    "+ ETHERNET: ETYPE = 0x0800 : Protocol = IP:  DOD Internet Protocol\r\n"
    "IP: ID = 0x1234; Proto = TCP; Len: 62\r\n"
    "   IP: Source Address = 10.1.0.1\r\n"
    "   IP: Destination Address = 10.1.0.2\r\n"
    "TCP: .AP..., len:   22, seq:  5000-5021, ack: 77, win: 8760, src: 2185  dst:  102\r\n"
    "   TCP: Reserved = 0 (0x0000)\r\n"
    "ISO: RFC 1006 ISO Packet, ver: 3, Len: 4\r\n"
    "   ISO: Version = 3 (0x3)\r\n"
    "   ISO: Reserved = 18 (0x12)\r\n"
    "   ISO: Length = 22 (0x16)\r\n"
    "   ISO: Data: Number of data bytes remaining = 18 (0x0012)\r\n"
    "TPDU: Type: Connection Request, Len: 18\r\n";

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(NetmonText, AFrameBecomesAFact) {
  const auto importer = MakeNetmonTextImporter();
  EXPECT_TRUE(Recognises(*importer, kFrame));
  const Imported imported = Import(*importer, kFrame);
  EXPECT_THAT(
      Texts(imported.facts),
      ElementsAre("tpkt_frame destination=10.1.0.2:102 destination_port=102 length=22 reserved=18 "
                  "source=10.1.0.1:2185 source_port=2185 tpdu=CR version=3",
                  "tpkt_frame_listing frames=1 source=netmon-text"));
  EXPECT_EQ(FormatTime(imported.facts[0].observed_at, imported.facts[0].time_basis),
            "1999-11-02T19:05:31.187");
  EXPECT_EQ(ToString(imported.facts[0].where), "in: line 11");
}

struct Variant {
  const char* why;
  std::string text;
  std::string_view fact;
};

TEST(NetmonText, PrintsDiffer) {
  const std::vector<Variant> cases = {
      {"a header wrapped in front of its ports",
       Replaced(kFrame, "win: 8760, src", "win: 8760,\r\nsrc"),
       "tpkt_frame destination=10.1.0.2:102 destination_port=102 length=22 reserved=18 "
       "source=10.1.0.1:2185 source_port=2185 tpdu=CR version=3"},
      {"a header wrapped between its ports", Replaced(kFrame, "dst:  102", "dst:\r\n   102 (iso)"),
       "tpkt_frame destination=10.1.0.2:102 destination_port=102 length=22 reserved=18 "
       "source=10.1.0.1:2185 source_port=2185 tpdu=CR version=3"},
      {"a remark behind the value", Replaced(kFrame, "(0x12)", "(0x12)<===== HERE"),
       "tpkt_frame destination=10.1.0.2:102 destination_port=102 length=22 reserved=18 "
       "source=10.1.0.1:2185 source_port=2185 tpdu=CR version=3"},
      {"an answer from port 102",
       Replaced(Replaced(kFrame, "src: 2185  dst:  102", "src:  102  dst: 2185"),
                "Connection Request", "Connection Confirm"),
       "tpkt_frame destination=10.1.0.2:2185 destination_port=2185 length=22 reserved=18 "
       "source=10.1.0.1:102 source_port=102 tpdu=CC version=3"},
      {"the header collapsed: nobody can see the reserved byte",
       "FRAME: Base frame properties\n+ IP: ID = 0x1; Proto = TCP; Len: 62\n"
       "+ ISO: RFC 1006 ISO Packet, ver: 3, Len: 4\n+ TPDU: Type: Disconnect Request, Len: 7\n",
       "tpkt_frame tpdu=DR version=3"},
      {"addresses from the summary row in front",
       "5  12.345 LOCAL 00508BF1348F TPDU Type: Connection Request, Len: 18 10.9.0.1 10.9.0.2 IP\n"
       "FRAME: Base frame properties\nETHERNET: ETYPE = 0x0800 : Protocol = IP\n"
       "TCP: .AP..., len:   22, seq:  1-2, ack: 7, win: 8, src: 1100  dst:  102\n"
       "ISO: RFC 1006 ISO Packet, ver: 3, Len: 4\n   ISO: Reserved = 0 (0x0)\n",
       "tpkt_frame destination=10.9.0.2:102 destination_port=102 reserved=0 source=10.9.0.1:1100 "
       "source_port=1100 version=3"},
      {"bytes say more than the tree",
       "FRAME: Base frame properties\nIP: ID = 0x1; Proto = TCP; Len: 62\n"
       "ISO: RFC 1006 ISO Packet, ver: 3, Len: 4\n"
       "00000:  03 05 00 0B 06 80 00 00 00 29 85\n",
       "tpkt_frame disconnect_reason=133 length=11 reserved=5 tpdu=DR version=3"},
  };
  for (const Variant& c : cases) {
    const Imported imported = Import(*MakeNetmonTextImporter(), c.text);
    EXPECT_THAT(Texts(imported.OfKind("tpkt_frame")), ElementsAre(c.fact)) << c.why;
    EXPECT_THAT(imported.rejects, IsEmpty()) << c.why;
  }
}

TEST(NetmonText, AValueThatIsNoByteIsRejectedAndTheFrameKept) {
  const Imported imported =
      Import(*MakeNetmonTextImporter(), Replaced(kFrame, "Reserved = 18 (0x12)", "Reserved = 999"));
  EXPECT_THAT(imported.rejects,
              ElementsAre(KeptReject{"in: line 11", "netmon-text.value",
                                     "\"999\" is not a number from 0 to 255; this value of the "
                                     "TPKT header is not used"}));
  EXPECT_THAT(Texts(imported.OfKind("tpkt_frame")),
              ElementsAre("tpkt_frame destination=10.1.0.2:102 destination_port=102 length=22 "
                          "source=10.1.0.1:2185 source_port=2185 tpdu=CR version=3"));
}

TEST(NetmonText, OtherTextIsNotRecognised) {
  const auto importer = MakeNetmonTextImporter();
  for (const char* text :
       {"", "FRAME: Base frame properties\n", "IP: somewhere\nTCP: else\n",
        "Event Type:\tWarning\r\nEvent Source:\tMSExchangeMTA\r\nDescription:\r\nframe\r\n"}) {
    EXPECT_FALSE(Recognises(*importer, text)) << text;
  }
}

TEST(NetmonText, FramesWithoutTpktGiveAnEmptyListing) {
  const Imported imported =
      Import(*MakeNetmonTextImporter(),
             "FRAME: Base frame properties\nIP: ID = 0x1; Proto = UDP; Len: 57\n");
  EXPECT_THAT(Texts(imported.facts), ElementsAre("tpkt_frame_listing frames=0 source=netmon-text"));
}

TEST(NetmonText, DamageNeverCostsMoreThanWhatItHits) {
  const auto importer = MakeNetmonTextImporter();
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    const std::string text =
        Damager(seed).Damage(kFrame + std::string("00000:  03 05 00 0B 06 80 00 00 00 29 85\n"));
    const Imported imported = Import(*importer, text);
    EXPECT_EQ(imported.error, "") << seed;
    for (const Fact& fact : imported.facts) {
      EXPECT_TRUE(fact.kind.starts_with("tpkt_frame")) << seed << fact.kind;
      EXPECT_LE(fact.where.place.value, static_cast<std::uint64_t>(text.size())) << seed;
    }
  }
}

TEST(NetmonText, RealOnesAreRead) {
  const std::string folder = std::string(EXDIAG_SHARED_DIR) + "/formats/samples/kb-netmon-text/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference prints at " << folder;
  struct Case {
    const char* name;
    std::vector<std::string> facts;
  };
  const std::vector<Case> cases = {
      {"Q157015.md",
       {"tpkt_frame destination=200.200.200.200:102 destination_port=102 length=18 reserved=0 "
        "source=199.199.199.199:2185 source_port=2185 tpdu=CR version=3"}},
      {"Q276045.md", {}},
      {"Q303802.md", {}},
      {"Q182821.md", {}},
  };
  for (const Case& c : cases) {
    const auto file = OpenFile(folder + c.name);
    ASSERT_TRUE(file) << file.error().message;
    Imported imported;
    DiagnosticList problems;
    ASSERT_TRUE(MakeNetmonTextImporter()->Import({c.name, **file, {}}, imported, problems));
    EXPECT_EQ(Texts(imported.OfKind("tpkt_frame")), c.facts) << c.name;
    EXPECT_THAT(imported.rejects, IsEmpty()) << c.name;
  }
}

}  // namespace
}  // namespace exdiag
