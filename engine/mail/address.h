// Mail addresses, as a configuration writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace exdiag {

struct MailAddress {
  std::string name;     // for people, UTF-8; "" when there is none
  std::string mailbox;  // "exdiag@corp.example": ASCII, safe in a header, an SMTP command and as an
                        // argument of a program
};

// "anna@corp.example", "<anna@corp.example>" or "Anna Smith <anna@corp.example>"; the name may
// stand in double quotes.  nullopt for anything else: the mailbox is a dot-atom (RFC 5322 3.2.3) at
// a host name, and so has neither blanks nor quotes nor control characters; it does not begin with
// '-', which a program might take for an option.
std::optional<MailAddress> ParseMailAddress(std::string_view text);

}  // namespace exdiag
