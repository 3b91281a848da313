// kbdata/languages: what is read, and what is refused with which words.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "engine/knowledge/languages_reader.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LanguagesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "languages_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What is read of these files, and the complaints without the folder.
  Languages Load(const std::vector<std::pair<std::string, std::string>>& files) {
    for (const auto& [name, text] : files) std::ofstream(folder_ + "/" + name) << text;
    DiagnosticList problems;
    YamlCache none;
    auto languages = LoadLanguages(folder_, problems, none);
    EXPECT_TRUE(languages.ok());
    complaints_.clear();
    for (const Diagnostic& problem : problems.items()) {
      complaints_.push_back(ToString(problem).substr(folder_.size() + 1));
    }
    return std::move(*languages);
  }

  std::string folder_;
  std::vector<std::string> complaints_;
};

TEST_F(LanguagesTest, WordsOfAllFilesAreKnown) {
  const Languages all = Load({{"finnish.yaml",
                               "language: Finnish\n"
                               "labels: {source: Lähde, event_id: [Tapahtumatunnus]}\n"
                               "columns: {date: Päivämäärä ja aika}\n"
                               "types: {error: Virhe, audit_failure: [Valvonta epäonnistui]}\n"
                               "no_category: [Ei mitään]\nno_user: [Ei käytössä]\n"},
                              {"swedish.yaml", "language: Swedish\nlabels: {source: Källa}\n"}});
  EXPECT_THAT(complaints_, IsEmpty());
  ASSERT_EQ(all.labels.size(), 3u);
  EXPECT_EQ(all.labels[0].word, "Lähde");
  EXPECT_EQ(all.labels[0].field, LogField::kSource);
  EXPECT_EQ(all.labels[1].field, LogField::kEventId);
  EXPECT_EQ(all.labels[2].word, "Källa");
  ASSERT_EQ(all.columns.size(), 1u);
  EXPECT_EQ(all.columns[0].word, "Päivämäärä ja aika");
  ASSERT_EQ(all.types.size(), 2u);
  EXPECT_EQ(all.types[0].level, Level::kError);
  EXPECT_EQ(all.types[1].keywords, kKeywordAuditFailure);
  EXPECT_THAT(all.no_category, ElementsAre("Ei mitään"));
  EXPECT_THAT(all.no_user, ElementsAre("Ei käytössä"));
}

TEST_F(LanguagesTest, NoFolderIsNoLanguage) {
  std::filesystem::remove_all(folder_);
  EXPECT_THAT(Load({}).labels, IsEmpty());
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(LanguagesTest, AFileWithAMistakeIsLeftOut) {
  const struct {
    std::string_view why;
    std::string text;
    std::string complaint;
  } cases[] = {
      {"a field that there is not", "language: X\nlabels: {sorce: A}\n",
       "x.yaml: line 2, column 10: unknown key \"sorce\"; did you mean \"source\"? (file not "
       "used)"},
      {"a table has no type", "language: X\ncolumns: {type: A}\n",
       "x.yaml: line 2, column 11: unknown key \"type\"; file not used"},
      {"no name", "labels: {source: A}\n",
       "x.yaml: line 1, column 1: a language lacks the key \"language\"; file not used"},
      {"a label with its colon", "language: X\nlabels: {source: 'A:'}\n",
       "x.yaml: line 2, column 18: \"source\": \"A:\" is no word of a language; it needs 1 to 48 "
       "bytes, without colon, tab and line end; file not used"},
  };
  for (const auto& row : cases) {
    EXPECT_THAT(Load({{"x.yaml", row.text}}).labels, IsEmpty()) << row.why;
    EXPECT_THAT(complaints_, ElementsAre(row.complaint)) << row.why;
  }
}

}  // namespace
}  // namespace exdiag
