#include "engine/signal/coverage_map.h"

#include <algorithm>
#include <set>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::string_view kListingSuffix = "_listing";
constexpr std::string_view kUsualChannel = "application";

std::vector<Interval> Merge(std::vector<Interval> periods) {
  std::sort(periods.begin(), periods.end(), [](const Interval& a, const Interval& b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  });
  std::vector<Interval> merged;
  for (const Interval& period : periods) {
    if (!merged.empty() && period.from <= merged.back().to) {
      merged.back().to = std::max(merged.back().to, period.to);
    } else {
      merged.push_back(period);
    }
  }
  return merged;
}

// The log of a provider, seen from all of its events; "" when none says.
std::string ChannelOfProvider(const Catalogue& catalogue, std::string_view provider) {
  for (const auto& entry : catalogue.entries()) {
    if (!entry->channel.empty() && EqualsIgnoreCase(entry->provider, provider)) {
      return entry->channel;
    }
  }
  return {};
}

}  // namespace

LoggedAt LoggedAtFromName(std::string_view name) {
  if (EqualsIgnoreCase(name, "minimum")) return LoggedAt::kMinimum;
  if (EqualsIgnoreCase(name, "medium")) return LoggedAt::kMedium;
  if (EqualsIgnoreCase(name, "maximum")) return LoggedAt::kMaximum;
  return LoggedAt::kAlways;
}

KindLogging LoggingOf(const Catalogue& catalogue, const EventKind& kind) {
  KindLogging logging;
  for (const CatalogueEntry* entry : catalogue.Find(kind.provider, kind.event_id)) {
    logging.logged_at = std::max(logging.logged_at, LoggedAtFromName(entry->logged_at));
    if (logging.channel.empty()) logging.channel = ToLower(entry->channel);
  }
  if (logging.channel.empty()) {
    logging.channel = ToLower(ChannelOfProvider(catalogue, kind.provider));
  }
  if (logging.channel.empty()) logging.channel = kUsualChannel;
  return logging;
}

void CoverageMap::AddRow(const Coverage& row) {
  const Clock clock = ClockOf(row.from, row.time_basis);
  if (clock == Clock::kNone) return;
  periods_[{row.host, ToLower(row.channel), clock}].push_back({row.from.value, row.to.value});
}

void CoverageMap::AddListing(const Fact& fact) { AddTo(listings_, fact); }

void CoverageMap::SupposeListings(std::span<const Fact* const> listings) {
  supposed_.clear();
  for (const Fact* fact : listings) AddTo(supposed_, *fact);
}

void CoverageMap::AddTo(Listings& listings, const Fact& fact) {
  if (!fact.kind.ends_with(kListingSuffix)) return;
  const auto kind = fact.kind.substr(0, fact.kind.size() - kListingSuffix.size());
  listings[kind].push_back(fact.host);
}

void CoverageMap::AddRaised(const std::string& host, const std::string& provider, LoggedAt level,
                            Clock clock, Ticks time) {
  raised_[{host, ToLower(provider), level, clock}].push_back(time.value);
}

void CoverageMap::Finish() {
  // What was read without the name of its log counts for each log of the host.
  std::set<std::pair<std::string, Clock>> unnamed;
  for (const auto& [key, periods] : periods_) {
    if (std::get<1>(key).empty()) unnamed.emplace(std::get<0>(key), std::get<2>(key));
  }
  for (auto& [key, periods] : periods_) {
    const auto& [host, channel, clock] = key;
    if (!channel.empty() && unnamed.contains({host, clock})) {
      const auto& any = periods_.at({host, "", clock});
      periods.insert(periods.end(), any.begin(), any.end());
    }
  }
  for (auto& [key, periods] : periods_) periods = Merge(std::move(periods));
  for (auto& [key, times] : raised_) std::sort(times.begin(), times.end());
}

bool CoverageMap::CoversIn(const std::vector<Interval>& periods, const Interval& window) const {
  const auto after = std::upper_bound(
      periods.begin(), periods.end(), window.from,
      [](std::int64_t from, const Interval& period) { return from < period.from; });
  return after != periods.begin() && std::prev(after)->to >= window.to;
}

bool CoverageMap::Covers(const std::string& host, const std::string& channel, Clock clock,
                         const Interval& window) const {
  const bool covers = FindCovered(host, channel, clock, window);
  if (noted_in_ != nullptr) {
    noted_in_->NoteCoverage(host, channel, LoggedAt::kAlways, clock, window, covers);
  }
  return covers;
}

std::vector<Interval> CoverageMap::PeriodsOf(const std::string& host, const std::string& channel,
                                             Clock clock) const {
  auto found = periods_.find({host, channel, clock});
  if (found == periods_.end()) found = periods_.find({host, "", clock});
  return found == periods_.end() ? std::vector<Interval>() : found->second;
}

bool CoverageMap::LogsAt(const std::string& host, const std::string& provider, LoggedAt level,
                         Clock clock, const Interval& window) const {
  if (level == LoggedAt::kAlways) return true;
  const bool logs = FindRaised(host, provider, level, clock, window);
  if (noted_in_ != nullptr) noted_in_->NoteCoverage(host, provider, level, clock, window, logs);
  return logs;
}

bool CoverageMap::FindCovered(const std::string& host, const std::string& channel, Clock clock,
                              const Interval& window) const {
  if (clock == Clock::kNone || host.empty() || window.empty()) return false;
  auto found = periods_.find({host, channel, clock});
  if (found == periods_.end()) found = periods_.find({host, "", clock});
  return found != periods_.end() && CoversIn(found->second, window);
}

bool CoverageMap::FindRaised(const std::string& host, const std::string& provider, LoggedAt level,
                             Clock clock, const Interval& window) const {
  constexpr std::int64_t kDay = 86'400 * kTicksPerSecond;
  for (int at = static_cast<int>(level); at <= static_cast<int>(LoggedAt::kMaximum); ++at) {
    const auto found = raised_.find({host, ToLower(provider), static_cast<LoggedAt>(at), clock});
    if (found == raised_.end()) continue;
    const auto& times = found->second;
    const auto near = std::lower_bound(times.begin(), times.end(), window.from - kDay);
    if (near != times.end() && *near <= window.to + kDay) return true;
  }
  return false;
}

bool CoverageMap::HasListing(std::string_view fact_kind, const std::string& host) const {
  const auto is_in = [&](const Listings& listings) {
    const auto found = listings.find(fact_kind);
    return found != listings.end() &&
           std::find(found->second.begin(), found->second.end(), host) != found->second.end();
  };
  return is_in(listings_) || is_in(supposed_);
}

bool CoverageMap::HasListing(std::string_view fact_kind) const {
  return listings_.contains(fact_kind) || supposed_.contains(fact_kind);
}

}  // namespace exdiag
