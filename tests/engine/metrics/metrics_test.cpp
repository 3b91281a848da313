#include "engine/metrics/metrics.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include "engine/metrics/metrics_file.h"

namespace exdiag {
namespace {

TEST(SampleLineTest, NumbersReadBackAndLabelsAreText) {
  const struct {
    std::string_view why;
    MetricSample sample;
    std::string_view line;
  } kCases[] = {
      {"whole numbers as such", {{{"site", "n"}}, 3}, "exdiag_x{site=\"n\"} 3"},
      {"seconds since 1970", {{{"site", "n"}}, 1'795'226'999}, "exdiag_x{site=\"n\"} 1795226999"},
      {"fractions", {{{"site", "n"}}, 0.1}, "exdiag_x{site=\"n\"} 0.1"},
      {"several labels",
       {{{"site", "n"}, {"host", "EX 1"}}, 0},
       "exdiag_x{site=\"n\",host=\"EX 1\"} 0"},
      {"the end of a value", {{{"host", "a\"} 1\n"}}, 0}, "exdiag_x{host=\"a\\\"} 1\\\\x0a\"} 0"},
      {"an escape", {{{"host", "a\\"}}, 0}, "exdiag_x{host=\"a\\\\\"} 0"},
      {"what is no UTF-8", {{{"host", "a\xff"}}, 0}, "exdiag_x{host=\"a\\\\xff\"} 0"},
      {"other letters", {{{"host", "é"}}, 0}, "exdiag_x{host=\"é\"} 0"},
  };
  for (const auto& row : kCases) EXPECT_EQ(SampleLine("exdiag_x", row.sample), row.line) << row.why;
}

class MetricsFileTest : public ::testing::Test {
 protected:
  MetricsFileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "exdiag-metrics-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    file_ = (folder_ / "exdiag.prom").string();
  }
  ~MetricsFileTest() override { std::filesystem::remove_all(folder_); }

  // A run of a site with `found` findings; none: it failed.
  static SiteMetrics Run(const std::string& site, std::optional<double> found) {
    MetricFamily findings{"exdiag_findings", "Findings.", {}};
    if (found) findings.samples.push_back({{{"host", "EX1"}}, *found});
    return {
        .site = site,
        .families = {findings, {"exdiag_success", "Whether it ended.", {{{}, found ? 1.0 : 0.0}}}},
        .complete = found.has_value()};
  }

  std::string Content() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
  std::string file_;
};

TEST_F(MetricsFileTest, IsReplacedAsAWhole) {
  const mode_t mask = ::umask(077);
  ASSERT_TRUE(UpdateMetricsFile(file_, {"north"}, Run("north", 7)));
  ASSERT_TRUE(UpdateMetricsFile(file_, {"north"}, Run("north", 2)));
  ::umask(mask);
  EXPECT_EQ(Content(),
            "# HELP exdiag_findings Findings.\n"
            "# TYPE exdiag_findings gauge\n"
            "exdiag_findings{site=\"north\",host=\"EX1\"} 2\n"
            "# HELP exdiag_success Whether it ended.\n"
            "# TYPE exdiag_success gauge\n"
            "exdiag_success{site=\"north\"} 1\n");
  struct stat about = {};
  ASSERT_EQ(::stat(file_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0644U);  // node_exporter is another user
  const auto files = std::filesystem::directory_iterator(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(MetricsFileTest, OtherSitesKeepTheirPart) {
  const std::vector<std::string> sites = {"north", "south"};
  ASSERT_TRUE(UpdateMetricsFile(file_, sites, Run("south", 1)));
  ASSERT_TRUE(UpdateMetricsFile(file_, sites, Run("north", 2)));
  EXPECT_EQ(Content(),
            "# HELP exdiag_findings Findings.\n"
            "# TYPE exdiag_findings gauge\n"
            "exdiag_findings{site=\"north\",host=\"EX1\"} 2\n"
            "exdiag_findings{site=\"south\",host=\"EX1\"} 1\n"
            "# HELP exdiag_success Whether it ended.\n"
            "# TYPE exdiag_success gauge\n"
            "exdiag_success{site=\"north\"} 1\n"
            "exdiag_success{site=\"south\"} 1\n");
  // A site that is configured no longer has none.
  ASSERT_TRUE(UpdateMetricsFile(file_, {"north"}, Run("north", 2)));
  EXPECT_EQ(Content().find("south"), std::string::npos);
}

TEST_F(MetricsFileTest, AFailedRunKeepsWhatTheLastOneFound) {
  ASSERT_TRUE(UpdateMetricsFile(file_, {"north"}, Run("north", 7)));
  ASSERT_TRUE(UpdateMetricsFile(file_, {"north"}, Run("north", std::nullopt)));
  EXPECT_NE(Content().find("exdiag_findings{site=\"north\",host=\"EX1\"} 7\n"), std::string::npos);
  EXPECT_NE(Content().find("exdiag_success{site=\"north\"} 0\n"), std::string::npos);
}

TEST_F(MetricsFileTest, WhatOthersWroteIntoItIsNotKept) {
  std::ofstream(file_) << "# HELP x y\nexdiag_findings{site=\"north\n}\nother{site=\"south\"} 1\n"
                       << "exdiag_findings{host=\"EX1\"} 1\nexdiag_findings{site=\"south\"} 1";
  ASSERT_TRUE(UpdateMetricsFile(file_, {"north", "south"}, Run("north", 2)));
  EXPECT_EQ(Content(),
            "# HELP exdiag_findings Findings.\n"
            "# TYPE exdiag_findings gauge\n"
            "exdiag_findings{site=\"north\",host=\"EX1\"} 2\n"
            "# HELP exdiag_success Whether it ended.\n"
            "# TYPE exdiag_success gauge\n"
            "exdiag_success{site=\"north\"} 1\n");
}

TEST_F(MetricsFileTest, SitesThatWriteAtOnceBothHaveTheirSay) {
  std::vector<std::string> sites;
  for (int i = 0; i < 8; ++i) sites.push_back("site" + std::to_string(i));
  std::vector<std::thread> threads;
  for (const std::string& site : sites) {
    threads.emplace_back([&, site] {
      for (int run = 0; run < 20; ++run) {
        ASSERT_TRUE(UpdateMetricsFile(file_, sites, Run(site, run)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& site : sites) {
    EXPECT_NE(Content().find("{site=\"" + site + "\",host=\"EX1\"} 19\n"), std::string::npos);
  }
}

TEST_F(MetricsFileTest, SaysWhyItIsNotWritten) {
  const auto written = UpdateMetricsFile("/nowhere/exdiag.prom", {"north"}, Run("north", 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message,
            "/nowhere/exdiag.prom: No such file or directory; metrics not written");
  // A folder in its place: the draft does not stay.
  std::filesystem::create_directory(file_);
  EXPECT_FALSE(UpdateMetricsFile(file_, {"north"}, Run("north", 1)));
  const auto files = std::filesystem::directory_iterator(folder_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

}  // namespace
}  // namespace exdiag
