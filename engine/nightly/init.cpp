#include "engine/nightly/init.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/nightly/config.h"

namespace exdiag {
namespace {

constexpr std::string_view kText =
    R"yaml(# What "exdiag nightly --config THIS_FILE" reads, keeps and writes. docs/nightly.md explains every key.
# Lines that begin with "#" are remarks; a value in a remark is the one that is used without it.
# Relative paths start at the folder of this file. Times are 90s, 10m, 6h or 7d.

sites:
  - name: site                    # letters, digits, '.', '_', '-'; part of file names
    inbox: inbox                  # where exports of any server arrive: a folder, a file, a pattern, or a list of them
    # store: site.db              # the events; made by the first run
    # reports: reports/site       # folder of the reports: 2026-11-21.html and so on, and latest.html
    # formats: [html, json, text] # also: markdown, csv
    # site_file: exdiag-site.yaml # what the site acknowledges; without it the file of this name beside the store
    # lock: site.db.lock          # so that two runs never meet

    # Of exports that show local time without its zone, and of those that are not Unicode:
    # timezone: Europe/Paris
    # codepage: windows-1252
    # tpkt_ports: [3001]           # TCP ports besides 102 on which X.400 runs, for network traces

    # Servers whose logs have to arrive. Nothing new from one of them for so long is told in the report.
    # every: 1d
    # servers:
    #   - name: EX1
    #     inbox: inbox/ex1        # only when its exports have a folder of their own
    #     timezone: +01:00        # only when it differs
    #     logs:                   # without this: any log of the server is enough
    #       - {channel: Application, every: 1d}
    #       - System              # as often as "every" above

    # settle: 60s                 # a file that changed since is still being written; the next run takes it
    # quiet: 1d                   # trouble whose rule has no check of its own is over after so long without it
    # window: 7d                  # unexplained events and logs that a report shows

    # What is removed, and when. Without a line here it is kept for ever.
    # retention:
    #   events: 90d               # from the store
    #   reports: 365d             # dated reports that exdiag wrote
    #   inbox_files: 30d          # exports, so long after they were read whole

# Mail about each run; a failure to send never fails the run.
# mail:
#   from: exdiag@example.com
#   to: [admins@example.com]
#   when: changes                 # or: findings (as long as anything is wrong), always
#   attach_report: yes            # the HTML page
#   sendmail: /usr/sbin/sendmail  # or, in its place:
#   smtp:
#     server: mail.example.com
#     port: 25
#     tls: required               # or: optional, none, implicit (port 465)
#     user: exdiag
#     password_file: smtp-password
#     ca_file: corp-ca.pem
#   timeout: 60s

# Figures of each run for the textfile collector of node_exporter.
# metrics:
#   file: /var/lib/prometheus/node-exporter/exdiag.prom
)yaml";

Error SystemError(const std::string& file, std::string_view consequence) {
  return Error{fmt::format("{}: {}; {}", file, std::strerror(errno), consequence)};
}

Result<void> WriteNew(const std::string& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    if (errno == EEXIST) return Error{file + ": is there already; not overwritten"};
    return SystemError(file, "nothing written");
  }
  while (!text.empty()) {
    const ssize_t wrote = ::write(descriptor, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      const Error error = SystemError(file, "the configuration is not complete");
      ::close(descriptor);
      return error;
    }
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::close(descriptor) != 0) return SystemError(file, "the configuration is not complete");
  return {};
}

}  // namespace

std::string_view InitialConfig() { return kText; }

Result<void> WriteInitialConfig(const std::string& file) {
  if (auto written = WriteNew(file, kText); !written) return written;
  DiagnosticList problems;
  if (LoadNightlyConfig(file, problems)) return {};
  return Error{ToString(problems.items().front())};
}

}  // namespace exdiag
