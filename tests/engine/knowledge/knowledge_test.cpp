#include "engine/knowledge/knowledge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Knowledge& Shipped() {
  static const Knowledge knowledge = [] {
    DiagnosticList problems;
    auto loaded = Knowledge::Load(EXDIAG_SOURCE_DIR "/kbdata", problems);
    for (const Diagnostic& problem : problems.items()) ADD_FAILURE() << ToString(problem);
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    return loaded ? std::move(*loaded) : Knowledge();
  }();
  return knowledge;
}

// A kbdata folder with the given files, the folders that Load wants, and nothing else.
class KnowledgeFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "kbdata_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    for (const char* name : {"events", "errors", "articles", "builds", "files"}) {
      std::filesystem::create_directories(folder_ + "/" + name);
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }

  Knowledge Load() {
    DiagnosticList problems;
    auto loaded = Knowledge::Load(folder_, problems);
    EXPECT_TRUE(loaded.ok());
    complaints_.clear();
    for (const Diagnostic& problem : problems.items()) {
      std::string text = ToString(problem);
      complaints_.push_back(
          text.substr(text.find("kbdata_"))
              .substr(text.find('/', text.find("kbdata_")) - text.find("kbdata_") + 1));
    }
    return loaded ? std::move(*loaded) : Knowledge();
  }

  std::string folder_;
  std::vector<std::string> complaints_;
};

TEST(Knowledge, ReadsErrorCodesAsPeopleWriteThem) {
  using Codes = std::vector<std::uint32_t>;
  const struct {
    const char* why;
    const char* text;
    Codes codes;
  } kCases[] = {
      {"decimal", "1722", {1722}},
      {"zero", "0", {0}},
      {"signed", "-1073741819", {0xc0000005}},
      {"hexadecimal", "0x8009030c", {0x8009030c}},
      {"hexadecimal without 0x", "8009030C", {0x8009030c}},
      {"eight digits of an HRESULT come before the decimal number",
       "80070005",
       {0x80070005, 80070005}},
      {"eight digits that are no failure", "12345678", {12345678, 0x12345678}},
      {"bytes of an event's data", "05 00 07 80", {0x80070005}},
      {"the same as one word: read as a number first",
       "05000780",
       {5000780, 0x05000780, 0x80070005}},
      {"a code of Windows the same way", "05000000", {5000000, 0x05000000, 5}},
      {"a line of an event's data", "0000: 0c 03 09 80 00 00 00 00   ....", {0x8009030c}},
      {"a line that is too short", "0000: 0c 03 09", {}},
      {"more bytes than a code has", "0c 03 09 80 00", {}},
      {"ten digits, as in the store's call stacks", "0080070057", {0x80070057, 80070057}},
      {"more blanks", "  0c  03 09 80 ", {0x8009030c}},
      {"hexadecimal, too short for an HRESULT", "2afc", {0x2afc}},
      {"a word", "access denied", {}},
      {"a short word of hexadecimal digits", "be", {}},
      {"nothing", "", {}},
      {"only the prefix", "0x", {}},
      {"too large", "99999999999", {}},
      {"hexadecimal, too large", "0x100000000", {}},
  };
  for (const auto& row : kCases) EXPECT_EQ(ReadErrorCode(row.text), row.codes) << row.why;
}

TEST(Knowledge, ComparesVersionsPartByPart) {
  const struct {
    const char* a;
    const char* b;
    int result;
  } kCases[] = {
      {"2448.1", "2650.24", -1},
      {"2650.24", "2650.24", 0},
      {"838.10", "838.9", 1},
      {"2651.75", "2651", 1},
      {"2651", "2651.0", 0},
      {"5.5.2653.23", "5.5.2654", -1},
      {"", "", 0},
      {"", "1", -1},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(CompareVersions(row.a, row.b), row.result) << row.a << " " << row.b;
    EXPECT_EQ(CompareVersions(row.b, row.a), -row.result) << row.b << " " << row.a;
  }
}

