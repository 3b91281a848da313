#include "engine/knowledge/message_template.h"

#include <gtest/gtest.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

std::string Shown(const std::optional<InsertionStrings>& strings) {
  if (!strings) return "no match";
  std::string out;
  for (std::size_t i = 0; i < strings->size(); ++i) {
    if (i > 0) out.push_back('|');
    out.append((*strings)[i].value_or("(none)"));
  }
  return out;
}

// "a remote_server:host": names with blanks between; the kind matters to leading strings of tags.
std::vector<Field> Fields(std::string_view names) {
  std::vector<Field> fields;
  for (const std::string_view name : Split(names, ' ')) {
    const bool host = name.ends_with(":host");
    fields.push_back(
        {std::string(name.substr(0, name.find(':'))), host ? FieldType::kHost : FieldType::kText});
  }
  return fields;
}

struct Case {
  const char* why;
  const char* fields;
  const char* text;
  const char* message;
  const char* strings;
};

constexpr const char* kTag4 = "entity tag_layer tag_module tag_thread tag_procedure";

const Case kCases[] = {
    {"the plain case", kTag4, "A connection to %1 could not be opened. [%2 %3 %4 %5] (12)",
     "A connection to /O=K/CN=X could not be opened. [MTA XFER-IN 17 26] (12)",
     "/O=K/CN=X|MTA|XFER-IN|17|26"},
    {"layer and module may hold blanks", kTag4, "A connection to %1 failed. [%2 %3 %4 %5] (12)",
     "A connection to X failed. [BASE IL TCP/IP DRVR 8 274] (12)", "X|BASE IL|TCP/IP DRVR|8|274"},
    {"a module that begins like its layer", kTag4, "Error %1. [%2 %3 %4 %5] (14)",
     "Error 8511. [POP4 POP4 UP 4 179] (14)", "8511|POP4|POP4 UP|4|179"},
    {"a layer that nobody knows is not shown", kTag4, "Error %1. [%2 %3 %4 %5] (14)",
     "Error 1. [MAIN BASE 1 500] (14)", "1|(none)|MAIN BASE|1|500"},
    {"no procedure", kTag4, "Error %1. [%2 %3 %4 %5] (14)", "Error 1. [BASE XFER-IN 20] (14)",
     "1|BASE|XFER-IN|20|(none)"},
    {"another severity, letter case, white space and line ends", kTag4,
     "A connection to %1 could not be opened. [%2 %3 %4 %5] (12)",
     "a connection to  X Y\r\n could not be\topened. [MTA XFER-IN\r\n 17 26] (14)\r\n",
     "X Y|MTA|XFER-IN|17|26"},
    {"no severity and no full stop", "a", "Unable to move mailbox. Error: %1.",
     "Unable to move mailbox. Error: none", "none"},
    {"no tag", kTag4, "A connection to %1 could not be opened. [%2 %3 %4 %5] (12)",
     "A connection to X could not be opened.", "X|(none)|(none)|(none)|(none)"},
    {"the string that was never passed stays as its number", kTag4, "Error %1. [%2 %3 %4 %5] (14)",
     "Error 1. [BASE MAIN BASE 1 %5] (14)", "1|BASE|MAIN BASE|1|(none)"},
    {"placeholders beyond the layout are text", "a b", "Bind %1, comms %2 [%3 %4] (14)",
     "Bind 5, comms BASE IL [%3 %4] (14)", "5|BASE IL"},
    {"data of the event before the tag", "entity a b tag_layer tag_module tag_thread tag_procedure",
     "Ended %1. [%2 %3 %4 %5 %6 %7] (10)", "Ended X. [198 1 PLATFORM KERNEL 20 130] (10)",
     "X|198|1|PLATFORM|KERNEL|20|130"},
    {"words before the tag go to the first", "a b tag_layer tag_module tag_thread tag_procedure",
     "ASN.1 [%1 %2 %3 %4 %5 %6] (14)",
     "ASN.1 [child length exceeds given maximum 85 MTA XFER-IN 21 98] (14)",
     "child length exceeds given maximum|85|MTA|XFER-IN|21|98"},
    {"fewer strings before the tag than there should be",
     "a b c tag_layer tag_module tag_thread tag_procedure", "ASN.1 [%1 %2 %3 %4 %5 %6 %7] (14)",
     "ASN.1 [0 19 MTA XFER-IN 21 98] (14)", "0|19|(none)|MTA|XFER-IN|21|98"},
    {"a name before the tag may end in a layer's name", "entity tag_layer tag_module tag_thread",
     "Refused. [%1 %2 %3 %4] (14)", "Refused. [/O=K/CN=MICROSOFT MTA PLATFORM KERNEL 12] (14)",
     "/O=K/CN=MICROSOFT MTA|PLATFORM|KERNEL|12"},
    {"brackets inside the tag", "host:host call end tag_layer tag_module tag_thread",
     "Cancel [%1 %2 %3 %4 %5 %6] (14)",
     "Cancel [TRUMAN RPC inactive ncacn_ip_tcp:192.0.2.3[1966] BASE IL] (14)",
     "TRUMAN|RPC inactive|ncacn_ip_tcp:192.0.2.3[1966]|BASE IL|(none)|(none)"},
    {"brackets before the tag", "s tag_layer tag_module tag_thread tag_procedure",
     "Protocol String %1 [%2 %3 %4 %5] (14)",
     "Protocol String ncacn_ip_tcp:a.b[135] [BASE IL INCOMING RPC 39 507] (14)",
     "ncacn_ip_tcp:a.b[135]|BASE IL|INCOMING RPC|39|507"},
    {"blanks and line ends inside quotes belong to the string", "a b",
     "The reply was \"%1\". The command was \"%2\". Done.",
     "The reply was \"504 Need to authenticate first \". The command was \"X-EXPS\r\n\". Done.",
     "504 Need to authenticate first |X-EXPS\r\n"},
    {"curly quotes", "a", "The client \"%1\" did not.",
     "The client \xe2\x80\x9cmail.example.com\xe2\x80\x9d did not.", "mail.example.com"},
    {"an empty string between blanks", "a b", "from %1 to %2 done", "from  to X done", "|X"},
    {"an empty string at the end", "a", "The error was: %1", "The error was:", ""},
    {"a string twice", "a b", "queue %1. Queue %1 now contains %2 items.",
     "queue 4. Queue 4 now contains 17 items.", "4|17"},
    {"strings side by side: the last takes it all", "a b c", "T-Selector is: %1%2%3",
     "T-Selector is: 58343030", "||58343030"},
    {"the remark of later viewers", "a", "Failed for reason '%1'.",
     "Failed for reason 'x'.\r\n\r\nFor more information, see Help and Support Center at "
     "http://go.microsoft.com/fwlink/events.asp.",
     "x"},
    {"another message", "a", "A connection to %1 could not be opened.",
     "A connection to X could be opened.", "no match"},
    {"text behind the end", "a", "Stopped %1 times.", "Stopped 3 times. Started again.",
     "no match"},
};

