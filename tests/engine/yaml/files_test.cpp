#include "engine/yaml/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace exdiag {
namespace {

namespace fs = std::filesystem;

class YamlFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ =
        fs::path(::testing::TempDir()) / ("exdiag_yaml_" + std::to_string(::getpid())) / "rules";
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_.parent_path()); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  fs::path root_;
};

TEST_F(YamlFilesTest, ListsByNameBelowTheFolder) {
  Write("smtp/b.yaml", "a: 1");
  Write("smtp/a.yml", "a: 1");
  Write("_shared.yaml", "a: 1");
  Write("readme.txt", "no");
  Write(".hidden/c.yaml", "a: 1");
  Write("smtp/.#b.yaml", "an editor's lock");
  const auto files = ListYamlFiles(root_.string() + "/");
  ASSERT_TRUE(files.ok());
  std::vector<std::string> names;
  for (const YamlFile& file : *files) names.push_back(file.name);
  EXPECT_THAT(
      names, ::testing::ElementsAre("rules/_shared.yaml", "rules/smtp/a.yml", "rules/smtp/b.yaml"));
}

TEST_F(YamlFilesTest, AFolderThatIsNotThere) {
  const std::string folder = (root_ / "none").string();
  const auto files = ListYamlFiles(folder);
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.error().message, folder + ": No such file or directory; nothing read from it");
}

TEST_F(YamlFilesTest, AFileThatIsNotThere) {
  DiagnosticList list;
  YamlProblems problems("rules/gone.yaml", "rule left out", list);
  EXPECT_FALSE(LoadYamlFile((root_ / "gone.yaml").string(), problems));
  ASSERT_EQ(list.items().size(), 1u);
  EXPECT_EQ(ToString(list.items()[0]),
            "rules/gone.yaml: cannot be read: No such file or directory; rule left out");
}

TEST_F(YamlFilesTest, Loads) {
  Write("a.yaml", "id: x\n");
  DiagnosticList list;
  YamlProblems problems("rules/a.yaml", "rule left out", list);
  const auto node = LoadYamlFile((root_ / "a.yaml").string(), problems);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->Find("id")->text, "x");
}

}  // namespace
}  // namespace exdiag
