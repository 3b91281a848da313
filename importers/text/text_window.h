// A text export seen through a window: UTF-8 whatever it is on disk, in bounded memory whatever its
// size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "importers/importer.h"
#include "importers/text/encoding.h"

namespace exdiag {

class TextWindow {
 public:
  // An Error when the code page that the user named does not exist.
  static Result<TextWindow> Open(const Export& input);

  // The text that is decoded and not yet consumed.  It ends where a line ends, except at the end of
  // the text and within lines past a megabyte.
  std::string_view view() const {
    return std::string_view(buffer_).substr(begin_, ready_ - begin_);
  }
  // Number of the line on which view() begins, counted from 1.
  std::uint64_t line() const { return line_; }
  // True when there is nothing behind view().
  bool finished() const { return finished_; }

  // Takes `count` characters off the front of view().
  void Consume(std::size_t count);
  // The same for a caller who knows how many line ends are among them.
  void Consume(std::size_t count, std::uint64_t line_ends) {
    line_ += line_ends;
    begin_ += count;
  }
  // Decodes more behind view(); false at the end of the text.  Views taken before are void.
  bool Fill();
  // view() has at least `count` characters, or the rest of the text.
  void Ensure(std::size_t count);

  // Says once for the file what the encoding cost: lines read by code page, characters replaced,
  // bytes that the medium did not give.
  void ReportLosses(DiagnosticSink& problems) const;

 private:
  TextWindow(const Export& input, CodepageDecoder decoder);

  bool ReadMore();
  void Publish();
  void DecodeLines(std::size_t from, std::size_t to);
  std::uint64_t LineAt(std::size_t place) const;

  const Export* input_;
  CodepageDecoder decoder_;
  DetectedEncoding detected_;
  std::uint64_t offset_ = 0;      // next byte to read
  std::vector<std::byte> units_;  // UTF-16 as read

  // [begin_, ready_) is view(); behind it lies the beginning of a line that is not all there.
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t ready_ = 0;
  bool finished_ = false;

  std::uint64_t line_ = 1;
  std::optional<std::uint64_t> codepage_line_;
  std::optional<std::uint64_t> replaced_line_;
  std::string scratch_;
};

}  // namespace exdiag
