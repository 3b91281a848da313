// Log Parser's -o:XML: a row of its table as an element.  Fields are elements named after them
// (structures 1 and 2), or named by an attribute (3 and 4):
//
//   <ROOT DATE_CREATED="2006-08-22 05:20:00" CREATED_BY="Microsoft Log Parser V2.2">
//    <ROW>
//     <EventID>                              <FIELD NAME="EventID" TYPE="INTEGER">
//     7004                                   7004
//     </EventID>                             </FIELD>
//    </ROW>
//   </ROOT>
#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "engine/base/text.h"
#include "importers/csv/named_columns.h"
#include "importers/csv/named_columns_importer.h"
#include "importers/text/nested_elements.h"

namespace exdiag {
namespace {

using named_columns::IsHeader;
using named_columns::kLogParser;
using named_columns::Reader;

constexpr std::size_t kNone = std::string_view::npos;
// Of the declarations in front of the rows; there is one for each field.
constexpr std::size_t kLongestPrologue = std::size_t{64} << 10;

// The root element is known by who made it; -rootName can call it anything.
bool IsRootMark(std::string_view text) {
  return text.starts_with('<') &&
         text.substr(0, text.find('>')).find("CREATED_BY=\"Microsoft Log Parser") != kNone;
}

// The name of the first element in the root: -rowName can give any.  Without a root
// (-standAlone:OFF) it is taken to be the usual one.
std::string RowName(std::string_view text) {
  const std::size_t maker = text.find("CREATED_BY=\"Microsoft Log Parser");
  const std::size_t close = maker == kNone ? kNone : text.find('>', maker);
  const std::size_t row = close == kNone ? kNone : text.find('<', close);
  if (row == kNone) return "ROW";
  const std::string_view name = text.substr(row + 1, 64);
  const std::size_t end = name.find_first_of("> \t\r\n/");
  return end == kNone || end == 0 ? "ROW" : std::string(name.substr(0, end));
}

// "<!ELEMENT EventID (#PCDATA)>": the declarations may fill the head of a file.
bool DeclaresEvents(std::string_view text) {
  constexpr std::string_view kDeclaration = "<!ELEMENT ";
  CsvRow names;
  for (std::size_t at = text.find(kDeclaration); at != kNone; at = text.find(kDeclaration, at)) {
    at += kDeclaration.size();
    const std::string_view name = text.substr(at, 64);
    names.fields.push_back(name.substr(0, name.find(' ')));
  }
  return IsHeader(names, kLogParser);
}

class Rows final : public ElementKind {
 public:
  explicit Rows(std::string name) : name_(std::move(name)) {}

  std::string_view name() const override { return name_; }
  ElementStart Begins(std::string_view, bool) const override { return ElementStart::kEvent; }
  bool EndsBefore(std::string_view, bool) const override { return true; }
  bool IsBetween(std::string_view line) const override {
    const std::string_view text = Trim(line);
    const bool is_end = text.starts_with("</") && text.find('<', 2) == kNone;
    return text == "]>" || text.starts_with("<?xml") || text.starts_with("<!") || is_end ||
           IsRootMark(text);
  }

 private:
  std::string name_;
};

// Without the line ends and the indentation that surround a value unless -compact is on.
std::string_view Unindented(std::string_view text) {
  const std::size_t last = text.rfind('\n');
  if (last == kNone || !IsBlankText(text.substr(last))) return text;
  const std::size_t indent = text.size() - last - 1;
  const std::size_t first = text.find('\n');
  if (!IsBlankText(text.substr(0, first + 1))) return text;
  text = text.substr(first + 1, std::max(last, first + 1) - first - 1);
  return text.substr(std::min(text.find_first_not_of(" \t"), std::min(indent, text.size())));
}

// A row as fields, with buffers that are used again.
class RowParser {
 public:
  // What the parser came through, also of a row that is cut; false when that is not all of it.
  bool Parse(std::string_view xml) {
    buffer_.assign(xml);
    std::replace(buffer_.begin(), buffer_.end(), '\0', ' ');
    const auto result = document_.load_buffer_inplace(buffer_.data(), buffer_.size(),
                                                      pugi::parse_default, pugi::encoding_utf8);
    error_ = result.description();
    names_.fields.clear();
    values_.fields.clear();
    for (const pugi::xml_node field : document_.first_child().children()) {
      if (field.type() != pugi::node_element) continue;
      const pugi::xml_attribute name = field.attribute("NAME");
      names_.fields.push_back(name ? name.value() : field.name());
      values_.fields.push_back(Unindented(field.child_value()));
    }
    values_.raw = xml;
    return result.status == pugi::status_ok;
  }

