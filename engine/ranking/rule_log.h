// The lines of events that tests inside rules are written in; docs/rule-language.md, "Tests".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/evidence/event.h"
#include "engine/knowledge/catalogue.h"

namespace exdiag {

// One line, taken apart.
struct RuleLogLine {
  Ticks time;
  std::string computer;
  std::string provider;
  std::uint16_t event_id = 0;
  Level level = Level::kUnknown;  // when the line does not say
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<std::byte> data;  // data=HEX
};

// All lines that are not blank.  The Error names the line by number and what is wrong with it.
Result<std::vector<RuleLogLine>> ParseRuleLog(std::string_view log);

// The insertion strings and the other parts of a record that the line stands for; its data are
// those of the line.
struct RuleLogRecord {
  std::string channel, category;
  Level level = Level::kError;
  std::string message;
  InsertionStrings strings;  // nullopt: the line does not give it
};

// By the layout of the catalogue that knows all fields of the line.  The Error names a field that
// none knows.
Result<RuleLogRecord> FillRuleLogRecord(const RuleLogLine& line, const Catalogue& catalogue);

}  // namespace exdiag
