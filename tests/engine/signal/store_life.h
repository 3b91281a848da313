// Stores that live: made-up imports one after another, and rules over what they bring.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/engine/signal/world.h"
#include "tests/engine/store/store_testing.h"

namespace exdiag {

// What rules can rest on: other hosts, counts, absence, raised levels, sequences, facts, answers,
// names of hosts, events that are only explained.
inline constexpr const char* kLifeRules[] = {
    "when: [{seen: {within: 10m}}]",
    "when: [{no: {seen: {within: 10m, host: same}}}]",
    "unless: [{seen: {within: 1h, host: peer}}]",
    "when: [{no: {seen: {host: any, within: 30m}}}]\nbetween: [bad.computer, bad.peer]",
    "when: [{seen: {count: '3+', within: 1h}}]\nexplains: [bad, seen]",
    "when: [{no: {detail: {within: 10m}}}]",
    "when: [{no: {third: {within: 2h}}}]\nexplains: [bad, third]",
    "evidence: [{if: {more: {latest: yes, where: {code: 1}}}, points: 1, because: "
    "\"{more.text}\"}]",
    "evidence: [{if: {sequence: [more, bad, seen], within: 1h}, points: 1, because: b}]",
    "evidence: [{if: {fact: {kind: spn, host: '{bad.peer}', where: {service: SMTP/x}}}, points: 2, "
    "because: b, collect: c}]",
    "evidence: [{if: {fact: {kind: answer, name: q, is: 'yes'}}, points: 3, because: b, ask: a}]",
    "when: [{frame: {within: 1h, host: any}}]",
};

// A set for each rule.
inline std::vector<RuleSet> MakeLifeRules() {
  std::vector<RuleSet> sets;
  for (const char* lines : kLifeRules) {
    std::string text = RuleText(lines);
    const std::string id = fmt::format("test.fault.cause-{}", sets.size());
    text.replace(text.find("test.fault.cause"), 16, id);
    sets.push_back(ParseRule(text));
  }
  // Never triggered by what the logs hold, and by facts.
  sets.push_back(ParseRule(R"(id: test.never.x
version: 1
status: draft
title: t
verdict: fault
articles: [Q1]
events:
  fine: {provider: P, id: 111}
  seen: {provider: P, id: 101}
trigger: fine
when: [{seen: {within: 1h}}]
strength: hint
explains: [fine, seen]
cause: c
fix: [{do: d}]
)"));
  sets.push_back(ParseRule(R"(id: test.fact.x
version: 1
status: draft
title: t
verdict: fault
articles: [Q1]
events:
  frame: {fact: tpkt_frame, where: {reserved: {not: 0}}}
trigger: frame
strength: hint
explains: [frame]
cause: "seen on {frame.computer}"
fix: [{do: d}]
)"));
  return sets;
}

// One store's life, made up: imports, the same again, facts, answers, removals.
class Life {
 public:
  Life(Store& store, std::uint64_t seed) : store_(store), random_(seed) {}

  void Step() {
    switch (Random(11)) {
      case 0:
        return AddFacts();
      case 1:
        return Answer();
      case 2:
        if (!fed_.empty()) return Again();
        break;
      case 3:
        return Remove();
      default:
        break;
    }
    std::vector<testing::Made> events;
    const std::string host = Pick({"a", "b", "c"});
    const std::uint64_t hour = Random(30);
    for (std::uint64_t i = 0, count = 1 + Random(6); i < count; ++i) {
      events.push_back(Event(host, hour * 60 + Random(Random(3) == 0 ? 600 : 40)));
    }
    fed_.push_back(events);
    testing::Import(store_, events);
  }

 private:
  // What is old, as retention does.
  void Remove() {
    const auto before =
        ParseIsoTime(fmt::format("2000-01-{:02}T{:02}:30:00Z", 10 + Random(2), Random(24)));
    EXPECT_TRUE(store_.RemoveEventsBefore(before->ticks).ok());
  }

  std::uint64_t Random(std::uint64_t below) { return random_() % below; }
  std::string Pick(std::vector<std::string> texts) { return texts[Random(texts.size())]; }

  testing::Made Event(const std::string& host, std::uint64_t minute) {
    testing::Made made;
    made.provider = "P";
    made.event_id = static_cast<std::uint16_t>(
        std::stoi(Pick({"100", "100", "101", "101", "102", "110", "111", "500", "500"})));
    if (Random(4) != 0 && made.event_id == 111) made.event_id = 500;
    made.host = host;
    made.computer = Pick({host, host + ".corp.example"});
    made.time = fmt::format("2000-01-{:02}T{:02}:{:02}:00Z", 10 + minute / 1440, minute / 60 % 24,
                            minute % 60);
    if (Random(20) == 0) made.basis = TimeBasis::kLocalUnknown;
    made.channel = Random(5) == 0 ? "" : "Application";
    const std::string code = Pick({"1", "3", "5"});
    if (made.event_id < 102) made.strings = {Pick({"a", "b", "c.corp.example", "d"}), code, "x"};
    if (made.event_id == 102) made.strings = {code, "x"};
    if (made.event_id > 102) made.strings = {code};
    return made;
  }

  // The same events in a finer format, or some of them and new ones.
  void Again() {
    std::vector<testing::Made> events = fed_[Random(fed_.size())];
    const bool finer = Random(2) == 0;
    for (testing::Made& made : events) {
      if (finer) made.record_id = ++last_record_;
      if (finer) made.channel = "Application";
      if (finer && Random(2) == 0) made.level = Level::kWarning;
    }
    if (Random(3) == 0) events.push_back(Event(events[0].host, Random(2000)));
    testing::Import(store_, events, "again.csv");
  }

  void AddFacts() {
    const auto session = testing::Begin(store_, "facts.txt");
    Fact fact;
    fact.host = Pick({"a", "b"});
    if (Random(2) == 0) {
      fact.kind = "spn";
      fact.attributes = {{"service", Pick({"SMTP/x", "HTTP/x"})}};
    } else {
      fact.kind = "tpkt_frame";
      fact.attributes = {{"reserved", Pick({"0", "1"})}};
      fact.observed_at = ParseIsoTime(fmt::format("2000-01-10T{:02}:00:00Z", Random(24)))->ticks;
      fact.time_basis = TimeBasis::kUtc;
    }
    session->AddFact(fact);
    if (fact.kind == "spn" && Random(2) == 0) {
      Fact listing;
      listing.kind = "spn_listing";
      listing.host = fact.host;
      session->AddFact(listing);
    }
    EXPECT_TRUE(session->Commit().ok());
  }

  void Answer() {
    Note note;
    note.subject = "q";
    note.text = Pick({"yes", "no"});
    note.noted_at = {static_cast<std::int64_t>(125'000'000'000'000'000 + Random(1000))};
    note.noted_by = "me";
    if (Random(3) == 0) {
      EXPECT_TRUE(store_.WithdrawNotes(NoteKind::kAnswer, "q", "", note.noted_at, "me").ok());
    } else {
      EXPECT_TRUE(store_.AddNote(note).ok());
    }
  }

  Store& store_;
  std::mt19937_64 random_;
  std::vector<std::vector<testing::Made>> fed_;
  std::uint64_t last_record_ = 0;
};

}  // namespace exdiag