TEST(Knowledge, KnowsTheReleaseOfABuild) {
  const struct {
    const char* version;
    const char* product;  // nullptr: older than all
  } kCases[] = {
      {"2650.24", "Exchange 5.5 SP3"}, {"2651.75", "Exchange 5.5 SP3"},
      {"9999", "Exchange 5.5 SP4"},    {"837.9", "Exchange 4.0"},
      {"838.9", "Exchange 4.0"},       {"836", nullptr},
  };
  for (const auto& row : kCases) {
    const Build* build = Shipped().FindBuild(row.version);
    ASSERT_EQ(build != nullptr, row.product != nullptr) << row.version;
    EXPECT_EQ(build == nullptr ? "" : build->product, row.product == nullptr ? "" : row.product);
  }
}

TEST(Knowledge, FindsErrorsByNumber) {
  const auto found = Shipped().FindError(0x8009030c);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0]->name, "SEC_E_LOGON_DENIED");
  EXPECT_EQ(found[0]->component, "SSPI");
  EXPECT_THAT(found[0]->seen_in,
              ElementsAre("MSExchangeTransport/1706", "MSExchangeTransport/1035"));
  EXPECT_EQ(Shipped().FindError(static_cast<std::uint32_t>(-1018)).size(), 1u);
  EXPECT_THAT(Shipped().FindError(4711), IsEmpty());
}

TEST(Knowledge, FindsErrorsByNameAndByReply) {
  const auto name = [](std::string_view text) {
    const auto found = Shipped().FindErrorText(text);
    return found.size() == 1 ? found[0]->name : std::to_string(found.size()) + " found";
  };
  EXPECT_EQ(name("sec_e_logon_denied"), "SEC_E_LOGON_DENIED");
  EXPECT_EQ(name("DS_E_COMMUNICATIONS_PROBLEM"), "DS_E_COMMUNICATIONS_PROBLEM");
  EXPECT_EQ(name("550 5.7.1 Unable to relay for x"), "Unable to relay");
  EXPECT_EQ(name("535"), "Authentication failed");
  EXPECT_EQ(name("535 5.7.3 Authentication unsuccessful"), "Authentication failed");
  EXPECT_EQ(name("5.7.1"), "Delivery not authorized");
  EXPECT_EQ(name("5350"), "0 found");
  EXPECT_GT(Shipped().FindErrorText("451").size(), 1u) << "all that begin with a reply code";
  EXPECT_EQ(name("999"), "0 found");
  EXPECT_EQ(name(""), "0 found");
}

TEST(Knowledge, KnowsEveryArticleThatAnEventCites) {
  for (const auto& entry : Shipped().catalogue().entries()) {
    for (const std::string& number : entry->articles) {
      EXPECT_NE(Shipped().FindArticle(number), nullptr) << ToString(entry->where) << " " << number;
    }
  }
  ASSERT_NE(Shipped().FindArticle("Q914137"), nullptr);
  EXPECT_FALSE(Shipped().FindArticle("Q914137")->title.empty());
  EXPECT_EQ(Shipped().FindArticle("914137"), nullptr);
}

TEST(Knowledge, TellsTheStrengthOfSecurityDlls) {
  const struct {
    const char* why;
    const char* name;
    const char* size;
    const char* date;
    const char* strength;
  } kCases[] = {
      {"128 bit", "Security.dll", "59152", "1999-09-23", "128"},
      {"56 bit, name in capitals", "SECURITY.DLL", "59152", "1999-11-18", "56"},
      {"another size", "Security.dll", "59153", "1999-11-18", ""},
      {"no date", "Security.dll", "59152", "", ""},
      {"the same for both strengths", "Ntlmssps.dll", "36112", "2001-07-16", ""},
  };
  for (const auto& row : kCases) {
    Fact fact;
    fact.kind = "file_version";
    fact.attributes = {{"name", row.name}, {"size", row.size}};
    if (*row.date != '\0') fact.attributes["date"] = row.date;
    Shipped().Complete(fact);
    EXPECT_EQ(fact.attributes["crypto_strength"], row.strength) << row.why;
  }
}

