#include "engine/report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/page/page_assets.h"

namespace exdiag {
namespace {

std::string_view ClassOf(Role role) {
  switch (role) {
    case Role::kDim:
      return "dim";
    case Role::kGood:
      return "good";
    case Role::kDoubt:
      return "doubt";
    case Role::kTrouble:
      return "trouble";
    case Role::kPlain:
    case Role::kStrong:
    case Role::kCode:
      return "";
  }
  return "";
}

std::string PlainText(const Phrase& phrase) {
  std::string text;
  for (const Span& span : phrase.spans) text += span.text;
  return CollapseSpace(text);
}

// The kind of list that an item belongs to, by its marker.
enum class ListKind { kBullets, kNumbers, kMarked };

ListKind KindOf(const Item& item) {
  const std::string_view marker = item.marker;
  if (marker.empty() || marker == "-" || marker == "*") return ListKind::kBullets;
  const bool digits = marker.size() > 1 && marker.back() == '.' &&
                      marker.find_first_not_of("0123456789") == marker.size() - 1;
  return digits ? ListKind::kNumbers : ListKind::kMarked;
}

class HtmlWriter {
 public:
  explicit HtmlWriter(int deeper) : deeper_(deeper) {}

  std::string Render(const Document& document) {
    for (const Block& block : document.blocks) {
      std::visit([this](const auto& b) { Write(b); }, block);
    }
    CloseLists(0);
    return std::move(out_);
  }

 private:
  void Write(const Heading& heading) {
    CloseLists(0);
    last_heading_ = PlainText(heading.text);
    const int level = std::clamp(heading.level + deeper_, 1, 6);
    const std::string id =
        heading.anchor.empty() ? "" : fmt::format(" id=\"{}\"", AnchorName(heading.anchor));
    out_ += fmt::format("<h{0}{1}>{2}</h{0}>\n", level, id, HtmlPhrase(heading.text));
  }

  void Write(const Paragraph& paragraph) {
    CloseLists(0);
    out_ += fmt::format("<p>{}</p>\n", HtmlPhrase(paragraph.text));
  }

  // An item stays open until the next one of its depth, for what belongs to it.
  void Write(const Item& item) {
    const ListKind kind = KindOf(item);
    const auto depth = static_cast<std::size_t>(item.depth);
    CloseLists(depth + 1);
    if (lists_.size() == depth + 1 && lists_.back() != kind) CloseLists(depth);
    while (lists_.size() <= depth) {
      // A list inside another stands in its last item; a deeper one without such gets an own.
      if (!lists_.empty() && fresh_) out_ += "<li>";
      lists_.push_back(kind);
      out_ += kind == ListKind::kNumbers  ? "<ol>\n"
              : kind == ListKind::kMarked ? "<ul class=\"marked\">\n"
                                          : "<ul>\n";
      fresh_ = true;
    }
    if (!fresh_) out_ += "</li>\n";
    fresh_ = false;
    if (kind == ListKind::kNumbers) {
      out_ += fmt::format("<li value=\"{}\">", item.marker.substr(0, item.marker.size() - 1));
    } else if (kind == ListKind::kMarked) {
      out_ += fmt::format("<li><b class=\"mark\">{}</b> ", EscapeHtml(item.marker));
    } else {
      out_ += "<li>";
    }
    out_ += HtmlPhrase(item.text);
  }

  void Write(const Verbatim& verbatim) {
    out_ +=
        fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", EscapeHtml(verbatim.text, true));
  }

  void Write(const Table& table) {
    CloseLists(0);
    const std::string name = last_heading_.empty() ? "Table" : last_heading_;
    out_ += fmt::format(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table "
        "class=\"stack\">\n"
        "<thead><tr>",
        EscapeHtml(name));
    for (const Column& column : table.columns) {
      out_ += fmt::format("<th scope=\"col\"{}>{}</th>", Side(column), EscapeHtml(column.name));
    }
    out_ += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
      out_ += "<tr>";
      for (std::size_t c = 0; c < row.size(); ++c) {
        out_ += fmt::format("<td{} data-label=\"{}\">{}</td>", Side(table.columns[c]),
                            EscapeHtml(table.columns[c].name), EscapeHtml(row[c]));
      }
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }

  static std::string_view Side(const Column& column) {
    return column.right ? " class=\"number\"" : "";
  }

  void CloseLists(std::size_t keep) {
    while (lists_.size() > keep) {
      if (!fresh_) out_ += "</li>\n";
      out_ += lists_.back() == ListKind::kNumbers ? "</ol>\n" : "</ul>\n";
      lists_.pop_back();
      fresh_ = false;
    }
    if (lists_.empty()) fresh_ = true;
  }

  int deeper_;
  std::string out_;
  std::string last_heading_;
  std::vector<ListKind> lists_;  // open ones, outermost first
  bool fresh_ = true;            // the innermost list has no item yet
};

}  // namespace

std::string EscapeHtml(std::string_view text, bool keep_lines) {
  std::string out;
  const std::string safe = Printable(text, keep_lines);
  out.reserve(safe.size());
  for (const char c : safe) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string_view HeadOf(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

std::string HtmlPhrase(const Phrase& phrase) {
  std::string out;
  if (!phrase.anchor.empty()) out += fmt::format("<a id=\"{}\"></a>", AnchorName(phrase.anchor));
  for (const Span& span : phrase.spans) {
    if (span.text.empty()) continue;
    // White space at the ends of a span separates words; a line end is a blank.
    std::string raw = span.text;
    std::replace_if(
        raw.begin(), raw.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    std::string text = EscapeHtml(raw);
    if (!span.link.empty()) {
      text = fmt::format("<a href=\"#{}\">{}</a>", AnchorName(span.link), text);
    }
    if (span.role == Role::kCode) {
      out += "<code>" + text + "</code>";
    } else if (span.role == Role::kStrong) {
      out += "<strong>" + text + "</strong>";
    } else if (const std::string_view name = ClassOf(span.role); !name.empty()) {
      out += fmt::format("<span class=\"{}\">{}</span>", name, text);
    } else {
      out += text;
    }
  }
  return out;
}

std::string HtmlBlocks(const Document& document, int deeper) {
  return HtmlWriter(deeper).Render(document);
}

std::string RenderPage(const HtmlPage& page) {
  const std::string script_source =
      page.with_script ? fmt::format("; script-src '{}'", kPageScriptHash) : "";
  std::string out = fmt::format(
      "<!doctype html>\n"
      "<html lang=\"en\">\n"
      "<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'{}'{}; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"generator\" content=\"exdiag\">\n"
      "<title>{}</title>\n"
      "<style>",
      kPageStyleHash, script_source, EscapeHtml(page.title));
  out += kPageStyle;
  out += "</style>\n</head>\n<body>\n";
  out += page.body;
  if (page.with_script) {
    out += "<script>";
    out += kPageScript;
    out += "</script>\n";
  }
  out += "</body>\n</html>\n";
  return out;
}

std::string RenderHtml(const Document& document) {
  HtmlPage page{.title = "exdiag", .body = "<main class=\"document\">\n"};
  for (const Block& block : document.blocks) {
    const auto* heading = std::get_if<Heading>(&block);
    if (heading == nullptr) continue;
    page.title = PlainText(heading->text) + " - exdiag";
    break;
  }
  page.body += HtmlBlocks(document) + "</main>\n";
  return RenderPage(page);
}

}  // namespace exdiag
