// Formats that do not begin where their file does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/importer.h"
#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

using ::testing::IsEmpty;
using ::testing::Le;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = kKiB * kKiB;

const std::string kEvent =
    "Event ID: 9322\r\nSource: MSExchangeMTA\r\nDate: 11/22/1999\r\nTime: 7:05:31 PM\r\n"
    "Computer: BREST\r\nDescription:\r\nThe connection was refused.\r\n";
const std::string kXml =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
    "<Provider Name='MSExchangeTransport'/><EventID>12014</EventID>"
    "<TimeCreated SystemTime='2010-03-14T01:02:03Z'/><Computer>EX1</Computer></System></Event>\n";

// At least `size` characters of prose, whole lines.
std::string Prose(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "We moved the connector and the queue grew: see below.\r\n";
  return text;
}

std::string Utf16(const std::string& ascii, const std::string& mark) {
  std::string bytes = mark;
  for (const char c : ascii) bytes += {c, '\0'};
  return bytes;
}

std::string FormatOf(const std::string& bytes) {
  const auto source = MemorySource(bytes);
  const Importer* const importer = FindImporter(*source);
  return importer == nullptr ? "" : std::string(importer->name());
}

TEST(FindImporterTest, AnEventBehindProse) {
  const struct {
    const char* why;
    std::string file, format;
  } kCases[] = {
      {"in the head", Prose(100) + kEvent, "clipboard"},
      {"across the end of the head", Prose(4 * kKiB - 60) + kEvent, "clipboard"},
      {"behind the head", Prose(5 * kKiB) + kEvent, "clipboard"},
      {"at the end of the first megabyte", Prose(kMiB - 400) + kEvent, "clipboard"},
      {"UTF-16 with a mark", Utf16(Prose(5 * kKiB) + kEvent, "\xff\xfe"), "clipboard"},
      {"UTF-16 without one", Utf16(Prose(5 * kKiB) + kEvent, ""), "clipboard"},
      {"a code page", Prose(5 * kKiB) + "Gr\xfc\xdf" + "e\r\n" + kEvent, "clipboard"},
      {"of Vista", Prose(5 * kKiB) + "Log Name: Application\r\n" + kEvent, "clipboard-vista"},
      {"XML", Prose(5 * kKiB) + kXml, "xml"},
      {"only prose", Prose(5 * kKiB), ""},
      {"behind the first megabyte nobody looks", Prose(kMiB) + kEvent, ""},
      {"binary", std::string(5 * kKiB, '\x01') + kEvent, ""},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    EXPECT_EQ(FormatOf(row.file), row.format);
  }
}

TEST(FindImporterTest, AnEventBehindProseIsReadWhole) {
  const Collected read = ImportBytes(Prose(20 * kKiB) + kEvent + "\r\n" + Prose(20 * kKiB));
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].id, 9322);
  EXPECT_EQ(read.records[0].provider, "MSExchangeMTA");
  EXPECT_THAT(read.rejects, IsEmpty());
}

// Counts what is read of it.
class CountedBytes final : public ByteSource {
 public:
  explicit CountedBytes(std::string bytes) : bytes_(MemorySource(std::move(bytes))) {}

  std::uint64_t size() const override { return bytes_->size(); }
  std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const override {
    const std::size_t got = bytes_->ReadAt(offset, into);
    total_ += got;
    furthest_ = std::max(furthest_, offset + got);
    return got;
  }

  std::uint64_t total() const { return total_; }
  std::uint64_t furthest() const { return furthest_; }

 private:
  std::unique_ptr<ByteSource> bytes_;
  mutable std::uint64_t total_ = 0;
  mutable std::uint64_t furthest_ = 0;
};

TEST(FindImporterTest, WhatNobodyKnowsIsReadOnceAndNotToItsEnd) {
  for (const char fill : {'x', '\x01'}) {
    const CountedBytes bytes(std::string(70 * kMiB, fill));
    EXPECT_EQ(FindImporter(bytes), nullptr);
    EXPECT_THAT(bytes.furthest(), Le(65 * kMiB));
    // Pieces overlap by an eighth.
    EXPECT_THAT(bytes.total(), Le(75 * kMiB));
  }
}

}  // namespace
}  // namespace exdiag
