#include "engine/mail/mime.h"

#include <gtest/gtest.h>

#include "engine/base/text.h"

namespace exdiag {
namespace {

TEST(MailAddressTest, IsAMailboxWithOrWithoutAName) {
  const struct {
    std::string_view text;
    std::string_view name;
    std::string_view mailbox;
  } kCases[] = {
      {"anna@corp.example", "", "anna@corp.example"},
      {" <anna@corp.example> ", "", "anna@corp.example"},
      {"Anna Smith <anna.smith+x@mail>", "Anna Smith", "anna.smith+x@mail"},
      {"\"Smith, Anna\" <anna@corp.example>", "Smith, Anna", "anna@corp.example"},
      {"Jörg <j@corp.example>", "Jörg", "j@corp.example"},
  };
  for (const auto& row : kCases) {
    const auto address = ParseMailAddress(row.text);
    ASSERT_TRUE(address) << row.text;
    EXPECT_EQ(address->name, row.name);
    EXPECT_EQ(address->mailbox, row.mailbox);
  }
}

TEST(MailAddressTest, NothingElseIsOne) {
  const struct {
    std::string_view why;
    std::string_view text;
  } kCases[] = {
      {"nothing", ""},
      {"no domain", "anna"},
      {"an empty domain", "anna@"},
      {"an empty local part", "@corp.example"},
      {"an option of a program", "-Xlog@corp.example"},
      {"an SMTP command behind it", "a@b.c>\r\nRCPT TO:<x@y.z"},
      {"a line end inside", "a@b.c\nBcc: x@y.z"},
      {"two of them", "a@b.c, d@e.f"},
      {"a second recipient in brackets", "a <b@c.d>, <e@f.g>x"},
      {"a quoted local part", "\"a b\"@corp.example"},
      {"not ASCII, which needs SMTPUTF8", "jörg@corp.example"},
      {"two dots", "a..b@corp.example"},
      {"a control character", "a\x01@corp.example"},
  };
  for (const auto& row : kCases) EXPECT_FALSE(ParseMailAddress(row.text)) << row.why;
}

TEST(TextHeaderTest, PlainTextStaysAndFoldsAtBlanks) {
  EXPECT_EQ(TextHeader("Subject", "2 new on EX1"), "Subject: 2 new on EX1\r\n");
  EXPECT_EQ(TextHeader("Subject", std::string(30, 'a') + " " + std::string(30, 'b') + " " +
                                      std::string(30, 'c')),
            "Subject: " + std::string(30, 'a') + " " + std::string(30, 'b') + "\r\n " +
                std::string(30, 'c') + "\r\n");
}

TEST(TextHeaderTest, OtherTextBecomesEncodedWords) {
  EXPECT_EQ(TextHeader("Subject", "Zürich"), "Subject: =?UTF-8?B?WsO8cmljaA==?=\r\n");
  // What looks like an encoded word is one only when we say so.
  EXPECT_EQ(TextHeader("Subject", "=?UTF-8?Q?=0ABcc:?="),
            "Subject: =?UTF-8?B?PT9VVEYtOD9RPz0wQUJjYzo/PQ==?=\r\n");
  // Cut between characters: 13 of three bytes fill a word of 39.
  EXPECT_EQ(TextHeader("Subject", "€€€€€€€€€€€€€€"),
            "Subject: =?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n"
            " =?UTF-8?B?4oKs?=\r\n");
}

TEST(TextHeaderTest, NoTextBeginsAHeaderOfItsOwn) {
  const std::string_view attacks[] = {
      "EX1\r\nBcc: all@corp.example",
      "EX1\nBcc: all@corp.example",
      "EX1\rBcc: x@y.z",
      "EX1\r\n\r\n<script>",
      "EX1\xe2\x80\xa8"
      "Bcc: x@y.z",
      "EX1\vBcc: x",
      "EX1\x85"
      "Bcc: x",
      "=?utf-8?q?a=0D=0ABcc:_x?=",
  };
  for (const std::string_view attack : attacks) {
    for (const bool long_one : {false, true}) {
      const std::string text = (long_one ? std::string(500, 'x') : "") + std::string(attack);
      const std::string header = TextHeader("Subject", text);
      // What is left when the folds are taken away is one line of printable ASCII.
      std::string unfolded = header;
      for (std::size_t at; (at = unfolded.find("\r\n ")) != std::string::npos;) {
        unfolded.erase(at, 2);
      }
      ASSERT_TRUE(unfolded.ends_with("\r\n"));
      unfolded.resize(unfolded.size() - 2);
      for (const char c : unfolded) ASSERT_TRUE(c >= ' ' && c <= '~') << text;
    }
  }
  EXPECT_EQ(TextHeader("Subject", "EX1\r\nBcc: x@y.z"), "Subject: EX1 Bcc: x@y.z\r\n");
}

TEST(TextHeaderTest, NoLineIsTooLong) {
  for (const std::string& text : {std::string(5000, 'a'), std::string(5000, ' ') + "a",
                                  "b " + std::string(70, 'a'), std::string(2000, '\x80')}) {
    const std::string header = TextHeader("Subject", text);
    for (const std::string_view line : Split(header, '\n')) {
      EXPECT_LE(line.size(), 77U) << line;  // with its CR
    }
  }
}

TEST(AddressHeaderTest, NamesAreQuotedOrEncoded) {
  EXPECT_EQ(AddressHeader(
                "To", {{"", "a@b.c"}, {"Smith, Anna \"x\"", "d@e.f"}, {"Jörg\r\nBcc: y", "g@h.i"}}),
            "To: a@b.c,\r\n"
            " \"Smith, Anna \\\"x\\\"\"\r\n <d@e.f>,\r\n"
            " =?UTF-8?B?SsO2cmcgQmNjOiB5?=\r\n <g@h.i>\r\n");
}

TEST(MailDateTest, IsRfc5322) {
  EXPECT_EQ(MailDate(TicksFromUnix(0)), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(MailDate(TicksFromUnix(1'795'226'999)), "Sat, 21 Nov 2026 02:09:59 +0000");
}

TEST(Base64LinesTest, PadsAndBreaks) {
  const struct {
    std::string_view bytes;
    std::string_view letters;
  } kCases[] = {{"", ""},  // RFC 4648 10
                {"f", "Zg==\r\n"},
                {"fo", "Zm8=\r\n"},
                {"foo", "Zm9v\r\n"},
                {"foob", "Zm9vYg==\r\n"},
                {"\xff\xfe\xfd", "//79\r\n"}};
  for (const auto& row : kCases) EXPECT_EQ(Base64Lines(row.bytes), row.letters);
  EXPECT_EQ(Base64Lines(std::string(57, '\0')), std::string(76, 'A') + "\r\n");
  EXPECT_EQ(Base64Lines(std::string(60, '\0')), std::string(76, 'A') + "\r\nAAAA\r\n");
}

TEST(QuotedPrintableTest, KeepsTextReadable) {
  const struct {
    std::string_view why;
    std::string text;
    std::string_view written;
  } kCases[] = {
      {"plain lines", "one\ntwo\n", "one\r\ntwo\r\n"},
      {"no line end at the end", "one", "one\r\n"},
      {"all kinds of line ends", "a\r\nb\n\nc", "a\r\nb\r\n\r\nc\r\n"},
      {"letters outside ASCII and the escape itself", "ü=1", "=C3=BC=3D1\r\n"},
      {"blanks at the end", "a \t", "a =09\r\n"},
      {"a lone CR is no line end", "a\rb", "a=0Db\r\n"},
      {"what ends a mail", ".\n.x", "=2E\r\n=2Ex\r\n"},
      {"what begins one in a mail folder", "From x", "=46rom x\r\n"},
      {"76 letters fit", std::string(76, 'a'),
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"},
      {"77 do not", std::string(77, 'a'),
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=\r\naa\r\n"},
  };
  for (const auto& row : kCases) EXPECT_EQ(QuotedPrintable(row.text), row.written) << row.why;
}

}  // namespace
}  // namespace exdiag
