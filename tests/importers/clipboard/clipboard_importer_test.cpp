#include "importers/clipboard/clipboard_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/importers/text/collect.h"

namespace exdiag {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ClipboardTest, ABlockOf2003AsWindowsCopiesIt) {
  const auto got = ImportBytes(
      "Event Type:\tError\r\nEvent Source:\tMSExchangeTransport\r\nEvent Category:\tSMTP Protocol "
      "\r\nEvent ID:\t1706\r\nDate:\t\t11/23/2005\r\nTime:\t\t10:45:00 AM\r\nUser:\t\tN/A\r\n"
      "Computer:\tEX1\r\nDescription:\r\nEXPS is unable.\r\n\r\nFor more information, see "
      "Help.\r\nData:\r\n0000: 0c 03 09 80               ...\x80    \r\n");
  EXPECT_EQ(got.importer, "clipboard");
  EXPECT_THAT(got.rejects, IsEmpty());
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{
                               .line = 1,
                               .provider = "MSExchangeTransport",
                               .id = 1706,
                               .level = "error",
                               .category_text = "SMTP Protocol",
                               .time = "2005-11-23T10:45:00",
                               .computer = "EX1",
                               .message = "EXPS is unable.\n\nFor more information, see Help.",
                               .binary = "0c030980"}));
}

TEST(ClipboardTest, TheXmlIsTrustedOverTheTextAboveIt) {
  const auto got = ImportBytes(
      "Log Name:      System\r\nSource:        Service Control Manager\r\n"
      "Date:          1/11/2016 4:35:09 PM\r\nEvent ID:      7036\r\nTask Category: None\r\n"
      "Level:         Information\r\nKeywords:      Classic\r\nUser:          N/A\r\n"
      "Computer:      bert\r\nDescription:\r\nThe service entered the running state.\r\n"
      "Event Xml:\r\n<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\r\n"
      "  <System>\r\n    <Provider Name=\"Service Control Manager\" />\r\n"
      "    <EventID Qualifiers=\"16384\">7036</EventID>\r\n    <Level>4</Level>\r\n"
      "    <Task>0</Task>\r\n    <Keywords>0x8080000000000000</Keywords>\r\n"
      "    <TimeCreated SystemTime=\"2016-01-11T21:35:09.417973800Z\" />\r\n"
      "    <EventRecordID>4067</EventRecordID>\r\n    <Channel>System</Channel>\r\n"
      "    <Computer>bert.corp.example</Computer>\r\n    <Security />\r\n  </System>\r\n"
      "  <EventData>\r\n    <Data Name=\"param1\">winlogbeat</Data>\r\n"
      "    <Data Name=\"param2\">\r\n    </Data>\r\n    <Binary>7700</Binary>\r\n"
      "  </EventData>\r\n</Event>\r\n");
  EXPECT_EQ(got.importer, "clipboard-vista");
  EXPECT_THAT(got.notes, IsEmpty());
  EXPECT_THAT(got.records,
              ElementsAre(OwnedRecord{.line = 1,
                                      .channel = "System",
                                      .provider = "Service Control Manager",
                                      .id = 7036,
                                      .qualifiers = 16384,
                                      .level = "information",
                                      .keywords = 0x8080'0000'0000'0000,
                                      .time = "2016-01-11T21:35:09.4179738Z",
                                      .record_id = 4067,
                                      .computer = "bert.corp.example",
                                      .has_strings = true,
                                      .strings = {"winlogbeat", ""},
                                      .names = {"param1", "param2"},
                                      .message = "The service entered the running state.",
                                      .binary = "7700"}));
}

