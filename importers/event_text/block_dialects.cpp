// Events as labelled lines with the description behind them.
#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "importers/event_text/dialect.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"

namespace exdiag::event_text {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "Event[24]:" or "Event[24]", then "  Log Name: Security".
class WevtutilText final : public Dialect {
 public:
  bool Starts(std::string_view text) const override {
    constexpr std::string_view kStart = "Event[";
    // Most lines end here.
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    if (text.substr(begin, 1) != kStart.substr(0, 1)) return false;
    std::string_view head = Trim(TakeLine(text));
    if (head.ends_with(':')) head.remove_suffix(1);
    if (!head.starts_with(kStart) || !head.ends_with(']')) return false;
    if (!IsDigits(head.substr(kStart.size(), head.size() - kStart.size() - 1))) return false;
    const std::string_view next = TakeLine(text);
    return next.starts_with("  ") && next.find(':') != std::string_view::npos;
  }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    TakeLine(text);
    bool has_number = false;
    for (std::size_t place = 0; place < kLabels.size() && !text.empty(); ++place) {
      const std::string_view line = TakeLine(text);
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) break;
      const std::string_view label = Trim(line.substr(0, colon));
      const std::string_view value = Trim(line.substr(colon + 1));
      // The labels of another language stand in the same order.
      std::size_t field = 0;
      while (field < kLabels.size() && !EqualsIgnoreCase(kLabels[field], label)) ++field;
      if (field == kLabels.size()) field = place;
      if (kLabels[field] == "Description") {
        const char* const begin = value.empty() ? text.data() : value.data();
        parsed.message = {begin, static_cast<std::size_t>(text.data() + text.size() - begin)};
        break;
      }
      has_number |= kLabels[field] == "Event ID" && PutEventId(value, record);
      Put(kLabels[field], value, record, parsed);
    }
    constexpr std::uint64_t kAudit = kKeywordAuditFailure | kKeywordAuditSuccess;
    if ((record.keywords & kAudit) != 0) record.level = Level::kLogAlways;
    return has_number;
  }

 private:
  static constexpr std::array<std::string_view, 12> kLabels = {
      "Log Name", "Source",  "Date", "Event ID",  "Task",     "Level",
      "Opcode",   "Keyword", "User", "User Name", "Computer", "Description"};

  static void Put(std::string_view label, std::string_view value, Record& record, Parsed& parsed) {
    if (label == "Log Name") record.channel = value;
    if (label == "Source") record.provider = value;
    if (label == "Date") parsed.time = value;
    if (label == "Task") PutCategory(value, record);
    if (label == "Level") PutEventType(value, record);
    if (label == "Keyword") {
      for (const std::string_view word : Split(value, ',')) {
        if (const auto type = FindEventType(word)) record.keywords |= type->keywords;
      }
    }
    if (label == "User") record.user = UserField(value);
    if (label == "User Name" && record.user.empty()) record.user = UserField(value);
    if (label == "Computer") record.computer = value;
  }
};

// "[00021] Service Control Manager", then "   Type:     INFORMATION".
class PsloglistText final : public Dialect {
 public:
  bool Starts(std::string_view text) const override {
    const std::string_view head = TakeLine(text);
    const std::size_t end = head.find(']');
    return head.starts_with('[') && end != std::string_view::npos &&
           IsDigits(head.substr(1, end - 1)) && Trim(TakeLine(text)).starts_with("Type:");
  }

  // "System log on \\HOST:"
  bool TakeHeadline(std::string_view line) override {
    constexpr std::string_view kOn = " log on \\\\";
    const std::size_t on = line.find(kOn);
    const std::string_view trimmed = Trim(line);
    if (on == std::string_view::npos || !trimmed.ends_with(':')) return false;
    log_ = Trim(line.substr(0, on));
    return true;
  }

  bool Parse(std::string_view text, Record& record, Parsed& parsed) override {
    const std::string_view head = TakeLine(text);
    const std::size_t end = head.find(']');
    record.channel = log_;
    record.record_id =
        static_cast<std::uint64_t>(ParseInteger(head.substr(1, end - 1)).value_or(0));
    record.provider = Trim(head.substr(end + 1));
    bool has_number = false;
    while (!text.empty()) {
      std::string_view rest = text;
      const std::string_view line = TakeLine(rest);
      const std::size_t colon = line.find(':');
      const std::string_view label = Trim(line.substr(0, std::min(colon, line.size())));
      if (colon == std::string_view::npos || !line.starts_with("   ")) break;
      const std::string_view value = Trim(line.substr(colon + 1));
      if (label == "Type") {
        PutEventType(value, record);
      } else if (label == "Computer") {
        record.computer = value;
      } else if (label == "User") {
        record.user = UserField(value);
      } else if (label == "Time") {
        const std::size_t id = value.find("ID:");
        parsed.time = Trim(value.substr(0, id));
        has_number = id != std::string_view::npos && PutEventId(value.substr(id + 3), record);
      } else {
        break;
      }
      text = rest;
    }
    parsed.message = text;
    return has_number;
  }

 private:
  std::string log_;
};

}  // namespace

std::unique_ptr<Dialect> MakeWevtutilText() { return std::make_unique<WevtutilText>(); }
std::unique_ptr<Dialect> MakePsloglistText() { return std::make_unique<PsloglistText>(); }

}  // namespace exdiag::event_text
