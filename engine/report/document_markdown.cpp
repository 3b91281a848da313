// A Document as GitHub-flavoured Markdown.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/document.h"

namespace exdiag {
namespace {

std::size_t LongestRun(std::string_view text, char of) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// A code span shows its content as it stands; its fence only has to be longer than any inside.
std::string CodeSpan(std::string_view text) {
  const std::string content = Printable(CollapseSpace(text));
  const std::string fence(LongestRun(content, '`') + 1, '`');
  const bool touches = !content.empty() && (content.front() == '`' || content.back() == '`');
  const std::string gap = touches ? " " : "";
  return fence + gap + content + gap + fence;
}

std::string Anchor(std::string_view anchor) {
  return anchor.empty() ? "" : fmt::format("<a id=\"{}\"></a>", AnchorName(anchor));
}

std::string Inline(const Phrase& phrase) {
  std::string out = Anchor(phrase.anchor);
  for (const Span& span : phrase.spans) {
    if (Trim(span.text).empty()) {
      out += span.text.empty() ? "" : " ";
      continue;
    }
    // Emphasis marks must touch the text; blanks at the ends of a span go outside.
    const bool lead = span.text.front() == ' ', tail = span.text.back() == ' ';
    const std::string text = EscapeMarkdown(CollapseSpace(span.text));
    const bool strong = span.role == Role::kStrong || span.role == Role::kTrouble ||
                        span.role == Role::kGood || span.role == Role::kDoubt;
    out += lead ? " " : "";
    const std::string shown = span.role == Role::kCode ? CodeSpan(span.text)
                              : strong                 ? "**" + text + "**"
                                                       : text;
    out += span.link.empty() ? shown : fmt::format("[{}](#{})", shown, AnchorName(span.link));
    out += tail ? " " : "";
  }
  return std::string(Trim(out));
}

// What begins a line must not begin a list or another heading.
std::string AtLineStart(const std::string& text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const bool numbered =
      digits > 0 && digits < text.size() && (text[digits] == '.' || text[digits] == ')');
  const bool marks =
      !text.empty() && std::string_view("-+=:").find(text.front()) != std::string_view::npos;
  if (!numbered && !marks) return text;
  const std::size_t at = numbered ? digits : 0;
  std::string escaped = text.substr(0, at);
  escaped += '\\';
  escaped += text.substr(at);
  return escaped;
}

class MarkdownWriter final : public DocumentRenderer {
 public:
  explicit MarkdownWriter(TextSink out) : sink_(std::move(out)) {}

  void Add(const Document& document) override {
    for (const Block& block : document.blocks) {
      std::visit([this](const auto& b) { Write(b); }, block);
    }
    sink_(out_);
    begun_ = begun_ || !out_.empty();
    out_.clear();
  }

 private:
  void Separate() {
    if (begun_ || !out_.empty()) out_ += '\n';
    in_list_ = false;
  }

  void Write(const Heading& heading) {
    Separate();
    Phrase text = heading.text;  // a heading stands out by itself
    for (Span& span : text.spans) span.role = Role::kPlain;
    out_ += std::string(static_cast<std::size_t>(heading.level), '#') + " " +
            Anchor(heading.anchor) + AtLineStart(Inline(text)) + "\n";
  }

  void Write(const Paragraph& paragraph) {
    Separate();
    out_ += AtLineStart(Inline(paragraph.text)) + "\n";
  }

  void Write(const Item& item) {
    if (!in_list_) Separate();
    in_list_ = true;
    list_indent_ = std::string(3 * static_cast<std::size_t>(item.depth), ' ');
    const bool ordered = item.marker.size() > 1 && item.marker.back() == '.';
    const bool plain = item.marker.empty() || item.marker == "-";
    out_ += list_indent_ + (ordered ? item.marker + " " : "- ");
    if (!ordered && !plain) {
      out_ += fmt::format("**{}** ", EscapeMarkdown(item.marker));
    }
    out_ += AtLineStart(Inline(item.text)) + "\n";
    list_indent_ += ordered ? "   " : "  ";
  }

  // Inside a list it belongs to the item before it.
  void Write(const Verbatim& verbatim) {
    const std::string indent = in_list_ ? list_indent_ : "";
    const std::string text = Printable(verbatim.text, true);
    const std::string fence(std::max<std::size_t>(3, LongestRun(text, '`') + 1), '`');
    out_ += (in_list_ ? "" : "\n") + indent + fence + "text\n";
    for (const std::string_view line : Split(text, '\n')) {
      out_ += line.empty() ? "\n" : indent + std::string(line) + "\n";
    }
    out_ += indent + fence + "\n";
  }

  void Write(const Table& table) {
    Separate();
    std::string names = "|", rule = "|";
    for (const Column& column : table.columns) {
      names += fmt::format(" {} |", EscapeMarkdown(column.name));
      rule += column.right ? " ---: |" : " --- |";
    }
    out_ += names + "\n" + rule + "\n";
    for (const auto& row : table.rows) {
      out_ += "|";
      for (const std::string& cell : row) {
        out_ += fmt::format(" {} |", EscapeMarkdown(CollapseSpace(cell)));
      }
      out_ += "\n";
    }
  }

  TextSink sink_;
  std::string out_;     // of the present part
  bool begun_ = false;  // there were others before it
  bool in_list_ = false;
  std::string list_indent_;  // of what belongs to the last item
};

}  // namespace

std::string RenderMarkdown(const Document& document) {
  std::string text;
  MarkdownWriter([&text](std::string_view piece) { text += piece; }).Add(document);
  return text;
}

std::unique_ptr<DocumentRenderer> MakeMarkdownRenderer(TextSink out) {
  return std::make_unique<MarkdownWriter>(std::move(out));
}

// Beside CommonMark's own marks, what GitHub links by itself: "http://", "www.", "name@host".
std::string EscapeMarkdown(std::string_view text) {
  const std::string safe = Printable(text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const std::string_view rest = std::string_view(safe).substr(i);
    const bool mark = std::string_view("\\`*_[]<>#|~&@$").find(safe[i]) != std::string_view::npos;
    const bool link = rest.substr(0, 3) == "://" ||
                      (safe[i] == '.' && i >= 3 && EqualsIgnoreCase(safe.substr(i - 3, 3), "www"));
    if (mark || link) out += '\\';
    out += safe[i];
  }
  return out;
}

}  // namespace exdiag
