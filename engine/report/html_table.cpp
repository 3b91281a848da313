#include "engine/report/html_table.h"

#include <fmt/format.h>

#include "engine/report/html.h"
#include "engine/report/phrases.h"

namespace exdiag {

TableWriter::TableWriter(std::string_view label, std::vector<TableHead> heads, bool list)
    : heads_(std::move(heads)) {
  out_ = fmt::format(
      "<div class=\"scroll\"{} role=\"region\" tabindex=\"0\" aria-label=\"{}\">"
      "<table class=\"stack\">\n<thead><tr>",
      list ? " data-list" : "", EscapeHtml(label));
  for (const TableHead& head : heads_) {
    out_ += fmt::format("<th scope=\"col\"{}>{}</th>", head.right ? " class=\"number\"" : "",
                        EscapeHtml(head.name));
  }
  out_ += "</tr></thead>\n<tbody>\n";
}

void TableWriter::Row(const std::vector<std::string>& cells, const std::string& attributes,
                      const std::string& first) {
  out_ += "<tr" + attributes + ">";
  for (std::size_t c = 0; c < cells.size(); ++c) {
    out_ += fmt::format("<td{} data-label=\"{}\">{}</td>",
                        heads_[c].right ? " class=\"number\"" : "", EscapeHtml(heads_[c].name),
                        c == 0 && !first.empty() ? first : EscapeHtml(cells[c]));
  }
  out_ += "</tr>\n";
}

void TableWriter::Total(const std::vector<std::string>& cells) {
  out_ += "</tbody>\n<tfoot>";
  Row(cells);
  out_ += "</tfoot></table></div>\n";
  ended_ = true;
}

std::string TableWriter::Take() {
  if (!ended_) out_ += "</tbody></table></div>\n";
  return std::move(out_);
}

std::string NotListed(std::size_t count, std::string_view noun) {
  if (count == 0) return "";
  return fmt::format("<p class=\"dim\">{} not listed; <code>--format json</code> lists all.</p>\n",
                     Counted(count, fmt::format("more {}", noun)));
}

}  // namespace exdiag
