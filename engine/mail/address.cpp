#include "engine/mail/address.h"

#include <algorithm>

#include "engine/base/text.h"

namespace exdiag {
namespace {

// RFC 5321 4.5.3.1
constexpr std::size_t kLocalPartMost = 64;
constexpr std::size_t kDomainMost = 255;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsAtomCharacter(char c) {
  return IsLetterOrDigit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

template <typename Allowed>
bool IsDotted(std::string_view text, Allowed allowed) {
  for (const std::string_view part : Split(text, '.')) {
    if (part.empty() || !std::all_of(part.begin(), part.end(), allowed)) return false;
  }
  return true;
}

bool IsMailbox(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  return local.size() <= kLocalPartMost && domain.size() <= kDomainMost &&
         !local.starts_with('-') && IsDotted(local, IsAtomCharacter) &&
         IsDotted(domain, [](char c) { return IsLetterOrDigit(c) || c == '-'; });
}

std::string_view WithoutQuotes(std::string_view name) {
  const bool quoted = name.size() >= 2 && name.front() == '"' && name.back() == '"';
  return quoted ? name.substr(1, name.size() - 2) : name;
}

}  // namespace

std::optional<MailAddress> ParseMailAddress(std::string_view text) {
  text = Trim(text);
  MailAddress address;
  if (text.ends_with('>')) {
    const std::size_t open = text.rfind('<');
    if (open == std::string_view::npos) return std::nullopt;
    address.name = WithoutQuotes(Trim(text.substr(0, open)));
    text = text.substr(open + 1, text.size() - open - 2);
  }
  if (!IsMailbox(text)) return std::nullopt;
  address.mailbox = text;
  return address;
}

}  // namespace exdiag
