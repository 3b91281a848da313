// pcap and pcapng files, from bytes to facts.
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
using testing::UnorderedElementsAre;

const std::string kConfirm =
    Frame({.source_port = 102, .destination_port = 1555}, Tpkt(0x11, Connect(0xd0, "A", "B")));
constexpr std::string_view kConfirmFact =
    "tpkt_frame called_tsap=B calling_tsap=A destination=10.1.0.2:1555 destination_port=1555 "
    "length=20 reserved=17 source=10.1.0.1:102 source_port=102 tpdu=CC tpdu_size=2048 version=3";

TEST(Pcap, EveryByteOrderAndTimeUnitGivesTheSameFact) {
  struct Case {
    const char* why;
    PcapOptions options;
    std::uint32_t fraction;
  };
  const std::vector<Case> cases = {
      {"little endian, microseconds", {}, 250000},
      {"big endian, microseconds", {.big = true}, 250000},
      {"little endian, nanoseconds", {.magic = 0xa1b23c4d}, 250000000},
      {"big endian, nanoseconds", {.big = true, .magic = 0xa1b23c4d}, 250000000},
      {"the variant with longer record headers", {.magic = 0xa1b2cd34}, 250000},
      {"the high half of the link type is about the FCS", {.link_type = 0x24000001}, 250000},
  };
  const auto importer = MakePcapImporter();
  for (const Case& c : cases) {
    const std::string bytes =
        PcapHeader(c.options) + PcapFrame(kConfirm, 941569531, c.fraction, c.options);
    EXPECT_TRUE(Recognises(*importer, bytes, false)) << c.why;
    const Imported imported = Import(*importer, bytes);
    EXPECT_THAT(Texts(imported.facts),
                ElementsAre(kConfirmFact, "tpkt_frame_listing frames=1 source=pcap"))
        << c.why;
    EXPECT_EQ(FormatTime(imported.facts.at(0).observed_at, imported.facts.at(0).time_basis),
              "1999-11-02T19:05:31.25Z")
        << c.why;
    EXPECT_EQ(ToString(imported.facts.at(0).where), "in: offset 0x18") << c.why;
    EXPECT_THAT(imported.rejects, IsEmpty());
    EXPECT_THAT(imported.diagnostics, IsEmpty());
  }
}

TEST(Pcap, OfDataOnlyTheFirstOfItsKindIsAFactAndAllAreCounted) {
  std::string bytes = PcapHeader();
  for (std::uint32_t i = 0; i < 100; ++i) {
    bytes += PcapFrame(Frame({.sequence = 1000 + 12 * i}, Tpkt(i < 50 ? 0 : 1, Data(5))));
  }
  const Imported imported = Import(*MakePcapImporter(), bytes);
  EXPECT_EQ(imported.OfKind("tpkt_frame").size(), 2U);
  EXPECT_EQ(imported.facts.back().attributes.find("frames")->second, "100");
}

TEST(Pcap, DamageIsRejectedWithPlaceAndConsequence) {
  const std::string whole = PcapHeader() + PcapFrame(kConfirm);
  struct Case {
    const char* why;
    std::string bytes;
    KeptReject reject;
  };
  const std::vector<Case> cases = {
      {"the file ends in a frame",
       whole.substr(0, whole.size() - 4),
       {"in: offset 0x18", "pcap.truncated",
        "frame of 74 bytes, the file has 70 left; this frame is not read"}},
      {"the file ends in a frame's header",
       whole.substr(0, 30),
       {"in: offset 0x18", "pcap.truncated",
        "the file ends in a frame's header; this frame is not read"}},
      {"an absurd size",
       PcapHeader() + Little(1, 8) + Little(0x7fffffff, 8) + "xyz",
       {"in: offset 0x18", "pcap.frame.size",
        "frame of 2147483647 bytes, more than any link carries; the rest of the file is not "
        "read"}},
  };
  for (const Case& c : cases) {
    const Imported imported = Import(*MakePcapImporter(), c.bytes);
    EXPECT_THAT(imported.rejects, ElementsAre(c.reject)) << c.why;
    EXPECT_THAT(Texts(imported.facts), ElementsAre("tpkt_frame_listing frames=0 source=pcap"))
        << c.why;
  }
}