TEST(MessageTemplate, TakesMessagesApart) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.why);
    const MessageTemplate wording(row.text, Fields(row.fields));
    FoldedMessage message;
    message.Assign(row.message);
    EXPECT_EQ(Shown(wording.Match(message)), row.strings);
  }
}

TEST(MessageTemplate, OneMatchServesManyMessages) {
  const MessageTemplate longer("Error %1 of %2 and %3.", Fields("a b c"));
  const MessageTemplate shorter("Error %1.", Fields("a"));
  FoldedMessage message;
  MessageMatch match;
  message.Assign("Error 5 of X and Y.");
  ASSERT_TRUE(longer.Match(message, match));
  EXPECT_EQ(match.strings(), (StringViews{"5", "X", "Y"}));
  message.Assign("Error  7 .");
  EXPECT_FALSE(longer.Match(message, match));
  ASSERT_TRUE(shorter.Match(message, match));
  EXPECT_EQ(match.strings(), StringViews{"7"});
}

TEST(MessageTemplate, RendersMissingStringsAsWindowsLeavesThem) {
  const MessageTemplate wording("Server %2 failed: %1 [%3 %10]", Fields("a b c"));
  std::string out;
  wording.Render({"5", std::nullopt, "x"}, out);
  EXPECT_EQ(out, "Server %2 failed: 5 [x %10]");
}

TEST(MessageTemplate, TellsWhatItWouldRender) {
  const MessageTemplate wording("Server %2 failed: %1 [%3 %10] 100%", Fields("a b c"));
  const StringViews strings = {"5", std::nullopt, ""};
  const struct {
    std::string_view why;
    std::string_view message;
    bool same;
  } kCases[] = {
      {"the same", "Server %2 failed: 5 [ %10] 100%", true},
      {"cut", "Server %2 failed: 5 [ %10] 100", false},
      {"text behind it", "Server %2 failed: 5 [ %10] 100%.", false},
      {"another string", "Server %2 failed: 6 [ %10] 100%", false},
      {"another case", "server %2 failed: 5 [ %10] 100%", false},
      {"nothing", "", false},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(wording.Renders(strings, row.message), row.same) << row.why;
  }
}

TEST(MessageTemplate, KnowsWhatItPrints) {
  const MessageTemplate wording("Uptime %2", Fields("a b"));
  EXPECT_FALSE(wording.Prints(0));
  EXPECT_TRUE(wording.Prints(1));
  EXPECT_FALSE(wording.Prints(2));
}

}  // namespace
}  // namespace exdiag
