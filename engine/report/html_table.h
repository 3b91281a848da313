// Tables of a report's page.  Only engine/report includes this.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/report.h"

namespace exdiag {

struct TableHead {
  std::string name;
  bool right = false;
};

// A table whose rows become blocks on a phone.
class TableWriter {
 public:
  // `list`: the page's filters are about its rows.
  TableWriter(std::string_view label, std::vector<TableHead> heads, bool list = false);

  // Cells of text; `attributes` and `first` are HTML, `first` taking the place of the first cell.
  void Row(const std::vector<std::string>& cells, const std::string& attributes = "",
           const std::string& first = "");
  void Total(const std::vector<std::string>& cells);  // the last row
  std::string Take();

 private:
  std::vector<TableHead> heads_;
  std::string out_;
  bool ended_ = false;
};

// "7 more files not listed; --format json lists all." as a paragraph; "" for none.
std::string NotListed(std::size_t count, std::string_view noun);

// What became of each trouble since another report, news first; "" when there is none to compare
// with.
std::string ChangesTable(const Report& report);
// What the site acknowledges and changes; "" when it says nothing.
std::string SiteTable(const Report& report);

}  // namespace exdiag
