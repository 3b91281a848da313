// Cuts a text into events where one begins; what a tool writes inside of them is its dialect's.
#include "importers/event_text/event_text_importer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "importers/event_text/dialect.h"
#include "importers/text/fields.h"
#include "importers/text/line_reader.h"
#include "importers/text/local_time.h"
#include "importers/text/text_window.h"

namespace exdiag {
namespace {

using event_text::Dialect;
using event_text::Parsed;
using MakeDialect = std::unique_ptr<Dialect> (*)();

constexpr std::size_t kLongest = std::size_t{1} << 20;

struct Block {
  std::uint64_t line = 0;
  std::string text;
  bool cut = false;
};

class Blocks {
 public:
  Blocks(TextWindow& window, Dialect& dialect) : lines_(window), dialect_(&dialect) {}

  bool Next(Block& block) {
    while (lines_.Next()) {
      if (Starts()) {
        Take(block);
        return true;
      }
      if (!dialect_->TakeHeadline(lines_.line())) outside_.Add(lines_.line(), lines_.number());
    }
    return false;
  }

  const OutsideText& outside() const { return outside_; }

 private:
  bool Starts() const { return dialect_->Starts(lines_.ahead().substr(0, LineReader::kAhead)); }

  // The headline of the next log is left for the next call, which comes after this event is used.
  void Take(Block& block) {
    block.line = lines_.number();
    block.text.clear();
    block.cut = false;
    Append(block);
    while (lines_.Next()) {
      const bool ends = dialect_->EndsAtBlankLine() && IsBlankText(lines_.line());
      if (ends || Starts() || IsHeadline()) {
        lines_.Repeat();
        return;
      }
      Append(block);
    }
  }

  bool IsHeadline() const {
    const std::string_view line = lines_.line();
    return line.find('\\') != std::string_view::npos &&
           line.find(" log on \\\\") != std::string_view::npos;
  }

  void Append(Block& block) {
    if (block.text.size() + lines_.line().size() > kLongest) {
      block.cut = true;
      return;
    }
    block.text += lines_.line();
    block.text += '\n';
  }

  LineReader lines_;
  Dialect* dialect_;
  OutsideText outside_;
};

DateOrderFinder FindDateOrder(const Export& input, Dialect& dialect) {
  DateOrderFinder finder;
  auto window = TextWindow::Open(input);
  if (!window) return finder;
  Blocks blocks(*window, dialect);
  Block block;
  while (!finder.decided() && blocks.Next(block)) {
    Record ignored;
    Parsed parsed;
    dialect.Parse(block.text, ignored, parsed);
    if (const auto clock = ReadWallClock(parsed.time)) finder.Add(*clock);
  }
  return finder;
}

class EventTextImporter final : public Importer {
 public:
  EventTextImporter(std::string_view name, MakeDialect make, bool in_prose = false)
      : name_(name), make_(make), in_prose_(in_prose) {}

  std::string_view name() const override { return name_; }

  bool Recognises(const Head& head) const override {
    const auto dialect = make_();
    for (std::string_view text = head.text; !text.empty(); TakeLine(text)) {
      if (dialect->Starts(text)) return true;
    }
    return false;
  }

  bool StandsInProse() const override { return in_prose_; }

  Result<void> Import(const Export& input, EvidenceSink& evidence,
                      DiagnosticSink& problems) const override {
    auto window = TextWindow::Open(input);
    if (!window) return window.error();
    const auto dialect = make_();
    Blocks blocks(*window, *dialect);
    LocalTimes times([&] { return FindDateOrder(input, *make_()); });
    Block block;
    std::string scratch;
    while (blocks.Next(block)) {
      Record record;
      Parsed parsed;
      record.place = Place::Line(block.line);
      if (!dialect->Parse(block.text, record, parsed)) {
        evidence.OnReject({record.place, std::string(parsed.fault_id),
                           fmt::format("{}; kept as a reject", parsed.fault),
                           std::as_bytes(std::span(Trim(block.text)))});
        continue;
      }
      if (block.cut) {
        problems.Report({Severity::kWarning,
                         "event-text.length",
                         {input.name, record.place},
                         "an event of more than 1 MiB; the rest of it is left out"});
      }
      times.Put(ReadWallClock(parsed.time), parsed.time, block.line, record);
      record.message = CleanMessage(parsed.message, scratch);
      record.strings = parsed.strings;
      if (!evidence.OnRecord(record)) break;
    }
    blocks.outside().Report(input, problems);
    times.Report(input, problems);
    window->ReportLosses(problems);
    return {};
  }

 private:
  std::string_view name_;
  MakeDialect make_;
  bool in_prose_;
};

}  // namespace

std::unique_ptr<Importer> MakeWevtutilTextImporter() {
  return std::make_unique<EventTextImporter>("wevtutil-text", event_text::MakeWevtutilText, true);
}

std::unique_ptr<Importer> MakePsloglistTextImporter() {
  return std::make_unique<EventTextImporter>("psloglist-text", event_text::MakePsloglistText, true);
}

std::unique_ptr<Importer> MakePsloglistLinesImporter() {
  return std::make_unique<EventTextImporter>("psloglist-csv", event_text::MakePsloglistLines);
}

std::unique_ptr<Importer> MakeDumpelImporter() {
  return std::make_unique<EventTextImporter>("dumpel", event_text::MakeDumpel);
}

std::unique_ptr<Importer> MakePastedDumpelImporter() {
  return std::make_unique<EventTextImporter>("dumpel", event_text::MakePastedDumpel, true);
}

std::unique_ptr<Importer> MakeEventCombImporter() {
  return std::make_unique<EventTextImporter>("eventcomb", event_text::MakeEventComb);
}

std::unique_ptr<Importer> MakePastedRowImporter() {
  return std::make_unique<EventTextImporter>("nt-pasted", event_text::MakePastedRow, true);
}

}  // namespace exdiag
