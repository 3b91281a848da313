#include "engine/nightly/unsent_mail.h"

#include <algorithm>

#include "engine/base/packed.h"

namespace exdiag {
namespace {

constexpr char kName[] = "unsent mails";
constexpr char kFormat[] = "unsent mails 2";
constexpr std::size_t kMost = 10;

}  // namespace

std::vector<UnsentMail> ReadUnsentMails(const Store& store, std::int64_t last_completed) {
  const std::string kept = store.Kept(kName);
  PackedReader in(kept);
  if (in.Text() != kFormat) return {};
  std::vector<UnsentMail> mails(in.Count());
  for (UnsentMail& mail : mails) {
    mail.run = in.Signed();
    mail.at = {in.Signed()};
    mail.subject = in.Text();
    mail.text = in.Text();
    mail.html_report = in.Text();
    mail.text_without_report = in.Text();
  }
  if (!in.ok() || !in.at_end()) return {};
  std::erase_if(mails, [&](const UnsentMail& mail) { return mail.run > last_completed; });
  return mails;
}

Result<void> KeepUnsentMails(const std::vector<UnsentMail>& mails, Store& store) {
  if (mails.empty() && store.Kept(kName).empty()) return {};
  const std::size_t left_out = mails.size() - std::min(mails.size(), kMost);
  PackedWriter out;
  out.Text(kFormat);
  out.Number(mails.size() - left_out);
  for (std::size_t i = left_out; i < mails.size(); ++i) {
    out.Signed(mails[i].run);
    out.Signed(mails[i].at.value);
    out.Text(mails[i].subject);
    out.Text(mails[i].text);
    out.Text(mails[i].html_report);
    out.Text(mails[i].text_without_report);
  }
  return store.Keep(kName, out.bytes());
}

}  // namespace exdiag
