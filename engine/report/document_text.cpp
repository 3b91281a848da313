// A Document on a terminal.
//
//   Heading 1
//   =========
//   text
//
//   Heading 2
//     text of its section, wrapped
//
//     Heading 3
//       - item
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/document.h"

namespace exdiag {
namespace {

// Columns of well-formed UTF-8, as far as code points tell: enough for lining up host names.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string_view ColourOf(Role role) {
  switch (role) {
    case Role::kPlain:
      return "";
    case Role::kStrong:
      return "\x1b[1m";
    case Role::kDim:
      return "\x1b[2m";
    case Role::kGood:
      return "\x1b[32m";
    case Role::kDoubt:
      return "\x1b[33m";
    case Role::kTrouble:
      return "\x1b[1;31m";
    case Role::kCode:
      return "\x1b[36m";
  }
  return "";
}

struct Word {
  std::string text;
  Role role = Role::kPlain;
  bool glued = false;  // no blank before it: its span began inside a word
};

std::vector<Word> WordsOf(const Phrase& phrase) {
  std::vector<Word> words;
  bool blank_before = true;
  for (const Span& span : phrase.spans) {
    std::string_view rest = span.text;
    while (!rest.empty()) {
      const std::size_t begin = rest.find_first_not_of(" \t\r\n\f\v");
      if (begin != 0) blank_before = true;
      if (begin == std::string_view::npos) break;
      const std::size_t end = std::min(rest.find_first_of(" \t\r\n\f\v", begin), rest.size());
      words.push_back({Printable(rest.substr(begin, end - begin)), span.role, !blank_before});
      blank_before = false;
      rest.remove_prefix(end);
    }
  }
  return words;
}

class TextWriter final : public DocumentRenderer {
 public:
  TextWriter(const TextOptions& options, TextSink out) : options_(options), sink_(std::move(out)) {}

  void Add(const Document& document) override {
    for (std::size_t i = 0; i < document.blocks.size(); ++i) {
      if (const auto* item = std::get_if<Item>(&document.blocks[i])) {
        WriteItem(*item, MarkerWidth(document, i));
      } else {
        std::visit([this](const auto& block) { Write(block); }, document.blocks[i]);
      }
    }
    sink_(out_);
    begun_ = begun_ || !out_.empty();
    out_.clear();
  }

 private:
  // Items that follow each other line up behind their longest marker.
  static std::size_t MarkerWidth(const Document& document, std::size_t at) {
    const int depth = std::get<Item>(document.blocks[at]).depth;
    std::size_t width = 0;
    const auto measure = [&](std::size_t i) {
      const auto* item = std::get_if<Item>(&document.blocks[i]);
      if (item == nullptr || item->depth < depth) return false;
      if (item->depth == depth) width = std::max(width, Width(item->marker));
      return true;
    };
    for (std::size_t i = at; i < document.blocks.size() && measure(i); ++i) {
    }
    for (std::size_t i = at; i > 0 && measure(i - 1); --i) {
    }
    return width;
  }

  void Write(const Heading& heading) {
    if (begun_ || !out_.empty()) out_ += '\n';
    indent_ = heading.level == 3 ? 2 : 0;
    const std::size_t begin = out_.size();
    Phrase text = heading.text;
    for (Span& span : text.spans) {
      if (span.role == Role::kPlain) span.role = Role::kStrong;
    }
    WritePhrase(std::string(indent_, ' '), indent_ + (heading.level == 2 ? 3u : 0u), text);
    if (heading.level == 1 && !options_.colour) {
      out_ += std::string(std::min(Width(out_.substr(begin)) - 1, options_.width), '=') + "\n";
    }
    indent_ = heading.level == 1 ? 0 : heading.level == 2 ? 2 : 4;
    after_paragraph_ = false;
  }

  void Write(const Paragraph& paragraph) {
    if (after_paragraph_) out_ += '\n';
    WritePhrase(std::string(indent_, ' '), indent_, paragraph.text);
    after_paragraph_ = true;
  }

  void Write(const Item&) {}  // Render() calls WriteItem, which needs the neighbours

  void WriteItem(const Item& item, std::size_t marker_width) {
    const std::size_t indent = indent_ + 4 * static_cast<std::size_t>(item.depth);
    const std::string padding(marker_width - Width(item.marker), ' ');
    const bool number = item.marker.ends_with('.') || item.marker.ends_with('%');
    const std::string marker = number ? padding + item.marker : item.marker + padding;
    WritePhrase(std::string(indent, ' ') + marker + " ", indent + marker_width + 1, item.text);
    after_paragraph_ = false;
  }

