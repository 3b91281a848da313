#include "engine/mail/smtp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/mail/send.h"
#include "tests/engine/mail/smtp_server.h"

namespace exdiag {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

MailMessage Message() {
  return {.from = {"", "exdiag@corp.example"},
          .to = {{"", "anna@corp.example"}, {"", "bob@corp.example"}},
          .subject = "1 new",
          .text = "one\n.\nFrom two\n" + std::string(3000, 'x') + "\n",
          .date = TicksFromUnix(0),
          .attachments = {{"report.html", "text/html", std::string(100'000, '.')}}};
}

SmtpRoute To(const SmtpServer& server, int timeout_seconds = 600) {
  return {.host = "127.0.0.1",
          .port = static_cast<std::uint16_t>(server.port()),
          .tls = SmtpTls::kNone,
          .ca_file = {},
          .user = {},
          .password_file = {},
          .timeout_seconds = timeout_seconds};
}

std::string ErrorOf(const Result<MailReceipt>& sent) {
  return sent ? "sent" : sent.error().message;
}

// What stands behind "smtp://127.0.0.1:PORT: ".
std::string ErrorBy(const SmtpManners& manners, int timeout_seconds = 600) {
  SmtpServer server(manners);
  const std::string error = ErrorOf(SendMail(Message(), To(server, timeout_seconds)));
  const std::string place = "smtp://127.0.0.1:" + std::to_string(server.port()) + ": ";
  return error.starts_with(place) ? error.substr(place.size()) : "elsewhere: " + error;
}

TEST(SmtpTest, TheServerGetsTheMailAsItIs) {
  SmtpServer server;
  const auto sent = SendMail(Message(), To(server));
  server.Wait();
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_TRUE(sent->refused.empty());
  EXPECT_EQ(server.mail(), RenderMail(Message()));
  EXPECT_THAT(
      server.commands(),
      ElementsAre(StartsWith("EHLO "), StartsWith("MAIL FROM:<exdiag@corp.example>"),
                  "RCPT TO:<anna@corp.example>", "RCPT TO:<bob@corp.example>", "DATA", "QUIT"));
}

TEST(SmtpTest, TlsIsTakenByChoiceOnly) {
  SmtpServer server({.greeting = "220 x", .offers = {"8BITMIME"}});
  SmtpRoute route = To(server);
  route.tls = SmtpTls::kOptional;
  EXPECT_TRUE(SendMail(Message(), route));
  SmtpServer plain;
  route = To(plain);
  route.tls = SmtpTls::kRequired;
  EXPECT_THAT(ErrorOf(SendMail(Message(), route)),
              AllOf(HasSubstr("STARTTLS"), HasSubstr("; no mail sent")));
  plain.Wait();
  EXPECT_THAT(plain.commands(), ElementsAre(StartsWith("EHLO ")));  // and nothing of the mail
  EXPECT_EQ(plain.mail(), "");
}

TEST(SmtpTest, SomeRecipientsMayBeRefused) {
  SmtpServer server({.replies = {{"RCPT TO:<bob@", "550 5.1.1 no such user"}}});
  const auto sent = SendMail(Message(), To(server));
  server.Wait();
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_THAT(sent->refused, ElementsAre("bob@corp.example: 550 5.1.1 no such user"));
  EXPECT_EQ(server.mail(), RenderMail(Message()));
}

TEST(SmtpTest, SaysWhyNothingWasSent) {
  EXPECT_THAT(ErrorBy({.replies = {{"RCPT", "550 5.7.1 no relaying"}}}),
              AllOf(HasSubstr("the server's last words: 550 5.7.1 no relaying"),
                    HasSubstr("; no mail sent")));
  EXPECT_THAT(ErrorBy({.replies = {{"MAIL", "552 too big"}}}), HasSubstr("552 too big"));
  EXPECT_THAT(ErrorBy({.greeting = "554 go away"}), HasSubstr("554 go away"));
  EXPECT_THAT(ErrorBy({.replies = {{"DATA", "451 not now"}}}), HasSubstr("451 not now"));
  EXPECT_THAT(ErrorBy({.replies = {{".", "554 5.6.0 looks like spam"}}}),
              HasSubstr("554 5.6.0 looks like spam"));
}

TEST(SmtpTest, AServerMayGoAtAnyMoment) {
  for (const char* at : {"EHLO", "MAIL", "RCPT", "DATA", "."}) {
    EXPECT_THAT(ErrorBy({.drops_at = at}), HasSubstr("; no mail sent")) << at;
  }
}

TEST(SmtpTest, AServerThatHangsIsLeft) {
  for (const char* at : {"connect", "EHLO", "RCPT", "."}) {
    EXPECT_THAT(ErrorBy({.hangs_at = at}, 1), AllOf(HasSubstr("time"), HasSubstr("; no mail sent")))
        << at;
  }
}

TEST(SmtpTest, AServerThatIsNotThere) {
  int port = 0;
  {
    SmtpServer gone;
    port = gone.port();
  }
  const auto sent =
      SendMail(Message(), SmtpRoute{.host = "127.0.0.1", .port = static_cast<std::uint16_t>(port)});
  EXPECT_THAT(ErrorOf(sent), HasSubstr("; no mail sent"));
}

TEST(SmtpTest, NoNameOfAServerMeansMoreThanThat) {
  for (const char* name : {"mail.corp.example", "10.0.0.1", "fe80::1", "MAIL_1"}) {
    EXPECT_TRUE(IsServerName(name)) << name;
  }
  for (const char* name : {"", "a/b", "a@b", "a b", "a:25", "-x", "a\r\nb", "a?b", "[::1]"}) {
    EXPECT_FALSE(IsServerName(name)) << name;
  }
  EXPECT_EQ(ErrorOf(SendMail(Message(), SmtpRoute{.host = "x/y"})),
            "smtp://x/y:25: this is no name of a server; no mail sent");
}

TEST(SmtpTest, APasswordIsNeverSentInClear) {
  for (const SmtpTls tls : {SmtpTls::kNone, SmtpTls::kOptional}) {
    SmtpServer server({.offers = {"AUTH PLAIN LOGIN"}});
    SmtpRoute route = To(server);
    route.tls = tls;
    route.user = "exdiag";
    EXPECT_THAT(
        ErrorOf(SendMail(Message(), route)),
        HasSubstr("a password is sent over TLS only, and TLS is not required here; no mail sent"));
  }
}

TEST(SmtpTest, APasswordFileIsForItsOwner) {
  std::string name = (std::filesystem::temp_directory_path() / "exdiag-password-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  SmtpRoute route{.host = "127.0.0.1", .user = "exdiag", .password_file = name};
  EXPECT_EQ(ErrorOf(SendMail(Message(), route)),
            "smtp://127.0.0.1:25: password file " + name +
                " has no password in its first line; no mail sent");
  ASSERT_EQ(::fchmod(file, 0644), 0);
  EXPECT_EQ(ErrorOf(SendMail(Message(), route)),
            "smtp://127.0.0.1:25: password file " + name +
                " can be read by everybody (mode 0644); no mail sent");
  ::close(file);
  std::filesystem::remove(name);
  EXPECT_EQ(ErrorOf(SendMail(Message(), route)), "smtp://127.0.0.1:25: password file " + name +
                                                     ": No such file or directory; no mail sent");
}

}  // namespace
}  // namespace exdiag
