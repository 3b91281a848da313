// A small SMTP server for tests: one conversation, in a thread, by the manners that it is told.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace exdiag {

struct SmtpManners {
  std::string greeting = "220 test ready";
  std::vector<std::string> offers = {};  // extensions: "STARTTLS"
  // Replies in place of the usual ones, by how the command begins ("RCPT TO:<bob@"); "." is the end
  // of the mail.
  std::map<std::string, std::string> replies = {};
  std::string drops_at = {};  // closes the connection in place of a reply to this; "" never
  std::string hangs_at = {};  // says nothing more until the client goes; "connect": from the start
};

class SmtpServer {
 public:
  explicit SmtpServer(SmtpManners manners = {});
  ~SmtpServer();  // ends the conversation

  int port() const { return port_; }

  // Only after Wait().
  const std::vector<std::string>& commands() const { return commands_; }
  const std::string& mail() const { return mail_; }  // as it came, dots taken away

  // Until the client has gone.
  void Wait();

 private:
  class Conversation;

  void Serve();

  SmtpManners manners_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<std::string> commands_;
  std::string mail_;
  std::thread thread_;
};

}  // namespace exdiag
