#include "engine/base/packed.h"

#include <gtest/gtest.h>

#include <limits>

namespace exdiag {
namespace {

TEST(Packed, ComesBackAsItWas) {
  const std::uint64_t numbers[] = {0, 1, 127, 128, 300, std::numeric_limits<std::uint64_t>::max()};
  const std::int64_t signed_numbers[] = {0,
                                         -1,
                                         1,
                                         -64,
                                         64,
                                         std::numeric_limits<std::int64_t>::min(),
                                         std::numeric_limits<std::int64_t>::max()};
  PackedWriter out;
  for (const std::uint64_t number : numbers) out.Number(number);
  for (const std::int64_t number : signed_numbers) out.Signed(number);
  out.Double(-0.25);
  out.Text("");
  out.Text(std::string_view("a\0b", 3));
  PackedReader in(out.bytes());
  for (const std::uint64_t number : numbers) EXPECT_EQ(in.Number(), number);
  for (const std::int64_t number : signed_numbers) EXPECT_EQ(in.Signed(), number);
  EXPECT_EQ(in.Double(), -0.25);
  EXPECT_EQ(in.Text(), "");
  EXPECT_EQ(in.Text(), std::string_view("a\0b", 3));
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.at_end());
}

TEST(Packed, WhatIsNotThereFailsForGood) {
  struct Case {
    const char* why;
    std::string_view bytes;
  };
  constexpr Case kCases[] = {
      {"nothing at all", ""},
      {"a number that goes on", "\xff"},
      {"a number of more than 64 bits", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
      {"a text longer than the rest", "\x05xyz"},
  };
  for (const Case& c : kCases) {
    PackedReader in(c.bytes);
    EXPECT_EQ(in.Text(), "") << c.why;
    EXPECT_FALSE(in.ok()) << c.why;
    EXPECT_EQ(in.Number(), 0u) << c.why;
  }
  PackedReader in("\x05xyz");
  EXPECT_EQ(in.Count(), 0u);  // five things in three bytes
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace exdiag
