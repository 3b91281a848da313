// Mail by the system's sendmail, or whatever has its place: Postfix, Exim, msmtp, nullmailer.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace exdiag {

// Who a mail is from and for, as transports are told; the headers of the message are not asked.
struct MailEnvelope {
  std::string from;  // mailboxes as ParseMailAddress lets pass
  std::vector<std::string> to;
};

struct SendmailRoute {
  std::string program = "/usr/sbin/sendmail";  // a path; run without a shell
  int timeout_seconds = 60;                    // then it is killed, and what it started
};

// Runs "PROGRAM -i -f FROM -- TO..." with the mail on its standard input.  An Error when it cannot
// be started, takes too long or ends with anything but 0; with the first line of what it said.
Result<void> RunSendmail(const std::string& mail, const MailEnvelope& envelope,
                         const SendmailRoute& route);

}  // namespace exdiag
