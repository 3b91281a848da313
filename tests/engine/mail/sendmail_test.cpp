#include "engine/mail/sendmail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/mail/send.h"

namespace exdiag {
namespace {

using ::testing::HasSubstr;

// A folder with a program in the place of sendmail.
class SendmailTest : public ::testing::Test {
 protected:
  SendmailTest() {
    std::string name = (std::filesystem::temp_directory_path() / "exdiag-mail-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~SendmailTest() override { std::filesystem::remove_all(folder_); }

  // A shell script; $1 ... are the arguments.
  std::string Program(const std::string& script) {
    const std::string name = (folder_ / "send mail").string();  // a blank is no shell's business
    std::ofstream(name) << "#!/bin/sh\ncd '" << folder_.string() << "'\n" << script;
    ::chmod(name.c_str(), 0755);
    return name;
  }

  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  std::string ErrorOf(const std::string& program, int timeout_seconds = 600) const {
    const auto sent =
        RunSendmail("Subject: x\r\n\r\ntext\r\n", {.from = "exdiag@corp.example", .to = {"a@b.c"}},
                    {.program = program, .timeout_seconds = timeout_seconds});
    return sent ? "sent" : sent.error().message;
  }

  std::filesystem::path folder_;
};

TEST_F(SendmailTest, GetsTheMailAndWhoItIsFor) {
  const MailMessage message{.from = {"", "exdiag@corp.example"},
                            .to = {{"", "anna@corp.example"}, {"$(id)", "bob@corp.example"}},
                            .subject = "; rm -rf /",
                            .text = "one\n.\ntwo\n",
                            .date = TicksFromUnix(0),
                            .attachments = {}};
  const std::string program = Program("cat > mail; printf '%s\\n' \"$@\" > arguments\n");
  const auto sent = SendMail(message, SendmailRoute{.program = program, .timeout_seconds = 600});
  ASSERT_TRUE(sent) << sent.error().message;
  EXPECT_EQ(Read("arguments"),
            "-i\n-f\nexdiag@corp.example\n--\nanna@corp.example\n"
            "bob@corp.example\n");
  std::string expected = RenderMail(message);
  std::erase(expected, '\r');
  EXPECT_EQ(Read("mail"), expected);
}

TEST_F(SendmailTest, SaysWhyNothingWasSent) {
  EXPECT_EQ(ErrorOf("/nowhere/sendmail"),
            "/nowhere/sendmail: No such file or directory; no mail sent");
  EXPECT_EQ(ErrorOf(folder_.string()), folder_.string() + ": Permission denied; no mail sent");
  std::string program = Program("echo 'postdrop: queue full' >&2; echo more; exit 75\n");
  EXPECT_EQ(ErrorOf(program), program + ": ended with code 75: postdrop: queue full; no mail sent");
  program = Program("kill -9 $$\n");
  EXPECT_EQ(ErrorOf(program), program + ": ended by signal 9; no mail sent");
}

TEST_F(SendmailTest, OneThatReadsNothingBlocksNobody) {
  const auto sent = RunSendmail(std::string(10'000'000, 'x'), {.from = "a@b.c", .to = {"d@e.f"}},
                                {.program = Program("exit 0\n"), .timeout_seconds = 600});
  EXPECT_TRUE(sent);
}

TEST_F(SendmailTest, OneThatHangsIsEndedWithAllThatItStarted) {
  const std::string program = Program("sh -c 'echo $$ > child; exec sleep 1000' & wait\n");
  EXPECT_EQ(ErrorOf(program, 1), program + ": not done after 1 s and ended; no mail sent");
}

}  // namespace
}  // namespace exdiag
