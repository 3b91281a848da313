// What `store info` says is missing in what was fed: small stores, and the whole text.
#include "engine/report/completeness.h"

#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::Import;
using testing::Made;
using testing::Temporary;

using Files = std::vector<std::vector<Made>>;

std::string TextOf(const Store& store) {
  const auto completeness = MakeCompleteness(store);
  EXPECT_TRUE(completeness.ok()) << completeness.error().message;
  Document out;
  AddCompleteness(out, *completeness);
  return RenderText(out, {.width = 1000});
}

Ticks At(std::string_view time) { return ParseIsoTime(time)->ticks; }

std::string Iso(Ticks time) { return FormatTime(time, TimeBasis::kUtc); }

// Records `first` to `last` of a log, `seconds` apart, the first at `from`.
std::vector<Made> Records(std::uint64_t first, std::uint64_t last, std::string_view from,
                          int seconds = 60, const Made& like = {.channel = "Application"}) {
  std::vector<Made> records;
  for (std::uint64_t number = first; number <= last; ++number) {
    Made made = like;
    made.record_id = number;
    const auto step = static_cast<std::int64_t>(number - first) * seconds;
    made.time = Iso(At(from) + Duration::Seconds(step));
    made.strings = {std::to_string(number)};
    records.push_back(made);
  }
  return records;
}

