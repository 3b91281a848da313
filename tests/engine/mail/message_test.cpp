#include "engine/mail/message.h"

#include <gtest/gtest.h>

namespace exdiag {
namespace {

MailMessage Message() {
  return {.from = {"exdiag", "exdiag@corp.example"},
          .to = {{"", "anna@corp.example"}, {"Jörg", "joerg@corp.example"}},
          .subject = "Zürich: 1 new",
          .text = "1 new on EX1\n",
          .date = TicksFromUnix(1'795'226'999),
          .attachments = {}};
}

// With HASH in the place of what tells messages apart.
std::string Rendered(const MailMessage& message) {
  std::string mail = RenderMail(message);
  constexpr std::string_view kBefore = "Message-ID: <exdiag.";
  const std::string hash = mail.substr(mail.find(kBefore) + kBefore.size(), 32);
  for (std::size_t at = 0; (at = mail.find(hash, at)) != std::string::npos;) {
    mail.replace(at, hash.size(), "HASH");
  }
  return mail;
}

TEST(MailMessageTest, ATextAloneIsOnePart) {
  EXPECT_EQ(Rendered(Message()),
            "Date: Sat, 21 Nov 2026 02:09:59 +0000\r\n"
            "From: \"exdiag\"\r\n <exdiag@corp.example>\r\n"
            "To: anna@corp.example,\r\n =?UTF-8?B?SsO2cmc=?=\r\n <joerg@corp.example>\r\n"
            "Subject: =?UTF-8?B?WsO8cmljaDogMSBuZXc=?=\r\n"
            "Message-ID: <exdiag.HASH@corp.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "1 new on EX1\r\n");
}

TEST(MailMessageTest, AnAttachmentIsAnotherPart) {
  MailMessage message = Message();
  message.attachments = {{"re\"port\r\nX: y.html", "text/html; charset=utf-8", "<p>\n"}};
  const std::string mail = Rendered(message);
  const std::size_t type = mail.find("Content-Type: multipart/mixed;");
  ASSERT_NE(type, std::string::npos);
  EXPECT_EQ(mail.substr(type),
            "Content-Type: multipart/mixed;\r\n boundary=\"=_HASH\"\r\n"
            "\r\n"
            "--=_HASH\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "1 new on EX1\r\n"
            "--=_HASH\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment;\r\n filename=\"re_port__X__y.html\"\r\n"
            "\r\n"
            "PHA+Cg==\r\n"
            "--=_HASH--\r\n");
}

TEST(MailMessageTest, EachMessageHasAnIdOfItsOwn) {
  MailMessage other = Message();
  other.text += "and one more\n";
  const auto id = [](const MailMessage& message) {
    const std::string mail = RenderMail(message);
    return mail.substr(mail.find("Message-ID: "), 80);
  };
  EXPECT_EQ(id(Message()), id(Message()));
  EXPECT_NE(id(Message()), id(other));
}

}  // namespace
}  // namespace exdiag
