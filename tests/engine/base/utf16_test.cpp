// The fast ways to UTF-8 against the plain one, at every length and place.
#include "engine/base/utf16.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace exdiag {
namespace {

constexpr unsigned kUnits[] = {'a',    0x7f,   0x80,   0xff,   0x100,  0x7ff,  0x800,
                               0x7fff, 0x8000, 0xd7ff, 0xd835, 0xdd18, 0xe000, 0xffff};

// Mostly ASCII, as logs are; sometimes nothing but the rest.
std::vector<std::byte> SomeText(std::mt19937& random, std::size_t units, bool with_nuls) {
  std::vector<std::byte> bytes;
  const auto others = random() % 3;
  for (std::size_t i = 0; i < units; ++i) {
    auto unit = static_cast<unsigned>('a' + random() % 26);
    if (random() % 8 < others * 3) unit = kUnits[random() % std::size(kUnits)];
    if (with_nuls && random() % 20 == 0) unit = 0;
    bytes.push_back(static_cast<std::byte>(unit & 0xff));
    bytes.push_back(static_cast<std::byte>(unit >> 8));
  }
  return bytes;
}

std::string Plainly(std::span<const std::byte> bytes, bool& clean) {
  std::string out(bytes.size() / 2 * 3, '\0');
  out.resize(static_cast<std::size_t>(PutUtf16(bytes, out.data(), clean) - out.data()));
  return out;
}

TEST(Utf16Test, PaddedGivesTheSame) {
  std::mt19937 random(1);
  for (int turn = 0; turn < 4000; ++turn) {
    std::vector<std::byte> bytes = SomeText(random, random() % 140, turn % 2 == 0);
    const std::size_t size = bytes.size() + turn % 3 / 2;  // an odd last byte now and then
    bytes.resize(bytes.size() + kUtf16Padding, std::byte{0x41});
    const std::span<const std::byte> text = std::span(bytes).first(size);
    for (const Utf16Way way : {Utf16Way::kBest, Utf16Way::kPlain}) {
      bool clean = true, expected_clean = true;
      std::string out(size / 2 * 3 + kUtf16Padding, '\0');
      const char* const end = PutPaddedUtf16(text, out.data(), clean, way);
      out.resize(static_cast<std::size_t>(end - out.data()));
      EXPECT_EQ(out, Plainly(text, expected_clean));
      EXPECT_EQ(clean, expected_clean);
    }
  }
}

TEST(Utf16Test, PaddedArrayFindsItsNuls) {
  std::mt19937 random(2);
  for (int turn = 0; turn < 4000; ++turn) {
    std::vector<std::byte> bytes = SomeText(random, random() % 140, turn % 3 != 0);
    const std::size_t size = bytes.size();
    bytes.resize(size + kUtf16Padding, std::byte{0});
    const std::span<const std::byte> text = std::span(bytes).first(size);
    bool clean = true;
    const std::string expected = Plainly(text, clean);
    std::vector<std::uint32_t> expected_nuls;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (expected[i] == '\0') expected_nuls.push_back(static_cast<std::uint32_t>(i));
    }
    for (const Utf16Way way : {Utf16Way::kBest, Utf16Way::kPlain}) {
      std::string out(size / 2 * 3 + kUtf16Padding, '\0');
      std::vector<std::uint32_t> nuls(size / 2 + 2);
      std::uint32_t* nuls_end = nuls.data();
      const char* const end = PutPaddedUtf16Array(text, out.data(), nuls_end, way);
      out.resize(static_cast<std::size_t>(end - out.data()));
      nuls.resize(static_cast<std::size_t>(nuls_end - nuls.data()));
      EXPECT_EQ(out, expected);
      EXPECT_EQ(nuls, expected_nuls);
    }
  }
}

}  // namespace
}  // namespace exdiag