// What pages, mails and people make of a block.  Each must give the same event.
TEST(ClipboardTest, ShapesThatPagesMakeOfABlock) {
  const struct {
    std::string_view why;
    std::string_view text;
    std::string_view message;
  } kCases[] = {
      {"one line",
       "Event Type: Error Event Source: MSExchangeTransport Event Category: None Event ID: 7004 "
       "Description: It failed. See: x",
       "It failed. See: x"},
      {"no colon behind the number, no date",
       "Event Type: Error\nEvent Source: MSExchangeTransport\nEvent ID 7004\nUser: N/A\n"
       "Description: It failed.",
       "It failed."},
      {"two fields on a line",
       "Event Type: Error\nEvent Source: MSExchangeTransport\nEvent ID: 7004\n\nUser: N/A "
       "Computer: X\nDescription: It failed.",
       "It failed."},
      {"the value on the next line, with everything else",
       "Type:\nError Source: MSExchangeTransport Event ID: 7004 Description: It failed.",
       "It failed."},
      {"the number first",
       "Event ID: 7004\nSource: MSExchangeTransport\nType: Error\n"
       "Description:\nIt failed.",
       "It failed."},
      {"blank lines between all lines",
       "Event Type:\tError\n\nEvent Source:\tMSExchangeTransport\n\nEvent ID:\t7004\n\n"
       "Description:\n\nIt failed.\n\nBadly.",
       "It failed.\n\nBadly."},
      {"a quoted mail",
       "> Event Type: Error\n> Event Source: MSExchangeTransport\n> Event ID: 7004\n"
       "> Description:\n> It failed.\n>\n> Badly.\n\nRegards",
       "It failed.\n\nBadly."},
      {"a mail in a mail",
       ">> Event Type: Error\n>> Event Source: MSExchangeTransport\n>> Event ID: 7004\n"
       ">> Description:\n>> It failed.\n>>\n>> Badly.\n>>\n> Regards",
       "It failed.\n\nBadly."},
      {"indented in an article, which goes on behind it",
       "  Event Type: Error\n  Event Source: MSExchangeTransport\n  Event ID: 7004\n"
       "  Description:\n  It failed.\n\nCAUSE\n=====",
       "It failed."},
      {"without the word Description",
       "Event ID: 7004\nSource: MSExchangeTransport\nLevel: Error\nIt failed.", "It failed."},
      {"the two columns of NT",
       "Date:      4/13/95      Event ID:  7004\nTime:      9:16:40 AM   Source:    "
       "MSExchangeTransport\nUser:      N/A          Type:      Error\n"
       "Computer:  SPYMASTER    Category:  None\n\nDescription:\nIt failed.",
       "It failed."},
      {"labels in the text",
       "Event Type: Error\nEvent Source: MSExchangeTransport\nEvent ID: 7004\nDescription:\n"
       "It failed.\nUser: bob\nComputer: x\nSource: y\nDate: 1/2/03\nData: none\n",
       "It failed.\nUser: bob\nComputer: x\nSource: y\nDate: 1/2/03\nData: none"},
      {"prose and a comment in front",
       "# https://example.org/kb\nHello,\nI see this:\n\nEvent Type: Error\nEvent Source: "
       "MSExchangeTransport\nEvent ID: 7004\nDescription: It failed.",
       "It failed."},
      {"a code fence around it",
       "```\nEvent Type: Error\nEvent Source: MSExchangeTransport\nEvent ID: 7004\n"
       "Description: It failed.\n```\nThanks",
       "It failed."},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.why);
    const auto got = ImportBytes(std::string(row.text));
    ASSERT_THAT(got.records, SizeIs(1));
    EXPECT_EQ(got.records[0].id, 7004);
    EXPECT_EQ(got.records[0].provider, "MSExchangeTransport");
    EXPECT_EQ(got.records[0].level, "error");
    EXPECT_EQ(got.records[0].message, row.message);
    EXPECT_THAT(got.rejects, IsEmpty());
  }
}

