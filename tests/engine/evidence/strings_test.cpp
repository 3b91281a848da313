#include "engine/evidence/strings.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

TEST(StringsTest, EmptyAndUnknownStayApart) {
  const InsertionStrings strings = {"5", "", std::nullopt, std::string(300, 'x'), "last"};
  EXPECT_EQ(DecodeStrings(EncodeStrings(strings)), strings);
  EXPECT_EQ(EncodeStrings({}), "");
  EXPECT_TRUE(DecodeStrings("").empty());
}

TEST(StringsTest, DamagedBytesEndTheWalk) {
  std::string encoded = EncodeStrings({"first", "second"});
  encoded.resize(encoded.size() - 1);
  EXPECT_EQ(DecodeStrings(encoded), InsertionStrings{"first"});
  EXPECT_TRUE(DecodeStrings(std::string(9, '\xff')).empty());
}

}  // namespace
}  // namespace exdiag
