#include "importers/text/text_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "engine/base/text.h"
#include "importers/text/codepage_guess.h"

namespace exdiag {
namespace {

constexpr std::size_t kBlock = std::size_t{256} * 1024;
// No Windows tool writes a line this long; past it a line is handed out in pieces.
constexpr std::size_t kLongestLine = std::size_t{1024} * 1024;
constexpr std::size_t kHead = 4096;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// With find(), which looks at many characters at a time.
std::uint64_t CountLineEnds(std::string_view text) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos; ++at) ++count;
  return count;
}

// Some exports are one line of many megabytes, and memrchr() is many times as fast as rfind().
std::size_t LastLineEnd(std::string_view text) {
  const void* const at = text.empty() ? nullptr : ::memrchr(text.data(), '\n', text.size());
  return at == nullptr ? std::string_view::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

std::vector<std::byte> ReadHead(const ByteSource& bytes) {
  std::vector<std::byte> head(kHead);
  head.resize(bytes.ReadAt(0, head));
  return head;
}

// Where `text` may be cut so that no UTF-8 character is cut in two.
std::size_t CharacterStart(std::string_view text, std::size_t at) {
  for (int back = 0; back < 3 && at > 0; ++back) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80) break;
    --at;
  }
  return at;
}

bool EndsInHighSurrogate(std::span<const std::byte> units, Encoding encoding) {
  if (units.size() < 2) return false;
  const std::byte high = units[units.size() - (encoding == Encoding::kUtf16Le ? 1 : 2)];
  return (high & std::byte{0xfc}) == std::byte{0xd8};
}

}  // namespace

Result<TextWindow> TextWindow::Open(const Export& input) {
  auto decoder = CodepageDecoder::Open(input.options.codepage);
  if (!decoder) return Error{input.name + ": " + decoder.error().message};
  return TextWindow(input, std::move(decoder).value());
}

TextWindow::TextWindow(const Export& input, CodepageDecoder decoder)
    : input_(&input),
      decoder_(std::move(decoder)),
      detected_(DetectEncoding(ReadHead(input.bytes))) {
  offset_ = detected_.bom_bytes;
}

void TextWindow::Consume(std::size_t count) {
  Consume(count, CountLineEnds(view().substr(0, count)));
}

void TextWindow::Ensure(std::size_t count) {
  while (view().size() < count && Fill()) {
  }
}

bool TextWindow::Fill() {
  if (finished_) return false;
  buffer_.erase(0, begin_);
  ready_ -= begin_;
  begin_ = 0;
  const std::size_t before = ready_;
  while (ready_ == before && !finished_) {
    if (!ReadMore()) finished_ = true;
    Publish();
  }
  return ready_ > before;
}

// Appends a block of UTF-8 (or of what passes for it) to the buffer.  The block grows with what
// already waits, so that a long record is not scanned over and over.
bool TextWindow::ReadMore() {
  const std::size_t block = std::max(kBlock, buffer_.size());
  if (detected_.encoding == Encoding::kBytes) {
    const std::size_t end = buffer_.size();
    buffer_.resize(end + block);
    const std::size_t got =
        input_->bytes.ReadAt(offset_, std::as_writable_bytes(std::span(buffer_).subspan(end)));
    buffer_.resize(end + got);
    offset_ += got;
    return got > 0;
  }
  units_.resize(block);
  std::size_t got = input_->bytes.ReadAt(offset_, units_);
  if (got == block && EndsInHighSurrogate(units_, detected_.encoding)) got -= 2;
  units_.resize(got);
  offset_ += got;
  const std::size_t end = buffer_.size();
  const bool clean = AppendUtf16(units_, detected_.encoding, buffer_);
  if (!clean && !replaced_line_) {
    replaced_line_ = LineAt(std::min(buffer_.find(kReplacement, end), buffer_.size()));
  }
  return got > 0;
}

// Moves the end of view() behind the last whole line of the buffer.
void TextWindow::Publish() {
  const std::string_view fresh = std::string_view(buffer_).substr(ready_);
  const std::size_t line_end = LastLineEnd(fresh);
  std::size_t to = ready_;
  if (finished_) {
    to = buffer_.size();
  } else if (line_end != std::string_view::npos) {
    to = ready_ + line_end + 1;
  } else if (fresh.size() > kLongestLine) {
    to = CharacterStart(buffer_, buffer_.size() - 1);
  }
  const std::string_view lines = std::string_view(buffer_).substr(ready_, to - ready_);
  if (detected_.encoding != Encoding::kBytes || IsAscii(lines) || IsUtf8(lines)) {
    ready_ = to;
  } else {
    DecodeLines(ready_, to);
  }
}

// Number of the line that holds this place of the buffer.
std::uint64_t TextWindow::LineAt(std::size_t place) const {
  return line_ + CountLineEnds(std::string_view(buffer_).substr(begin_, place - begin_));
}

// Each line by itself is UTF-8 or of the code page: files that were put together from two machines
// hold both, and no line of natural text in a code page passes for UTF-8.
void TextWindow::DecodeLines(std::size_t from, std::size_t to) {
  scratch_.clear();
  std::string_view rest = std::string_view(buffer_).substr(from, to - from);
  if (!codepage_line_ && input_->options.codepage.empty()) {
    auto guessed = CodepageDecoder::Open(std::string(GuessCodepage(rest)));
    if (guessed) decoder_ = std::move(guessed).value();
  }
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, std::min(rest.size(), rest.find('\n')) + 1);
    const std::size_t place = to - rest.size();
    rest.remove_prefix(line.size());
    if (IsUtf8(line)) {
      scratch_ += line;
      continue;
    }
    if (!codepage_line_) codepage_line_ = LineAt(place);
    const bool clean = decoder_.Append(line, scratch_);
    if (!clean && !replaced_line_) replaced_line_ = LineAt(place);
  }
  buffer_.replace(from, to - from, scratch_);
  ready_ = from + scratch_.size();
}

void TextWindow::ReportLosses(DiagnosticSink& problems) const {
  const auto note = [&](const char* id, Severity severity, Place place, std::string reason) {
    problems.Report({severity, id, {input_->name, place}, std::move(reason)});
  };
  if (codepage_line_ && input_->options.codepage.empty()) {
    note("text.codepage", Severity::kNote, Place::Line(*codepage_line_),
         fmt::format("not UTF-8; this and other such lines are read as {}", decoder_.name()));
  }
  if (replaced_line_) {
    note("text.encoding", Severity::kNote, Place::Line(*replaced_line_),
         "characters that the encoding does not know; shown as U+FFFD here and after");
  }
  if (finished_ && offset_ < input_->bytes.size()) {
    note("text.read", Severity::kWarning, Place::Offset(offset_),
         fmt::format("only {} of {} bytes could be read; what follows is missing", offset_,
                     input_->bytes.size()));
  }
}

}  // namespace exdiag