// As XP and 2003 name them.
TEST(ClipboardTest, BlocksOf2003InOtherLanguages) {
  const struct {
    std::string_view language;
    std::string text;
  } kCases[] = {
      {"German",
       "Ereignistyp:\tFehler\nEreignisquelle:\tS\nEreigniskategorie:\tKeine\n"
       "Ereigniskennung:\t7004\nDatum:\t\t13.12.2001\nZeit:\t\t10:45:00\n"
       "Benutzer:\t\tNicht zutreffend\nComputer:\tEX1\nBeschreibung:\nm\n"},
      {"French",
       "Type de l'événement :\tErreur\nSource de l'événement :\tS\n"
       "Catégorie de l'événement :\tAucun\nID de l'événement :\t7004\nDate :\t\t13/12/2001\n"
       "Heure :\t\t10:45:00\nUtilisateur :\t\tN/A\nOrdinateur :\tEX1\nDescription :\nm\n"},
      {"Spanish",
       "Tipo de suceso:\tError\nOrigen del suceso:\tS\nCategoría del suceso:\tNinguno\n"
       "Id. suceso:\t7004\nFecha:\t\t13/12/2001\nHora:\t\t10:45:00\n"
       "Usuario:\t\tNo disponible\nEquipo:\tEX1\nDescripción:\nm\n"},
      {"Italian",
       "Tipo evento:\tErrore\nOrigine evento:\tS\nCategoria evento:\tNessuno\n"
       "ID evento:\t7004\nData:\t\t13/12/2001\nOra:\t\t10.45.00\nUtente:\t\tN/D\n"
       "Computer:\tEX1\nDescrizione:\nm\n"},
      {"Dutch",
       "Type gebeurtenis:\tFout\nBron van gebeurtenis:\tS\nCategorie van gebeurtenis:\tGeen\n"
       "Gebeurtenis-ID:\t7004\nDatum:\t\t13-12-2001\nTijd:\t\t10:45:00\n"
       "Gebruiker:\t\tn.v.t.\nComputer:\tEX1\nBeschrijving:\nm\n"},
      {"Portuguese",
       "Tipo de evento:\tErro\nFonte do evento:\tS\nCategoria do evento:\tNenhum\n"
       "Identificação do evento:\t7004\nData:\t\t13/12/2001\nHora:\t\t10:45:00\n"
       "Usuário:\t\tN/A\nComputador:\tEX1\nDescrição:\nm\n"},
      {"Polish",
       "Typ zdarzenia:\tBłąd\nŹródło zdarzenia:\tS\nKategoria zdarzenia:\tBrak\n"
       "Identyfikator zdarzenia:\t7004\nData:\t\t2001-12-13\nGodzina:\t\t10:45:00\n"
       "Użytkownik:\t\tBrak\nKomputer:\tEX1\nOpis:\nm\n"},
      {"Russian",
       "Тип события:\tОшибка\nИсточник события:\tS\nКатегория события:\tОтсутствует\n"
       "Код события:\t7004\nДата:\t\t13.12.2001\nВремя:\t\t10:45:00\n"
       "Пользователь:\t\tН/Д\nКомпьютер:\tEX1\nОписание:\nm\n"},
      {"Japanese",
       "イベントの種類:\tエラー\nイベント ソース:\tS\nイベント カテゴリ:\tなし\n"
       "イベント ID:\t7004\n日付:\t\t2001/12/13\n時刻:\t\t10:45:00\nユーザー:\t\tN/A\n"
       "コンピュータ:\tEX1\n説明:\nm\n"},
      {"Chinese, where the time is called event",
       "事件类型:\t错误\n事件来源:\tS\n事件种类:\t无\n事件 ID:\t7004\n日期:\t\t2001-12-13\n"
       "事件:\t\t10:45:00\n用户:\t\tN/A\n计算机:\tEX1\n描述:\nm\n"},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.language);
    const auto got = ImportBytes(row.text);
    EXPECT_EQ(got.importer, "clipboard");
    EXPECT_THAT(got.notes, IsEmpty());
    EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 1,
                                                     .provider = "S",
                                                     .id = 7004,
                                                     .level = "error",
                                                     .time = "2001-12-13T10:45:00",
                                                     .computer = "EX1",
                                                     .message = "m"}));
  }
}

TEST(ClipboardTest, SeveralEventsOfBothKindsInOneText) {
  const auto got = ImportBytes(
      "Event Type: Error\nEvent Source: A\nEvent ID: 1\nDate: 5/13/2005\nTime: 1:00:00 PM\n"
      "Description: one\nEvent Type: Warning\nEvent Source: B\nEvent ID: 2\nDescription: two\n"
      "and more\n\nLog Name: Application\nSource: C\nDate: 6/1/2010 2:00:00 PM\nEvent ID: 3\n"
      "Level: Error\nDescription:\nthree\n\nEvent ID: 4\nSource: D\nType: Error\n"
      "Description:\nfour\n");
  ASSERT_THAT(got.records, SizeIs(4));
  const struct {
    int id;
    std::string_view message, time;
    std::uint64_t line;
  } kWant[] = {{1, "one", "2005-05-13T13:00:00", 1},
               {2, "two\nand more", "", 7},
               {3, "three", "2010-06-01T14:00:00", 13},
               {4, "four", "", 21}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(got.records[i].id, kWant[i].id);
    EXPECT_EQ(got.records[i].message, kWant[i].message);
    EXPECT_EQ(got.records[i].time, kWant[i].time);
    EXPECT_EQ(got.records[i].line, kWant[i].line);
  }
}

