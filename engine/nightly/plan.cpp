#include "engine/nightly/plan.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "engine/nightly/inbox.h"
#include "engine/nightly/report_files.h"
#include "engine/nightly/run_lock.h"
#include "engine/report/phrases.h"
#include "engine/store/store.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

class Planner {
 public:
  Planner(const SiteConfig& site, const NightlyMoment& moment) : site_(site), moment_(moment) {}

  Result<std::vector<std::string>> Run() {
    if (auto opened = Open(); !opened) return opened.error();
    auto entries = LookIntoInboxes(site_, log_, moment_.now);
    if (!entries) return entries.error();
    entries_ = std::move(*entries);
    PlanReading();
    if (log_ != nullptr) {
      for (const auto step : {&Planner::PlanComparison, &Planner::PlanEvents, &Planner::PlanReports,
                              &Planner::PlanInboxFiles}) {
        if (auto planned = (this->*step)(); !planned) return planned.error();
      }
    }
    for (const Format format : site_.formats) {
      Line("{}/{}{}: would be written", site_.reports, ReportName(moment_.at, last_report_),
           EndingOf(format));
    }
    return std::move(lines_);
  }

 private:
  template <typename... T>
  void Line(fmt::format_string<T...> format, T&&... values) {
    lines_.push_back(site_.name + ": " + fmt::format(format, std::forward<T>(values)...));
  }

  Result<void> Open() {
    std::error_code ignored;
    if (fs::exists(site_.store, ignored)) {
      auto opened = Store::Open(site_.store, {.read_only = true});
      if (!opened) return opened.error();
      store_ = std::move(*opened);
      log_ = store_->runs();
    } else {
      Line("{}: would be made", site_.store);
    }
    const std::string holder = HolderOf(site_.lock, ThisProcess(moment_.now));
    if (!holder.empty()) Line("{}: a run is under way ({})", site_.lock, holder);
    return {};
  }

  void PlanReading() {
    std::size_t same = 0;
    for (const InboxEntry& entry : entries_) {
      const std::string& path = entry.file.path;
      switch (entry.state) {
        case InboxState::kNew:
          Line("{}: would be read ({})", path, Counted(entry.file.size, "byte"));
          break;
        case InboxState::kSame:
          ++same;
          break;
        case InboxState::kWriting:
          Line("{}: still being written; would be left for the next run", path);
          break;
        case InboxState::kMissing:
          Line("{}: {}", path, entry.error);
          break;
      }
    }
    if (same > 0) Line("{} read already and unchanged", Counted(same, "file"));
  }

  Result<void> PlanComparison() {
    const auto last = log_->LastCompleted();
    if (!last) return last.error();
    if (!*last) return {};
    last_report_ = (*last)->report;
    Line("would be compared with the run of {} UTC", FormatTimeForPeople((*last)->at));
    return {};
  }

  Result<void> PlanEvents() {
    const Duration kept = site_.retention.events;
    if (kept.ticks == 0) return {};
    EventQuery old;
    old.until = moment_.at - kept;
    const auto counts = store_->CountEvents(old);
    if (!counts) return counts.error();
    std::uint64_t events = 0;
    for (const EventCount& count : *counts) events += count.first.known() ? count.count : 0;
    Line("{} older than {} would be removed from the store", Counted(events, "event"),
         FormatDuration(kept));
    return {};
  }

  Result<void> PlanReports() {
    const Duration kept = site_.retention.reports;
    if (kept.ticks == 0) return {};
    const auto old = log_->ReportsBefore(moment_.at - kept);
    if (!old) return old.error();
    for (const RunRecord& run : *old) Line("{}/{}.*: would be removed", site_.reports, run.report);
    return {};
  }

  Result<void> PlanInboxFiles() {
    const Duration kept = site_.retention.inbox_files;
    if (kept.ticks == 0) return {};
    for (const InboxEntry& entry : entries_) {
      if (entry.state != InboxState::kSame) continue;
      const auto known = log_->FindFile(entry.file.path);
      if (!known) return known.error();
      const bool old = *known && (*known)->whole && (*known)->read_at < moment_.at - kept;
      if (old) Line("{}: would be removed", entry.file.path);
    }
    return {};
  }

  const SiteConfig& site_;
  const NightlyMoment moment_;
  std::unique_ptr<Store> store_;
  RunLog* log_ = nullptr;
  std::vector<InboxEntry> entries_;
  std::string last_report_;
  std::vector<std::string> lines_;
};

}  // namespace

Result<std::vector<std::string>> PlanNightly(const SiteConfig& site, const NightlyMoment& moment) {
  return Planner(site, moment).Run();
}

}  // namespace exdiag
