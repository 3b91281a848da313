// Network Monitor captures, from bytes to facts.
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

const std::string kConfirm =
    Frame({.source_port = 102, .destination_port = 1555}, Tpkt(0x11, Connect(0xd0, "A", "B")));
constexpr std::string_view kConfirmFact =
    "tpkt_frame called_tsap=B calling_tsap=A destination=10.1.0.2:1555 destination_port=1555 "
    "length=20 reserved=17 source=10.1.0.1:102 source_port=102 tpdu=CC tpdu_size=2048 version=3";

struct Version {
  int major = 2;
  int minor = 0;
  std::uint32_t mac_type = 1;
};

// `frames` with their headers and trailers, and the table behind them.
std::string Capture(const Version& version, const std::vector<std::string>& frames,
                    bool table = true) {
  std::string body;
  std::string offsets;
  for (const std::string& frame : frames) {
    offsets += Little(128 + body.size(), 4);
    body += frame;
  }
  std::string head = version.major == 1 ? "RTSS" : "GMBU";
  head += Little(static_cast<std::uint64_t>(version.minor), 1);
  head += Little(static_cast<std::uint64_t>(version.major), 1);
  head += Little(version.mac_type, 2);
  for (const std::uint64_t part : {1999, 11, 2, 2, 19, 5, 31, 250}) head += Little(part, 2);
  head += Little(128 + body.size(), 4) + Little(offsets.size(), 4);
  head.resize(128, '\0');
  return head + body + (table ? offsets : "");
}

std::string CaptureFrame(const Version& version, const std::string& data, std::uint64_t since,
                         const std::string& trailer = "") {
  const bool old = version.major == 1;
  return Little(since, old ? 4 : 8) + Little(data.size(), old ? 2 : 4) +
         Little(data.size(), old ? 2 : 4) + data + trailer;
}

TEST(NetmonCapture, EachVersionGivesTheSameFact) {
  const std::string filetime = Little(125860431312500000, 8);  // 1999-11-02T19:05:31.25Z
  const struct {
    const char* why;
    Version version;
    std::uint64_t since;
    std::string trailer;
    const char* time;
  } kCases[] = {
      {"1.1: milliseconds", {1, 1}, 500, "", "1999-11-02T19:05:31.75"},
      {"2.0: microseconds", {2, 0}, 500'000, "", "1999-11-02T19:05:31.75"},
      {"2.1: the network behind the frame", {2, 1, 9}, 0, Little(1, 2), "1999-11-02T19:05:31.25"},
      {"2.2: libpcap's Ethernet",
       {2, 2, 9},
       0,
       Little(0xe001, 2) + Little(0, 4),
       "1999-11-02T19:05:31.25"},
      {"2.3: the time in UTC",
       {2, 3},
       999,
       Little(1, 2) + Little(0, 4) + filetime + Little(0, 1),
       "1999-11-02T19:05:31.25Z"},
  };
  const auto importer = MakeNetmonCaptureImporter();
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    for (const bool table : {true, false}) {
      const std::string bytes = Capture(
          row.version, {CaptureFrame(row.version, kConfirm, row.since, row.trailer)}, table);
      EXPECT_TRUE(Recognises(*importer, bytes, false));
      const Imported imported = Import(*importer, bytes);
      EXPECT_THAT(Texts(imported.facts),
                  ElementsAre(kConfirmFact, "tpkt_frame_listing frames=1 source=netmon"));
      EXPECT_EQ(FormatTime(imported.facts.at(0).observed_at, imported.facts.at(0).time_basis),
                row.time);
      EXPECT_EQ(ToString(imported.facts.at(0).where), "in: offset 0x80");
      EXPECT_THAT(imported.rejects, IsEmpty());
      if (table) {
        EXPECT_THAT(imported.diagnostics, IsEmpty());
      } else {
        EXPECT_EQ(imported.diagnostics.size(), 1U);
      }
    }
  }
}

TEST(NetmonCapture, RemarksOfTheProgramAreNoFrames) {
  const Version version{2, 1};
  const Imported imported =
      Import(*MakeNetmonCaptureImporter(),
             Capture(version, {CaptureFrame(version, kConfirm, 0, Little(0xfffb, 2))}));
  EXPECT_THAT(Texts(imported.facts), ElementsAre("tpkt_frame_listing frames=0 source=netmon"));
  EXPECT_THAT(imported.diagnostics, IsEmpty());
}

