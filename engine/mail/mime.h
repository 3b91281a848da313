// The encodings of which a mail consists: RFC 2045 (bodies), RFC 2047 (headers), RFC 5322 (lines
// and dates).  Lines end with CRLF.
//
// What comes in is text from logs and may be hostile.  What goes out of the header functions is
// printable ASCII whose only line ends are followed by a blank, so that no text can begin a header
// of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"
#include "engine/mail/address.h"

namespace exdiag {

// "NAME: TEXT" with its CRLF, folded.  Text that is not plain ASCII becomes encoded words; control
// characters have been made visible before, runs of blanks are one.
std::string TextHeader(std::string_view name, std::string_view text);

// "NAME: Anna <anna@corp.example>, ..." with its CRLF, one address a line.
std::string AddressHeader(std::string_view name, const std::vector<MailAddress>& addresses);

// "Sat, 21 Nov 2026 02:10:00 +0000"; `time` is UTC.
std::string MailDate(Ticks time);

// Lines of 76 letters.
std::string Base64Lines(std::string_view bytes);

// For text with any line ends.  Lines of at most 76 letters; none is "." or begins with "From ",
// which transports and mail folders have taken for something else.
std::string QuotedPrintable(std::string_view text);

}  // namespace exdiag
