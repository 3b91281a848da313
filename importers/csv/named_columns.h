// Rows whose columns are named after properties of events: in which words each tool names them, and
// what their values say.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "importers/csv/table_import.h"
#include "importers/json/json_event.h"
#include "importers/text/event_xml.h"

namespace exdiag::named_columns {

enum Column : std::uint8_t {
  kMessage,
  kId,
  kQualifiers,
  kInstanceId,
  kLevel,
  kTypeText,
  kTask,
  kTaskText,
  kKeywords,
  kRecordId,
  kProvider,
  kLog,
  kMachine,
  kUser,
  kTime,
  kEventType,  // the number that ReportEvent was given
  kStrings,
  kPayload,  // event data as JSON or XML
  kParameters,
  kXml,  // the whole event
  kBinary,
  kColumnCount,
  kOther = kColumnCount,
};

struct Name {
  std::string_view name;
  Column column;
};

// How several strings are written in one field.
enum class Join : std::uint8_t { kNone, kBar, kPythonList };

struct Dialect {
  std::string_view name;
  std::span<const Name> names;
  std::span<const std::string_view> signs;
  std::array<Column, 2> number;  // either one will do
  Join join = Join::kNone;
  bool utc = false;  // times have no zone and are UTC, whatever is pasted behind them
};

extern const Dialect kWinEvent;
extern const Dialect kEventLog;
extern const Dialect kLogParser;
extern const Dialect kEvtxECmd;
extern const Dialect kLogAnalytics;
extern const Dialect kPlaso;
extern const Dialect kEventQuery;

// True when these are the names of a table of events: the number is among them, and two of the
// signs.
bool IsHeader(const CsvRow& header, const Dialect& dialect);

// Where the columns of one header stand.
struct Layout {
  static constexpr std::size_t kAbsent = std::size_t(-1);

  std::array<std::size_t, kColumnCount> at;
  std::size_t fields = 0;
  bool utc = false;

  Layout() { at.fill(kAbsent); }
  bool has(Column column) const { return at[column] != kAbsent; }

  // "" also for a value that is only the name of its type.
  std::string_view Get(const CsvRow& row, Column column) const {
    if (at[column] >= row.fields.size()) return {};
    const std::string_view value = row.fields[at[column]];
    return column != kMessage && value.starts_with("System.") ? std::string_view() : value;
  }
};

// Understands rows, of tables and of whatever else has named values.
class Reader final : public TableReader {
 public:
  explicit Reader(const Dialect& dialect) : dialect_(&dialect) {}

  bool TakeHeader(const CsvRow& row) override;
  // The names of the fields of all rows that follow.
  void SetColumns(const CsvRow& names);

  std::optional<Fault> Check(const CsvRow& row) const override;
  std::string_view TimeOf(const CsvRow& row) const override;
  bool TimesAreUtc() const override { return layout_.utc; }
  // "Listing the events in 'Application' log of host 'EX1'"
  void TakePreamble(std::string_view line) override;
  void Fill(const CsvRow& row, Record& record, std::string& scratch) override;

 private:
  bool IsColumnName(std::string_view field) const;
  std::string_view NumberText(const CsvRow& row) const;
  std::string_view Log(const CsvRow& row) const;
  void PutStrings(const CsvRow& row, Record& record);
  void PutPythonList(std::string_view rest);
  void PutLevel(const CsvRow& row, Record& record) const;
  void PutTask(const CsvRow& row, Record& record);

  const Dialect* dialect_;
  Layout layout_;
  bool has_layout_ = false;
  std::map<std::string, std::uint16_t, std::less<>> task_of_text_;
  std::string log_;
  mutable std::string utc_time_;
  std::vector<std::string_view> strings_;
  std::deque<std::string> made_;
  std::vector<std::byte> binary_;
  EventXmlReader xml_;
  JsonEventReader json_;
};

}  // namespace exdiag::named_columns