TEST(Knowledge, LeavesOtherFactsAlone) {
  Fact fact;
  fact.kind = "spn";
  fact.attributes = {{"name", "Security.dll"}, {"size", "59152"}, {"date", "1999-11-18"}};
  Shipped().Complete(fact);
  EXPECT_EQ(fact.attributes.count("crypto_strength"), 0u);
}

TEST_F(KnowledgeFolder, MergesArticlesOfSeveralFiles) {
  Write("articles/a.yaml", "articles:\n  Q1: {applies_to: Exchange 5.5}\n");
  Write("articles/b.yaml", "articles:\n  Q1: {title: First, applies_to: Exchange 5.5}\n");
  const Knowledge knowledge = Load();
  EXPECT_THAT(complaints_, IsEmpty());
  ASSERT_NE(knowledge.FindArticle("Q1"), nullptr);
  EXPECT_EQ(knowledge.FindArticle("Q1")->title, "First");
  EXPECT_EQ(knowledge.FindArticle("Q1")->applies_to, "Exchange 5.5");
  EXPECT_EQ(knowledge.FindArticle("Q1")->fixed_in, "");
}

TEST_F(KnowledgeFolder, ComplainsAboutContradictionsAndKeepsTheFirst) {
  Write("articles/a.yaml", "articles:\n  Q1: {title: First}\n");
  Write("articles/b.yaml", "articles:\n  Q1: {title: Second}\n  Q2: {title: Other}\n");
  const Knowledge knowledge = Load();
  EXPECT_THAT(
      complaints_,
      ElementsAre("articles/b.yaml: line 2, column 3: Q1 has the title \"First\" in another "
                  "file; entry left out"));
  EXPECT_EQ(knowledge.FindArticle("Q1")->title, "First");
  EXPECT_NE(knowledge.FindArticle("Q2"), nullptr);
}

TEST_F(KnowledgeFolder, ComplainsAboutBrokenEntriesAndKeepsTheOthers) {
  Write("articles/a.yaml", "articles:\n  KB914137: {}\n  Q2: {titl: x}\n");
  Write("builds/a.yaml", "builds:\n  SP3: Exchange 5.5 SP3\n  \"2653.23\": Exchange 5.5 SP4\n");
  Write("errors/a.yaml",
        "component: Win32\nerrors:\n- {code: 5, meaning: No.}\n- {code: five, meaning: No.}\n"
        "- {meaning: Of nothing.}\n- {code: 6}\n");
  Write("files/a.yaml",
        "files:\n- {name: x.dll, size: -1, gives: {a: b}}\n- {name: y.dll, gives: {a: b}}\n");
  const Knowledge knowledge = Load();
  EXPECT_THAT(
      complaints_,
      ElementsAre(
          "errors/a.yaml: line 4, column 10: \"code\" must be a whole number from -2147483648 to "
          "4294967295, not \"five\"; entry left out",
          "errors/a.yaml: line 5, column 3: an error code needs a \"code\", a \"status\" or a "
          "\"name\"; entry left out",
          "errors/a.yaml: line 6, column 3: an error code lacks the key \"meaning\"; entry left "
          "out",
          "articles/a.yaml: line 2, column 3: \"KB914137\" is no article number; it must be Q and "
          "digits, such as Q217142; entry left out",
          "articles/a.yaml: line 3, column 8: unknown key \"titl\"; did you mean \"title\"? "
          "(entry "
          "left out)",
          "builds/a.yaml: line 2, column 3: \"SP3\" is no build number; it must be numbers with "
          "full "
          "stops between, such as 2653.23; entry left out",
          "files/a.yaml: line 2, column 23: \"size\" must be a whole number not below 0, not "
          "\"-1\"; "
          "entry left out"));
  EXPECT_EQ(knowledge.FindError(5).size(), 1u);
  EXPECT_NE(knowledge.FindBuild("2653.23"), nullptr);
  EXPECT_EQ(knowledge.FindArticle("Q2"), nullptr);
}

