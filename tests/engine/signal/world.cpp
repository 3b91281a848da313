#include "tests/engine/signal/world.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/text.h"

namespace exdiag {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEvents = R"(provider: P
channel: Application
types: {host: [peer, named_peer]}
events:
  100:
    meaning: Something failed.
    fields: peer code text
    text: Failure %2 with %1, %3.
  101:
    meaning: Something was seen.
    fields: peer code text
    text: Seen %2 with %1, %3.
  102:
    meaning: Something more.
    fields: code text
    text: More %1, %2.
  103:
    meaning: A part of its text names a host.
    layouts:
    - fields: place
      text: Somewhere %1.
      parts:
        place:
        - {fields: named_peer, text: 'Server:%1'}
  110:
    meaning: Only with diagnostics logging.
    logged_at: medium
    fields: code
    text: Detail %1.
  111:
    meaning: Only with more diagnostics logging.
    logged_at: maximum
    fields: code
    text: Fine detail %1.
)";

constexpr std::string_view kArticles = R"(articles:
  Q1: {title: "An article", applies_to: "Exchange 5.5"}
)";

void Write(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

Knowledge LoadSmallKnowledge() {
  std::string name = ::testing::TempDir() + "exdiag_signal_XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path folder = name;
  Write(folder / "events/p.yaml", kEvents);
  Write(folder / "articles/index.yaml", kArticles);
  for (const char* part : {"errors", "builds", "files"}) fs::create_directories(folder / part);
  DiagnosticList problems;
  Result<Knowledge> knowledge = Knowledge::Load(folder.string(), problems);
  fs::remove_all(folder);
  for (const Diagnostic& problem : problems.items()) ADD_FAILURE() << ToString(problem);
  EXPECT_TRUE(knowledge.ok());
  return std::move(knowledge).value();
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool TakeMark(std::string& word) {
  if (!word.starts_with('~')) return false;
  word.erase(0, 1);
  return true;
}

}  // namespace

const Knowledge& SmallKnowledge() {
  static const Knowledge knowledge = LoadSmallKnowledge();
  return knowledge;
}

Ticks At(std::string_view time) {
  const bool has_date = time.size() > 8;
  const auto parsed =
      ParseIsoTime(has_date ? std::string(time) : "2000-01-10T" + std::string(time));
  EXPECT_TRUE(parsed.has_value()) << time;
  return parsed ? parsed->ticks : Ticks{};
}

void MemoryStore::AddLog(std::string_view log) {
  for (const std::string_view line : Split(log, '\n')) {
    std::vector<std::string> words = Words(std::string(line));
    if (words.size() < 3) continue;
    Event event;
    const bool wall = TakeMark(words[0]);
    if (words[0] != "-") {
      event.time = At(words[0]);
      event.time_basis = wall ? TimeBasis::kLocalUnknown : TimeBasis::kUtc;
    }
    if (words[1] != "-") event.computer = words[1];
    event.provider = "P";
    event.event_id = static_cast<std::uint16_t>(std::stoi(words[2]));
    const auto entries = SmallKnowledge().catalogue().Find("P", event.event_id);
    const auto& fields = entries.front()->layouts.front().fields;
    event.strings.resize(fields.size());
    for (std::size_t i = 3; i < words.size(); ++i) {
      const auto equals = words[i].find('=');
      for (std::size_t f = 0; f < fields.size(); ++f) {
        if (fields[f].name == words[i].substr(0, equals)) {
          event.strings[f] = words[i].substr(equals + 1);
        }
      }
    }
    AddEvent(std::move(event));
  }
}

void MemoryStore::AddEvent(Event event) {
  event.id = static_cast<std::int64_t>(events_.size()) + 1;
  event.host = CanonicalHost(event.computer);
  event.level = Level::kError;
  event.where = {"app.csv", Place::Line(events_.size() + 1)};
  events_.push_back(std::move(event));
}

void MemoryStore::Cover(std::string_view row) {
  std::vector<std::string> words = Words(std::string(row));
  Coverage coverage;
  if (TakeMark(words[0])) coverage.time_basis = TimeBasis::kLocalUnknown;
  coverage.host = CanonicalHost(words[0]);
  coverage.from = At(words[1]);
  coverage.to = At(words[2]);
  if (words.size() > 3) coverage.channel = words[3];
  coverage_.push_back(std::move(coverage));
}

MemoryStore MemoryStore::Reversed() const {
  MemoryStore other = *this;
  std::reverse(other.events_.begin(), other.events_.end());
  for (std::size_t i = 0; i < other.events_.size(); ++i) {
    other.events_[i].id = static_cast<std::int64_t>(i) + 1;
  }
  std::reverse(other.facts_.begin(), other.facts_.end());
  std::reverse(other.coverage_.begin(), other.coverage_.end());
  return other;
}

Result<void> MemoryStore::ForEachEvent(const EventQuery& query,
                                       const std::function<bool(const Event&)>& visit) const {
  std::vector<const Event*> events;
  for (const Event& event : events_) {
    const EventKind kind{event.provider, event.event_id};
    if (std::find(query.kinds.begin(), query.kinds.end(), kind) != query.kinds.end()) {
      events.push_back(&event);
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Event* a, const Event* b) { return a->time < b->time; });
  for (const Event* event : events) {
    ++visited_;
    if (!visit(*event)) break;
  }
  return {};
}

Result<Event> MemoryStore::GetEvent(std::int64_t id) const {
  return events_.at(static_cast<std::size_t>(id - 1));
}

Result<std::vector<Fact>> MemoryStore::Facts(std::string_view) const { return facts_; }

Result<std::vector<EventCount>> MemoryStore::CountEvents(const EventQuery& query) const {
  std::vector<EventCount> counts;
  for (const Event& event : events_) {
    const bool fits = query.levels.empty() || std::find(query.levels.begin(), query.levels.end(),
                                                        event.level) != query.levels.end();
    if (!fits) continue;
    const EventKind kind{event.provider, event.event_id};
    const auto found = std::find_if(counts.begin(), counts.end(), [&](const EventCount& count) {
      return count.kind == kind && count.level == event.level && count.host == event.host;
    });
    EventCount& count = found != counts.end() ? *found : counts.emplace_back();
    if (count.count++ == 0) {
      count.kind = kind;
      count.level = event.level;
      count.host = event.host;
      count.first = count.last = event.time;
    }
    count.first = std::min(count.first, event.time);
    count.last = std::max(count.last, event.time);
  }
  return counts;
}

RuleSet ParseRule(const std::string& yaml) {
  DiagnosticList problems;
  RuleSet rules = RuleSet::Parse(yaml, "rules/x.yaml", SmallKnowledge(), problems);
  for (const Diagnostic& problem : problems.items()) {
    if (problem.severity == Severity::kError) ADD_FAILURE() << ToString(problem) << "\n" << yaml;
  }
  EXPECT_EQ(rules.rules().size(), 1u);
  return rules;
}

std::string RuleText(std::string_view lines) {
  // The loader refuses patterns that nothing uses.
  constexpr struct {
    std::string_view name, pattern;
  } kPatterns[] = {
      {"seen", "{provider: P, id: 101}"},
      {"more", "{provider: P, id: 102}"},
      {"detail", "{provider: P, id: 110}"},
      {"named", "{provider: P, id: 103}"},
      {"third", "{provider: P, id: 102, where: {code: 3}}"},
      {"frame", "{fact: tpkt_frame, where: {reserved: {not: 0}}}"},
      {"worse", "{provider: P, id: [100, 101], where: {code: 6}}"},
      {"caught", "{provider: P, id: 102, where: {text: {regex: '(?<letter>[xyz])'}}}"},
  };
  std::string text = R"(id: test.fault.cause
version: 1
status: draft
title: A cause
verdict: fault
articles: [Q1]
strength: probable
cause: "{bad.computer} failed with {bad.code}"
fix: [{do: "Mend {bad.peer}.", on: "{bad.computer}"}]
events:
  bad: {provider: P, id: 100}
)";
  for (const auto& [name, pattern] : kPatterns) {
    if (lines.find(name) == std::string_view::npos) continue;
    text.append("  ").append(name).append(": ").append(pattern).append("\n");
  }
  text.append(lines);
  if (lines.find("trigger:") == std::string_view::npos) text += "\ntrigger: bad\n";
  if (lines.find("explains:") == std::string_view::npos) text += "\nexplains: [bad]\n";
  return text;
}

std::vector<Signal> Evaluate(const RuleSet& rules, const Store& store) {
  DiagnosticList problems;
  auto signals = EvaluateRules(rules, SmallKnowledge(), store, problems);
  for (const Diagnostic& problem : problems.items()) ADD_FAILURE() << ToString(problem);
  EXPECT_TRUE(signals.ok());
  if (!signals) return {};
  return {signals->begin(), signals->end()};
}

}  // namespace exdiag
