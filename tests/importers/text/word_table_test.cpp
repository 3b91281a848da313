#include "importers/text/word_table.h"

#include <gtest/gtest.h>

#include "importers/text/find_bytes.h"

namespace exdiag {
namespace {

TEST(WordTableTest, FindsWordsInAnyCase) {
  WordTable<int> table;
  table.Add("Error", 1);
  table.Add("ERROR", 2);  // the first one counts
  table.Add("Errol", 3);
  table.Add("r", 4);
  table.Add("\xc3\x89v\xc3\xa9nement", 5);
  const struct {
    std::string_view word;
    int value;
  } kCases[] = {{"Error", 1},
                {"eRROR", 1},
                {"errol", 3},
                {"R", 4},
                {"\xc3\x89V\xc3\xa9nemenT", 5},
                {"\xc3\xa9v\xc3\xa9nement", 0},  // folded in ASCII only
                {"Erro", 0},
                {"Errors", 0},
                {"", 0}};
  for (const auto& row : kCases) {
    const int* const value = table.Find(row.word);
    EXPECT_EQ(value == nullptr ? 0 : *value, row.value) << row.word;
  }
}

TEST(FindAnyOfTest, EveryPlaceOfEverySize) {
  for (std::size_t size = 0; size < 50; ++size) {
    for (std::size_t place = 0; place <= size; ++place) {
      std::string text(size, 'x');
      if (place < size) text[place] = place % 2 == 0 ? ':' : '\xef';
      for (std::size_t from = 0; from <= size; ++from) {
        const std::size_t want = from <= place ? place : size;
        EXPECT_EQ((FindAnyOf<':', '\xef'>(text, from)), want) << size << " " << place;
      }
    }
  }
}

}  // namespace
}  // namespace exdiag
