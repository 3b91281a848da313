// Events as published on the web: with blanks inside quotes, wrapped lines and what else happens to
// text on its way.  They lie outside the repository.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/base/text.h"
#include "engine/knowledge/knowledge.h"

namespace exdiag {
namespace {

std::string ReadShared(const std::string& name) {
  std::ifstream stream(std::string(EXDIAG_SHARED_DIR) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The text behind the n-th "Description: ", up to the event's data or the next event.
std::string Description(const std::string& text, int number) {
  std::size_t at = 0;
  for (int i = 0; i <= number; ++i) at = text.find("Description: ", at) + 13;
  const std::size_t end = std::min(text.find("\nData:", at), text.find("\n\nEvent Type:", at));
  return text.substr(at, end == std::string::npos ? end : end - at);
}

TEST(RealLogs, ParseToFields) {
  if (ReadShared("README.md").empty()) {
    GTEST_SKIP() << "no reference material at " << EXDIAG_SHARED_DIR;
  }
  const struct {
    const char* file;
    int description;
    std::uint16_t id;
    const char* field;
    const char* value;
  } kCases[] = {
      {"kb914137-exps-logon-denied-spn.txt", 0, 1706, "error_code", "0x8009030c"},
      {"kb914137-exps-logon-denied-spn.txt", 0, 1706, "remote_host", "server.domain.com"},
      {"kb914137-exps-logon-denied-spn.txt", 0, 1706, "source_line", "1799"},
      {"kb914137-exps-logon-denied-spn.txt", 1, 7004, "smtp_response", "535"},
      {"kb914137-exps-logon-denied-spn.txt", 1, 7004, "full_command", "X-EXPS\n"},
      {"kb914137-exps-logon-denied-spn.txt", 2, 7004, "smtp_response",
       "550 5.7.1 Unable to relay for user@contoso.com "},
      {"kb843106-7004-7010-504.txt", 0, 7004, "smtp_response", "504 Need to authenticate first "},
      {"kb843106-7004-7010-504.txt", 0, 7004, "full_command", "XEXCH50 2336 3 "},
      {"kb843106-7004-7010-504.txt", 1, 7010, "client_ip", "6.5.2.4"},
      {"kb843106-7004-7010-504.txt", 1, 7010, "full_command", "xexch50 1092 2"},
      {"kb818530-1709-virtual-server-name-not-fqdn.txt", 0, 1709, "client_ip", "IP Address"},
  };
  DiagnosticList problems;
  const auto catalogue = Catalogue::Load(EXDIAG_SOURCE_DIR "/kbdata/events", problems);
  ASSERT_TRUE(catalogue.ok());
  for (const auto& row : kCases) {
    SCOPED_TRACE(std::string(row.file) + " " + row.field);
    const std::string text = ReadShared(std::string("cases/real-logs/") + row.file);
    Event event;
    event.provider = "MSExchangeTransport";
    event.event_id = row.id;
    const auto parsed =
        catalogue->ParseMessage(event.provider, row.id, Description(text, row.description));
    ASSERT_TRUE(parsed);
    event.strings = parsed->strings;
    EXPECT_EQ(catalogue->FieldOf(event, row.field), row.value);
  }
}

}  // namespace
}  // namespace exdiag
