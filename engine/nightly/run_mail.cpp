#include "engine/nightly/run_mail.h"

#include <fmt/format.h>

#include <filesystem>
#include <functional>

#include "engine/ranking/ask_next.h"
#include "engine/report/document.h"
#include "engine/report/phrases.h"

namespace exdiag {
namespace {

constexpr std::size_t kListed = 20;     // of each kind
constexpr std::size_t kHostsNamed = 6;  // of one trouble
constexpr std::size_t kProblemsMost = 10;

constexpr TroubleState kNews[] = {TroubleState::kNew, TroubleState::kCameBack, TroubleState::kWorse,
                                  TroubleState::kCleared};

// What is not acknowledged: nobody wants to be told every night of what he knows.
std::uint64_t Told(const RunSummary& summary, TroubleState state) {
  std::uint64_t count = 0;
  for (const TroubleChange& change : summary.changes) {
    if (change.state == state && !change.acknowledged) ++count;
  }
  return count;
}

std::string TimeText(Ticks time) { return FormatTimeForPeople(time) + " UTC"; }

std::string LogName(const std::string& server, const std::string& channel) {
  return channel.empty() ? server : fmt::format("{}, {} log", server, channel);
}

// "2 new, 1 came back, 3 ongoing, 1 log missing"; `all`: also what did not change.
std::string Counts(const RunSummary& summary, bool all) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) parts.push_back(fmt::format("{} {}", Digits(count), what));
  };
  for (const TroubleState state : kNews) add(Told(summary, state), StateName(state));
  if (!summary.missing.empty())
    parts.push_back(Counted(summary.missing.size(), "log") + " missing");
  if (!summary.returned.empty()) parts.push_back(Counted(summary.returned.size(), "log") + " back");
  if (summary.files_failed > 0) {
    parts.push_back(Counted(summary.files_failed, "file") + " not readable");
  }
  if (all || parts.empty()) {
    const std::uint64_t ongoing = Told(summary, TroubleState::kOngoing);
    if (parts.empty()) parts.push_back("nothing new");
    add(ongoing, "ongoing");
  }
  return Joined(parts);
}

// The first ones of a list, and how many there are besides.
template <typename List, typename Add>
void AddFirst(Document& out, const List& list, const Add& add) {
  const std::size_t shown = std::min(list.size(), kListed);
  for (std::size_t i = 0; i < shown; ++i) add(list[i]);
  if (list.size() > shown) {
    out.Add(Item{0, "-", fmt::format("and {} more", list.size() - shown)});
  }
}

void AddTrouble(Document& out, const TroubleChange& trouble) {
  out.Add(Item{0, "-", trouble.title});
  std::vector<std::string> parts;
  if (!trouble.hosts.empty()) parts.push_back("on " + Joined(trouble.hosts, kHostsNamed));
  if (trouble.state != TroubleState::kCleared) {
    parts.push_back(
        fmt::format("{} ({})", SureInWords(trouble.confidence), Percent(trouble.confidence)));
    if (!trouble.fault) parts.push_back("needs no action");
    if (trouble.since.known()) parts.push_back("since " + TimeText(trouble.since));
    if (trouble.events > 0) parts.push_back(Counted(trouble.events, "new event"));
  }
  if (!parts.empty()) out.Add(Item{0, "", Joined(parts)});
  if (!trouble.remark.empty()) out.Add(Item{0, "", trouble.remark});
}

void AddTroubles(Document& out, const RunSummary& summary, TroubleState state,
                 std::string_view heading) {
  std::vector<const TroubleChange*> list;
  for (const TroubleChange& change : summary.changes) {
    if (change.state == state && !change.acknowledged) list.push_back(&change);
  }
  if (list.empty()) return;
  out.Add(Heading{2, std::string(heading)});
  AddFirst(out, list, [&](const TroubleChange* trouble) { AddTrouble(out, *trouble); });
}

