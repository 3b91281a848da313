#include "engine/normalise/event_identity.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "engine/base/text.h"

namespace exdiag {
namespace {

std::uint64_t HashOf(const std::vector<std::string>& pieces) {
  EventIdentity identity;
  identity.Begin(EventIdentity::SourcePart("lyon", "msexchangemta"), 9322,
                 {116'444'736'000'000'000}, TimeBasis::kUtc);
  for (const std::string& piece : pieces) identity.Add(piece);
  return identity.Hash();
}

// Of the characters that matter, long enough for every way of copying.
std::string RandomText(std::mt19937& random, std::size_t size) {
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstu\xc3\xa9\x01\x7f\xff  \t\r\n\v\f";
  std::string text;
  while (text.size() < size) text += kCharacters[random() % kCharacters.size()];
  return text;
}

TEST(EventIdentityTest, WhiteSpaceIsOneBlankWhateverItIs) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = RandomText(random, random() % 100);
    EXPECT_EQ(HashOf({text}), HashOf({CollapseSpace(text)})) << Printable(text);
    std::string plain = CollapseSpace(text);
    if (plain.empty()) continue;
    plain[random() % plain.size()] ^= 4;
    EXPECT_NE(HashOf({text}), HashOf({plain})) << Printable(text);
  }
}

TEST(EventIdentityTest, WhereAPieceEndsMakesNoDifference) {
  std::mt19937 random(2);
  for (int i = 0; i < 1000; ++i) {
    const std::string first = RandomText(random, random() % 50);
    const std::string second = RandomText(random, random() % 50);
    EXPECT_EQ(HashOf({first, second}), HashOf({first + ' ' + second}));
  }
}

// Stores hold these numbers.
TEST(EventIdentityTest, IsTheSameForEver) {
  EXPECT_EQ(HashOf({"An interface  error has\r\noccurred.", "", "1722"}),
            6'978'171'641'091'661'178u);
}

}  // namespace
}  // namespace exdiag
