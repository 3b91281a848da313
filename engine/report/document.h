// What an answer for people consists of, before it is known where it will be read: headings,
// paragraphs, lists, commands, tables.  Every command builds one Document; each way of writing
// (terminal, Markdown, HTML) is one renderer, so that a thing is worded once.
//
// All text in a Document is raw: it may come from a log and may be hostile.  Making it harmless for
// its medium is the renderer's first duty, never the caller's.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace exdiag {

// A role, not a colour: each medium shows it its own way or not at all.
enum class Role : std::uint8_t {
  kPlain,
  kStrong,
  kDim,      // there for who looks for it
  kGood,     // no action needed
  kDoubt,    // unknown, unlikely
  kTrouble,  // a fault
  kCode,     // a name that one types
};

struct Span {
  std::string text;
  Role role = Role::kPlain;
  std::string link = {};  // an anchor of this document that the text leads to, where a medium can
};

// One run of text in roles.  Line breaks in it are white space.
struct Phrase {
  std::vector<Span> spans;
  std::string anchor = {};  // links may lead here

  Phrase() = default;
  Phrase(const char* text) : spans{{text}} {}
  Phrase(std::string text) : spans{{std::move(text)}} {}
  Phrase(std::string text, Role role) : spans{{std::move(text), role}} {}
  Phrase(std::initializer_list<Span> parts) : spans(parts) {}

  Phrase& Add(std::string text, Role role = Role::kPlain) {
    spans.push_back({std::move(text), role});
    return *this;
  }
  Phrase& AddLink(std::string text, std::string to) {
    spans.push_back({std::move(text), Role::kPlain, std::move(to)});
    return *this;
  }
  bool empty() const;
};

struct Heading {
  int level = 1;  // 1..4
  Phrase text;
  std::string anchor = {};
};

struct Paragraph {
  Phrase text;
};

struct Item {
  int depth = 0;       // 0 is the outermost list
  std::string marker;  // "-", "1.", "+3": what stands before it
  Phrase text;
};

// Shown letter by letter and never wrapped, so that it can be copied: a command, an event's text.
struct Verbatim {
  std::string text;
};

struct Column {
  std::string name;
  bool right = false;  // numbers
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
};

using Block = std::variant<Heading, Paragraph, Item, Verbatim, Table>;

struct Document {
  std::vector<Block> blocks;

  void Add(Block block) { blocks.push_back(std::move(block)); }
};

// Takes the pieces of a text, one after the other.
using TextSink = std::function<void(std::string_view)>;

// Renders a document that comes in parts, each of which begins with a heading: what was rendered is
// in memory no more.
class DocumentRenderer {
 public:
  virtual ~DocumentRenderer() = default;
  virtual void Add(const Document& part) = 0;
};

struct TextOptions {
  std::size_t width = 80;
  bool colour = false;  // ANSI colours; only for a terminal
};

// For a terminal: wrapped to the width (a word that is longer than a line stays whole), control
// characters and escapes shown as \xNN.
std::string RenderText(const Document& document, const TextOptions& options);
std::unique_ptr<DocumentRenderer> MakeTextRenderer(const TextOptions& options, TextSink out);

// GitHub-flavoured Markdown in which nothing that came in as text is markup.
std::string RenderMarkdown(const Document& document);
std::unique_ptr<DocumentRenderer> MakeMarkdownRenderer(TextSink out);

// The parts that other renderers need too.
std::string EscapeMarkdown(std::string_view text);
// An anchor as it may stand in a link: letters, digits, '.', '_' and '-', lower case.
std::string AnchorName(std::string_view anchor);

// One CSV cell of text (RFC 4180): quoted where needed, made printable, and with an apostrophe
// before it when a spreadsheet would take it for a formula.
std::string CsvText(std::string_view text);

}  // namespace exdiag
