#include "engine/report/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/base/text.h"
#include "engine/rule/rule_words.h"

namespace exdiag {
namespace {

bool SameCode(std::string_view text, std::uint32_t code) {
  const auto value = ParseInteger(Trim(text));
  return value && static_cast<std::uint32_t>(*value & 0xffff'ffff) == code &&
         *value >= -0x8000'0000LL && *value <= 0xffff'ffffLL;
}

// Small numbers stand for anything; only a code written in hexadecimal is told by its digits.
bool MentionsCode(std::string_view text, std::uint32_t code) {
  return code > 0xffff && FindIgnoreCase(text, fmt::format("{:08x}", code)) != std::string::npos;
}

bool TestsForCode(const FieldTest& test, bool is_error, std::uint32_t code) {
  if (const auto* equals = std::get_if<TestEquals>(&test.test)) {
    return std::any_of(equals->values.begin(), equals->values.end(), [&](const std::string& v) {
      return (is_error && SameCode(v, code)) || MentionsCode(v, code);
    });
  }
  if (const auto* text = std::get_if<TestText>(&test.test)) {
    return std::any_of(text->parts.begin(), text->parts.end(),
                       [&](const std::string& part) { return MentionsCode(part, code); });
  }
  const auto* regex = std::get_if<TestRegex>(&test.test);
  return regex != nullptr && MentionsCode(regex->pattern, code);
}

// Whether the catalogue calls this field of the pattern's events an error code.
bool IsErrorField(const EventPattern& pattern, std::string_view field, const Catalogue& catalogue) {
  for (const std::string& provider : pattern.providers) {
    for (const std::uint16_t id : pattern.ids) {
      for (const CatalogueEntry* entry : catalogue.Find(provider, id)) {
        for (const Layout& layout : entry->layouts) {
          const auto index = layout.IndexOf(field);
          if (index && layout.fields[*index].type == FieldType::kError) return true;
        }
      }
    }
  }
  return false;
}

bool PatternUses(const EventPattern& pattern, std::uint32_t code, const Catalogue& catalogue) {
  return std::any_of(
      pattern.where_all.begin(), pattern.where_all.end(), [&](const FieldCondition& where) {
        const bool is_error = IsErrorField(pattern, where.field, catalogue);
        return std::any_of(where.tests.begin(), where.tests.end(), [&](const FieldTest& test) {
          return TestsForCode(test, is_error, code);
        });
      });
}

void AddUses(const RuleSet& rules, const Catalogue& catalogue, std::uint32_t code,
             std::set<EventKind>& events, std::vector<CodeUse>& uses) {
  for (const Rule& rule : rules.rules()) {
    if (rule.status == Status::kRetired) continue;
    for (const EventPattern& pattern : rule.events) {
      if (!PatternUses(pattern, code, catalogue)) continue;
      uses.push_back({&rule, PatternInWords(pattern)});
      for (const std::string& provider : pattern.providers) {
        for (const std::uint16_t id : pattern.ids) events.insert({provider, id});
      }
    }
  }
}

// Every 0x8... in a text, as it stands there.
std::vector<std::string> HexCodes(std::string_view text) {
  std::vector<std::string> codes;
  for (std::size_t at = FindIgnoreCase(text, "0x"); at != std::string_view::npos;
       at = FindIgnoreCase(text, "0x", at + 2)) {
    std::size_t end = at + 2;
    while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    const std::string code(text.substr(at, end - at));
    const bool plausible = end - at >= 5 && end - at <= 10;
    if (plausible && std::find(codes.begin(), codes.end(), code) == codes.end()) {
      codes.push_back(code);
    }
  }
  return codes;
}

void AddDecoded(const std::string& field, const std::string& value, const Knowledge& knowledge,
                std::vector<DecodedCode>& out) {
  for (const std::uint32_t code : ReadErrorCode(value)) {
    auto meanings = knowledge.FindError(code);
    if (meanings.empty()) continue;
    out.push_back({field, value, std::move(meanings)});
    return;  // further readings of a value that has a meaning are far-fetched
  }
  if (auto meanings = knowledge.FindErrorText(value); !meanings.empty()) {
    out.push_back({field, value, std::move(meanings)});
  }
}

std::vector<DecodedCode> Decode(const ExplainedEvent& explained, const Knowledge& knowledge) {
  std::vector<DecodedCode> codes;
  for (const FieldValue& field : explained.fields) {
    if (field.type == FieldType::kError) AddDecoded(field.name, field.value, knowledge, codes);
  }
  for (const std::string& code : HexCodes(explained.message)) {
    const bool again = std::any_of(codes.begin(), codes.end(), [&](const DecodedCode& known) {
      return EqualsIgnoreCase(known.value, code);
    });
    if (!again) AddDecoded("message", code, knowledge, codes);
  }
  // Four bytes of Data are an error code more often than anything else.
  if (explained.event.binary.size() == 4) {
    const std::string hex = HexOf(explained.event.binary);
    AddDecoded("data",
               fmt::format("{} {} {} {}", hex.substr(0, 2), hex.substr(2, 2), hex.substr(4, 2),
                           hex.substr(6, 2)),
               knowledge, codes);
  }
  return codes;
}

}  // namespace

CodeAnswer AnswerCode(const std::string& asked, const Knowledge& knowledge, const RuleSet& rules) {
  CodeAnswer answer;
  answer.asked = asked;
  std::set<EventKind> events;
  std::vector<std::uint32_t> codes = ReadErrorCode(asked);
  for (const std::uint32_t code : codes) {
    auto meanings = knowledge.FindError(code);
    if (!meanings.empty()) answer.readings.push_back({code, std::move(meanings)});
  }
  // Readings that mean nothing are looked up in the rules only when no reading means anything.
  if (!answer.readings.empty()) {
    codes.clear();
    for (const CodeReading& reading : answer.readings) codes.push_back(*reading.code);
  }
  if (auto named = knowledge.FindErrorText(asked); !named.empty()) {
    for (const ErrorCode* meaning : named) {
      if (meaning->code && answer.readings.empty()) codes.push_back(*meaning->code);
    }
    answer.readings.push_back({std::nullopt, std::move(named)});
  }
  for (const std::uint32_t code : codes) {
    AddUses(rules, knowledge.catalogue(), code, events, answer.uses);
  }
  for (const CodeReading& reading : answer.readings) {
    for (const ErrorCode* meaning : reading.meanings) {
      for (const std::string& name : meaning->seen_in) {
        if (const auto kind = ParseEventName(name)) events.insert({kind->provider, kind->event_id});
      }
    }
  }
  answer.events.assign(events.begin(), events.end());
  return answer;
}

ExplainedEvent ExplainEvent(const Event& event, const Ranking& found, const Knowledge& knowledge,
                            const RuleSet& rules) {
  ExplainedEvent explained;
  explained.event = event;
  explained.message = MessageOf(event, knowledge.catalogue());
  explained.entry = knowledge.catalogue().EntryOf(event);
  explained.fields = FieldsOf(event, knowledge.catalogue());
  explained.codes = Decode(explained, knowledge);
  for (PossibleCause& cause : PossibleCauses({event.provider, event.event_id}, rules)) {
    const bool has_finding =
        std::any_of(found.findings.begin(), found.findings.end(),
                    [&](const Finding& finding) { return finding.signal.rule() == cause.rule; });
    if (!has_finding && cause.relation != Relation::kEvidence) {
      EventFit fit = FitOf(cause, event, knowledge.catalogue());
      explained.others.push_back({std::move(cause), std::move(fit)});
    }
  }
  std::stable_sort(explained.others.begin(), explained.others.end(),
                   [](const Rival& a, const Rival& b) { return a.fit.fit < b.fit.fit; });
  return explained;
}

}  // namespace exdiag