TEST(Pcap, AnUnknownLinkIsReportedOnce) {
  const PcapOptions options{.link_type = 147};
  const Imported imported =
      Import(*MakePcapImporter(), PcapHeader(options) + PcapFrame(kConfirm) + PcapFrame(kConfirm));
  EXPECT_THAT(imported.diagnostics,
              ElementsAre("pcap.link-type | in: offset 0x18: link type 147 is not known here; "
                          "frames of that kind are skipped"));
}

TEST(Pcap, OtherFilesAreNotRecognised) {
  const auto pcap = MakePcapImporter();
  const auto pcapng = MakePcapngImporter();
  for (const std::string& bytes :
       {std::string(), std::string("\xd4\xc3\xb2"), std::string(4096, '\0'),
        std::string("ElfFile\0", 8), Little(0xa1b2c3d4, 4) + std::string(20, '\x7f')}) {
    EXPECT_FALSE(Recognises(*pcap, bytes, false));
    EXPECT_FALSE(Recognises(*pcapng, bytes, false));
  }
  EXPECT_EQ(Import(*pcap, "none").error, "in: not a pcap file; nothing read");
  EXPECT_EQ(Import(*pcapng, "none").error, "in: not a pcapng file; nothing read");
}

TEST(Pcapng, EverySectionAndInterfaceIsReadInItsOwnTerms) {
  const std::string nanoseconds =
      Little(9, 2) + Little(1, 2) + std::string("\x09\0\0\0", 4) + Little(0, 4);
  const std::string bytes =
      PcapngSection() + PcapngInterface() + PcapngInterface(101, nanoseconds) +
      PcapngFrame(kConfirm, 941569531'250000ULL) +
      PcapngFrame(Ipv4(TcpBytes({}, Tpkt(0, Connect(0xe0)))), 941569531'500000000ULL, false, 1) +
      PcapngBlock(0x12345, "ignored") + PcapngSection(true) + PcapngInterface(1, {}, true) +
      PcapngFrame(Frame({.source_port = 2000}, Tpkt(3, DisconnectRequest(128))),
                  941569532'000000ULL, true);
  const auto importer = MakePcapngImporter();
  EXPECT_TRUE(Recognises(*importer, bytes, false));
  const Imported imported = Import(*importer, bytes);
  const auto frames = imported.OfKind("tpkt_frame");
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(Text(frames[0]), kConfirmFact);
  EXPECT_EQ(FormatTime(frames[0].observed_at, frames[0].time_basis), "1999-11-02T19:05:31.25Z");
  EXPECT_EQ(FormatTime(frames[1].observed_at, frames[1].time_basis), "1999-11-02T19:05:31.5Z");
  EXPECT_EQ(Text(frames[2]),
            "tpkt_frame destination=10.1.0.2:102 destination_port=102 disconnect_reason=128 "
            "length=11 reserved=3 source=10.1.0.1:2000 source_port=2000 tpdu=DR version=3");
  EXPECT_THAT(imported.rejects, IsEmpty());
}

TEST(Pcapng, SimplePacketsHaveNoTime) {
  const std::string bytes = PcapngSection() + PcapngInterface(1, {}, false, 65535) +
                            PcapngBlock(3, Little(kConfirm.size(), 4) + kConfirm);
  const Imported imported = Import(*MakePcapngImporter(), bytes);
  ASSERT_EQ(imported.facts.size(), 2U);
  EXPECT_EQ(Text(imported.facts[0]), kConfirmFact);
  EXPECT_EQ(imported.facts[0].time_basis, TimeBasis::kNone);
}

TEST(Pcapng, DamageIsRejectedWithPlaceAndConsequence) {
  const std::string start = PcapngSection() + PcapngInterface();
  const std::string frame = PcapngFrame(kConfirm, 1);
  struct Case {
    const char* why;
    std::string bytes;
    KeptReject reject;
  };
  const std::vector<Case> cases = {
      {"the file ends in a block",
       start + frame.substr(0, 40),
       {"in: offset 0x30", "pcapng.truncated",
        "block of 108 bytes, the file has 40 left; this block is not read"}},
      {"an impossible length",
       start + Little(6, 4) + Little(13, 4) + std::string(20, 'x'),
       {"in: offset 0x30", "pcapng.block.size",
        "block length 13 is impossible; the rest of the file is not read"}},
      {"an interface that is not described",
       PcapngSection() + frame,
       {"in: offset 0x1c", "pcapng.frame",
        "frame of an interface that is not described, or longer than its block; this frame is not "
        "read"}},
      {"a frame longer than its block",
       start + PcapngBlock(6, std::string(12, '\0') + Little(99, 8)),
       {"in: offset 0x30", "pcapng.frame",
        "frame of an interface that is not described, or longer than its block; this frame is not "
        "read"}},
  };
  for (const Case& c : cases) {
    const Imported imported = Import(*MakePcapngImporter(), c.bytes);
    EXPECT_THAT(imported.rejects, ElementsAre(c.reject)) << c.why;
  }
}

TEST(Captures, OnANamedPortBothDirectionsAreRead) {
  const std::string request =
      Frame({.destination_port = 3001, .sequence = 1}, Tpkt(0, Connect(0xe0, "A", "B")));
  const std::string confirm =
      Frame({.source_port = 3001, .destination_port = 1555}, Tpkt(0x11, Connect(0xd0, "A", "B")));
  const std::string on_102 = Frame({.sequence = 1}, Tpkt(7, DisconnectRequest(128)));
  const std::string pcap =
      PcapHeader() + PcapFrame(request) + PcapFrame(confirm) + PcapFrame(on_102);
  const std::string pcapng = PcapngSection() + PcapngInterface() + PcapngFrame(request, 1) +
                             PcapngFrame(confirm, 2) + PcapngFrame(on_102, 3);
  constexpr std::string_view kDisconnect =
      "tpkt_frame destination=10.1.0.2:102 destination_port=102 disconnect_reason=128 length=11 "
      "reserved=7 source=10.1.0.1:1555 source_port=1555 tpdu=DR version=3";
  for (const bool is_pcap : {true, false}) {
    const auto importer = is_pcap ? MakePcapImporter() : MakePcapngImporter();
    const std::string& bytes = is_pcap ? pcap : pcapng;
    const std::string of_this = is_pcap ? " source=pcap" : " source=pcapng";
    for (const std::set<std::uint16_t>& ports : {std::set<std::uint16_t>{}, {3002}}) {
      EXPECT_THAT(Texts(Import(*importer, bytes, {.codepage = {}, .tpkt_ports = ports}).facts),
                  ElementsAre(kDisconnect, "tpkt_frame_listing frames=1" + of_this));
    }
    EXPECT_THAT(
        Texts(Import(*importer, bytes, {.codepage = {}, .tpkt_ports = {3001, 3002}}).facts),
        UnorderedElementsAre(
            "tpkt_frame called_tsap=B calling_tsap=A destination=10.1.0.2:3001 "
            "destination_port=3001 length=20 reserved=0 source=10.1.0.1:1555 source_port=1555 "
            "tpdu=CR tpdu_size=2048 version=3",
            "tpkt_frame called_tsap=B calling_tsap=A destination=10.1.0.2:1555 "
            "destination_port=1555 length=20 reserved=17 source=10.1.0.1:3001 source_port=3001 "
            "tpdu=CC tpdu_size=2048 version=3",
            kDisconnect, "tpkt_frame_listing frames=3" + of_this));
  }
}

TEST(Captures, EveryCutIsSurvived) {
  const std::string pcap = PcapHeader() + PcapFrame(kConfirm);
  const std::string pcapng = PcapngSection() + PcapngInterface() + PcapngFrame(kConfirm, 1);
  for (std::size_t size = 24; size < pcap.size(); ++size) {
    EXPECT_THAT(Import(*MakePcapImporter(), pcap.substr(0, size)).OfKind("tpkt_frame"), IsEmpty());
  }
  for (std::size_t size = 28; size < pcapng.size(); ++size) {
    EXPECT_THAT(Import(*MakePcapngImporter(), pcapng.substr(0, size)).OfKind("tpkt_frame"),
                IsEmpty());
  }
}

TEST(Captures, DamageIsSurvived) {
  const std::string pcap = PcapHeader() + PcapFrame(kConfirm) + PcapFrame(kConfirm);
  const std::string pcapng =
      PcapngSection() + PcapngInterface() + PcapngFrame(kConfirm, 1) + PcapngFrame(kConfirm, 2);
  for (std::uint32_t seed = 1; seed <= 600; ++seed) {
    const Imported a = Import(*MakePcapImporter(), Damager(seed).Damage(pcap));
    const Imported b = Import(*MakePcapngImporter(), Damager(seed).Damage(pcapng));
    // The listing is there whenever the file was taken for a capture at all.
    EXPECT_EQ(a.error.empty(), !a.OfKind("tpkt_frame_listing").empty()) << seed;
    EXPECT_EQ(b.error.empty(), !b.OfKind("tpkt_frame_listing").empty()) << seed;
  }
}

// Real captures, where they are at hand.
struct Sample {
  const char* file;
  const char* importer;
  std::size_t facts;  // frames that are no repeated data
  const char* listed;
};

TEST(Captures, RealOnesGiveWhatOtherToolsSee) {
  const std::string folder = std::string(EXDIAG_SHARED_DIR) + "/formats/samples/net/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference captures at " << folder;
  const std::vector<Sample> samples = {
      {"Q151626_connect_confirm.pcap", "pcap", 1, "1"},
      {"Q151626_connect_confirm.pcapng", "pcapng", 1, "1"},
      {"zeek_mmsX.pcap", "pcap", 1, "1"},
      {"zeek_rdp_tpkt.pcap", "pcap", 0, "0"},
      {"zeek_smtp.pcap", "pcap", 0, "0"},
      {"zeek_smtp.pcapng", "pcapng", 0, "0"},
      {"zeek_dce-rpc_mapi.pcap", "pcap", 0, "0"},
      {"pcapng_output_be_basic_test001.pcapng", "pcapng", 0, "0"},
      {"pcapng_output_le_advanced_test100.pcapng", "pcapng", 0, "0"},
      {"pcapng_output_le_advanced_test102.pcapng", "pcapng", 0, "0"},
      {"pcapng_output_le_difficult_test201.pcapng", "pcapng", 0, "0"},
  };
  for (const Sample& sample : samples) {
    const auto file = OpenFile(folder + sample.file);
    ASSERT_TRUE(file) << file.error().message;
    const auto importer =
        std::string_view(sample.importer) == "pcap" ? MakePcapImporter() : MakePcapngImporter();
    std::string head(64, '\0');
    head.resize((*file)->ReadAt(0, std::as_writable_bytes(std::span(head))));
    EXPECT_TRUE(Recognises(*importer, head, false)) << sample.file;
    Imported imported;
    DiagnosticList problems;
    ASSERT_TRUE(importer->Import({sample.file, **file, {}}, imported, problems)) << sample.file;
    EXPECT_EQ(imported.OfKind("tpkt_frame").size(), sample.facts) << sample.file;
    EXPECT_EQ(imported.facts.back().attributes.find("frames")->second, sample.listed)
        << sample.file;
    EXPECT_THAT(imported.rejects, IsEmpty()) << sample.file;
  }
}

}  // namespace
}  // namespace exdiag
