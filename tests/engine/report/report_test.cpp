// Whole reports against stored ones.  To store what the program writes now:
//   EXDIAG_UPDATE_GOLDEN=1 ctest --preset release -R ReportGolden
#include "engine/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/text.h"
#include "engine/report/report_json.h"
#include "tests/engine/report/sample_report.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void ExpectGolden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(EXDIAG_SOURCE_DIR "/tests/engine/report/golden/") + name;
  if (std::getenv("EXDIAG_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
  }
  EXPECT_EQ(Read(path), actual) << path;
}

std::string Text(const Report& report, bool verbose = false, bool colour = false) {
  return TextOf(report, {.verbose = verbose}, {.width = 80, .colour = colour});
}

TEST(ReportGoldenTest, Text) { ExpectGolden("report.txt", Text(MakeSampleReport().report)); }
TEST(ReportGoldenTest, VerboseText) {
  ExpectGolden("report-verbose.txt", Text(MakeSampleReport().report, true));
}
TEST(ReportGoldenTest, Markdown) {
  ExpectGolden("report.md", MarkdownOf(MakeSampleReport().report, {}));
}
TEST(ReportGoldenTest, Json) { ExpectGolden("report.json", JsonOf(MakeSampleReport().report)); }
TEST(ReportGoldenTest, Csv) { ExpectGolden("report.csv", CsvOf(MakeSampleReport().report)); }
TEST(ReportGoldenTest, NothingFound) {
  SampleReport sample = MakeSampleReport();
  sample.report.ranking = {};
  sample.report.site = {};
  ExpectGolden("nothing-found.txt", Text(sample.report));
}

TEST(ReportTest, TextStaysWithinEightyColumns) {
  const std::string text = Text(MakeSampleReport().report, true);
  for (const std::string_view line : Split(text, '\n')) {
    EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(ReportTest, EveryStoredTextFitsATerminalAndHasNoColour) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(EXDIAG_SOURCE_DIR "/tests/engine/report/golden")) {
    if (entry.path().extension() != ".txt") continue;
    ++files;
    const std::string text = Read(entry.path().string());
    EXPECT_THAT(text, Not(HasSubstr("\x1b"))) << entry.path();
    for (const std::string_view line : Split(text, '\n')) {
      const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
      });
      EXPECT_LE(columns, 80) << entry.path() << ": " << line;
    }
  }
  EXPECT_GE(files, 3u);
}

TEST(ReportTest, ColourChangesNothingButColour) {
  const SampleReport sample = MakeSampleReport();
  std::string colour = Text(sample.report, false, true);
  EXPECT_THAT(colour, HasSubstr("\x1b[1;31m"));
  for (std::size_t at; (at = colour.find('\x1b')) != std::string::npos;) {
    colour.erase(at, colour.find('m', at) - at + 1);
  }
  std::string plain = Text(sample.report);
  // Without colour the title is underlined instead.
  const std::size_t underline = plain.find('=');
  plain.erase(underline, plain.find('\n', underline) - underline + 1);
  EXPECT_EQ(colour, plain);
}

TEST(ReportTest, NothingFromALogIsObeyed) {
  const SampleReport sample = MakeSampleReport();
  const std::string text = Text(sample.report, true);
  const std::string markdown = MarkdownOf(sample.report, {.verbose = true});
  const std::string json = JsonOf(sample.report);
  const std::string csv = CsvOf(sample.report);
  for (const std::string& output : {text, markdown, json, csv}) {
    EXPECT_THAT(output, Not(HasSubstr("\x1b")));
    EXPECT_TRUE(IsUtf8(output));
  }
  EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
  EXPECT_THAT(markdown, Not(HasSubstr("](http://")));
  EXPECT_THAT(csv, Not(HasSubstr(",=cmd")));
  EXPECT_THAT(csv, Not(HasSubstr("\"=cmd")));
}

// Seven times the incident that the sample begins with, on other days.
SampleReport WithRecurrences() {
  SampleReport sample = MakeSampleReport();
  Ranking& ranking = sample.report.ranking;
  for (int day = 1; day <= 7; ++day) {
    Finding finding = ranking.findings[0];
    Incident incident = ranking.incidents[0];
    incident.id = finding.incident = "i" + std::to_string(3 + day);
    incident.first_seen = incident.first_seen - Duration::Seconds(86'400 * day);
    incident.last_seen = incident.last_seen - Duration::Seconds(86'400 * day);
    incident.findings = {ranking.findings.size()};
    ranking.incidents.push_back(incident);
    ranking.findings.push_back(finding);
  }
  return sample;
}

// Part after part, as a file is written, it comes to the same as at once.
TEST(ReportTest, InPartsAsAWhole) {
  SampleReport sample = WithRecurrences();
  for (const bool empty : {false, true}) {
    if (empty) sample.report = {};
    const Report& report = sample.report;
    for (const bool verbose : {false, true}) {
      Document whole;
      ReportParts(report, {.verbose = verbose}, [&whole](const Document& part) {
        whole.blocks.insert(whole.blocks.end(), part.blocks.begin(), part.blocks.end());
      });
      EXPECT_EQ(Text(report, verbose), RenderText(whole, {.width = 80}));
      EXPECT_EQ(MarkdownOf(report, {.verbose = verbose}), RenderMarkdown(whole));
    }
    EXPECT_EQ(JsonOf(report), Dump(ReportJsonValue(report)));
  }
}

TEST(ReportTest, WhatComesAgainIsToldOnce) {
  SampleReport sample = WithRecurrences();
  const std::string title = sample.report.ranking.findings[0].signal.rule()->title;
  const auto told = [&](bool verbose) {
    std::size_t count = 0;
    const std::string text = MarkdownOf(sample.report, {.verbose = verbose});
    for (const std::string_view line : Split(text, '\n')) {
      if (line.starts_with("## ") && line.ends_with(title)) ++count;
    }
    return count;
  };
  EXPECT_EQ(told(false), 1u);
  EXPECT_EQ(told(true), 8u);
  EXPECT_THAT(Text(sample.report),
              HasSubstr("  The same again (7 times)\n"
                        "    - 1999-11-01 19:05:04 to 19:41:31 UTC, 3 events, 87 % [i4]\n"
                        "    - 1999-10-31 19:05:04 to 19:41:31 UTC, 3 events, 87 % [i5]\n"
                        "    - 1999-10-30 19:05:04 to 19:41:31 UTC, 3 events, 87 % [i6]\n"
                        "    - 1999-10-29 19:05:04 to 19:41:31 UTC, 3 events, 87 % [i7]\n"
                        "    - 1999-10-28 19:05:04 to 19:41:31 UTC, 3 events, 87 % [i8]\n"
                        "    - 2 times more (--verbose)\n"));
  // Other hosts, or acknowledged: not the same.
  sample.report.ranking.incidents[3].hosts = {"PARIS"};
  sample.report.ranking.findings[sample.report.ranking.incidents[4].findings[0]].acknowledged =
      true;
  EXPECT_EQ(told(false), 3u);
  EXPECT_THAT(Text(sample.report), HasSubstr("The same again (5 times)\n"));
}

TEST(ReportTest, SameReportSameBytes) {
  EXPECT_EQ(JsonOf(MakeSampleReport().report), JsonOf(MakeSampleReport().report));
  EXPECT_EQ(Text(MakeSampleReport().report), Text(MakeSampleReport().report));
}

}  // namespace
}  // namespace exdiag
