#include "engine/knowledge/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace exdiag {
namespace {

using ::testing::ElementsAre;

// Two generations, an event whose text only one of its layouts fits, and one without any text.
constexpr std::string_view kEvents = R"(
provider: MSExchangeTransport
aliases: [MSExchange Transport]
channel: Application
generation: exchange-2003
types: {error: [error_code], host: [remote_host]}
events:
  7004:
    level: error
    category: SMTP Protocol
    logged_at: medium
    articles: [Q843106]
    fields: remote_host smtp_response
    text: 'The remote host "%1" responded with "%2".'
  9318:
    layouts:
    - fields: ltab_index:number error_code tag
      since: "4.0"
      text: 'Index is %1. Windows NT error code: %2. [%3 %4 %5 %6] (12)'
    - fields: ltab_index:number error_code remote_host tag
      text:
      - 'Index: %1, error: %2. Server %3 [%5 %6 %7 %8] (14)'
      - 'Index: %1, error: %2. Server %3 [%4 %5 %6 %7] (14)'
  24:
    meaning: No text is known.
)";

Catalogue Read(std::string_view yaml, std::vector<std::string>* complaints = nullptr) {
  DiagnosticList problems;
  Catalogue catalogue = Catalogue::Parse(yaml, "events.yaml", problems);
  for (const Diagnostic& problem : problems.items()) {
    if (complaints != nullptr) {
      complaints->push_back(ToString(problem));
    } else {
      ADD_FAILURE() << ToString(problem);
    }
  }
  return catalogue;
}

Event MakeEvent(std::uint16_t id, std::vector<std::string> strings) {
  Event event;
  event.provider = "MSExchangeTransport";
  event.event_id = id;
  for (std::string& value : strings) event.strings.emplace_back(std::move(value));
  return event;
}

TEST(Catalogue, GivesWhatTheFileSays) {
  const Catalogue catalogue = Read(kEvents);
  const auto found = catalogue.Find("msexchange transport", 7004);
  ASSERT_EQ(found.size(), 1u);
  const CatalogueEntry& entry = *found[0];
  EXPECT_EQ(entry.provider, "MSExchangeTransport");
  EXPECT_EQ(entry.generation, "exchange-2003");
  EXPECT_EQ(entry.level, Level::kError);
  EXPECT_EQ(entry.category, "SMTP Protocol");
  EXPECT_EQ(entry.channel, "Application");
  EXPECT_EQ(entry.logged_at, "medium");
  EXPECT_THAT(entry.articles, ElementsAre("Q843106"));
  ASSERT_EQ(entry.layouts.size(), 1u);
  EXPECT_EQ(entry.layouts[0].fields[0].name, "remote_host");
  EXPECT_EQ(entry.layouts[0].fields[0].type, FieldType::kHost);
  EXPECT_EQ(entry.layouts[0].fields[1].type, FieldType::kText);
  EXPECT_EQ(ToString(entry.where), "events.yaml: line 8, column 3");
}

TEST(Catalogue, FoldsProviderNames) {
  const Catalogue catalogue = Read(kEvents);
  EXPECT_EQ(catalogue.CanonicalProvider("MSEXCHANGE TRANSPORT"), "MSExchangeTransport");
  EXPECT_EQ(catalogue.CanonicalProvider("msexchangetransport"), "MSExchangeTransport");
  EXPECT_EQ(catalogue.CanonicalProvider("Outlook"), "Outlook");
}

TEST(Catalogue, PicksTheLayoutByNumberOfStrings) {
  const Catalogue catalogue = Read(kEvents);
  const auto& layouts = catalogue.Find("MSExchangeTransport", 9318)[0]->layouts;
  const auto layout = [&](std::size_t count) {
    return catalogue.LayoutOf("MSExchangeTransport", 9318, "", count);
  };
  EXPECT_EQ(layout(6), &layouts[0]);
  EXPECT_EQ(layout(7), &layouts[1]);
  EXPECT_EQ(layout(4), &layouts[0]);   // fewer than any: the nearest
  EXPECT_EQ(layout(12), &layouts[1]);  // more than any
  EXPECT_EQ(catalogue.LayoutOf("MSExchangeTransport", 1, "", 6), nullptr);
}

