#include "engine/mail/send.h"

namespace exdiag {
namespace {

MailEnvelope EnvelopeOf(const MailMessage& message) {
  MailEnvelope envelope{.from = message.from.mailbox, .to = {}};
  for (const MailAddress& to : message.to) envelope.to.push_back(to.mailbox);
  return envelope;
}

Result<MailReceipt> Send(const std::string& mail, const MailEnvelope& envelope,
                         const SendmailRoute& route) {
  const auto sent = RunSendmail(mail, envelope, route);
  if (!sent) return sent.error();
  return MailReceipt{};
}

Result<MailReceipt> Send(const std::string& mail, const MailEnvelope& envelope,
                         const SmtpRoute& route) {
  auto refused = SendBySmtp(mail, envelope, route);
  if (!refused) return refused.error();
  return MailReceipt{std::move(*refused)};
}

}  // namespace

Result<MailReceipt> SendMail(const MailMessage& message, const MailRoute& route) {
  return std::visit(
      [&](const auto& way) { return Send(RenderMail(message), EnvelopeOf(message), way); }, route);
}

}  // namespace exdiag
