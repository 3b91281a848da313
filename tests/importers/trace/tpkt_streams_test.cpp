#include "importers/trace/tpkt_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/trace/trace_bytes.h"

namespace exdiag::trace {
namespace {

using namespace trace_test;
using testing::ElementsAre;

// A direction of a connection, fed piece by piece.
class Feed {
 public:
  explicit Feed(std::set<std::uint16_t> ports = {}) : ports_(std::move(ports)) {}

  void Syn(std::uint32_t sequence) { Add(sequence, "", 0x02); }
  void Fin(std::uint32_t sequence) { Add(sequence, "", 0x11); }

  // `kept`: how much of the payload was captured.
  void Add(std::uint32_t sequence, std::string_view payload, std::uint8_t flags = 0x18,
           std::size_t kept = SIZE_MAX) {
    TcpSegment segment;
    segment.source = {{10, 1, 0, 1}, 4, from};
    segment.destination = {{10, 1, 0, 2}, 4, to};
    segment.sequence = sequence;
    segment.syn = (flags & 0x02) != 0;
    segment.fin = (flags & 0x01) != 0;
    segment.reset = (flags & 0x04) != 0;
    segment.length = payload.size();
    segment.payload = std::as_bytes(std::span(payload.substr(0, kept)));
    streams_.Add(segment, {Place::Offset(++frame_), {}});
  }

  // "CR 0x11 @2": TPDU, reserved byte, number of the segment that it began in.
  std::vector<std::string> Seen() {
    streams_.Finish();
    return seen_;
  }

  std::uint16_t from = 1555;
  std::uint16_t to = 102;

 private:
  std::vector<std::string> seen_;
  std::uint64_t frame_ = 0;
  std::set<std::uint16_t> ports_;
  TpktStreams streams_{ports_, [this](const SeenTpkt& seen) {
                         seen_.push_back(std::string(TpduCode(seen.frame.tpdu)) + " " +
                                         std::to_string(seen.frame.reserved) + " @" +
                                         std::to_string(seen.capture.place.value));
                       }};
};

const std::string kRequest = Tpkt(7, Connect(0xe0));
const std::string kLarge = Tpkt(1, Data(3000));
const std::string kSmall = Tpkt(2, Data(5));

TEST(TpktStreams, OneSegmentMayHoldSeveral) {
  Feed feed;
  feed.Syn(99);
  feed.Add(100, kRequest + kSmall + kSmall);
  EXPECT_THAT(feed.Seen(), ElementsAre("CR 7 @2", "DT 2 @2", "DT 2 @2"));
}

TEST(TpktStreams, OneMaySpreadOverSegmentsAndEvenItsHeaderMay) {
  Feed feed;
  feed.Syn(99);
  const std::string all = kRequest + kLarge + kSmall;
  for (std::size_t at = 0; at < all.size(); at += 3) {
    feed.Add(static_cast<std::uint32_t>(100 + at), all.substr(at, 3));
  }
  const auto seen = feed.Seen();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0], "CR 7 @2");
  EXPECT_EQ(seen[1].substr(0, 4), "DT 1");
  EXPECT_EQ(seen[2].substr(0, 4), "DT 2");
}

TEST(TpktStreams, OrderAndRepetitionDoNotMatter) {
  Feed feed;
  const std::string all = kRequest + kLarge + kSmall;
  feed.Syn(99);
  feed.Add(100 + 40, all.substr(40));
  feed.Add(100, all.substr(0, 20));
  feed.Add(100, all.substr(0, 20));
  feed.Add(110, all.substr(10, 40));
  EXPECT_THAT(feed.Seen(), ElementsAre("CR 7 @3", "DT 1 @5", "DT 2 @2"));
}

TEST(TpktStreams, SequenceNumbersMayWrap) {
  Feed feed;
  feed.Syn(0xfffffff0);
  const std::string all = kRequest + kSmall;
  feed.Add(0xfffffff1, all.substr(0, 30));
  feed.Add(0xfffffff1 + 30, all.substr(30));
  EXPECT_THAT(feed.Seen(), ElementsAre("CR 7 @2", "DT 2 @3"));
}

TEST(TpktStreams, AMissingSegmentIsPassedOver) {
  Feed feed;
  feed.Syn(99);
  feed.Add(100, kRequest);
  feed.Add(5000, "the end of something lost");
  feed.Add(5025, kSmall);
  feed.Fin(6000);
  EXPECT_THAT(feed.Seen(), ElementsAre("CR 7 @2", "DT 2 @4"));
}

TEST(TpktStreams, ACaptureMayBeginInTheMiddle) {
  Feed feed;
  feed.Add(900, "the end of something");
  feed.Add(920, kSmall);
  EXPECT_THAT(feed.Seen(), ElementsAre("DT 2 @2"));
}

TEST(TpktStreams, FramesCutShortKeepTheCount) {
  Feed feed;
  feed.Syn(99);
  feed.Add(100, kLarge.substr(0, 1400), 0x18, 300);
  feed.Add(1500, kLarge.substr(1400), 0x18, 300);
  feed.Add(static_cast<std::uint32_t>(100 + kLarge.size()), kSmall);
  EXPECT_THAT(feed.Seen(), ElementsAre("DT 1 @2", "DT 2 @4"));
}

TEST(TpktStreams, AHeaderOfAnotherVersionIsGivenOutAndEndsTheStream) {
  Feed feed;
  feed.Syn(99);
  feed.Add(100, "GET / HTTP/1.0\r\n\r\n" + kSmall);
  feed.Add(200, kSmall);
  EXPECT_THAT(feed.Seen(), ElementsAre(" 69 @2"));
}

TEST(TpktStreams, ATpktShorterThanItsOwnHeaderEndsTheStream) {
  Feed feed;
  feed.Syn(99);
  feed.Add(100, std::string("\x03\x00\x00\x01", 4) + kSmall);
  EXPECT_THAT(feed.Seen(), ElementsAre(" 0 @2"));
}

TEST(TpktStreams, OnlyPort102AndThoseNamedAreLookedAt) {
  struct Case {
    const char* why;
    std::set<std::uint16_t> named;
    std::uint16_t from;
    std::uint16_t to;
    bool found;
  };
  const std::vector<Case> cases = {
      {"to 102", {}, 1555, 102, true},
      {"from 102", {}, 102, 1555, true},
      {"to another port", {}, 1555, 3001, false},
      {"from another port", {}, 3001, 1555, false},
      {"to a named port", {3001}, 1555, 3001, true},
      {"from a named port", {3001}, 3001, 1555, true},
      {"the second of several", {3001, 65535}, 1555, 65535, true},
      {"none of several", {3001, 65535}, 1555, 3002, false},
      {"102 counts beside named ones", {3001}, 1555, 102, true},
      {"between two of them", {3001}, 102, 3001, true},
  };
  for (const Case& c : cases) {
    Feed feed(c.named);
    feed.from = c.from;
    feed.to = c.to;
    feed.Syn(99);
    feed.Add(100, kRequest);
    EXPECT_EQ(feed.Seen(),
              c.found ? std::vector<std::string>{"CR 7 @2"} : std::vector<std::string>{})
        << c.why;
  }
}

TEST(TpktStreams, ThousandsOfSegmentsOutOfOrderAreNotAllKept) {
  Feed feed;
  feed.Syn(99);
  for (std::uint32_t i = 0; i < 5000; ++i) feed.Add(1'000'000 - 100 * i, kSmall);
  EXPECT_FALSE(feed.Seen().empty());
}

}  // namespace
}  // namespace exdiag::trace
