#include "engine/knowledge/folded_message.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

TEST(FoldedMessageTest, FoldsAndKnowsTheWayBack) {
  const struct {
    std::string_view why;
    std::string_view raw;
    std::string_view text;
    std::size_t begin;
    std::size_t end;
    std::string_view raw_part;
  } kCases[] = {
      {"letters", "Error @[`{ Z", "error @[`{ z", 0, 5, "Error"},
      {"white space of all kinds", "a\r\n\t b \v\fc", "a b c", 2, 5, "b \v\fc"},
      {"white space behind a part belongs to its blank", "a  b", "a b", 0, 2, "a  "},
      {"white space at both ends", " \r\n a b \n", "a b", 0, 3, "a b"},
      {"longer than a block, which begins with a blank", "abcdefghijklmno  Pqrstuvwxyzabcdefghij",
       "abcdefghijklmno pqrstuvwxyzabcdefghij", 16, 20, "Pqrs"},
      {"curly quotes", "\xe2\x80\x9cx\xe2\x80\x9d", "\"x\"", 1, 3, "x\xe2\x80\x9d"},
      {"no-break blanks", "a\xc2\xa0\xc2\xa0z", "a z", 2, 3, "z"},
      {"other letters stay", "\xc3\x84 b", "\xc3\x84 b", 0, 2, "\xc3\x84"},
      {"a quote that is cut", "a\xe2\x80", "a\xe2\x80", 0, 3, "a\xe2\x80"},
      {"nothing", "", "", 0, 0, ""},
      {"white space only", " \n", "", 0, 0, ""},
  };
  FoldedMessage message;
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    message.Assign(row.raw);
    EXPECT_EQ(message.text(), row.text);
    EXPECT_EQ(message.Raw(row.begin, row.end), row.raw_part);
  }
}

TEST(FoldedMessageTest, PartsAreFoundWhereverTheyStand) {
  const std::string text = std::string(40, ' ') + "ab a" + std::string(40, 'x') + "ab";
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    for (std::size_t size = 1; begin + size <= text.size(); ++size) {
      const std::string_view part = std::string_view(text).substr(begin, size);
      EXPECT_EQ(FindPart(text, part, 0), text.find(part));
      EXPECT_EQ(FindPart(text, part, begin), begin);
      EXPECT_EQ(FindPart(text, part, begin + 1), text.find(part, begin + 1));
    }
  }
}

}  // namespace
}  // namespace exdiag