void AddLogs(Document& out, const RunSummary& summary) {
  if (!summary.missing.empty()) out.Add(Heading{2, "Logs that did not arrive"});
  AddFirst(out, summary.missing, [&](const MissingLog& log) {
    const std::string since =
        log.last_arrival.known() ? "nothing since " + TimeText(log.last_arrival) : "never came";
    out.Add(Item{0, "-",
                 fmt::format("{}: {}, expected every {}{}", LogName(log.server, log.channel), since,
                             FormatDuration(log.every), log.is_new ? " (new)" : "")});
  });
  if (!summary.returned.empty()) out.Add(Heading{2, "Logs that are back"});
  AddFirst(out, summary.returned, [&](const ReturnedLog& log) {
    const std::string gone = log.missing_since.known()
                                 ? "had not come since " + TimeText(log.missing_since)
                                 : "came for the first time";
    out.Add(Item{0, "-", fmt::format("{}: {}", LogName(log.server, log.channel), gone)});
  });
}

void AddRun(Document& out, const RunSummary& summary) {
  out.Add(Heading{2, "The run"});
  std::string files = Counted(summary.files_read, "new file");
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) files += fmt::format(", {} {}", Digits(count), what);
  };
  add(summary.files_same, "read before");
  add(summary.files_left, "still being written");
  add(summary.files_failed, "not readable");
  out.Add(Item{0, "-", files});
  out.Add(Item{0, "-",
               fmt::format("{}: {} stored, {} known already, {} rejected",
                           Counted(summary.records, "record"), Digits(summary.stored),
                           Digits(summary.duplicates), Digits(summary.rejected))});
  if (summary.took_over) {
    out.Add(Item{0, "-", "an earlier run was cut off; this one has done its work as well"});
  }
  const std::size_t shown = std::min(summary.problems.size(), kProblemsMost);
  for (std::size_t i = 0; i < shown; ++i) out.Add(Item{0, "!", summary.problems[i]});
  if (summary.problems.size() > shown) {
    out.Add(Item{0, "!", fmt::format("and {} more complaints", summary.problems.size() - shown)});
  }
}

}  // namespace

bool WantsMail(const RunSummary& summary, MailWhen when) {
  switch (when) {
    case MailWhen::kChanges:
      return AnythingChanged(summary);
    case MailWhen::kFindings:
      return AnythingChanged(summary) || AnythingWrong(summary);
    case MailWhen::kAlways:
      return true;
  }
  return true;
}

std::string MailSubject(const RunSummary& summary) {
  return fmt::format("exdiag {}: {}", summary.site, Counts(summary, false));
}

std::string MailText(const RunSummary& summary, bool with_report) {
  Document out;
  out.Add(Heading{2, fmt::format("{}: {}", summary.site, Counts(summary, true))});
  std::string when = "At " + TimeText(summary.at);
  when += summary.since.known() ? ", compared with " + TimeText(summary.since) + "."
                                : ", the first run.";
  std::string now = fmt::format(" Now: {}", Counted(summary.faults, "fault"));
  now +=
      fmt::format(", {} that need no action, {} acknowledged, {} unexplained.", summary.no_action,
                  summary.acknowledged, Counted(summary.unexplained, "kind") + " of events");
  out.Add(Paragraph{when + now});
  if (!summary.since.known() && summary.over > 0) {
    out.Add(Paragraph{fmt::format(
        "The logs hold {} of earlier times, over and not in this report. All are shown by",
        Counted(summary.over, "incident"))});
    out.Add(Verbatim{"exdiag report --store " + ShellWord(summary.store)});
  }
  AddTroubles(out, summary, TroubleState::kNew, "New");
  AddTroubles(out, summary, TroubleState::kCameBack, "Came back");
  AddTroubles(out, summary, TroubleState::kWorse, "Worse");
  AddTroubles(out, summary, TroubleState::kCleared, "Cleared");
  AddLogs(out, summary);
  AddRun(out, summary);
  if (with_report) {
    out.Add(Heading{2, "The report"});
    out.Add(Paragraph{"Attached; it opens in a browser and needs no network."});
  } else if (!summary.reports.empty()) {
    out.Add(Heading{2, "The report"});
    for (const std::string& report : summary.reports) out.Add(Item{0, "-", report});
  }
  return RenderText(out, {.width = 76});
}

}  // namespace exdiag
