#include "engine/nightly/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "engine/base/text.h"
#include "engine/yaml/files.h"
#include "engine/yaml/map.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr Duration kMailTimeoutMost = {3'600 * kTicksPerSecond};  // a run must come to its end
constexpr Duration kDay = {86'400 * kTicksPerSecond};

constexpr std::pair<std::string_view, MailWhen> kMailWhen[] = {{"changes", MailWhen::kChanges},
                                                               {"findings", MailWhen::kFindings},
                                                               {"always", MailWhen::kAlways}};
constexpr std::pair<std::string_view, SmtpTls> kSmtpTls[] = {{"required", SmtpTls::kRequired},
                                                             {"optional", SmtpTls::kOptional},
                                                             {"none", SmtpTls::kNone},
                                                             {"implicit", SmtpTls::kImplicit}};

bool IsSiteName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && !name.starts_with('.') && !name.starts_with('-') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

class ConfigReader {
 public:
  ConfigReader(const std::string& path, YamlProblems& problems)
      : folder_(fs::absolute(path).parent_path()), problems_(problems) {}

  NightlyConfig Read(const YamlNode& root) {
    NightlyConfig config;
    YamlMap map(root, "a configuration", problems_);
    const MailConfig mail = ReadMail(map.Get("mail"), {});
    const MetricsConfig metrics = ReadMetrics(map.Get("metrics"), {});
    if (const YamlNode* sites = map.Need("sites")) {
      ForEach(*sites, "sites",
              [&](const YamlNode& node) { config.sites.push_back(ReadSite(node, mail, metrics)); });
      if (sites->kind == YamlNode::Kind::kNull || (Empty(*sites))) {
        Wrong(sites->place, "\"sites\" names no site");
      }
    }
    map.Finish();
    RefuseShared(config);
    return config;
  }

 private:
  static bool Empty(const YamlNode& node) {
    return node.kind == YamlNode::Kind::kList && node.items.empty();
  }

  void Wrong(const Place& place, const std::string& reason) {
    problems_.Error("config.value", place, reason);
  }

  template <typename Visit>
  void ForEach(const YamlNode& list, std::string_view key, const Visit& visit) {
    if (list.kind == YamlNode::Kind::kNull) return;
    if (list.kind != YamlNode::Kind::kList) {
      problems_.Error(
          "yaml.type", list.place,
          fmt::format("\"{}\" must be a list of entries, here is {}", key, KindName(list)));
      return;
    }
    for (const YamlNode& item : list.items) visit(item);
  }

  std::string Absolute(const std::string& path) const {
    return path.empty() ? path : (folder_ / path).lexically_normal().string();
  }
  std::string Path(YamlMap& map, std::string_view key, const std::string& otherwise) {
    const YamlNode* node = map.Get(key);
    if (node == nullptr) return Absolute(otherwise);
    const auto text = ReadText(*node, key, problems_);
    if (text && Trim(*text).empty()) Wrong(node->place, fmt::format("\"{}\" is empty", key));
    return Absolute(text.value_or(""));
  }

  // At least `least`.
  Duration Time(YamlMap& map, std::string_view key, Duration otherwise, Duration least) {
    const auto time = map.Time(key);
    if (time && *time < least) {
      Wrong(map.Get(key)->place,
            fmt::format("\"{}\" must not be shorter than {}", key, FormatDuration(least)));
    }
    return time.value_or(otherwise);
  }

  ReadingConfig ReadReading(YamlMap& map, ReadingConfig reading) {
    if (const YamlNode* zone = map.Get("timezone")) {
      reading.timezone = ReadText(*zone, "timezone", problems_).value_or("");
      if (!TimeZone::Find(reading.timezone)) {
        problems_.Error("config.timezone", zone->place,
                        fmt::format("there is no zone \"{}\"; write Europe/Paris or +01:00",
                                    Printable(reading.timezone)));
      }
    }
    if (map.Has("codepage")) reading.other.codepage = map.NeedText("codepage");
    if (map.Has("tpkt_ports")) {
      const auto ports = map.Integers("tpkt_ports", 1, 65'535);
      reading.other.tpkt_ports = {ports.begin(), ports.end()};
    }
    return reading;
  }

  std::vector<InboxConfig> ReadInbox(YamlMap& map, const ReadingConfig& reading) {
    std::vector<InboxConfig> inbox;
    const YamlNode* node = map.Get("inbox");
    if (node == nullptr) return inbox;
    for (const std::string& path : ReadTexts(*node, "inbox", problems_)) {
      if (Trim(path).empty()) {
        Wrong(node->place, "\"inbox\" is empty");
      } else {
        inbox.push_back({Absolute(path), reading});
      }
    }
    return inbox;
  }

  std::vector<ExpectedLog> ReadLogs(const YamlNode& node, Duration every) {
    std::vector<ExpectedLog> logs;
    ForEach(node, "logs", [&](const YamlNode& item) {
      if (item.kind == YamlNode::Kind::kText) {
        logs.push_back({item.text, every});
        return;
      }
      YamlMap map(item, "an expected log", problems_);
      ExpectedLog log;
      log.channel = map.NeedText("channel");
      log.every = Time(map, "every", every, Duration::Seconds(60));
      map.Finish();
      logs.push_back(std::move(log));
    });
    return logs;
  }

  ServerConfig ReadServer(const YamlNode& node, const ReadingConfig& of_site, Duration every) {
    ServerConfig server;
    server.where = problems_.At(node.place);
    YamlMap map(node, "a server", problems_);
    server.name = map.NeedText("name");
    if (!server.name.empty() && CanonicalHost(server.name).empty()) {
      Wrong(map.Get("name")->place, "\"name\" is no name of a host");
    }
    const ReadingConfig reading = ReadReading(map, of_site);
    server.inbox = ReadInbox(map, reading);
    every = Time(map, "every", every, Duration::Seconds(60));
    if (const YamlNode* logs = map.Get("logs")) {
      server.logs = ReadLogs(*logs, every);
    } else {
      server.logs = {{"", every}};
    }
    map.Finish();
    return server;
  }

  std::vector<Format> ReadFormats(YamlMap& map) {
    const YamlNode* node = map.Get("formats");
    if (node == nullptr) return {Format::kHtml, Format::kJson, Format::kText};
    std::vector<Format> formats;
    std::vector<std::string_view> known;
    for (const FormatName& one : kFormats) known.push_back(one.name);
    for (const std::string& name : ReadTexts(*node, "formats", problems_)) {
      const auto found = std::find(known.begin(), known.end(), name);
      if (found == known.end()) {
        ComplainNotOneOf(node->place, "formats", name, known, problems_);
        continue;
      }
      const Format format = kFormats[static_cast<std::size_t>(found - known.begin())].format;
      if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
        formats.push_back(format);
      }
    }
    if (Empty(*node)) Wrong(node->place, "\"formats\" names none; leave it out for the usual ones");
    return formats;
  }

  RetentionConfig ReadRetention(const YamlNode* node) {
    RetentionConfig retention;
    if (node == nullptr) return retention;
    YamlMap map(*node, "\"retention\"", problems_);
    retention.events = Time(map, "events", {}, kDay);
    retention.reports = Time(map, "reports", {}, kDay);
    retention.inbox_files = Time(map, "inbox_files", {}, kDay);
    map.Finish();
    return retention;
  }

  SmtpRoute ReadSmtp(const YamlNode& node, int timeout_seconds) {
    YamlMap map(node, "\"smtp\"", problems_);
    SmtpRoute smtp{.host = map.NeedText("server"), .timeout_seconds = timeout_seconds};
    if (!smtp.host.empty() && !IsServerName(smtp.host)) {
      Wrong(map.Get("server")->place, "\"server\" is no name and no address of a server");
    }
    smtp.port = static_cast<std::uint16_t>(map.Integer("port", 1, 65'535).value_or(0));
    smtp.tls = map.Choice("tls", kSmtpTls).value_or(smtp.tls);
    smtp.user = map.Text("user");
    smtp.password_file = Path(map, "password_file", "");
    smtp.ca_file = Path(map, "ca_file", "");
    map.Finish();
    if (smtp.user.empty() != smtp.password_file.empty()) {
      Wrong(node.place, "\"user\" and \"password_file\" belong together");
    }
    const bool sure = smtp.tls == SmtpTls::kRequired || smtp.tls == SmtpTls::kImplicit;
    if (!smtp.user.empty() && !sure) {
      Wrong(node.place, "a password is sent over TLS only: \"tls\" must be required or implicit");
    }
    return smtp;
  }

  MailAddress ReadAddress(const Place& place, std::string_view key, const std::string& text) {
    const auto address = ParseMailAddress(text);
    if (!address) {
      Wrong(place, fmt::format("\"{}\": \"{}\" is no mail address such as anna@example.com or Anna "
                               "<anna@example.com>",
                               key, Printable(text)));
    }
    return address.value_or(MailAddress{});
  }

  MailConfig ReadMail(const YamlNode* node, const MailConfig& otherwise) {
    if (node == nullptr) return otherwise;
    MailConfig mail;
    YamlMap map(*node, "\"mail\"", problems_);
    for (const std::string& to : map.NeedTexts("to")) {
      mail.to.push_back(ReadAddress(map.Get("to")->place, "to", to));
    }
    if (const std::string from = map.NeedText("from"); !from.empty()) {
      mail.from = ReadAddress(map.Get("from")->place, "from", from);
    }
    mail.when = map.Choice("when", kMailWhen).value_or(mail.when);
    mail.attach_report = map.Bool("attach_report").value_or(mail.attach_report);
    const Duration timeout = Time(map, "timeout", Duration::Seconds(60), Duration::Seconds(1));
    if (timeout > kMailTimeoutMost) {
      Wrong(map.Get("timeout")->place, fmt::format("\"timeout\" must not be longer than {}",
                                                   FormatDuration(kMailTimeoutMost)));
    }
    const int seconds =
        static_cast<int>(std::min(timeout, kMailTimeoutMost).ticks / kTicksPerSecond);
    SendmailRoute sendmail{.timeout_seconds = seconds};
    sendmail.program = Path(map, "sendmail", sendmail.program);
    mail.route = sendmail;
    if (const YamlNode* smtp = map.Get("smtp")) mail.route = ReadSmtp(*smtp, seconds);
    map.Finish();
    if (map.Has("smtp") && map.Has("sendmail")) {
      Wrong(node->place, "mail goes either through \"smtp\" or through \"sendmail\"");
    }
    return mail;
  }

  MetricsConfig ReadMetrics(const YamlNode* node, const MetricsConfig& otherwise) {
    if (node == nullptr) return otherwise;
    MetricsConfig metrics;
    YamlMap map(*node, "\"metrics\"", problems_);
    if (map.Need("file") != nullptr) metrics.file = Path(map, "file", "");
    map.Finish();
    return metrics;
  }

  SiteConfig ReadSite(const YamlNode& node, const MailConfig& mail, const MetricsConfig& metrics) {
    SiteConfig site;
    site.where = problems_.At(node.place);
    YamlMap map(node, "a site", problems_);
    site.name = map.NeedText("name");
    if (!site.name.empty() && !IsSiteName(site.name)) {
      Wrong(map.Get("name")->place,
            "\"name\" becomes part of file names: letters, digits, '.', '_' and '-' only, at most "
            "64");
    }
    site.store = Path(map, "store", site.name + ".db");
    site.reports = Path(map, "reports", "reports/" + site.name);
    site.formats = ReadFormats(map);
    site.site_file = Path(map, "site_file", "");
    site.lock = Path(map, "lock", site.store + ".lock");
    const ReadingConfig reading = ReadReading(map, {});
    site.inbox = ReadInbox(map, reading);
    const Duration every = Time(map, "every", kDay, Duration::Seconds(60));
    if (const YamlNode* servers = map.Get("servers")) {
      ForEach(*servers, "servers", [&](const YamlNode& server) {
        site.servers.push_back(ReadServer(server, reading, every));
      });
    }
    site.settle = Time(map, "settle", site.settle, {});
    site.quiet = Time(map, "quiet", site.quiet, Duration::Seconds(3600));
    site.window = Time(map, "window", site.window, kDay);
    site.retention = ReadRetention(map.Get("retention"));
    site.mail = ReadMail(map.Get("mail"), mail);
    site.metrics = ReadMetrics(map.Get("metrics"), metrics);
    map.Finish();
    if (map.ok()) Check(site);
    return site;
  }

  void Check(const SiteConfig& site) {
    const bool fed = !site.inbox.empty() ||
                     std::any_of(site.servers.begin(), site.servers.end(),
                                 [](const ServerConfig& server) { return !server.inbox.empty(); });
    if (!fed) {
      problems_.Error("config.inbox", site.where.place,
                      "no \"inbox\" here and at none of its servers: there is nothing to read");
    }
    std::set<std::string> hosts;
    for (const ServerConfig& server : site.servers) {
      const std::string host = CanonicalHost(server.name);
      if (!host.empty() && !hosts.insert(host).second) {
        problems_.Error("config.twice", server.where.place,
                        fmt::format("a second server \"{}\"", Printable(server.name)));
      }
    }
    const Duration events = site.retention.events;
    if (events.ticks != 0 && events < site.window) {
      problems_.Error("config.value", site.where.place,
                      fmt::format("events are removed after {}, but reports show a window of {}",
                                  FormatDuration(events), FormatDuration(site.window)));
    }
  }

  // Two sites in one store would take each other's troubles for cleared.
  void RefuseShared(const NightlyConfig& config) {
    std::set<std::string> names, stores, reports;
    for (const SiteConfig& site : config.sites) {
      const auto refuse = [&](std::set<std::string>& seen, const std::string& value,
                              std::string_view what) {
        if (value.empty() || seen.insert(value).second) return;
        problems_.Error("config.twice", site.where.place,
                        fmt::format("a second site with the {} \"{}\"", what, Printable(value)));
      };
      refuse(names, ToLower(site.name), "name");
      refuse(stores, site.store, "store");
      refuse(reports, site.reports, "reports folder");
    }
  }

  const fs::path folder_;
  YamlProblems& problems_;
};

}  // namespace

Result<NightlyConfig> LoadNightlyConfig(const std::string& path, DiagnosticSink& problems) {
  YamlProblems file_problems(path, "configuration not used", problems);
  const auto root = LoadYamlFile(path, file_problems);
  const Error not_used{path + ": configuration with mistakes; nothing done"};
  if (!root || file_problems.failed()) return not_used;
  NightlyConfig config = ConfigReader(path, file_problems).Read(*root);
  if (file_problems.failed()) return not_used;
  config.file = path;
  return config;
}

}  // namespace exdiag
