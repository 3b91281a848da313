#include "importers/trace/tpkt.h"

#include <gtest/gtest.h>

#include "tests/importers/trace/trace_bytes.h"

namespace exdiag::trace {
namespace {

using namespace trace_test;

Bytes BytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(Tpkt, DecodesConnectConfirmWithItsParameters) {
  const std::string bytes = Tpkt(0x11, Connect(0xd0, "SWITCH", "MAIL\x01"));
  const auto frame = DecodeTpkt(BytesOf(bytes));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->version, 3);
  EXPECT_EQ(frame->reserved, 0x11);
  EXPECT_EQ(frame->length, bytes.size());
  EXPECT_EQ(frame->tpdu, TpduType::kConnectConfirm);
  EXPECT_EQ(frame->tpdu_size, 2048U);
  EXPECT_EQ(frame->calling_tsap, "SWITCH");
  EXPECT_EQ(frame->called_tsap, "MAIL\x01");
  EXPECT_FALSE(frame->disconnect_reason);
  EXPECT_TRUE(LooksLikeTpkt(*frame));
}

TEST(Tpkt, DecodesTheReasonOfADisconnectRequest) {
  const auto frame = DecodeTpkt(BytesOf(Tpkt(0, DisconnectRequest(136))));
  ASSERT_TRUE(frame);
  EXPECT_EQ(TpduCode(frame->tpdu), "DR");
  EXPECT_EQ(frame->disconnect_reason, 136);
}

struct TypeCase {
  const char* why;
  std::string tpdu;
  std::string_view code;
  bool consistent;
};

TEST(Tpkt, TellsTpdusApart) {
  const std::vector<TypeCase> cases = {
      {"connection request, credit in the low half", Connect(0xe5), "CR", true},
      {"data of class 0", Data(10), "DT", true},
      {"disconnect confirm", std::string("\x05\xc0\0\0\0\0", 6), "DC", true},
      {"error with its cause", std::string("\x04\x70\0\0\x01", 5), "ER", true},
      {"expedited data", std::string("\x04\x10\0\0\0z", 6), "ED", true},
      {"acknowledgement", std::string("\x04\x60\0\0\0", 5), "AK", true},
      {"expedited acknowledgement", std::string("\x04\x20\0\0\0", 5), "EA", true},
      {"reject", std::string("\x04\x50\0\0\0", 5), "RJ", true},
      {"no TPDU has code 0", std::string("\x04\0\0\0\0", 5), "", false},
      {"a length indicator of 255 is reserved", "\xff\xe0" + std::string(253, 'x'), "", false},
      {"shorter than the fixed part of a CR", std::string("\x03\xe0\0\0", 4), "", false},
      {"a parameter that runs over the end", std::string("\x09\xe0\0\0\0\x01\0\xc1\x09X", 10), "CR",
       false},
      {"longer than its TPKT", std::string("\x20\xd0\0\0\0\0\0", 7), "CC", false},
      {"nothing behind the header", "", "", false},
  };
  for (const TypeCase& c : cases) {
    const auto frame = DecodeTpkt(BytesOf(Tpkt(0, c.tpdu)));
    ASSERT_TRUE(frame) << c.why;
    EXPECT_EQ(TpduCode(frame->tpdu), c.code) << c.why;
    EXPECT_EQ(frame->consistent, c.consistent) << c.why;
  }
}

TEST(Tpkt, NeedsFourBytes) {
  const std::string bytes = Tpkt(0, Connect(0xe0));
  for (std::size_t size = 0; size < 4; ++size) {
    EXPECT_FALSE(DecodeTpkt(BytesOf(bytes.substr(0, size))));
  }
}

TEST(Tpkt, AnotherVersionIsDecodedAndNotTakenForATpkt) {
  const auto frame = DecodeTpkt(BytesOf(Tpkt(0, Connect(0xe0), 4)));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->version, 4);
  EXPECT_FALSE(LooksLikeTpkt(*frame));
}

TEST(Tpkt, SurvivesEveryCutAndEveryChangedByte) {
  const std::string whole = Tpkt(0, Connect(0xe0));
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const auto frame = DecodeTpkt(BytesOf(whole.substr(0, size)));
    ASSERT_TRUE(frame);
    EXPECT_FALSE(frame->consistent) << "cut at " << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(value);
      const auto frame = DecodeTpkt(BytesOf(damaged));
      ASSERT_TRUE(frame);
      EXPECT_LE(frame->calling_tsap.value_or("").size(), whole.size());
    }
  }
}

}  // namespace
}  // namespace exdiag::trace
