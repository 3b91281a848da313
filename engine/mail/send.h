// Sending a mail, by the program that the system has for it or straight to a server.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/mail/message.h"
#include "engine/mail/sendmail.h"
#include "engine/mail/smtp.h"

namespace exdiag {

using MailRoute = std::variant<SendmailRoute, SmtpRoute>;

struct MailReceipt {
  // Recipients whom the server did not take, each with its words; others got the mail.
  std::vector<std::string> refused;
};

// Hands the mail over.  Returns when it was taken, or with an Error that names the place, the
// reason and the consequence: program or server not there, no TLS, nobody accepted, out of time.
// The reason may quote the server and is not trusted text.
Result<MailReceipt> SendMail(const MailMessage& message, const MailRoute& route);

}  // namespace exdiag
