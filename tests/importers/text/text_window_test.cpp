#include "importers/text/text_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/text/line_reader.h"
#include "tests/importers/text/encode.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;

// A medium that gives `readable` bytes of a file that claims more.
class BadMedium final : public ByteSource {
 public:
  BadMedium(std::string bytes, std::uint64_t size) : bytes_(std::move(bytes)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override {
    if (offset >= bytes_.size()) return 0;
    const std::size_t count = std::min(into.size(), bytes_.size() - offset);
    std::copy_n(std::as_bytes(std::span(bytes_)).subspan(offset).begin(), count, into.begin());
    return count;
  }

 private:
  std::string bytes_;
  std::uint64_t size_;
};

std::string ReadAll(const std::string& bytes) {
  const auto source = MemorySource(bytes);
  const Export input{"in", *source, {}};
  auto window = TextWindow::Open(input);
  std::string all;
  while (!window->view().empty() || window->Fill()) {
    const std::size_t some = std::min<std::size_t>(window->view().size(), 1000);
    all += window->view().substr(0, some);
    window->Consume(some);
  }
  return all;
}

// Blocks end anywhere: within characters, surrogate pairs and line ends.
TEST(TextWindowTest, BlocksDoNotShow) {
  std::string text;
  while (text.size() < 900'000) text += "zeile äöü 漢字 😀 " + std::to_string(text.size()) + "\r\n";
  EXPECT_TRUE(ReadAll(text) == text);
  EXPECT_TRUE(ReadAll("\xff\xfe" + Utf16(text, false)) == text);
  EXPECT_TRUE(ReadAll(Utf16(text, true)) == text);
}

TEST(TextWindowTest, AnEndlessLineIsHandedOutInPieces) {
  std::string line;
  while (line.size() < 3'000'000) line += "äöü";
  EXPECT_TRUE(ReadAll(line) == line);
}

TEST(TextWindowTest, MemoryStaysBounded) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "a line of some forty characters, more or less\n";
  const auto source = MemorySource(text);
  const Export input{"in", *source, {}};
  auto window = TextWindow::Open(input);
  LineReader lines(*window);
  std::size_t most = 0;
  std::uint64_t count = 0;
  while (lines.Next()) {
    ++count;
    most = std::max(most, window->view().size());
  }
  EXPECT_EQ(count, 200'000u);
  EXPECT_LT(most, std::size_t{1} << 20);
}

TEST(TextWindowTest, LinesAreCountedAndRepeated) {
  const auto source = MemorySource("one\r\ntwo\n\nfour");
  const Export input{"in", *source, {}};
  auto window = TextWindow::Open(input);
  LineReader lines(*window);
  std::vector<std::string> seen;
  bool repeated = false;
  while (lines.Next()) {
    seen.push_back(std::to_string(lines.number()) + ":" + std::string(lines.line()));
    if (lines.number() == 2 && !repeated) {
      repeated = true;
      lines.Repeat();
    }
    if (lines.number() == 4) break;
  }
  EXPECT_THAT(seen, ElementsAre("1:one", "2:two", "2:two", "3:", "4:four"));
}

TEST(TextWindowTest, AMediumThatFailsIsTold) {
  const BadMedium medium("one\ntwo\n", 5000);
  const Export input{"in", medium, {}};
  auto window = TextWindow::Open(input);
  std::size_t lines = 0;
  for (LineReader reader(*window); reader.Next();) ++lines;
  EXPECT_EQ(lines, 2u);
  DiagnosticList problems;
  window->ReportLosses(problems);
  ASSERT_EQ(problems.items().size(), 1u);
  EXPECT_EQ(ToString(problems.items()[0]),
            "in: offset 0x8: only 8 of 5000 bytes could be read; what follows is missing");
  EXPECT_EQ(problems.items()[0].severity, Severity::kWarning);
}

}  // namespace
}  // namespace exdiag