TEST(Catalogue, SaysWhichStringsEveryWordingPrints) {
  const Catalogue catalogue = Read(kEvents);
  const auto& layouts = catalogue.Find("MSExchangeTransport", 9318)[0]->layouts;
  EXPECT_THAT(layouts[1].printed, ElementsAre(true, true, true, false, true, true, true));
}

TEST(Catalogue, PicksTheGenerationByCategoryBeforeTheNumberOfStrings) {
  constexpr std::string_view kTwo = R"(
provider: P
events:
  1: {category: SMTP Protocol, fields: a b c}
)";
  DiagnosticList problems;
  const Catalogue catalogue = Catalogue::Parse(kTwo, "two.yaml", problems);
  EXPECT_NE(catalogue.LayoutOf("P", 1, "Components", 3), nullptr);  // better than nothing
}

TEST(Catalogue, NamesFieldsOfAnEvent) {
  const Catalogue catalogue = Read(kEvents);
  const Event event = MakeEvent(9318, {"9", "1722", "LYON", "BASE IL", "MAIN BASE", "1", "500"});
  EXPECT_EQ(catalogue.FieldOf(event, "error_code"), "1722");
  EXPECT_EQ(catalogue.FieldOf(event, "tag_module"), "MAIN BASE");
  EXPECT_EQ(catalogue.FieldOf(event, "no_such_field"), std::nullopt);
  EXPECT_EQ(catalogue.FieldOf(MakeEvent(9318, {"9"}), "error_code"), std::nullopt);
  EXPECT_EQ(catalogue.FieldOf(MakeEvent(77, {"9"}), "error_code"), std::nullopt);
}

TEST(Catalogue, NamesPartsOfAString) {
  const Catalogue catalogue = Read(R"(
provider: MSExchangeTransport
events:
  9405:
    fields: error_text tag3
    text: 'Error: %1. [%2 %3 %4]'
    parts:
      error_text:
      - {fields: exception_code address, text: Exception %1 occurred at Address %2}
      - {fields: address target, text: Access violation at Address %1 reading from %2}
)");
  const auto field = [&](const char* text, std::string_view name) {
    const Event event = MakeEvent(9405, {text, "BASE", "SUBMIT", "1"});
    return std::string(catalogue.FieldOf(event, name).value_or("(none)"));
  };
  EXPECT_EQ(field("Exception c0000005 occurred at Address 2ab", "exception_code"), "c0000005");
  EXPECT_EQ(field("Exception c0000005 occurred at Address 2ab", "address"), "2ab");
  EXPECT_EQ(field("Exception c0000005 occurred at Address 2ab", "target"), "(none)");
  EXPECT_EQ(field("Access violation at Address 0x2ab reading from 0x4", "address"), "0x2ab");
  EXPECT_EQ(field("Access violation at Address 0x2ab reading from 0x4", "target"), "0x4");
  EXPECT_EQ(field("suspected deadlock", "address"), "(none)");
  const Layout* layout = catalogue.LayoutOf("MSExchangeTransport", 9405, "", 4);
  EXPECT_TRUE(layout->Names("target"));
  EXPECT_TRUE(layout->Names("error_text"));
  EXPECT_FALSE(layout->Names("no_such_field"));
}

TEST(Catalogue, RendersWithThePreferredWordingOfTheLayout) {
  const Catalogue catalogue = Read(kEvents);
  EXPECT_EQ(
      catalogue.Render(MakeEvent(9318, {"9", "1722", "LYON", "BASE IL", "MAIN BASE", "1", "500"})),
      "Index: 9, error: 1722. Server LYON [MAIN BASE 1 500 %8] (14)");
  EXPECT_EQ(catalogue.Render(MakeEvent(9318, {"9", "5", "BASE IL", "MAIN BASE", "1", "500"})),
            "Index is 9. Windows NT error code: 5. [BASE IL MAIN BASE 1 500] (12)");
  EXPECT_EQ(catalogue.Render(MakeEvent(24, {"9"})), "");
  EXPECT_EQ(catalogue.Render(MakeEvent(25, {"9"})), "");
}