TEST(NetmonCapture, DamageIsRejectedWithPlaceAndConsequence) {
  const Version version{2, 0};
  const std::string frame = CaptureFrame(version, kConfirm, 0);
  std::string twice = Capture(version, {frame, frame});
  twice.replace(twice.size() - 4, 4, Little(128, 4));
  std::string outside = Capture(version, {frame});
  outside.replace(outside.size() - 4, 4, Little(0x7fffffff, 4));
  std::string cut = outside;
  cut.replace(cut.size() - 4, 4, Little(0xdc, 4));
  const struct {
    const char* why;
    std::string bytes;
    KeptReject reject;
  } kCases[] = {
      {"the table names a frame again",
       twice,
       {"in: offset 0x80", "netmon.table",
        "the table of frames goes backwards; this frame is not read"}},
      {"and one outside of the file",
       outside,
       {"in: offset 0xda", "netmon.truncated",
        "the table names a frame that lies outside of the file; this frame is not read"}},
      {"and one whose header the file ends in",
       cut,
       {"in: offset 0xdc", "netmon.truncated",
        "a frame's header lies outside of the file; this frame is not read"}},
      {"an absurd size",
       Capture(version, {Little(0, 8) + Little(0x7fffffff, 4) + Little(0x7fffffff, 4) + "xyz"}),
       {"in: offset 0x80", "netmon.frame.size",
        "frame of 2147483647 bytes, more than any link carries; this frame is not read"}},
      {"the file ends in a frame",
       Capture(version, {frame}, false).substr(0, 200),
       {"in: offset 0x80", "netmon.truncated",
        "frame of 74 bytes, the file has 56 left; this frame is not read"}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    EXPECT_THAT(Import(*MakeNetmonCaptureImporter(), row.bytes).rejects, ElementsAre(row.reject));
  }
  // However often it is named, what cannot be read is looked at once.
  std::string broken = Capture(version, {Little(0, 8) + Little(0x7fffffff, 4) + "xyzz"});
  broken.replace(28, 4, Little(12, 4));
  broken += Little(128, 4) + Little(128, 4);
  const auto rejects = Import(*MakeNetmonCaptureImporter(), broken).rejects;
  ASSERT_EQ(rejects.size(), 3U);
  EXPECT_EQ(rejects[0].id, "netmon.frame.size");
  EXPECT_EQ(rejects[1].id, "netmon.table");
  EXPECT_EQ(rejects[2].id, "netmon.table");
  EXPECT_THAT(Import(*MakeNetmonCaptureImporter(), Capture(version, {frame}, false)).diagnostics,
              ElementsAre("netmon.table | in: offset 0xda: the table of frames is not in the file; "
                          "frames read one after the other"));
}

TEST(NetmonCapture, OtherFilesAreNotRecognised) {
  const auto importer = MakeNetmonCaptureImporter();
  for (const std::string& bytes :
       {std::string(), std::string("RTSS"), std::string("GMBU") + std::string(200, '\0'),
        std::string(200, 'x')}) {
    EXPECT_FALSE(Recognises(*importer, bytes, false));
    EXPECT_EQ(Import(*importer, bytes).error, "in: not a Network Monitor capture; nothing read");
  }
}

TEST(NetmonCapture, DamagedAtRandom) {
  const Version version{2, 1};
  const std::string frame = CaptureFrame(version, kConfirm, 0, Little(1, 2));
  const std::string whole = Capture(version, {frame, frame, frame});
  for (std::uint32_t seed = 0; seed < 2000; ++seed) {
    const Imported imported = Import(*MakeNetmonCaptureImporter(), Damager(seed).Damage(whole));
    EXPECT_LE(imported.facts.size(), 8U) << seed;
  }
}

// The same frames as pcap and as captures of both generations.
TEST(NetmonCapture, RealFiles) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(EXDIAG_SHARED_DIR) / "formats/samples/net";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there: real captures not read";
  const auto facts_of = [&](const Importer& importer, const char* name) {
    Imported imported;
    const auto source = OpenFile((folder / name).string());
    EXPECT_TRUE(source.ok());
    DiagnosticList problems;
    EXPECT_TRUE(importer.Import({"in", **source, {}}, imported, problems).ok());
    EXPECT_THAT(imported.rejects, IsEmpty());
    return Texts(imported.OfKind("tpkt_frame"));
  };
  const auto want = facts_of(*MakePcapImporter(), "Q151626_connect_confirm.pcap");
  ASSERT_EQ(want.size(), 1U);
  const auto netmon = MakeNetmonCaptureImporter();
  EXPECT_EQ(facts_of(*netmon, "Q151626_connect_confirm.netmon1.cap"), want);
  EXPECT_EQ(facts_of(*netmon, "Q151626_connect_confirm.netmon2.cap"), want);
  EXPECT_THAT(facts_of(*netmon, "smtp.netmon1.cap"), IsEmpty());
  EXPECT_THAT(facts_of(*netmon, "smtp.netmon2.cap"), IsEmpty());
}

}  // namespace
}  // namespace exdiag
