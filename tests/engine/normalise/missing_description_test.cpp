#include <gtest/gtest.h>

#include "engine/normalise/normaliser.h"

namespace exdiag {
namespace {

std::string Shown(const std::optional<std::vector<std::string>>& strings) {
  if (!strings) return "not such a sentence";
  std::string out;
  for (const std::string& value : *strings) out.append("<").append(value).append(">");
  return out;
}

TEST(StringsFromMissingDescription, ReadsEveryWording) {
  const struct {
    const char* why;
    std::string message;
    std::size_t expected;
    const char* strings;
  } kCases[] = {
      {"NT 3.x",
       "Description for Event ID 0 could not be found.  It contains the insertion string "
       "\\device\\LanManServer",
       0, "<\\device\\LanManServer>"},
      {"NT 4.0",
       "The description for Event ID ( 9318 ) in Source ( MSExchangeMTA ) could not be found. It "
       "contains the following insertion string(s): 9, 1722, BASE IL.",
       0, "<9><1722><BASE IL>"},
      {"NT 4.0, an empty string and brackets",
       "The description for Event ID (8) in Source (X) could not be found. It contains the "
       "following insertion string(s): (186), , 0000.",
       0, "<(186)><><0000>"},
      {"2000",
       "The description for Event ID ( 57 ) in Source ( MSExchangeMTA ) cannot be found. The local "
       "computer may not have the necessary registry information or message DLL files to display "
       "messages from a remote computer. The following information is part of the event: "
       "/O=K/CN=X, 9.",
       0, "</O=K/CN=X><9>"},
      {"2003 with the remark about AUXSOURCE",
       "The description for Event ID ( 57 ) in Source ( MSExchangeMTA ) cannot be found. The local "
       "computer may not have the necessary registry information or message DLL files to display "
       "messages from a remote computer. You may be able to use the /AUXSOURCE= flag to retrieve "
       "this description; see Help and Support for details. The following information is part of "
       "the event: a, b; c.",
       0, "<a, b><c>"},
      {"a string that holds the separator",
       "The description for Event ID ( 1 ) in Source ( X ) cannot be found. The following "
       "information is part of the event: a; b; c.",
       2, "<a><b; c>"},
      {"the number of strings decides between separators",
       "The description for Event ID ( 1 ) in Source ( X ) cannot be found. The following "
       "information is part of the event: a; b, c, d.",
       3, "<a; b><c><d>"},
      {"one string that ends in a full stop",
       "The description for Event ID ( 1 ) in Source ( X ) cannot be found. The following "
       "information is part of the event: No..",
       0, "<No.>"},
      {"no strings",
       "The description for Event ID ( 1 ) in Source ( X ) cannot be found. The following "
       "information is part of the event: .",
       0, ""},
      {".NET",
       "The description for Event ID '98' in Source 'Ntfs' cannot be found.  The local computer "
       "may not have the necessary registry information or message DLL files to display the "
       "message, or you may not have permission to access them.  The following information is part "
       "of the event:'Windows', '\\Device\\HarddiskVolume1', ''",
       0, "<Windows><\\Device\\HarddiskVolume1><>"},
      {"Vista, with the reason behind",
       "The description for Event ID 57 from source MSExchangeMTA cannot be found. Either the "
       "component that raises this event is not installed on your local computer or the "
       "installation is corrupted.\r\n\r\nIf the event originated on another computer, the display "
       "information had to be saved with the event.\r\n\r\nThe following information was included "
       "with the event: \r\n\r\n/O=K/CN=X\r\n9\r\n\r\nThe message resource is present but the "
       "message was not found in the message table\r\n",
       0, "</O=K/CN=X><9>"},
      {"Vista, nothing behind",
       "The description for Event ID 57 from source X cannot be found.\n\nThe following "
       "information "
       "was included with the event: \n\na\nb\n",
       0, "<a><b>"},
      {"Vista, a string of several lines",
       "The description for Event ID 57 from source X cannot be found.\n\nThe following "
       "information "
       "was included with the event: \n\na\nb\nc\n\nThe handle is invalid\n",
       2, "<a><b\nc>"},
      {"Splunk",
       "Splunk could not get the description for this event. Either the component that raises this "
       "event is not installed on your local computer or the installation is corrupt. "
       "FormatMessage error: Got the following information from this event:\na\nb\n",
       0, "<a><b>"},
      {"the sentence without any strings behind it",
       "The description for Event ID 57 from source X cannot be found.", 0, "not such a sentence"},
      {"an ordinary message that speaks of it",
       "An error occurred. The following information is part of the event: a; b.", 0,
       "not such a sentence"},
      {"nothing", "", 0, "not such a sentence"},
      {"German, of Vista",
       "Die Beschreibung für Ereignis-ID \"57\" aus der Quelle \"MSExchangeMTA\" wurde nicht "
       "gefunden. Entweder ist die Komponente nicht installiert, oder die Installation ist "
       "beschädigt.\r\n\r\nFalls das Ereignis auf einem anderen Computer aufgetreten ist, mussten "
       "die Anzeigeinformationen mit dem Ereignis gespeichert werden.\r\n\r\nDie folgenden "
       "Informationen wurden mit dem Ereignis gespeichert: \r\n\r\n/O=K/CN=X\r\n9\r\n",
       0, "</O=K/CN=X><9>"},
      {"Japanese",
       "ソース \"MSExchangeMTA\" からのイベント ID 57 の説明が見つかりません。\r\n\r\n"
       "イベントには次の情報が含まれています: \r\n\r\nvalue01\r\n",
       0, "<value01>"},
      {"French, of 2003",
       "La description de l'ID d'événement ( 57 ) dans la source ( MSExchangeMTA ) est "
       "introuvable. Les informations suivantes font partie de l'événement : /O=K/CN=X, 9.",
       0, "</O=K/CN=X><9>"},
      {"of another event",
       "Die Beschreibung der Ereigniskennung ( 58 ) in ( MSExchangeMTA ) wurde nicht gefunden. "
       "Ereignisinformationen: a, b.",
       0, "not such a sentence"},
      {"a message that names its own number and source",
       "MSExchangeMTA stopped with 57 errors: see below.\nDetails: none\n", 0,
       "not such a sentence"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(
        Shown(StringsFromMissingDescription(row.message, row.expected, {"MSExchangeMTA", 57})),
        row.strings)
        << row.why;
  }
}

}  // namespace
}  // namespace exdiag