TEST(Catalogue, ReadsMessagesBackAndSaysWhetherTheyNeedKeeping) {
  const Catalogue catalogue = Read(kEvents);
  const std::string message = "Index: 9, error: 1722. Server LYON [MAIN BASE 1 500 %8] (14)";
  const auto exact = catalogue.ParseMessage("MSExchangeTransport", 9318, message);
  ASSERT_TRUE(exact);
  EXPECT_TRUE(exact->exact);
  EXPECT_EQ(exact->strings[3], std::nullopt);
  EXPECT_EQ(exact->strings[4], "MAIN BASE");

  const auto loose = catalogue.ParseMessage("MSExchangeTransport", 9318, message + "\r\n");
  ASSERT_TRUE(loose);
  EXPECT_FALSE(loose->exact);
  EXPECT_EQ(loose->strings, exact->strings);

  EXPECT_FALSE(catalogue.ParseMessage("MSExchangeTransport", 9318, "Something else."));
  EXPECT_FALSE(catalogue.ParseMessage("MSExchangeTransport", 24, "Something else."));
  EXPECT_FALSE(catalogue.ParseMessage("Nobody", 9318, message));
}

TEST(Catalogue, ReportsWhatIsWrongWithAFileAndUsesNothingOfIt) {
  constexpr struct {
    const char* yaml;
    const char* complaint;
  } kCases[] = {
      {"provider: P\nevents: {1: {meening: x}}\n",
       "events.yaml: line 2, column 14: unknown key \"meening\"; did you mean \"meaning\"? (file "
       "not "
       "used)"},
      {"provider: P\nevents: {1: {}, 1: {}}\n",
       "events.yaml: line 2, column 17: duplicate key \"1\"; it stands in line 2 already; file not "
       "used"},
      {"provider: P\nevents: {70000: {}}\n",
       "events.yaml: line 2, column 10: \"70000\" is no event ID; it must be a whole number from 0 "
       "to 65535; file not used"},
      {"provider: P\nevents: {1: {level: warn}}\n",
       "events.yaml: line 2, column 21: \"level\" cannot be \"warn\", only one of: error, warning, "
       "information, log_always, critical, verbose; file not used"},
      {"provider: P\nevents: {1: {logged_at: high}}\n",
       "events.yaml: line 2, column 25: \"logged_at\" cannot be \"high\", only one of: minimum, "
       "medium, maximum; file not used"},
      {"provider: P\nevents: {1: {fields: 'a:numbr'}}\n",
       "events.yaml: line 2, column 22: \"type of a field\" cannot be \"numbr\"; did you mean "
       "\"number\"? (file not used)"},
      {"provider: P\nevents: {1: {fields: a b a}}\n",
       "events.yaml: line 2, column 22: field \"a\" is there twice; file not used"},
      {"provider: P\nevents: {1: {layouts: {}}}\n",
       "events.yaml: line 2, column 23: \"layouts\" must be a list of layouts; file not used"},
      {"provider: P\nevents: {1: {layouts: [{fields: a b}, {fields: c d}]}}\n",
       "events.yaml: line 2, column 39: another layout of this event has 2 strings too, and "
       "nothing "
       "would tell the two apart; file not used"},
      {"provider: P\nevents: {1: {fields: a, parts: {b: [{fields: c, text: x %1}]}}}\n",
       "events.yaml: line 2, column 33: \"b\" is no field of this layout; file not used"},
      {"provider: P\nevents: [1]\n",
       "events.yaml: line 2, column 9: \"events\" must be a map, not a list; file not used"},
      {"events: {1: {}}\n",
       "events.yaml: line 1, column 1: an event file lacks the key \"provider\"; file not used"},
  };
  for (const auto& row : kCases) {
    std::vector<std::string> complaints;
    const Catalogue catalogue = Read(row.yaml, &complaints);
    EXPECT_THAT(complaints, ElementsAre(row.complaint));
    EXPECT_TRUE(catalogue.entries().empty()) << row.yaml;
  }
}

TEST(Catalogue, AFolderThatIsNotThereIsAnError) {
  DiagnosticList problems;
  const auto loaded = Catalogue::Load("no/such/folder", problems);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message,
            "no/such/folder: No such file or directory; nothing read from it");
}

}  // namespace
}  // namespace exdiag