  const CsvRow& names() const { return names_; }
  const CsvRow& values() const { return values_; }
  const char* error() const { return error_; }

 private:
  std::string buffer_;  // the row; the parser replaces entities in place
  pugi::xml_document document_;
  CsvRow names_;
  CsvRow values_;
  const char* error_ = "";
};

// Walks the rows of one pass.
class Pass {
 public:
  explicit Pass(TextWindow& window)
      : rows_(NameIn(window)), elements_(window, rows_), reader_(kLogParser) {}

  // False at the end.
  bool Next() {
    fault_.reset();
    if (!elements_.Next(element_)) return false;
    if (element_.end != NestedElement::End::kClosed) {
      fault_ = {"logparser-xml.row", fmt::format("{}; kept as a reject", WhyCut(element_.end))};
    } else if (!parser_.Parse(element_.xml)) {
      fault_ = {"logparser-xml.row",
                fmt::format("no well-formed XML ({}); kept as a reject", parser_.error())};
    } else {
      reader_.SetColumns(parser_.names());
      fault_ = reader_.Check(parser_.values());
    }
    return true;
  }

  const NestedElement& element() const { return element_; }
  const std::optional<TableReader::Fault>& fault() const { return fault_; }
  const CsvRow& row() const { return parser_.values(); }
  std::string_view time() const { return reader_.TimeOf(parser_.values()); }
  Reader& reader() { return reader_; }
  const OutsideText& outside() const { return elements_.outside(); }

 private:
  static std::string NameIn(TextWindow& window) {
    window.Ensure(kLongestPrologue);
    return RowName(window.view().substr(0, kLongestPrologue));
  }

  Rows rows_;
  NestedElements elements_;
  NestedElement element_;
  RowParser parser_;
  Reader reader_;
  std::optional<TableReader::Fault> fault_;
};

DateOrderFinder FindDateOrder(const Export& input) {
  DateOrderFinder finder;
  auto window = TextWindow::Open(input);
  if (!window) return finder;
  Pass pass(*window);
  while (!finder.decided() && pass.Next()) {
    if (pass.fault()) continue;
    if (const auto clock = ReadWallClock(pass.time())) finder.Add(*clock);
  }
  return finder;
}

class LogParserXmlImporter final : public Importer {
 public:
  explicit LogParserXmlImporter(bool in_text) : in_text_(in_text) {}

  std::string_view name() const override { return "logparser-xml"; }

  bool Recognises(const Head& head) const override {
    const std::string_view text = Trim(head.text);
    if (text.starts_with("<?xml") && DeclaresEvents(text)) return true;
    const std::string name = RowName(text);
    const std::size_t row = text.find("<" + name + ">");
    if (row == kNone) return false;
    const bool begins = text.starts_with("<?xml") || IsRootMark(text) || row == 0;
    if (!begins && !in_text_) return false;
    RowParser parser;
    const std::size_t end = text.find("</" + name + ">", row);
    parser.Parse(text.substr(row, std::min(end, row + NestedElements::kLongest) - row));
    return IsHeader(parser.names(), kLogParser);
  }

  bool StandsInProse() const override { return in_text_; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    Pass pass(*window);
    LocalTimes times([&] { return FindDateOrder(input); });
    std::string scratch;
    bool wanted = true;
    while (wanted && pass.Next()) {
      const Place place = pass.element().place;
      if (const auto& fault = pass.fault()) {
        evidence.OnReject(
            {place, fault->id, fault->reason, std::as_bytes(std::span(pass.element().xml))});
        continue;
      }
      Record record;
      record.place = place;
      pass.reader().Fill(pass.row(), record, scratch);
      times.Put(ReadWallClock(pass.time()), pass.time(), place.value, record);
      wanted = evidence.OnRecord(record);
    }
    pass.outside().Report(input, problems);
    times.Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  bool in_text_;
};

}  // namespace

std::unique_ptr<Importer> MakeLogParserXmlImporter() {
  return std::make_unique<LogParserXmlImporter>(false);
}

std::unique_ptr<Importer> MakeLogParserXmlInTextImporter() {
  return std::make_unique<LogParserXmlImporter>(true);
}

}  // namespace exdiag