TEST(ClipboardTest, BinaryData) {
  const struct {
    std::string_view why;
    std::string_view text;
    std::string_view binary;
  } kCases[] = {
      {"on the line of the label", "Data: 0000: 05 00 07 80 ...?", "05000780"},
      {"two rows", "Data:\n0000: 01 02 03 04 05 06 07 08   ........\n0008: 09 0a   ..\n",
       "0102030405060708090a"},
      {"characters that look like bytes",
       "Data:\n0000: 61 62 20 63 64 20 65 66   ab cd ef\n0008: 41 42   AB\n",
       "6162206364206566"
       "4142"},
      {"words", "Data:\n0000: 8007000c 00000001\n", "0c00078001000000"},
      {"rows on one line", "Data: 0000: 01 02   .. 0008: 03 04   ..", "01020304"},
      {"no rows: text", "Data: none", ""},
  };
  for (const auto& row : kCases) {
    const auto got =
        ImportBytes("Event Type: Error\nEvent Source: A\nEvent ID: 1\nDescription: one\n" +
                    std::string(row.text));
    ASSERT_THAT(got.records, SizeIs(1)) << row.why;
    EXPECT_EQ(got.records[0].binary, row.binary) << row.why;
  }
}

TEST(ClipboardTest, RejectsAndNotes) {
  const auto got = ImportBytes(
      "Hello\n\nLog Name: System\nSource: Service Control Manager\nDescription:\nIt ended.\n\n"
      "Event Type: Error\nEvent Source: A\nEvent ID: n/a\nDate: date\nTime: time\n"
      "Description: x\n\nEvent Type: Error\nEvent Source: A\nEvent ID: 5\nDate: date\n"
      "Time: time\nDescription: y\nEvent Xml:\n<Event><System>\n");
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_EQ(got.records[0].id, 5);
  EXPECT_EQ(got.records[0].time, "");
  EXPECT_THAT(got.rejects,
              ElementsAre("in: line 3: an event without a number; kept as a reject "
                          "[clipboard.event-id]",
                          "in: line 8: \"n/a\" is not an event number; kept as a reject "
                          "[clipboard.event-id]"));
  EXPECT_EQ(got.raw[0],
            "Log Name: System\nSource: Service Control Manager\nDescription:\nIt ended.");
  EXPECT_THAT(got.notes,
              ElementsAre("in: line 15: the Event Xml cannot be read; the text above it is used "
                          "alone [clipboard.event-xml]",
                          "in: line 1: 1 line from here on belongs to no record; not used "
                          "[text.outside-records]",
                          "in: line 15: \"date time\" is no date and time; 1 record kept without "
                          "time [text.time]"));
}

TEST(ClipboardTest, AnEndlessDescriptionIsCutAndTold) {
  std::string text = "Event Type: Error\nEvent Source: A\nEvent ID: 1\nDescription:\n";
  while (text.size() < 3'000'000) text += "and so on\n";
  const auto got = ImportBytes(text);
  ASSERT_THAT(got.records, SizeIs(1));
  EXPECT_LE(got.records[0].message.size(), std::size_t{1} << 20);
  EXPECT_THAT(got.notes, ElementsAre("in: line 1: an event of more than 1048576 characters; the "
                                     "rest of it is left out [clipboard.length]"));
}

TEST(ClipboardTest, AuditsAndUnnamedCategories) {
  const auto got = ImportBytes(
      "Log Name: Security\nSource: Sec\nDate: 13.03.2014 14:25:38\nEvent ID: 4625\n"
      "Task Category: (5)\nLevel: Information\nKeywords: Audit Failure\nUser: N/A\n"
      "Computer: EX1\nDescription:\nm\n");
  EXPECT_THAT(got.records, ElementsAre(OwnedRecord{.line = 1,
                                                   .channel = "Security",
                                                   .provider = "Sec",
                                                   .id = 4625,
                                                   .level = "log_always",
                                                   .category = 5,
                                                   .keywords = kKeywordAuditFailure,
                                                   .time = "2014-03-13T14:25:38",
                                                   .computer = "EX1",
                                                   .message = "m"}));
}

}  // namespace
}  // namespace exdiag
