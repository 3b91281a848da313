#include "tests/engine/mail/smtp_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

namespace exdiag {

class SmtpServer::Conversation {
 public:
  Conversation(int socket, const SmtpManners& manners) : socket_(socket), manners_(manners) {}
  ~Conversation() { ::close(socket_); }

  // False when the connection is to end.
  bool Say(const std::string& line) {
    const std::string text = line + "\r\n";
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }

  // The answer to a command by the manners, else `usual`; false when the connection is to end.
  bool Answer(std::string_view command, const std::string& usual) {
    if (IsAt(manners_.drops_at, command)) return false;
    if (IsAt(manners_.hangs_at, command)) return Hang();
    for (const auto& [begins, reply] : manners_.replies) {
      if (command.starts_with(begins)) return Say(reply);
    }
    return Say(usual);
  }

  bool Hang() {
    while (Line()) {
    }
    return false;
  }

  // Without its line end; nullopt when the client has gone.
  std::optional<std::string> Line() {
    while (true) {
      const std::size_t end = buffer_.find("\r\n");
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return line;
      }
      char bytes[4096];
      const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) return std::nullopt;
      buffer_.append(bytes, static_cast<std::size_t>(got));
    }
  }

 private:
  static bool IsAt(const std::string& place, std::string_view command) {
    return !place.empty() && command.starts_with(place);
  }

  int socket_;
  const SmtpManners& manners_;
  std::string buffer_;
};

SmtpServer::SmtpServer(SmtpManners manners) : manners_(std::move(manners)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 1);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

SmtpServer::~SmtpServer() {
  ::shutdown(listener_, SHUT_RDWR);  // wakes accept() where nobody came
  Wait();
  ::close(listener_);
}

void SmtpServer::Wait() {
  if (thread_.joinable()) thread_.join();
}

void SmtpServer::Serve() {
  const int socket = ::accept(listener_, nullptr, nullptr);
  if (socket < 0) return;
  Conversation client(socket, manners_);
  if (manners_.hangs_at == "connect") {
    client.Hang();
    return;
  }
  if (!client.Say(manners_.greeting)) return;
  while (const auto command = client.Line()) {
    commands_.push_back(*command);
    if (command->starts_with("EHLO")) {
      for (const std::string& offer : manners_.offers) client.Say("250-" + offer);
      if (!client.Answer(*command, "250 SIZE 10000000")) return;
    } else if (*command == "DATA") {
      if (!client.Answer(*command, "354 go on")) return;
      if (manners_.replies.contains("DATA")) continue;
      for (auto line = client.Line(); line && *line != "."; line = client.Line()) {
        mail_ += line->starts_with('.') ? line->substr(1) : *line;
        mail_ += "\r\n";
      }
      if (!client.Answer(".", "250 queued")) return;
    } else if (*command == "QUIT") {
      client.Answer(*command, "221 bye");
      return;
    } else if (!client.Answer(*command, "250 ok")) {
      return;
    }
  }
}

}  // namespace exdiag