std::string JoinedNames(const Knowledge& knowledge, std::string_view provider, std::uint16_t id,
                        const std::vector<std::string_view>& names) {
  const DataNames* const found = knowledge.FindDataNames(provider, id, names);
  if (found == nullptr) return "none";
  std::string joined;
  for (const DataName& data : *found) joined += data.name + (data.is_guid ? "(GUID) " : " ");
  return joined;
}

TEST_F(KnowledgeFolder, FindsTheNamesOfDataByVersion) {
  std::filesystem::create_directories(folder_ + "/data_names");
  Write("data_names/a.yaml",
        "providers:\n  Some-Provider:\n    7:\n    - [C, A, B, D:guid]\n    - [C, A]\n"
        "  Other:\n    8: [[A, B]]\n");
  const Knowledge knowledge = Load();
  EXPECT_THAT(complaints_, IsEmpty());
  EXPECT_EQ(JoinedNames(knowledge, "some-provider", 7, {"A", "C"}), "C A ");
  EXPECT_EQ(JoinedNames(knowledge, "Some-Provider", 7, {"A", "B"}), "C A B D(GUID) ");
  EXPECT_EQ(JoinedNames(knowledge, "Some-Provider", 7, {"A", "E"}), "none");
  EXPECT_EQ(JoinedNames(knowledge, "Some-Provider", 7, {"A", "A"}), "none");
  EXPECT_EQ(JoinedNames(knowledge, "Some-Provider", 8, {"A"}), "none");
  EXPECT_EQ(JoinedNames(knowledge, "other", 8, {"B"}), "A B ");
}

TEST_F(KnowledgeFolder, ComplainsAboutBrokenNamesOfData) {
  std::filesystem::create_directories(folder_ + "/data_names");
  Write("data_names/a.yaml",
        "providers:\n  P:\n    65536: [[A, B]]\n    1: A\n    2: [[A]]\n    3: [[A, B, A]]\n"
        "    4: [[A, B]]\n    5: [[A, \"\"]]\n    6: []\n");
  Write("data_names/b.yaml", "providers:\n  p:\n    4: [[B, A]]\n  q: 4\n");
  const Knowledge knowledge = Load();
  const std::string kLists = " must be a list of lists of names, one for each version; ";
  const std::string kNames =
      "a version needs two names or more, none of them empty and no name twice; ";
  const std::string kLeft = "entry left out";
  EXPECT_THAT(
      complaints_,
      ElementsAre(
          "data_names/a.yaml: line 3, column 5: \"65536\" is no event ID; it must be 0 to 65535; " +
              kLeft,
          "data_names/a.yaml: line 4, column 8: event 1" + kLists + kLeft,
          "data_names/a.yaml: line 5, column 9: " + kNames + kLeft,
          "data_names/a.yaml: line 6, column 9: " + kNames + kLeft,
          "data_names/a.yaml: line 8, column 9: " + kNames + kLeft,
          "data_names/a.yaml: line 9, column 8: event 6" + kLists + kLeft,
          "data_names/b.yaml: line 3, column 5: event 4 of p stands in another place; " + kLeft,
          "data_names/b.yaml: line 4, column 6: the events of a provider must be a map, not "
          "\"4\"; " +
              kLeft));
  EXPECT_EQ(JoinedNames(knowledge, "P", 4, {"A"}), "A B ");
}

TEST(Knowledge, AFolderThatIsNotThereIsAnError) {
  DiagnosticList problems;
  const auto loaded = Knowledge::Load("no/such/kbdata", problems);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message,
            "no/such/kbdata/events: No such file or directory; nothing read from it");
}

}  // namespace
}  // namespace exdiag
