// Mail straight to a server, by libcurl.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/mail/sendmail.h"

namespace exdiag {

enum class SmtpTls : std::uint8_t {
  kRequired,  // STARTTLS, and no mail without
  kOptional,  // STARTTLS where the server offers it
  kNone,
  kImplicit,  // TLS from the first byte ("smtps", port 465)
};

struct SmtpRoute {
  std::string host;        // a name or an address; IsServerName() says which can be
  std::uint16_t port = 0;  // 0: 25, with TLS from the first byte 465
  SmtpTls tls = SmtpTls::kRequired;
  std::string ca_file = {};  // certificates of who may vouch for the server; "": the system's
  std::string user = {};     // "": without logging in
  std::string password_file =
      {};                    // its first line; read for each mail.  Only over TLS that is sure.
  int timeout_seconds = 60;  // of the conversation, and again of its farewell
};

// A host name, an IPv4 or an IPv6 address: nothing that would mean more in an URL.
bool IsServerName(std::string_view text);

// Returns the recipients that the server refused, with its words, as "bob@corp.example: 550 ...".
// An Error when nobody accepted it or the conversation failed, with the server's last words.
Result<std::vector<std::string>> SendBySmtp(const std::string& mail, const MailEnvelope& envelope,
                                            const SmtpRoute& route);

}  // namespace exdiag
