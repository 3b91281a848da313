#include "engine/nightly/tell.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/nightly/run_mail.h"
#include "engine/nightly/run_metrics.h"

namespace exdiag {
namespace {

class Complaints {
 public:
  Complaints(const NightlyConfig& config, DiagnosticSink& problems)
      : file_(config.file), problems_(problems) {}

  void Add(std::string_view id, const std::string& reason) {
    problems_.Report({.severity = Severity::kWarning,
                      .id = std::string(id),
                      .where = {.file = file_, .place = {}},
                      .reason = reason});
  }

 private:
  const std::string& file_;
  DiagnosticSink& problems_;
};

// nullopt when it cannot be read; see errno.
std::optional<std::string> ReadWhole(const std::string& file) {
  std::ifstream input(file, std::ios::binary);
  std::ostringstream bytes;
  if (!(bytes << input.rdbuf())) return std::nullopt;
  return std::move(bytes).str();
}

bool Send(const MailMessage& message, const SiteConfig& site, Complaints& complaints) {
  const auto sent = SendMail(message, site.mail.route);
  if (!sent) {
    complaints.Add("nightly.mail", sent.error().message);
    return false;
  }
  for (const std::string& refused : sent->refused) {
    complaints.Add("nightly.mail", fmt::format("{}; the others got the mail", refused));
  }
  return true;
}

MailMessage MessageOf(const SiteConfig& site, Ticks at) {
  MailMessage message;
  message.from = site.mail.from;
  message.to = site.mail.to;
  message.date = at;
  return message;
}

void WriteMetrics(const SiteMetrics& metrics, const SiteConfig& site, const NightlyConfig& config,
                  Complaints& complaints) {
  if (site.metrics.file.empty()) return;
  std::vector<std::string> sites;
  for (const SiteConfig& one : config.sites) {
    if (one.metrics.file == site.metrics.file) sites.push_back(one.name);
  }
  const auto written = UpdateMetricsFile(site.metrics.file, sites, metrics);
  if (!written) complaints.Add("nightly.metrics", written.error().message);
}

}  // namespace

std::optional<UnsentMail> MailOfRun(const RunSummary& summary, const SiteConfig& site) {
  if (site.mail.to.empty() || !WantsMail(summary, site.mail.when)) return std::nullopt;
  UnsentMail mail;
  mail.at = summary.at;
  mail.subject = MailSubject(summary);
  if (site.mail.attach_report) mail.html_report = summary.html_report;
  mail.text_without_report = MailText(summary, false);
  mail.text = mail.html_report.empty() ? mail.text_without_report : MailText(summary, true);
  return mail;
}

bool SendRunMail(const UnsentMail& mail, bool late, const SiteConfig& site,
                 const NightlyConfig& config, DiagnosticSink& problems) {
  Complaints complaints(config, problems);
  MailMessage message = MessageOf(site, mail.at);
  message.subject = mail.subject;
  message.text = mail.text;
  if (!mail.html_report.empty()) {
    auto page = ReadWhole(mail.html_report);
    if (page) {
      const std::string name = std::filesystem::path(mail.html_report).filename().string();
      message.attachments.push_back({.name = fmt::format("exdiag-{}-{}", site.name, name),
                                     .content_type = "text/html; charset=utf-8",
                                     .bytes = std::move(*page)});
    } else {
      complaints.Add("nightly.mail", fmt::format("{}: {}; the mail goes without it",
                                                 mail.html_report, std::strerror(errno)));
      message.text = mail.text_without_report;
    }
  }
  if (late) {
    message.subject += fmt::format(" (late, of {} UTC)", FormatTimeForPeople(mail.at));
    message.text = "This could not be sent when that run was completed; a later run sends it.\n\n" +
                   message.text;
  }
  return Send(message, site, complaints);
}

void WriteRunMetrics(const RunSummary& summary, const SiteConfig& site, const NightlyConfig& config,
                     DiagnosticSink& problems) {
  Complaints complaints(config, problems);
  WriteMetrics(MetricsOfRun(summary), site, config, complaints);
}

void TellOfFailedRun(const std::string& reason, Ticks at, const SiteConfig& site,
                     const NightlyConfig& config, DiagnosticSink& problems) {
  Complaints complaints(config, problems);
  if (!site.mail.to.empty()) {
    MailMessage message = MessageOf(site, at);
    message.subject = fmt::format("exdiag {}: the run failed", site.name);
    message.text = fmt::format(
        "The run of {} at {} UTC came to no end:\n\n{}\n\nThere is no report "
        "of it; the next run does its work as well.\n",
        site.name, FormatTimeForPeople(at), reason);
    Send(message, site, complaints);
  }
  WriteMetrics(MetricsOfFailedRun(site.name, at), site, config, complaints);
}

Result<MailReceipt> SendTestMail(const SiteConfig& site, Ticks at) {
  if (site.mail.to.empty()) return Error{fmt::format("{}: no mail is configured", site.name)};
  MailMessage message = MessageOf(site, at);
  message.subject = fmt::format("exdiag {}: a test", site.name);
  message.text = "Mail of exdiag nightly arrives here.\n";
  return SendMail(message, site.mail.route);
}

}  // namespace exdiag
