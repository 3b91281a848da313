// What the store gives back: queries, counts, facts, coverage, the ledger.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "tests/engine/store/store_testing.h"

namespace exdiag {
namespace {

using testing::Add;
using testing::AllEvents;
using testing::At;
using testing::Begin;
using ::testing::ElementsAre;
using testing::Import;
using ::testing::IsEmpty;
using testing::Made;
using testing::Temporary;

std::vector<Made> SomeEvents() {
  return {
      {.event_id = 9318, .host = "lyon", .time = "1999-11-02T10:00:02Z", .strings = {"BREST"}},
      {.event_id = 9322, .time = "1999-11-02T10:00:00Z", .level = Level::kWarning},
      {.event_id = 9322, .time = "1999-11-02T10:00:01.5Z", .message = "Access is DENIED."},
      {.provider = "MSExchangeTransport", .event_id = 7004, .time = "1999-11-02T10:00:03Z"},
      {.provider = "MSExchangeTransport", .event_id = 9322, .time = "1999-11-03T10:00:00Z"},
  };
}

// "9322@brest 10:00:00", to tell the events of SomeEvents apart.
std::vector<std::string> Names(const Store& store, const EventQuery& query) {
  std::vector<std::string> names;
  for (const Event& event : AllEvents(store, query)) {
    names.push_back(std::to_string(event.event_id) + " " +
                    FormatTimeForPeople(event.time).substr(8, 11));
  }
  return names;
}

TEST(QueryTest, EveryPartRestricts) {
  const auto store = Temporary();
  Import(*store, SomeEvents());
  const std::string a = "9322 02 10:00:00", b = "9322 02 10:00:01", c = "9318 02 10:00:02",
                    d = "7004 02 10:00:03", e = "9322 03 10:00:00";
  const struct {
    std::string_view why;
    EventQuery query;
    std::vector<std::string> names;
  } cases[] = {
      {"nothing asked: all, by time", {}, {a, b, c, d, e}},
      {"newest first", {.newest_first = true}, {e, d, c, b, a}},
      {"limit", {.limit = 2}, {a, b}},
      {"the newest one", {.limit = 1, .newest_first = true}, {e}},
      {"kind, without case", {.kinds = {{"msexchangemta", 9322}}}, {a, b}},
      {"kinds of two providers",
       {.kinds = {{"MSExchangeMTA", 9318}, {"MSExchangeTransport", 7004}}},
       {c, d}},
      {"provider", {.providers = {"MSExchangeTransport"}}, {d, e}},
      {"event ID of any provider", {.event_ids = {9322}}, {a, b, e}},
      {"host", {.hosts = {"lyon"}}, {c}},
      {"level", {.levels = {Level::kWarning}}, {a}},
      {"since includes", {.since = At("1999-11-02T10:00:02Z")}, {c, d, e}},
      {"since, exact to the fraction", {.since = At("1999-11-02T10:00:01.6Z")}, {c, d, e}},
      {"until includes", {.until = At("1999-11-02T10:00:01.5Z")}, {a, b}},
      {"until, exact to the fraction", {.until = At("1999-11-02T10:00:01.4Z")}, {a}},
      {"text in a string", {.text = "brest"}, {c}},
      {"text in a message", {.text = "access is denied"}, {b}},
      {"all of them must hold",
       {.event_ids = {9322}, .hosts = {"brest"}, .since = At("1999-11-03")},
       {e}},
      {"no such provider", {.providers = {"MSExchange"}}, {}},
  };
  for (const auto& row : cases) EXPECT_EQ(Names(*store, row.query), row.names) << row.why;
}

TEST(QueryTest, AVisitorCanStop) {
  const auto store = Temporary();
  Import(*store, SomeEvents());
  int visits = 0;
  EXPECT_TRUE(store->ForEachEvent({}, [&](const Event&) { return ++visits < 2; }).ok());
  EXPECT_EQ(visits, 2);
}

// In one second the record ids say the order, whatever the order of import.
TEST(QueryTest, OneSecondIsOrderedByFractionThenRecordId) {
  const auto store = Temporary();
  Import(*store, {{.event_id = 3, .record_id = 12}, {.event_id = 2, .record_id = 11}});
  Import(*store, {{.event_id = 4, .time = "1999-11-02T19:05:31.5Z", .record_id = 1},
                  {.event_id = 1, .record_id = 10}});
  std::vector<int> ids;
  for (const Event& event : AllEvents(*store)) ids.push_back(event.event_id);
  EXPECT_THAT(ids, ElementsAre(1, 2, 3, 4));
}

TEST(QueryTest, AnEventComesBackWhole) {
  const auto store = Temporary();
  {
    const auto session = Begin(*store, "app.evtx", "evtx");
    NormalisedEvent event;
    event.channel = "Application";
    event.provider = "MSExchangeMTA";
    event.event_id = 9322;
    event.qualifiers = 0xc004;
    event.level = Level::kWarning;
    event.category = 3;
    event.category_text = "Interface";
    event.keywords = 0x8080'0000'0000'0000;
    event.computer = "BREST.example.com";
    event.host = "brest";
    event.user = "S-1-5-18";
    std::string names, strings;
    AppendEncodedString("RemoteServer", names);
    AppendEncodedString("", names);
    AppendEncodedString("LYON", strings);
    AppendEncodedString("", strings);
    event.names = names;
    event.strings = strings;
    event.message = "m\xc3\xa9ssage";
    event.time = At("2021-06-04T08:41:47.9821281Z");
    event.time_basis = TimeBasis::kLocalWithOffset;
    event.record_id = 0xffff'ffff'ffff'ffff;
    constexpr std::byte kBinary[] = {std::byte{5}, std::byte{0}};
    event.binary = kBinary;
    event.place = Place::Line(812, 7);
    event.identity = 0xdead'beef'dead'beef;
    event.recovered = true;
    ASSERT_TRUE(session->Add(event));
    ASSERT_TRUE(session->Commit().ok());
  }
  const std::vector<Event> all = AllEvents(*store);
  ASSERT_EQ(all.size(), 1u);
  const Event event = *store->GetEvent(all[0].id);
  EXPECT_EQ(event.channel, "Application");
  EXPECT_EQ(event.provider, "MSExchangeMTA");
  EXPECT_EQ(event.event_id, 9322);
  EXPECT_EQ(event.qualifiers, 0xc004);
  EXPECT_EQ(event.level, Level::kWarning);
  EXPECT_EQ(event.category, 3);
  EXPECT_EQ(event.category_text, "Interface");
  EXPECT_EQ(event.keywords, 0x8080'0000'0000'0000u);
  EXPECT_EQ(event.computer, "BREST.example.com");
  EXPECT_EQ(event.host, "brest");
  EXPECT_EQ(event.user, "S-1-5-18");
  EXPECT_THAT(event.names, ElementsAre("RemoteServer", ""));
  EXPECT_THAT(event.strings, ElementsAre("LYON", ""));
  EXPECT_EQ(event.message, "m\xc3\xa9ssage");
  EXPECT_EQ(FormatTime(event.time, event.time_basis), "2021-06-04T08:41:47.9821281Z");
  EXPECT_EQ(event.time_basis, TimeBasis::kLocalWithOffset);
  EXPECT_EQ(event.record_id, 0xffff'ffff'ffff'ffffu);
  EXPECT_THAT(event.binary, ElementsAre(std::byte{5}, std::byte{0}));
  EXPECT_EQ(event.where, (Location{"app.evtx", Place::Line(812, 7)}));
  EXPECT_TRUE(event.recovered);
}

TEST(QueryTest, GetEventSaysWhatIsMissing) {
  EXPECT_EQ(Temporary()->GetEvent(7).error().message, "temporary store: there is no event 7");
}

TEST(CountTest, ByKindLevelAndHost) {
  const auto store = Temporary();
  Import(*store, SomeEvents());
  const auto counts = *store->CountEvents({.event_ids = {9322}});
  ASSERT_EQ(counts.size(), 3u);
  EXPECT_EQ(counts[0].kind, (EventKind{"MSExchangeMTA", 9322}));
  EXPECT_EQ(counts[0].level, Level::kError);
  EXPECT_EQ(counts[1].level, Level::kWarning);
  EXPECT_EQ(counts[2].kind, (EventKind{"MSExchangeTransport", 9322}));
  EXPECT_EQ(counts[2].host, "brest");
  EXPECT_EQ(counts[2].count, 1u);
  EXPECT_EQ(counts[2].first, At("1999-11-03T10:00:00Z"));
  EXPECT_EQ(counts[2].last, At("1999-11-03T10:00:00Z"));
  EXPECT_EQ(store->CountEvents({.text = "lyon"})->size(), 4u);
  EXPECT_EQ(store->CountEvents({.since = At("1999-11-03")})->size(), 1u);
}

TEST(CountTest, OnlyWhatRulesUseIsKept) {
  StoreOptions options;
  options.keep_only = {{"msexchangemta", 9322}};
  const auto store = Temporary(options);
  const LedgerRow row = Import(*store, SomeEvents());
  EXPECT_EQ(row.records, 5u);
  EXPECT_EQ(row.stored, 5u);
  EXPECT_EQ(AllEvents(*store).size(), 2u);
  const auto counts = *store->CountEvents({});
  ASSERT_EQ(counts.size(), 5u);
  EXPECT_EQ(counts[3].kind, (EventKind{"MSExchangeTransport", 7004}));
  EXPECT_EQ(counts[3].count, 1u);
  EXPECT_EQ(counts[3].first, At("1999-11-02T10:00:03Z"));
  EXPECT_THAT(*store->CountEvents({.hosts = {"paris"}}), IsEmpty());
  EXPECT_EQ((*store->CoverageRows())[0].events, 4u);
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(CountTest, ManyAtOnceCountAsOneByOne) {
  StoreOptions options;
  options.keep_only = {{"msexchangemta", 9322}};
  const Made first = {.provider = "Userenv", .event_id = 1000, .channel = "Application"};
  Made last = first;
  last.time = "1999-11-05T10:00:00Z";
  const auto one_by_one = Temporary(options);
  const LedgerRow expected = Import(*one_by_one, {last, first, first});

  const auto at_once = Temporary(options);
  const auto session = Begin(*at_once);
  EXPECT_FALSE(session->keeps_all());
  EXPECT_TRUE(session->Keeps("MSExchangeMTA", 9322));
  EXPECT_FALSE(session->Keeps("MSExchangeMTA", 9323));
  NormalisedEvent like;
  like.provider = first.provider;
  like.event_id = first.event_id;
  like.host = like.computer = first.host;
  like.channel = first.channel;
  like.level = first.level;
  like.time_basis = TimeBasis::kUtc;
  EXPECT_TRUE(session->AddCounted(like, 3, At(first.time), At(last.time)));
  const LedgerRow row = session->Commit().value();
  EXPECT_EQ(row.records, expected.records);
  EXPECT_EQ(row.stored, expected.stored);
  const auto told = [](const Store& store) {
    std::string text;
    const auto counts = store.CountEvents({});
    const auto coverage = store.CoverageRows();
    for (const EventCount& count : *counts) {
      text += count.kind.provider + " " + count.host + " " + std::to_string(count.count) + " " +
              FormatTime(count.first, TimeBasis::kUtc) + " " +
              FormatTime(count.last, TimeBasis::kUtc) + "; ";
    }
    for (const Coverage& log : *coverage) {
      text += log.host + "/" + log.channel + " " + std::to_string(log.events) + " " +
              FormatTime(log.from, log.time_basis) + " " + FormatTime(log.to, log.time_basis);
    }
    return text;
  };
  EXPECT_EQ(told(*at_once), told(*one_by_one));
  EXPECT_EQ(told(*at_once),
            "Userenv brest 3 1999-11-02T19:05:31Z 1999-11-05T10:00:00Z; "
            "brest/Application 3 1999-11-02T19:05:31Z 1999-11-05T10:00:00Z");
  EXPECT_THAT(*at_once->Verify(), IsEmpty());
  const auto whole = Temporary();
  EXPECT_TRUE(Begin(*whole)->keeps_all());
}

TEST(CoverageTest, PerImportHostAndChannel) {
  const auto store = Temporary();
  Import(*store,
         {{.time = "1999-11-02T10:00:00Z", .channel = "Application"},
          {.time = "1999-11-01T10:00:00Z", .channel = "Application"},
          {.time = "1999-11-05T10:00:00Z", .channel = "System"},
          {.time = "1999-11-05T10:00:00", .channel = "System", .basis = TimeBasis::kLocalUnknown},
          {.time = "", .channel = "System"},
          // What was recovered may be far older than the log.
          {.time = "1997-01-01T10:00:00Z", .channel = "Application", .recovered = true},
          {.host = "paris", .time = "1997-01-01T10:00:00Z", .recovered = true},
          {.host = "lyon", .time = "1999-11-03T10:00:00Z"}},
         "a.csv");
  Import(*store, {{.time = "1999-11-02T10:00:00Z", .channel = "Application"}}, "b.csv");
  std::vector<std::string> rows;
  const auto coverage = store->CoverageRows();
  for (const Coverage& row : *coverage) {
    rows.push_back(row.host + "/" + row.channel + " " + FormatTime(row.from, row.time_basis) +
                   ".." + FormatTime(row.to, row.time_basis) + " " + std::to_string(row.events) +
                   " " + row.file);
  }
  EXPECT_THAT(rows,
              ElementsAre("brest/Application 1999-11-01T10:00:00Z..1999-11-02T10:00:00Z 3 a.csv",
                          "brest/Application 1999-11-02T10:00:00Z..1999-11-02T10:00:00Z 1 b.csv",
                          "brest/System 1999-11-05T10:00:00Z..1999-11-05T10:00:00Z 1 a.csv",
                          "brest/System 1999-11-05T10:00:00..1999-11-05T10:00:00 1 a.csv",
                          "lyon/ 1999-11-03T10:00:00Z..1999-11-03T10:00:00Z 1 a.csv"));
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

Fact Spn(const std::string& instance, std::string_view observed = "2007-02-01") {
  Fact fact;
  fact.host = "ex1";
  fact.kind = "spn";
  fact.attributes = {{"service", "SMTPSVC"}, {"instance", instance}};
  fact.observed_at = At(observed);
  fact.time_basis = TimeBasis::kUtc;
  fact.where.place = Place::Line(4);
  return fact;
}

TEST(FactTest, TheSameFactIsStoredOnceWithItsLatestTime) {
  const auto store = Temporary();
  for (const std::string_view observed : {"2007-02-01", "2007-03-01", "2007-01-01"}) {
    const auto session = Begin(*store, "spn.txt", "setspn");
    session->AddFact(Spn("ex1", observed));
    session->AddFact(Spn("ex1.example.com", observed));
    const LedgerRow row = *session->Commit();
    EXPECT_EQ(row.facts, 2u);
    EXPECT_EQ(row.records, 0u);
  }
  const auto facts = *store->Facts("spn");
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[0].host, "ex1");
  EXPECT_EQ(facts[0].attributes, Spn("ex1").attributes);
  EXPECT_EQ(facts[0].observed_at, At("2007-03-01"));
  EXPECT_EQ(facts[0].time_basis, TimeBasis::kUtc);
  EXPECT_EQ(facts[0].where, (Location{"spn.txt", Place::Line(4)}));
  EXPECT_EQ(store->Facts()->size(), 2u);
  EXPECT_THAT(*store->Facts("answer"), IsEmpty());
}

StoredReject BrokenRow() {
  StoredReject reject;
  reject.where.file = "app.csv";
  reject.where.place = Place::Line(812);
  reject.diagnostic_id = "csv.columns";
  reject.reason = "14 columns";
  reject.raw.assign(5000, std::byte{'x'});
  return reject;
}

TEST(LedgerTest, AddsUp) {
  const auto store = Temporary();
  const auto session = Begin(*store, "app.csv", "nt-csv", 1234);
  ASSERT_TRUE(Add(*session, {}));
  ASSERT_TRUE(Add(*session, {.event_id = 1, .comparable = false}));
  session->AddReject(BrokenRow());
  const LedgerRow row = *session->Commit("abc");
  EXPECT_EQ(row.file, "app.csv");
  EXPECT_EQ(row.format, "nt-csv");
  EXPECT_EQ(row.content_hash, "abc");
  EXPECT_EQ(row.records, 3u);
  EXPECT_EQ(row.stored, 2u);
  EXPECT_EQ(row.rejected, 1u);
  EXPECT_EQ(row.incomparable, 1u);
  EXPECT_GT(row.imported_at, At("2024-01-01"));

  const auto rejects = *store->Rejects();
  ASSERT_EQ(rejects.size(), 1u);
  EXPECT_EQ(rejects[0].where, (Location{"app.csv", Place::Line(812)}));
  EXPECT_EQ(rejects[0].diagnostic_id, "csv.columns");
  EXPECT_EQ(rejects[0].reason, "14 columns");
  EXPECT_EQ(rejects[0].raw.size(), 4096u);
}

TEST(LedgerTest, FailuresAndRepetitionsHaveRows) {
  const auto store = Temporary();
  const auto session = Begin(*store, "app.csv", "nt-csv", 1234);
  ASSERT_TRUE(Add(*session, {}));
  session->AddReject(BrokenRow());
  ASSERT_TRUE(session->Commit("abc").ok());
  ASSERT_TRUE(store->AddFailedImport("photo.png", "not in a known format; not read").ok());
  EXPECT_TRUE(*store->KnowsSize(1234));
  EXPECT_FALSE(*store->KnowsSize(1235));
  EXPECT_FALSE(store->FindImport("abd")->has_value());
  EXPECT_FALSE(store->FindImport("")->has_value());
  ASSERT_TRUE(store->FindImport("abc")->has_value());
  EXPECT_EQ((*store->FindImport("abc"))->file, "app.csv");
  const LedgerRow again = *store->AddRepeatedImport("copy.csv", "abc");
  EXPECT_EQ(again.file, "copy.csv");
  EXPECT_EQ(again.records, 2u);
  EXPECT_EQ(again.stored, 0u);
  EXPECT_EQ(again.duplicates, 1u);
  EXPECT_EQ(again.rejected, 1u);
  const auto ledger = *store->Ledger();
  ASSERT_EQ(ledger.size(), 3u);
  EXPECT_EQ(ledger[1].file, "photo.png");
  EXPECT_EQ(ledger[1].error, "not in a known format; not read");
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(LedgerTest, WhatIsNotCommittedWasNeverFed) {
  const auto store = Temporary();
  Import(*store, {Made{}});
  {
    const auto session = Begin(*store, "b.csv", "test");
    for (int i = 0; i < 10'000; ++i) {
      ASSERT_TRUE(Add(*session, {.provider = "Other", .strings = {std::to_string(i)}}));
    }
    session->AddFact(Spn("ex1"));
    EXPECT_EQ(store->BeginImport("c.csv", "test", Store::kUnknownSize).error().message,
              "temporary store: another import into it is not finished; nothing of c.csv was "
              "stored");
  }
  EXPECT_EQ(AllEvents(*store).size(), 1u);
  EXPECT_EQ(store->Ledger()->size(), 1u);
  EXPECT_THAT(*store->Facts(), IsEmpty());
  // Numbers that were rolled back are not remembered.
  EXPECT_EQ(Import(*store, {{.provider = "Another"}, {.provider = "Other"}}).stored, 2u);
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

// More classes than the tables remember: every event of its own provider, host and user.
TEST(LedgerTest, AnExportInWhichEveryRecordIsOfItsOwnKind) {
  const auto store = Temporary();
  for (const std::uint64_t stored : {20'000u, 0u}) {
    const auto session = Begin(*store, "strange.csv", "test");
    for (int i = 0; i < 20'000; ++i) {
      const std::string name = "p" + std::to_string(i);
      ASSERT_TRUE(Add(*session, {.provider = name, .host = name, .user = name}));
    }
    EXPECT_EQ(session->Commit()->stored, stored);
  }
  EXPECT_EQ(store->CountEvents({})->size(), 20'000u);
  EXPECT_EQ(AllEvents(*store, {.hosts = {"p17777"}}).at(0).user, "p17777");
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

TEST(QueryTest, VolumeIsCountedByHostTimeAndLevel) {
  const auto store = Temporary();
  std::vector<Made> events = SomeEvents();
  events.push_back({.host = "paris", .time = ""});  // no time: in no stretch
  Import(*store, events);
  const Ticks second = At("1999-11-02"), third = At("1999-11-03");
  const std::vector<VolumeCount> by_day = {
      {"brest", second, 2, 1, 0}, {"brest", third, 1, 0, 0}, {"lyon", second, 1, 0, 0}};
  const Duration day = Duration::Seconds(24 * 3600);
  EXPECT_EQ(*store->CountByTime(day), by_day);
  EXPECT_EQ(*store->Store::CountByTime(day), by_day);  // by walking, the same
  EXPECT_EQ(store->CountByTime(Duration::Seconds(1))->size(), 5u);
}

// Events of many logs that overlap, some of them without order or time, against sorting all of
// them.
TEST(QueryTest, EventsComeInTheOrderOfTimeWhateverIsAsked) {
  const auto store = Temporary();
  std::mt19937 random(5);
  const auto below = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
  for (unsigned file = 0; file < 8; ++file) {
    std::vector<Made> events;
    for (unsigned i = 0; i < 700; ++i) {
      const unsigned second = file % 3 == 0 ? below(3000) : i * 4 + below(9);
      Made made{.event_id = static_cast<std::uint16_t>(1 + below(12)),
                .host = "h" + std::to_string(below(3)),
                .time = fmt::format("1999-11-02T{:02}:{:02}:{:02}.{}Z", second / 3600,
                                    second / 60 % 60, second % 60, below(10)),
                .strings = {std::to_string(file), std::to_string(i)},
                .record_id = below(4) == 0 ? 0 : i + 1};
      if (below(40) == 0) made.time = "";
      events.push_back(std::move(made));
    }
    Import(*store, events, "file" + std::to_string(file));
  }
  std::vector<Event> all;
  for (std::int64_t id = 1; auto event = store->GetEvent(id); ++id) all.push_back(*event);
  ASSERT_EQ(all.size(), 8u * 700);
  std::stable_sort(all.begin(), all.end(), [](const Event& a, const Event& b) {
    return std::tie(a.time, a.record_id, a.where.file, a.id) <
           std::tie(b.time, b.record_id, b.where.file, b.id);
  });
  for (unsigned round = 0; round < 200; ++round) {
    EventQuery query;
    if (below(2) == 0) query.event_ids = {static_cast<std::uint16_t>(1 + below(12))};
    if (below(4) == 0) query.event_ids = {1, 2, 3, 4, 5, 6, 7, 8};
    if (below(3) == 0) query.hosts = {"h" + std::to_string(below(4))};
    if (below(2) == 0)
      query.since = At("1999-11-02") + Duration{std::int64_t{below(30'000)} * 1'000'000};
    if (below(2) == 0)
      query.until = At("1999-11-02") + Duration{std::int64_t{below(30'000)} * 1'000'000};
    query.newest_first = below(2) == 0;
    if (below(2) == 0) query.limit = 1 + below(50);
    std::vector<std::int64_t> expected;
    for (const Event& event : all) {
      const bool meets =
          (query.event_ids.empty() ||
           std::count(query.event_ids.begin(), query.event_ids.end(), event.event_id) != 0) &&
          (query.hosts.empty() || query.hosts.front() == event.host) &&
          (!query.since || event.time >= *query.since) &&
          (!query.until || event.time <= *query.until);
      if (meets) expected.push_back(event.id);
    }
    std::map<std::uint16_t, std::uint64_t> counts;
    for (const std::int64_t id : expected) ++counts[store->GetEvent(id)->event_id];
    if (query.newest_first) std::reverse(expected.begin(), expected.end());
    if (query.limit != 0 && expected.size() > query.limit) expected.resize(query.limit);
    std::vector<std::int64_t> found;
    for (const Event& event : AllEvents(*store, query)) found.push_back(event.id);
    EXPECT_EQ(found, expected);
    const auto counted = store->CountEvents(query);
    for (const EventCount& count : *counted) counts[count.kind.event_id] -= count.count;
    for (const auto& [id, rest] : counts) EXPECT_EQ(rest, 0u) << id;
  }
  EXPECT_THAT(*store->Verify(), IsEmpty());
}

}  // namespace
}  // namespace exdiag
