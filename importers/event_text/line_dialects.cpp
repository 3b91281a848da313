// An event a line, fields without quotes: the last one, the description, is the rest of the line
// and may hold the delimiter, and lines that begin no event belong to it.
#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>

#include "engine/base/text.h"
#include "importers/event_text/dialect.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/local_time.h"

namespace exdiag::event_text {
namespace {

constexpr char kDelimiters[] = {',', '\t', ';', '|'};

// Splits at the first delimiters; the last field takes the rest.  False when there are fewer.
bool Fields(std::string_view text, char delimiter, std::span<std::string_view> fields) {
  for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
    const std::size_t end = text.find(delimiter);
    if (end == std::string_view::npos || end > 512) return false;
    fields[i] = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  fields.back() = text;
  return true;
}

std::optional<std::int64_t> Number(std::string_view text) {
  const std::string_view digits = Trim(text);
  const bool all = digits.find_first_not_of("0123456789") == std::string_view::npos;
  return all ? ParseInteger(digits) : std::nullopt;
}

bool IsEventId(std::string_view text) {
  Record ignored;
  return Number(text).has_value() && PutEventId(text, ignored);
}

// Number, log, source, type, computer, time, event number, user, description.
class PsloglistLines final : public Dialect {
 public:
  bool Starts(std::string_view text) const override { return Split(text, nullptr); }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    std::array<std::string_view, 9> fields;
    if (!Split(text, &fields)) return false;
    record.record_id = static_cast<std::uint64_t>(Number(fields[0]).value_or(0));
    record.channel = Trim(fields[1]);
    record.provider = Trim(fields[2]);
    PutEventType(fields[3], record);
    record.computer = Trim(fields[4]);
    parsed.time = Trim(fields[5]);
    record.user = fields[7] == "None" ? std::string_view() : UserField(fields[7]);
    parsed.message = fields[8];
    return PutEventId(fields[6], record);
  }

 private:
  static bool Split(std::string_view text, std::array<std::string_view, 9>* out) {
    std::array<std::string_view, 9> fields;
    for (const char delimiter : kDelimiters) {
      if (!Fields(text, delimiter, fields) || !Number(fields[0]) || !FindEventType(fields[3]) ||
          !IsEventId(fields[6]) || !ReadWallClock(Trim(fields[5]))) {
        continue;
      }
      if (out != nullptr) *out = fields;
      return true;
    }
    return false;
  }
};

// Date, time, type, category (both numbers), event number, then user and source in either order,
// computer, strings.  Kits differ: only a user is "N/A", DOMAIN\name or a SID.
class Dumpel final : public Dialect {
 public:
  bool Starts(std::string_view text) const override { return Split(text, nullptr) != '\0'; }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    std::array<std::string_view, 9> fields;
    const char delimiter = Split(text, &fields);
    if (delimiter == '\0') return false;
    parsed.made_time = fmt::format("{} {}", Trim(fields[0]), Trim(fields[1]));
    parsed.time = parsed.made_time;
    const auto type = static_cast<std::uint16_t>(Number(fields[2]).value_or(0));
    record.level = LevelFromEventType(type);
    if (type == 8) record.keywords = kKeywordAuditSuccess;
    if (type == 16) record.keywords = kKeywordAuditFailure;
    const auto category = Number(fields[3]).value_or(0);
    if (category <= 0xffff) record.category = static_cast<std::uint16_t>(category);
    const bool source_first = !MayBeUser(fields[5]) && MayBeUser(fields[6]);
    record.user = UserField(fields[source_first ? 6 : 5]);
    record.provider = Trim(fields[source_first ? 5 : 6]);
    record.computer = Trim(fields[7]);
    PutStrings(Trim(fields[8]), delimiter, record, parsed);
    return PutEventId(fields[4], record);
  }

 private:
  static bool MayBeUser(std::string_view field) {
    const std::string_view text = Trim(field);
    return UserField(text).empty() || text.find('\\') != std::string_view::npos ||
           text.starts_with("S-1-");
  }

  // Between the strings stands a blank, or with -t a tab; only the latter can be taken apart, and a
  // text without either.
  static void PutStrings(std::string_view text, char delimiter, Record& record, Parsed& parsed) {
    const bool tabs = delimiter == '\t' && text.find('\t') != std::string_view::npos;
    if (!tabs && text.find(' ') != std::string_view::npos) {
      parsed.message = text;
      return;
    }
    record.has_strings = true;
    if (!text.empty()) parsed.strings = exdiag::Split(text, '\t');
  }

  static char Split(std::string_view text, std::array<std::string_view, 9>* out) {
    std::array<std::string_view, 9> fields;
    for (const char delimiter : kDelimiters) {
      if (!Fields(text, delimiter, fields)) continue;
      const auto type = Number(fields[2]);
      const bool is_type = type && (*type == 0 || *type == 1 || *type == 2 || *type == 4 ||
                                    *type == 8 || *type == 16);
      if (!is_type || !Number(fields[3]) || !IsEventId(fields[4]) ||
          !ReadWallClock(Trim(fields[0]), Trim(fields[1]))) {
        continue;
      }
      if (out != nullptr) *out = fields;
      return delimiter;
    }
    return '\0';
  }
};

// Number, type, source, time as C's asctime() prints it, user, description.
class EventComb final : public Dialect {
 public:
  bool Starts(std::string_view text) const override {
    std::array<std::string_view, 6> fields;
    std::string iso;
    return Fields(text, ',', fields) && IsEventId(fields[0]) && TypeOf(fields[1]) &&
           ReadAscTime(Trim(fields[3]), iso);
  }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    std::array<std::string_view, 6> fields;
    if (!Fields(text, ',', fields)) return false;
    if (const auto type = TypeOf(fields[1])) {
      record.level = type->level;
      record.keywords = type->keywords;
    }
    record.provider = Trim(fields[2]);
    if (ReadAscTime(Trim(fields[3]), parsed.made_time)) parsed.time = parsed.made_time;
    record.user = fields[4] == "No User" ? std::string_view() : UserField(fields[4]);
    parsed.message = fields[5];
    return PutEventId(fields[0], record);
  }

 private:
  static std::optional<EventType> TypeOf(std::string_view text) {
    return FindEventType(EqualsIgnoreCase(Trim(text), "INFORMATIONAL") ? "Information" : text);
  }

  // "Tue Jan 20 12:34:56 2004" as "2004-01-20T12:34:56".
  static bool ReadAscTime(std::string_view text, std::string& iso) {
    const std::string spaced = CollapseSpace(text);
    const auto parts = exdiag::Split(spaced, ' ');
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (parts.size() != 5 || parts[1].size() != 3 || parts[3].size() != 8) return false;
    const std::size_t month = kMonths.find(parts[1]);
    const auto day = Number(parts[2]);
    if (month == std::string_view::npos || month % 3 != 0 || !day || !Number(parts[4]))
      return false;
    iso = fmt::format("{}-{:02}-{:02}T{}", parts[4], month / 3 + 1, *day, parts[3]);
    return ReadWallClock(iso).has_value();
  }
};

}  // namespace

std::unique_ptr<Dialect> MakePsloglistLines() { return std::make_unique<PsloglistLines>(); }
std::unique_ptr<Dialect> MakeDumpel() { return std::make_unique<Dumpel>(); }
std::unique_ptr<Dialect> MakeEventComb() { return std::make_unique<EventComb>(); }

}  // namespace exdiag::event_text
