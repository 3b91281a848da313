// A mail: a text, and files with it.
#pragma once

#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/mail/address.h"

namespace exdiag {

struct MailAttachment {
  std::string name;          // for people; what is no letter, digit, '.', '_' or '-' becomes '_'
  std::string content_type;  // "text/html; charset=utf-8", trusted
  std::string bytes;
};

struct MailMessage {
  MailAddress from;
  std::vector<MailAddress> to;  // at least one
  std::string subject;          // any text, may be hostile
  std::string text;             // UTF-8 with any line ends
  Ticks date;                   // UTC
  std::vector<MailAttachment> attachments;
};

// The message as it goes over the wire: RFC 5322 and MIME, 7 bit, lines end with CRLF and have at
// most 998 letters.  The same message gives the same bytes, Message-ID and boundary included.  It
// is marked as sent by a program (RFC 3834), so that absence notes do not answer it.
//
// Own code, since libcurl's MIME functions hand a message to a server only, not to sendmail, and
// encode no headers.
std::string RenderMail(const MailMessage& message);

}  // namespace exdiag
