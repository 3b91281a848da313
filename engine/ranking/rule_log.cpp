#include "engine/ranking/rule_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"

namespace exdiag {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Takes the next word off a line.  Double quotes keep blanks together; inside them \" and \\ stand
// for themselves.  nullopt at the end; a quote that is never closed goes to the end.
std::optional<std::string> TakeWord(std::string_view& rest) {
  while (!rest.empty() && IsBlank(rest.front())) rest.remove_prefix(1);
  if (rest.empty()) return std::nullopt;
  std::string word;
  bool quoted = false;
  while (!rest.empty() && (quoted || !IsBlank(rest.front()))) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted && c == '\\' && !rest.empty()) {
      word.push_back(rest.front());
      rest.remove_prefix(1);
    } else {
      word.push_back(c);
    }
  }
  return word;
}

// "MSExchangeMTA/9322/warning" into provider, ID and level.
bool ReadKind(std::string_view kind, RuleLogLine& line) {
  auto slash = kind.rfind('/');
  if (slash == std::string_view::npos) return false;
  if (!ParseInteger(kind.substr(slash + 1))) {
    line.level = LevelFromName(kind.substr(slash + 1));
    if (line.level == Level::kUnknown) return false;
    kind = kind.substr(0, slash);
    slash = kind.rfind('/');
    if (slash == std::string_view::npos) return false;
  }
  const auto id = ParseInteger(kind.substr(slash + 1));
  if (!id || *id < 0 || *id > 0xffff) return false;
  line.provider = kind.substr(0, slash);
  line.event_id = static_cast<std::uint16_t>(*id);
  return !line.provider.empty();
}

// "0f030980" as four bytes; nullopt when it is no such thing.
std::optional<std::vector<std::byte>> ReadData(std::string_view hex) {
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  std::vector<std::byte> bytes;
  for (; !hex.empty(); hex.remove_prefix(2)) {
    std::uint8_t value = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, value, 16);
    if (error != std::errc() || end != hex.data() + 2) return std::nullopt;
    bytes.push_back(std::byte{value});
  }
  return bytes;
}

// What is wrong with the line, or "".
std::string ReadLine(std::string_view text, RuleLogLine& line) {
  const auto date = TakeWord(text);
  const auto time = TakeWord(text);
  const auto computer = TakeWord(text);
  const auto kind = TakeWord(text);
  if (!kind) return "a line is time, computer, provider/id and then field=value pairs";
  const auto parsed = ParseIsoTime(*date + "T" + *time);
  if (!parsed) return fmt::format("\"{} {}\" is no date and time", *date, *time);
  line.time = parsed->ticks;
  line.computer = *computer;
  if (!ReadKind(*kind, line)) {
    return fmt::format("\"{}\" is not of the form provider/id or provider/id/level", *kind);
  }
  while (const auto word = TakeWord(text)) {
    const auto equals = word->find('=');
    if (equals == std::string::npos || equals == 0) {
      return fmt::format("\"{}\" is not of the form field=value", *word);
    }
    std::string name = word->substr(0, equals), value = word->substr(equals + 1);
    if (name != "data") {
      line.values.emplace_back(std::move(name), std::move(value));
      continue;
    }
    auto bytes = ReadData(value);
    if (!bytes) return fmt::format("data=\"{}\" is not a row of bytes, two hex digits each", value);
    line.data = std::move(*bytes);
  }
  return {};
}

// "s7" -> 6.
std::optional<std::size_t> StringNumber(std::string_view name) {
  if (name.size() < 2 || name.front() != 's') return std::nullopt;
  const auto number = ParseInteger(name.substr(1));
  if (!number || *number < 1 || *number > 99) return std::nullopt;
  return static_cast<std::size_t>(*number - 1);
}

std::optional<std::size_t> PositionOf(const Layout* layout, std::string_view name) {
  const auto field = layout != nullptr ? layout->IndexOf(name) : std::nullopt;
  return field ? field : StringNumber(name);
}

bool Fits(const Layout& layout, const RuleLogLine& line) {
  return std::all_of(line.values.begin(), line.values.end(), [&](const auto& value) {
    return value.first == "message" || PositionOf(&layout, value.first).has_value();
  });
}

struct Chosen {
  const CatalogueEntry* entry = nullptr;
  const Layout* layout = nullptr;
};

// The first layout, entry by entry, that knows all fields; else the first there is.
Chosen ChooseLayout(const RuleLogLine& line, const Catalogue& catalogue) {
  Chosen first;
  for (const CatalogueEntry* entry : catalogue.Find(line.provider, line.event_id)) {
    if (first.entry == nullptr) first.entry = entry;
    for (const Layout& layout : entry->layouts) {
      if (first.layout == nullptr) first = {entry, &layout};
      if (Fits(layout, line)) return {entry, &layout};
    }
  }
  return first;
}

}  // namespace

Result<std::vector<RuleLogLine>> ParseRuleLog(std::string_view log) {
  std::vector<RuleLogLine> lines;
  std::size_t number = 0;
  for (const std::string_view text : Split(log, '\n')) {
    ++number;
    if (Trim(text).empty()) continue;
    const std::string wrong = ReadLine(text, lines.emplace_back());
    if (!wrong.empty()) return Error{fmt::format("log line {}: {}", number, wrong)};
  }
  return lines;
}

Result<RuleLogRecord> FillRuleLogRecord(const RuleLogLine& line, const Catalogue& catalogue) {
  const Chosen chosen = ChooseLayout(line, catalogue);
  RuleLogRecord record;
  record.channel = "Application";
  if (chosen.entry != nullptr) {
    if (!chosen.entry->channel.empty()) record.channel = chosen.entry->channel;
    record.category = chosen.entry->category;
    if (chosen.entry->level != Level::kUnknown) record.level = chosen.entry->level;
  }
  if (line.level != Level::kUnknown) record.level = line.level;
  for (const auto& [name, value] : line.values) {
    if (name == "message") {
      record.message = value;
      continue;
    }
    const auto position = PositionOf(chosen.layout, name);
    if (!position) {
      return Error{fmt::format("{} {} has no field \"{}\"", line.provider, line.event_id, name)};
    }
    if (record.strings.size() <= *position) record.strings.resize(*position + 1);
    record.strings[*position] = value;
  }
  // The layout is told by the number of strings.
  if (chosen.layout != nullptr && record.message.empty()) {
    record.strings.resize(std::max(record.strings.size(), chosen.layout->fields.size()));
    const Layout* taken =
        catalogue.LayoutOf(line.provider, line.event_id, record.category, record.strings.size());
    if (taken != chosen.layout && !line.values.empty() && !Fits(*taken, line)) {
      return Error{fmt::format(
          "{} {}: the catalogue takes {} strings for another layout than the one with \"{}\"",
          line.provider, line.event_id, record.strings.size(), line.values.front().first)};
    }
  }
  return record;
}

}  // namespace exdiag
