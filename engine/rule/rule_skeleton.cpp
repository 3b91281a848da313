#include "engine/rule/rule_skeleton.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/base/text.h"

namespace exdiag {
namespace {

constexpr std::string_view kHead =
    R"(# Written by `exdiag rules new`; docs/adding-a-rule.md goes step by step. Replace every TODO.
id: {}
version: 1
status: draft                  # stable, when it has a test that fires and one that must not
title: "TODO: the cause in one line, not the symptom"
verdict: fault                 # expected: noise that needs no action
applies_to: []                 # [exchange-5.5]
articles: []                   # [Q217142]; the first is the main source; each must be in kbdata/articles

)";

constexpr std::string_view kBody = R"(events:
  seen: {{provider: {0}, id: {1}}}

trigger: seen

# What must hold beside the trigger, and what must not:
# when:
#   - other: {{within: 10m, host: same}}
# unless:
#   - another: {{within: 10m, host: any}}

strength: possible             # sure +6, probable +3, possible +1, hint -1

# What makes it likelier (+) or less likely (-); a point doubles the odds.
evidence:
  - if: {{fact: {{kind: answer, name: {2}, is: "yes"}}}}
    points: +3
    because: "TODO: what the operator's answer says about {{seen.computer}}"
    ask: "TODO: a question that only a person can answer, about {{seen.computer}}?"

explains: [seen]
cause: >
  TODO: why this happens on {{seen.computer}}, with the values of the event.
fix:
  - {{do: "TODO: the first step.", on: "{{seen.computer}}", risk: low}}
  - {{check: {{no: seen, for: 1d}}, do: "No {1} for a day."}}

notes: >
  TODO: where this is known from, and what was inferred.

tests:
  - name: fires
    log: |
      2000-01-01 10:00:00 HOST1 {3}
    expect: {{finding: yes}}
  # - name: TODO, the near miss, which differs in the one thing that matters
  #   log: |
  #     2000-01-01 10:00:00 HOST1 {3}
  #   expect: {{finding: no}}
)";

std::string_view TypeName(FieldType type) {
  switch (type) {
    case FieldType::kText:
      return "text";
    case FieldType::kNumber:
      return "number";
    case FieldType::kError:
      return "error code";
    case FieldType::kHost:
      return "host";
    case FieldType::kIpAddress:
      return "IP address";
    case FieldType::kEntity:
      return "directory name";
    case FieldType::kPath:
      return "path";
  }
  return "text";
}

std::string_view SampleOf(FieldType type) {
  switch (type) {
    case FieldType::kNumber:
    case FieldType::kError:
      return "5";
    case FieldType::kHost:
      return "HOST2";
    case FieldType::kIpAddress:
      return "10.0.0.2";
    case FieldType::kEntity:
      return "/O=ORG/OU=SITE/CN=NAME";
    case FieldType::kPath:
      return "C:\\\\FOLDER";
    case FieldType::kText:
      break;
  }
  return "TODO";
}

// The fields that every event of the MTA ends with tell a place in its source: nobody tests them.
bool IsTag(const Field& field) { return field.name.starts_with("tag_"); }

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

bool IsPlainWord(std::string_view text) {
  return text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ -") ==
         std::string_view::npos;
}

// A remark of at most 118 columns a line.
void AddRemark(std::string_view text, std::string& out) {
  constexpr std::size_t kWidth = 116;
  const std::string clean = CollapseSpace(Printable(text));
  std::string line;
  for (const std::string_view word : Split(clean, ' ')) {
    if (!line.empty() && line.size() + 1 + word.size() > kWidth) {
      out += "# " + line + "\n";
      line = "  ";
    }
    line += (line.empty() || line == "  " ? "" : " ") + std::string(word);
  }
  out += "# " + line + "\n";
}

void AddEntry(const CatalogueEntry& entry, std::string& out) {
  std::string head = fmt::format("{} {}", entry.provider, entry.event_id);
  if (!entry.generation.empty()) head += fmt::format(" ({})", entry.generation);
  if (!entry.meaning.empty()) head += ": " + entry.meaning;
  AddRemark(head, out);
  std::string how;
  if (entry.level != Level::kUnknown) how += fmt::format("usually {}", LevelName(entry.level));
  if (!entry.category.empty()) {
    how += fmt::format("{}category {}", how.empty() ? "" : ", ", entry.category);
  }
  if (!entry.logged_at.empty()) {
    how += fmt::format("{}logged only with diagnostics logging at {}", how.empty() ? "" : ", ",
                       entry.logged_at);
  }
  if (!how.empty()) AddRemark("Logged: " + how + ".", out);
  std::vector<std::string> known;
  for (const Layout& layout : entry.layouts) {
    for (const Field& field : layout.fields) {
      std::string text = fmt::format("{} ({})", field.name, TypeName(field.type));
      if (IsTag(field) || std::find(known.begin(), known.end(), text) != known.end()) continue;
      known.push_back(std::move(text));
    }
  }
  if (!known.empty()) AddRemark(fmt::format("Fields: {}.", fmt::join(known, ", ")), out);
}

// "MSExchangeMTA/9322 nt_error=5 remote_server=HOST2"
std::string LogLine(const EventKind& kind, const std::vector<const CatalogueEntry*>& entries) {
  std::string line = fmt::format("{}/{}", kind.provider, kind.event_id);
  if (line.find(' ') != std::string::npos) line = Quoted(line);
  if (entries.empty()) return line;
  const auto fewer = [](const Layout& a, const Layout& b) {
    return a.fields.size() < b.fields.size();
  };
  const auto& layouts = entries.front()->layouts;
  for (const Field& field : std::max_element(layouts.begin(), layouts.end(), fewer)->fields) {
    if (!IsTag(field)) line += fmt::format(" {}={}", field.name, SampleOf(field.type));
  }
  return line;
}

}  // namespace

std::string FileOfRule(std::string_view id) {
  const std::vector<std::string_view> parts = Split(id, '.');
  return fmt::format("{}/{}-{}.yaml", parts[0], parts[1], parts[2]);
}

std::string RuleSkeleton(const SkeletonOptions& options, const Catalogue& catalogue) {
  EventKind kind = options.event.value_or(EventKind{"TODO", 0});
  kind.provider = Printable(kind.provider);
  const auto entries = catalogue.Find(kind.provider, kind.event_id);
  std::string out;
  if (!options.schema.empty()) {
    out += fmt::format("# yaml-language-server: $schema={}\n", options.schema);
  }
  out += fmt::format(fmt::runtime(kHead), options.id);
  for (const CatalogueEntry* entry : entries) AddEntry(*entry, out);
  if (!options.event) {
    AddRemark("TODO: the event without which nobody would think of the cause.", out);
  } else if (entries.empty()) {
    AddRemark(fmt::format("{} {} is not in kbdata/events, so its values have no names yet: add it "
                          "there, or test `message` (docs/knowledge.md).",
                          kind.provider, kind.event_id),
              out);
  }
  const std::vector<std::string_view> parts = Split(options.id, '.');
  std::string question = fmt::format("{}_{}", parts[1], parts[2]);
  std::replace(question.begin(), question.end(), '-', '_');
  out += fmt::format(fmt::runtime(kBody),
                     IsPlainWord(kind.provider) ? kind.provider : Quoted(kind.provider),
                     kind.event_id, question, LogLine(kind, entries));
  return out;
}

}  // namespace exdiag
