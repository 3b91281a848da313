#include "importers/evtx/crc32.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace exdiag::test {
namespace {

std::uint32_t Ours(std::string_view bytes, std::uint32_t before = 0) {
  const auto span = std::as_bytes(std::span(bytes));
  const std::uint32_t crc = evtx::Crc32(before, span);
  EXPECT_EQ(evtx::Crc32(before, span, evtx::Crc32Way::kPlain), crc);
  return crc;
}

TEST(Crc32Test, KnownValues) {
  EXPECT_EQ(Ours(""), 0U);
  EXPECT_EQ(Ours("123456789"), 0xcbf43926U);  // the check value of CRC-32/ISO-HDLC
}

// Every length around the steps of the fast way, from every alignment, in one go and in two.
TEST(Crc32Test, AgreesWithZlib) {
  std::string bytes;
  std::uint32_t state = 1;
  for (int i = 0; i < 1400; ++i) {
    state = state * 1664525 + 1013904223;
    bytes.push_back(static_cast<char>(state >> 24));
  }
  for (std::size_t size = 0; size <= 1100; ++size) {
    for (std::size_t from = 0; from < 5; ++from) {
      const std::string_view part = std::string_view(bytes).substr(from * 13, size);
      const auto expected = static_cast<std::uint32_t>(
          ::crc32(0, reinterpret_cast<const Bytef*>(part.data()), static_cast<uInt>(part.size())));
      ASSERT_EQ(Ours(part), expected) << size << " bytes from " << from;
      ASSERT_EQ(Ours(part.substr(size / 3), Ours(part.substr(0, size / 3))), expected) << size;
    }
  }
}

}  // namespace
}  // namespace exdiag::test
