// Properties as tools print them for people.  Lists:
//
//   TimeCreated  : 10/27/2021 12:28:26 PM        Type:         error
//   ProviderName : MSExchangeTransport           Event:        9518
//   Message      : It failed                     Source:       MSExchangeIS
//                  badly.
//
// and tables whose columns stand below a ruler:
//
//   Type          Event  Date Time
//   ============= ====== ========================
//   error         9518   6/13/2004 4:16:47 PM
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

struct PrintedRow {
  std::vector<std::string> names;
  std::vector<std::string> values;  // as many
  std::uint64_t line = 0;           // on which it begins
  std::uint64_t lines = 0;          // how many have text
  bool in_table = false;
};

// Takes a text line by line and gives out what looks like such a row.
class PrintedRows {
 public:
  using OnRow = std::function<void(const PrintedRow&)>;
  using OnOther = std::function<void(std::string_view line, std::uint64_t number)>;

  enum class Shapes : std::uint8_t { kLists, kListsAndTables };

  // `on_other` gets lines that are no part of a list or table, blank ones too.
  PrintedRows(Shapes shapes, OnRow on_row, OnOther on_other)
      : shapes_(shapes), on_row_(std::move(on_row)), on_other_(std::move(on_other)) {}

  void Line(std::string_view line, std::uint64_t number);
  void Finish();

 private:
  struct Column {
    std::size_t begin;
    std::string name;
  };

  bool TakeRuler(std::string_view line);
  bool TakeProperty(std::string_view line, std::uint64_t number);
  bool TakeContinuation(std::string_view line);
  void TakeTableRow(std::string_view line, std::uint64_t number);
  void GiveList();
  void GiveTableRow();
  void GiveHeld();

  Shapes shapes_;
  OnRow on_row_;
  OnOther on_other_;
  PrintedRow list_;              // being read; no names outside of one
  std::size_t colon_ = 0;        // of its first line
  std::size_t longest_ = 0;      // of its lines
  std::string last_line_;        // of the last value
  bool blank_ = false;           // the line before was
  std::vector<Column> columns_;  // of the table being read
  PrintedRow table_row_;         // the last one, which may turn out to be the head of the next page
  std::string held_;             // a line that may be the head of a table
  std::uint64_t held_number_ = 0;
};

}  // namespace exdiag
