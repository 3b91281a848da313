#include "engine/nightly/expected_logs.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/base/text.h"

namespace exdiag {
namespace {

using LogKey = std::pair<std::string, std::string>;  // canonical host, channel in lower case

constexpr Duration kDay = {86'400 * kTicksPerSecond};

// The newest of what is known of a log: of the channel, or of exports that do not name theirs; for
// "" of any.
LogArrival NewestOf(const std::map<LogKey, LogArrival>& logs, const std::string& host,
                    const std::string& channel) {
  LogArrival newest{host, channel, {}, {}, false};
  for (const auto& [key, log] : logs) {
    const bool fits = key.first == host &&
                      (channel.empty() || key.second.empty() || key.second == ToLower(channel));
    if (!fits) continue;
    newest.at = std::max(newest.at, log.at);
    newest.last_event = std::max(newest.last_event, log.last_event);
  }
  return newest;
}

std::map<LogKey, LogArrival> ByLog(const std::vector<LogArrival>& arrivals) {
  std::map<LogKey, LogArrival> logs;
  for (const LogArrival& one : arrivals) logs[{one.host, ToLower(one.channel)}] = one;
  return logs;
}

}  // namespace

ArrivalReport JudgeArrivals(const SiteConfig& site, const std::vector<LogArrival>& before,
                            const std::vector<LogArrival>& shown, Ticks at) {
  ArrivalReport report;
  const auto earlier = ByLog(before);
  auto logs = earlier;
  for (auto& [key, log] : logs) log.missed = false;
  for (const LogArrival& one : shown) {
    LogArrival& log = logs[{one.host, ToLower(one.channel)}];
    log = {one.host, one.channel, at, std::max(one.last_event, log.last_event), false};
  }
  std::vector<LogKey> missed;
  for (const ServerConfig& server : site.servers) {
    const std::string host = CanonicalHost(server.name);
    for (const ExpectedLog& expected : server.logs) {
      const LogKey key{host, ToLower(expected.channel)};
      const LogArrival now = NewestOf(logs, host, expected.channel);
      const auto known = earlier.find(key);
      const bool was_missed = known != earlier.end() && known->second.missed;
      const Duration let_pass{expected.every.ticks / 24};
      if (!now.at.known() || now.at + expected.every <= at + let_pass) {
        report.missing.push_back(
            {server.name, expected.channel, expected.every, now.at, now.last_event, !was_missed});
        missed.push_back(key);
      } else if (was_missed) {
        report.returned.push_back(
            {server.name, expected.channel, NewestOf(earlier, host, expected.channel).at});
      }
    }
  }
  for (const LogKey& key : missed) {
    LogArrival& log = logs[key];
    log.host = key.first;
    if (log.channel.empty()) log.channel = key.second;
    log.missed = true;
  }
  for (auto& [key, log] : logs) report.arrivals.push_back(std::move(log));
  return report;
}

std::vector<Coverage> WithoutSeams(std::vector<Coverage> rows, const SiteConfig& site) {
  std::map<LogKey, Duration> every;
  for (const ServerConfig& server : site.servers) {
    for (const ExpectedLog& log : server.logs) {
      every[{CanonicalHost(server.name), ToLower(log.channel)}] = log.every;
    }
  }
  const auto seam_of = [&](const Coverage& row) {
    auto found = every.find({row.host, ToLower(row.channel)});
    if (found == every.end()) found = every.find({row.host, ""});
    return found == every.end() ? kDay : std::max(kDay, found->second);
  };
  const auto order = [](const Coverage& row) {
    return std::tuple(std::string_view(row.host), ToLower(row.channel), row.time_basis, row.from,
                      row.to);
  };
  std::sort(rows.begin(), rows.end(),
            [&](const Coverage& a, const Coverage& b) { return order(a) < order(b); });
  std::vector<Coverage> merged;
  for (Coverage& row : rows) {
    const bool same_log = !merged.empty() && merged.back().host == row.host &&
                          EqualsIgnoreCase(merged.back().channel, row.channel) &&
                          merged.back().time_basis == row.time_basis;
    if (same_log && row.from <= merged.back().to + seam_of(row)) {
      merged.back().to = std::max(merged.back().to, row.to);
      merged.back().events += row.events;
    } else {
      merged.push_back(std::move(row));
    }
  }
  return merged;
}

}  // namespace exdiag