  void Write(const Verbatim& verbatim) {
    const std::string text = Printable(verbatim.text, true);
    for (const std::string_view line : Split(text, '\n')) {
      const std::string shown(indent_ + 4, ' ');
      out_ += line.empty() ? std::string() : shown + Coloured(std::string(line), Role::kCode);
      out_ += '\n';
    }
    after_paragraph_ = false;
  }

  void Write(const Table& table) {
    if (after_paragraph_) out_ += '\n';
    const std::vector<std::size_t> widths = ColumnWidths(table);
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.push_back(column.name);
    WriteRow(table, names, widths, Role::kDim);
    for (const auto& row : table.rows) WriteRow(table, row, widths, Role::kPlain);
    after_paragraph_ = true;
  }

  // As wide as the contents; while that is too much, the widest column gives way.
  std::vector<std::size_t> ColumnWidths(const Table& table) const {
    std::vector<std::size_t> widths;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      std::size_t width = Width(table.columns[c].name);
      for (const auto& row : table.rows) width = std::max(width, Width(Printable(row[c])));
      widths.push_back(width);
    }
    const std::size_t gaps = indent_ + 2 * (widths.empty() ? 0 : widths.size() - 1);
    std::size_t total = gaps;
    for (const std::size_t width : widths) total += width;
    while (total > options_.width) {
      const auto widest = std::max_element(widths.begin(), widths.end());
      if (*widest <= 8) break;
      --*widest;
      --total;
    }
    return widths;
  }

  void WriteRow(const Table& table, const std::vector<std::string>& cells,
                const std::vector<std::size_t>& widths, Role role) {
    std::vector<std::vector<std::string>> lines;  // of each cell
    std::size_t height = 1;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      lines.push_back(CellLines(Printable(CollapseSpace(cells[c])), widths[c]));
      height = std::max(height, lines.back().size());
    }
    for (std::size_t y = 0; y < height; ++y) {
      std::string line(indent_, ' ');
      for (std::size_t c = 0; c < cells.size(); ++c) {
        const std::string cell = y < lines[c].size() ? lines[c][y] : "";
        const std::string padding(widths[c] - std::min(widths[c], Width(cell)), ' ');
        line += table.columns[c].right ? padding + cell : cell + padding;
        line += "  ";
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out_ += Coloured(line, role) + "\n";
    }
  }

  // Wrapped at blanks; a longer word is cut, since a table has to stay in its columns.
  static std::vector<std::string> CellLines(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    for (std::string_view word : Split(text, ' ')) {
      if (!lines.back().empty() && Width(lines.back()) + 1 + Width(word) <= width) {
        lines.back() += ' ';
      } else if (!lines.back().empty()) {
        lines.emplace_back();
      }
      while (Width(lines.back()) + Width(word) > width) {
        const std::size_t cut = BytesOf(word, width - Width(lines.back()));
        lines.back() += word.substr(0, cut);
        word.remove_prefix(cut);
        lines.emplace_back();
      }
      lines.back() += word;
    }
    return lines;
  }

  static std::size_t BytesOf(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0;
    while (bytes < text.size() && Width(text.substr(0, bytes + 1)) <= columns) ++bytes;
    return bytes;
  }

  void WritePhrase(const std::string& first, std::size_t hang, const Phrase& phrase) {
    std::string line = first;
    std::size_t used = Width(first);
    bool begun = false;
    const std::vector<Word> words = WordsOf(phrase);
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::size_t length = Width(words[i].text);
      for (std::size_t j = i + 1; j < words.size() && words[j].glued; ++j) {
        length += Width(words[j].text);
      }
      const bool gap = begun && !words[i].glued;
      if (gap && used + 1 + length > options_.width) {
        out_ += line + "\n";
        line.assign(hang, ' ');
        used = hang;
      } else if (gap) {
        line += ' ';
        ++used;
      }
      line += Coloured(words[i].text, words[i].role);
      used += Width(words[i].text);
      begun = true;
    }
    out_ += line + "\n";
  }

  std::string Coloured(const std::string& text, Role role) const {
    if (!options_.colour || ColourOf(role).empty() || text.empty()) return text;
    return fmt::format("{}{}\x1b[0m", ColourOf(role), text);
  }

  TextOptions options_;
  TextSink sink_;
  std::string out_;     // of the present part
  bool begun_ = false;  // there were others before it
  std::size_t indent_ = 0;
  bool after_paragraph_ = false;
};

}  // namespace

std::string RenderText(const Document& document, const TextOptions& options) {
  std::string text;
  TextWriter(options, [&text](std::string_view piece) { text += piece; }).Add(document);
  return text;
}

std::unique_ptr<DocumentRenderer> MakeTextRenderer(const TextOptions& options, TextSink out) {
  return std::make_unique<TextWriter>(options, std::move(out));
}

}  // namespace exdiag
