// Texts that are kept, and how many.
#include "importers/evtx/interned_texts.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace exdiag::evtx {
namespace {

TEST(EvtxInternedTextsTest, GivesTheSameViewAgain) {
  InternedTexts texts(100);
  EXPECT_EQ(texts.Find("ESE"), nullptr);
  const auto* first = texts.Add("ESE", "ese");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->text, "ese");
  EXPECT_EQ(first->number, 101U);
  for (int i = 0; i < 2000; ++i) ASSERT_NE(texts.Intern("text " + std::to_string(i)), nullptr);
  EXPECT_EQ(texts.Find("ESE"), first);
  EXPECT_EQ(texts.Intern("text 7"), texts.Find("text 7"));
  EXPECT_EQ(texts.Find("text"), nullptr);
  EXPECT_EQ(texts.Find(""), nullptr);
  EXPECT_EQ(texts.Intern("")->text, "");
}

TEST(EvtxInternedTextsTest, KeepsNoMoreThanItsBounds) {
  InternedTexts texts;
  std::set<std::uint32_t> numbers;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < 2 * InternedTexts::kMostEntries; ++i) {
    const auto* entry = texts.Intern(std::to_string(i));
    if (entry == nullptr) continue;
    ++kept;
    EXPECT_LE(entry->number, InternedTexts::kMostEntries);
    numbers.insert(entry->number);
  }
  EXPECT_EQ(numbers.size(), kept);
  EXPECT_LE(kept, InternedTexts::kMostEntries);
  EXPECT_GT(kept, InternedTexts::kMostEntries / 4);

  InternedTexts large;
  EXPECT_EQ(large.Intern(std::string(std::size_t{5} << 20, 'x')), nullptr);
}

}  // namespace
}  // namespace exdiag::evtx
