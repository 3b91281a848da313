#include "engine/mail/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/content_hash.h"
#include "engine/mail/mime.h"

namespace exdiag {
namespace {

std::string FileName(std::string name) {
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '.' || c == '_' || c == '-');
      },
      '_');
  return name.substr(0, 100);
}

// What tells this message from all others.
std::string Identity(const MailMessage& message) {
  ContentHash hash;
  hash.Add(message.from.mailbox);
  for (const MailAddress& to : message.to) hash.Add(to.mailbox);
  hash.Add(message.subject);
  hash.Add(message.text);
  hash.Add(MailDate(message.date));
  for (const MailAttachment& attachment : message.attachments) hash.Add(attachment.bytes);
  return hash.Hex();
}

std::string_view DomainOf(std::string_view mailbox) {
  return mailbox.substr(mailbox.rfind('@') + 1);
}

std::string TextPart(const std::string& text) {
  return "Content-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
         QuotedPrintable(text);
}

std::string AttachmentPart(const MailAttachment& attachment) {
  return fmt::format(
             "Content-Type: {}\r\n"
             "Content-Transfer-Encoding: base64\r\n"
             "Content-Disposition: attachment;\r\n filename=\"{}\"\r\n\r\n",
             attachment.content_type, FileName(attachment.name)) +
         Base64Lines(attachment.bytes);
}

}  // namespace

std::string RenderMail(const MailMessage& message) {
  const std::string identity = Identity(message);
  std::string out = "Date: " + MailDate(message.date) + "\r\n";
  out += AddressHeader("From", {message.from});
  out += AddressHeader("To", message.to);
  out += TextHeader("Subject", message.subject);
  out += fmt::format("Message-ID: <exdiag.{}@{}>\r\n", identity, DomainOf(message.from.mailbox));
  out += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  if (message.attachments.empty()) return out + TextPart(message.text);
  // "=_" occurs neither in base64 nor in quoted-printable (RFC 2045 6.7).
  const std::string boundary = "=_" + identity;
  out += fmt::format("Content-Type: multipart/mixed;\r\n boundary=\"{}\"\r\n\r\n", boundary);
  out += fmt::format("--{}\r\n", boundary) + TextPart(message.text);
  for (const MailAttachment& attachment : message.attachments) {
    out += fmt::format("--{}\r\n", boundary) + AttachmentPart(attachment);
  }
  return out + fmt::format("--{}--\r\n", boundary);
}

}  // namespace exdiag
