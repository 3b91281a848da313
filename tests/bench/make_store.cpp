// Fills a store for the measurements of bench/diagnose.sh: a site's logs, most of which no rule
// asks for, bursts of events that rules name (every 25th event is of one), and now and then the
// events of one of the rules' own tests.
//
//   make_store STORE EVENTS RULES KBDATA [IMPORTS]     one import for every day of a year by
//   default
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "engine/evidence/strings.h"
#include "engine/normalise/normaliser.h"
#include "engine/ranking/rule_log.h"
#include "engine/rule/rule_set.h"
#include "engine/store/store.h"

namespace exdiag {
namespace {

constexpr std::uint64_t kEpisodeEvery = 20'000;  // events
constexpr std::uint64_t kBurstEvery = 40'000;
constexpr int kHosts = 12;
constexpr const char* kNoise[] = {"LicenseService", "SceCli",      "W32Time",  "DrWatson",
                                  "WinMgmt",        "Perflib",     "NTBackup", "Userenv",
                                  "ESENT",          "MSSQLSERVER", "Print",    "DhcpServer",
                                  "NETLOGON",       "LoadPerf",    "MSDTC",    "Browser"};

class Generator {
 public:
  Generator(const RuleSet& rules, const Knowledge& knowledge)
      : knowledge_(knowledge), normaliser_(knowledge, {}) {
    for (const Rule& rule : rules.rules()) {
      for (const RuleTest& test : rule.tests) {
        auto lines = ParseRuleLog(test.log);
        if (lines && !lines->empty() && test.finding) episodes_.push_back(std::move(*lines));
      }
    }
  }

  // Events from `number` on, `step` apart.  False when the store takes no more.
  bool Fill(ImportSession& session, std::uint64_t number, std::uint64_t count, Duration step,
            Ticks start) {
    for (std::uint64_t end = number + count; number < end; ++number) {
      const Ticks time{start.value + static_cast<std::int64_t>(number) * step.ticks};
      const bool good = number % kEpisodeEvery == 0 && !episodes_.empty()
                            ? Episode(session, time)
                            : Single(session, time, number);
      if (!good) return false;
    }
    return true;
  }

 private:
  std::uint64_t Random(std::uint64_t below) { return random_() % below; }

  bool Add(ImportSession& session, Record record, const InsertionStrings* strings) {
    record.time_basis = TimeBasis::kUtc;
    record.place = Place::Line(++line_);
    record.record_id = ++numbers_[std::string(record.computer)];
    NormalisedEvent event = normaliser_.Normalise(record);
    const std::string encoded = strings == nullptr ? std::string() : EncodeStrings(*strings);
    if (strings != nullptr && record.has_strings) event.strings = encoded;
    return session.Add(event);
  }

  // The lines of a rule's test, as far apart as they are there.
  bool Episode(ImportSession& session, Ticks time) {
    const auto& lines = episodes_[Random(episodes_.size())];
    for (const RuleLogLine& line : lines) {
      const auto filled = FillRuleLogRecord(line, knowledge_.catalogue());
      if (!filled) continue;
      std::vector<std::string_view> strings;
      for (const auto& value : filled->strings) {
        strings.push_back(value ? std::string_view(*value) : "");
      }
      Record record;
      record.channel = filled->channel;
      record.provider = line.provider;
      record.event_id = line.event_id;
      record.level = filled->level;
      record.category_text = filled->category;
      record.time = {time.value + (line.time - lines.front().time).ticks};
      record.computer = line.computer;
      record.message = filled->message;
      record.has_strings = filled->message.empty();
      record.strings = strings;
      if (!Add(session, record, &filled->strings)) return false;
    }
    return true;
  }

  bool Single(ImportSession& session, Ticks time, std::uint64_t number) {
    const std::string host = fmt::format("EX{}", Random(kHosts) + 1);
    const std::string values[] = {fmt::format("value {}", number), "a text of some length",
                                  fmt::format("{}", Random(1000))};
    std::vector<std::string_view> strings(std::begin(values), std::end(values));
    Record record;
    record.channel = "Application";
    record.time = time;
    record.computer = host;
    record.has_strings = true;
    const auto& entries = knowledge_.catalogue().entries();
    if (number % kBurstEvery == 1) burst_ = {Random(~0ull), Random(kHosts)};
    const std::string burst_host = fmt::format("EX{}", burst_.host + 1);
    if (number % 25 == 0 && !entries.empty()) {
      const CatalogueEntry& entry = *entries[burst_.entry % entries.size()];
      strings.resize(entry.layouts.front().fields.size(), values[1]);
      record.provider = entry.provider;
      record.event_id = entry.event_id;
      record.level = entry.level;
      record.category_text = entry.category;
      record.computer = burst_host;
    } else {
      record.provider = kNoise[Random(std::size(kNoise))];
      record.event_id = static_cast<std::uint16_t>(20'000 + Random(6));
      record.level = Random(10) == 0 ? Level::kWarning : Level::kInformation;
    }
    record.strings = strings;
    return Add(session, record, nullptr);
  }

  const Knowledge& knowledge_;
  Normaliser normaliser_;
  std::vector<std::vector<RuleLogLine>> episodes_;
  std::mt19937_64 random_{1};
  struct {
    std::uint64_t entry = 0, host = 0;
  } burst_;
  std::uint64_t line_ = 0;
  std::map<std::string, std::uint64_t> numbers_;  // of records, by computer
};

int Run(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: make_store STORE EVENTS RULES KBDATA [IMPORTS]\n", stderr);
    return 2;
  }
  DiagnosticList problems;
  const auto knowledge = Knowledge::Load(argv[4], problems);
  const auto rules =
      knowledge ? RuleSet::Load(argv[3], *knowledge, problems) : Result<RuleSet>(knowledge.error());
  auto store = Store::Open(argv[1]);
  if (!rules || !store) {
    fmt::print(stderr, "{}\n", !rules ? rules.error().message : store.error().message);
    return 3;
  }
  const std::uint64_t events = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t imports = argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 365;
  const Ticks start{(std::int64_t{930'000'000} + 11'644'473'600) * kTicksPerSecond};  // in 1999
  const Duration year = Duration::Seconds(365 * 86'400);
  const Duration step{year.ticks / static_cast<std::int64_t>(events)};
  Generator generator(*rules, *knowledge);
  for (std::uint64_t i = 0; i < imports; ++i) {
    const std::uint64_t from = events * i / imports;
    const std::uint64_t count = events * (i + 1) / imports - from;
    auto session =
        (*store)->BeginImport(fmt::format("day-{}.evtx", i + 1), "bench", Store::kUnknownSize);
    if (!session) {
      fmt::print(stderr, "{}\n", session.error().message);
      return 3;
    }
    const bool filled = generator.Fill(**session, from, count, step, start);
    const auto committed = (*session)->Commit();
    if (!filled || !committed) {
      fmt::print(stderr, "{}\n", committed ? "not filled" : committed.error().message);
      return 3;
    }
  }
  return 0;
}

}  // namespace
}  // namespace exdiag

int main(int argc, char** argv) { return exdiag::Run(argc, argv); }