std::vector<Made> operator+(std::vector<Made> a, const std::vector<Made>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<Made> Without(std::vector<Made> records, std::uint64_t first, std::uint64_t last) {
  std::erase_if(
      records, [&](const Made& made) { return made.record_id >= first && made.record_id <= last; });
  return records;
}

// An event of the log System on the same host, without a number.
std::vector<Made> OfSystem(const char* provider, std::uint16_t id, const char* time,
                           std::vector<std::string> strings = {}) {
  return {{.provider = provider,
           .event_id = id,
           .time = time,
           .strings = std::move(strings),
           .channel = "System"}};
}

constexpr const char* kNoon = "2021-06-04T12:00:00Z";

// The three parts of the text; a sentence stands below the heading, a list has its own marks.
std::string Text(const std::string& gaps, const std::string& silent = "None.",
                 const std::string& clock = "None.") {
  const auto part = [](const std::string& text) {
    return (text.starts_with(' ') ? "" : "  ") + text + "\n";
  };
  return "Gaps in record numbers\n" + part(gaps) + "\nSilent periods\n" + part(silent) +
         "\nClock changes\n" + part(clock);
}

struct Case {
  std::string_view why;
  Files files;
  std::string text;
};

void Check(const std::vector<Case>& cases) {
  for (const Case& row : cases) {
    for (const bool reversed : {false, true}) {
      const auto store = Temporary();
      Files files = row.files;
      if (reversed) std::reverse(files.begin(), files.end());
      for (std::size_t i = 0; i < files.size(); ++i) {
        Import(*store, files[i], "file" + std::to_string(i));
      }
      EXPECT_EQ(TextOf(*store), row.text) << row.why << (reversed ? ", fed the other way" : "");
    }
  }
}

TEST(CompletenessTest, GapsInRecordNumbers) {
  const auto whole = Records(1, 100, kNoon);
  const std::string gap =
      "  - brest, Application: 10 records missing between 40 (2021-06-04 12:39:00) and 51 "
      "(2021-06-04 12:50:00)";
  Check({
      {"nothing was fed", {}, Text("None.")},
      {"a whole log", {whole}, Text("1 log without gaps.")},
      {"newest first", {{whole.rbegin(), whole.rend()}}, Text("1 log without gaps.")},
      {"exports without numbers",
       {{{.channel = "Application"}}},
       Text("1 log was fed by exports that carry no record numbers.")},
      {"a gap in one export", {Without(whole, 41, 50)}, Text(gap)},
      {"a gap between two exports",
       {Records(1, 40, kNoon), Records(51, 100, "2021-06-04T12:50:00Z")},
       Text(gap)},
      {"two exports overlap", {Records(1, 60, kNoon), whole}, Text("1 log without gaps.")},
      {"one export fills the gap of the other",
       {Without(whole, 41, 50), Records(41, 50, "2021-06-04T12:40:00Z")},
       Text("1 log without gaps.")},
      {"recovered records fill a part of the gap",
       {Without(whole, 41, 50) +
        Records(43, 45, "2021-06-04T12:42:00Z", 60, {.channel = "Application", .recovered = true})},
       Text("  - brest, Application: 7 records missing between 40 (2021-06-04 12:39:00) and 51 "
            "(2021-06-04 12:50:00)")},
      {"two logs of one host have numbers of their own",
       {Records(1, 100, kNoon), Records(501, 600, kNoon, 60, {.channel = "System"})},
       Text("2 logs without gaps.")},
  });
}

TEST(CompletenessTest, ClearedLogsAndNumbersOfOthersAreNoGaps) {
  const auto security = Records(1, 40, kNoon, 60, {.channel = "Security"});
  const auto cleared = Records(51, 100, "2021-06-04T14:00:00Z", 60, {.channel = "Security"});
  auto event =
      Records(51, 51, "2021-06-04T14:00:00Z", 60,
              {.provider = "Microsoft-Windows-Eventlog", .event_id = 1102, .channel = "Security"});
  const std::string restarted =
      "  - brest, Application: the numbers began again, as after the log was cleared: 900 "
      "(2021-06-04 12:00:00) to 1,000 (2021-06-04 13:40:00), then 1 (2021-06-04 14:00:00) to 50 "
      "(2021-06-04 14:49:00)";
  Check({
      {"the log was cleared, and its numbers began at 1",
       {Records(900, 1000, kNoon), Records(1, 50, "2021-06-04T14:00:00Z")},
       Text(restarted)},
      {"both numberings reach the same numbers",
       {Records(1, 30, kNoon), Records(1, 40, "2021-06-05T12:00:00Z")},
       Text("  - brest, Application: the numbers began again, as after the log was cleared: 1 "
            "(2021-06-04 12:00:00) to 30 (2021-06-04 12:29:00), then 1 (2021-06-05 12:00:00) to "
            "40 (2021-06-05 12:39:00)")},
      {"1102 says that the log was cleared, and the numbers go on",
       {security, event + Without(cleared, 51, 51)},
       Text("  - brest, Security: 1 gap where an event says that the log was cleared")},
      {"104 says it of the log that it names",
       {Records(1, 40, kNoon), Records(51, 100, "2021-06-04T14:00:00Z"),
        OfSystem("Microsoft-Windows-Eventlog", 104, "2021-06-04T13:59:00Z",
                 {"anna", "EXAMPLE", "Application", ""})},
       Text("  - brest, Application: 1 gap where an event says that the log was cleared\n  1 log "
            "was fed by exports that carry no record numbers.")},
      {"a collector's log holds the numbers of each machine",
       {Records(1, 50, kNoon) +
        Records(7001, 7050, kNoon, 60, {.host = "lyon", .channel = "Application"})},
       Text("2 logs without gaps.")},
      {"a subscription passes on some of the records",
       {Records(1, 1, kNoon) + Records(5, 5, "2021-06-04T12:04:00Z") +
        Records(9, 9, "2021-06-04T12:09:00Z") + Records(12, 12, "2021-06-04T12:12:00Z") +
        Records(15, 15, "2021-06-04T12:15:00Z") + Records(20, 20, "2021-06-04T12:20:00Z") +
        Records(25, 25, "2021-06-04T12:25:00Z") + Records(30, 30, "2021-06-04T12:30:00Z") +
        Records(35, 35, "2021-06-04T12:35:00Z") + Records(40, 40, "2021-06-04T12:40:00Z") +
        Records(45, 45, "2021-06-04T12:45:00Z")},
       Text("  - brest, Application: only a selection was fed, 11 record numbers of which 34 "
            "others lie between; neither gaps nor silence can be told")},
      {"two exports that do not name their log are of two logs",
       {Records(1, 30, kNoon, 60, {}), Records(1, 40, "2021-06-05T12:00:00Z", 60, {})},
       Text("1 log without gaps.")},
  });
}

TEST(CompletenessTest, ClockChanges) {
  const auto before = Records(1, 60, kNoon);  // to 12:59
  const auto after = Records(61, 200, "2021-06-04T12:00:00Z");
  const std::string records = "; Application record 60 and 61";
  const auto local = [](std::vector<Made> made) {
    for (Made& one : made) one.basis = TimeBasis::kLocalUnknown;
    return made;
  };
  const auto system = [](std::vector<Made> made) {
    for (Made& one : made) one.channel = "System";
    return made;
  };
  Check({
      {"the clock was put back by an hour",
       {before + after},
       Text("1 log without gaps.", "None.",
            "  - brest: back by at least 59 min, from 2021-06-04 12:59:00 to 2021-06-04 12:00:00 "
            "UTC" +
                records)},
      {"between two exports",
       {before, after},
       Text("1 log without gaps.", "None.",
            "  - brest: back by at least 59 min, from 2021-06-04 12:59:00 to 2021-06-04 12:00:00 "
            "UTC" +
                records)},
      {"a wall clock of an unknown zone",
       {local(before + after)},
       Text("1 log without gaps.", "None.",
            "  - brest: back by at least 59 min, from 2021-06-04 12:59:00 to 2021-06-04 12:00:00 "
            "(local time, zone not known)" +
                records + "; this may be the end of summer time")},
      {"an event says by how much",
       {before + after +
        OfSystem("Microsoft-Windows-Kernel-General", 1, "2021-06-04T11:59:50Z",
                 {"2021-06-04T11:59:50Z", "2021-06-04T12:59:50Z"})},
       Text("1 log without gaps. 1 log was fed by exports that carry no record numbers.", "None.",
            "  - brest: back by 1 h, from 2021-06-04 12:59:50 to 2021-06-04 11:59:50 UTC; told by "
            "Microsoft-Windows-Kernel-General 1 at 2021-06-04 11:59:50" +
                records)},
      {"two logs show the same change",
       {before + after,
        system(Records(1, 30, kNoon, 120) + Records(31, 60, "2021-06-04T12:01:00Z", 120))},
       Text("2 logs without gaps.", "None.",
            "  - brest: back by at least 59 min, from 2021-06-04 12:59:00 to 2021-06-04 12:00:00 "
            "UTC" +
                records + ", also in System")},
      {"only an event tells that it was put forward",
       {OfSystem("Microsoft-Windows-Security-Auditing", 4616, "2021-06-04T13:00:00Z",
                 {"S-1-5-18", "BREST$", "EX", "0x3e7", "2021-06-04T12:00:00Z",
                  "2021-06-04T13:00:00Z", "0x320", "svchost.exe"})},
       Text("1 log was fed by exports that carry no record numbers.", "None.",
            "  - brest: forward by 1 h, from 2021-06-04 12:00:00 to 2021-06-04 13:00:00 UTC; told "
            "by Microsoft-Windows-Security-Auditing 4616 at 2021-06-04 13:00:00")},
      {"what the time service does all day is none",
       {OfSystem("Microsoft-Windows-Kernel-General", 1, kNoon,
                 {"2021-06-04T12:00:00.5Z", "2021-06-04T12:00:00Z"})},
       Text("1 log was fed by exports that carry no record numbers.")},
      {"one record was written late",
       {Records(1, 60, kNoon) + Records(61, 61, "2021-06-04T11:00:00Z") +
        Records(62, 90, "2021-06-04T13:00:00Z")},
       Text("1 log without gaps.", "None.",
            "  - brest: back by at least 1 h 59 min, from 2021-06-04 12:59:00 to 2021-06-04 "
            "11:00:00 UTC" +
                records + "; from record 62 on as before")},
      {"a minute or two is usual while a computer starts",
       {Records(1, 60, kNoon) + Records(61, 61, "2021-06-04T12:57:30Z") +
        Records(62, 90, "2021-06-04T13:00:00Z")},
       Text("1 log without gaps.")},
  });
}

TEST(CompletenessTest, SilentPeriods) {
  const auto before = Records(1, 150, "2021-06-01T00:00:00Z", 600);  // to 06-02 00:50
  const auto after = Records(151, 200, "2021-06-05T08:00:00Z", 600);
  const std::string silent =
      "  - brest, Application: nothing for 3 d 7 h, 2021-06-02 00:50:00 to 2021-06-05 08:00:00 "
      "UTC; else within 10 min";
  const std::string one = "1 log without gaps.";
  const std::string two =
      "1 log without gaps. 1 log was fed by exports that carry no record numbers.";
  const auto stop = OfSystem("EventLog", 6006, "2021-06-02T00:52:00Z");
  const auto start = OfSystem("EventLog", 6005, "2021-06-05T07:58:00Z");
  Check({
      {"nothing explains it", {before + after}, Text(one, silent)},
      {"no export covers that time", {before, after}, Text(one)},
      {"records of that time are missing",
       {before + Records(153, 200, "2021-06-05T08:00:00Z", 600)},
       Text("  - brest, Application: 2 records missing between 150 (2021-06-02 00:50:00) and 153 "
            "(2021-06-05 08:00:00)")},
      {"the log often writes nothing for a day",
       {Records(1, 150, "2021-01-01T00:00:00Z", 30'000) +
        Records(151, 200, "2021-02-24T08:00:00Z", 30'000)},
       Text(one)},
      {"a log of few events says nothing of what is usual",
       {Records(1, 50, "2021-06-01T00:00:00Z") + Records(51, 90, "2021-06-05T08:00:00Z")},
       Text(one)},
      {"the computer was off",
       {before + after, stop + start},
       Text(two, silent + "; the computer was off: EventLog 6006 at 2021-06-02 00:52:00, EventLog "
                          "6005 at 2021-06-05 07:58:00")},
      {"it had crashed",
       {before + after, OfSystem("EventLog", 6008, "2021-06-05T07:57:00Z") + start},
       Text(two, silent + "; the computer was off: EventLog 6008 at 2021-06-05 07:57:00, EventLog "
                          "6005 at 2021-06-05 07:58:00")},
      {"it was on again long before",
       {before + after, stop + OfSystem("EventLog", 6005, "2021-06-02T01:10:00Z")},
       Text(two, silent + "; meanwhile EventLog 6006 at 2021-06-02 00:52:00, EventLog 6005 at "
                          "2021-06-02 01:10:00")},
      {"the clock was set forward over it",
       {before + after, OfSystem("Microsoft-Windows-Kernel-General", 1, "2021-06-05T07:59:00Z",
                                 {"2021-06-05T07:59:00Z", "2021-06-02T00:51:00Z"})},
       Text(two, silent + "; the clock was set over it, so it may have been shorter",
            "  - brest: forward by 3 d 7 h, from 2021-06-02 00:51:00 to 2021-06-05 07:59:00 UTC; "
            "told by Microsoft-Windows-Kernel-General 1 at 2021-06-05 07:59:00")},
  });
}

TEST(CompletenessTest, OfLongListsTheFirstAreShown) {
  std::vector<Made> one = Records(1, 300, kNoon);
  for (std::uint64_t gap = 10; gap <= 80; gap += 10) one = Without(one, gap, gap);
  std::vector<Made> many;
  for (int i = 0; i < 22; ++i) {
    const Made like{.host = "h" + std::to_string(10 + i), .channel = "Application"};
    many = many + Records(1, 1, kNoon, 60, like) + Records(3, 3, kNoon, 60, like);
  }
  const auto store = Temporary();
  Import(*store, one);
  const auto gap = [](int before) {
    return "      - 1 record missing between " + std::to_string(before) + " (2021-06-04 12:" +
           FormatTimeForPeople(At(kNoon) + Duration::Seconds(60 * (before - 1))).substr(14) +
           ") and " + std::to_string(before + 2) + " (2021-06-04 12:" +
           FormatTimeForPeople(At(kNoon) + Duration::Seconds(60 * (before + 1))).substr(14) + ")\n";
  };
  EXPECT_EQ(TextOf(*store), Text("  - brest, Application\n" + gap(9) + gap(19) + gap(29) + gap(39) +
                                 gap(49) + "      - and 3 gaps more, 8 records missing in all"));
  const auto hosts = Temporary();
  Import(*hosts, many);
  std::string list;
  for (int i = 0; i < 20; ++i) {
    list += "  - h" + std::to_string(10 + i) +
            ", Application: 1 record missing between 1 (2021-06-04 12:00:00) and 3 (2021-06-04 "
            "12:00:00)\n";
  }
  EXPECT_EQ(TextOf(*hosts), Text(list + "  - and 2 more; --format json has all"));
}

// An export that shows every second record of a long log: only its ends are kept.
TEST(CompletenessTest, AFilteredExportIsKeptSmall) {
  std::vector<Made> records;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    records.push_back({.time = Iso(At(kNoon) + Duration::Seconds(static_cast<std::int64_t>(i))),
                       .strings = {std::to_string(i)},
                       .record_id = 2 * i + 1,
                       .channel = "Application"});
  }
  const auto store = Temporary();
  Import(*store, records);
  const auto stretches = store->NumberStretches();
  ASSERT_EQ(stretches->size(), 1u);
  EXPECT_EQ(stretches->front().events, 5000u);
  EXPECT_EQ(stretches->front().last_record, 9999u);
  EXPECT_EQ(TextOf(*store),
            Text("  - brest, Application: only a selection was fed, 5,000 record numbers of which "
                 "4,999 others lie between; neither gaps nor silence can be told"));
}

}  // namespace
}  // namespace exdiag
