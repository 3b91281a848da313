// A message made ready for matching: white space collapsed, letters folded, curly quotes
// straightened, with the way back to the bytes as exported.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

class FoldedMessage {
 public:
  // `raw` must outlive the object or the next Assign.  Reuses its buffers.
  void Assign(std::string_view raw);

  std::string_view text() const { return text_; }
  // The raw bytes behind text()[begin, end); without the white space at both ends that text() has
  // collapsed away.
  std::string_view Raw(std::size_t begin, std::size_t end) const;
  // Length of text() without the remark that later products and viewers put behind a message ("For
  // more information, see Help and Support Center at ..."); text().size() when there is none.
  std::size_t LengthWithoutRemark() const;

 private:
  // From this place of text_ on, up to the next step, each byte stands for one of raw_.
  struct Step {
    std::uint32_t text;
    std::uint32_t raw;
  };

  // text_ goes on at `place` with what stands at `raw`.
  void Mark(std::size_t place, std::size_t raw);
  // Where raw_ goes on to what text_ has from `place` on, which is at most its size.
  std::size_t RawAt(std::size_t place) const;

  std::string_view raw_;
  std::string text_;
  std::vector<Step> steps_;  // a message without a white space too many has none
};

// Where `part`, which is not empty, stands in `text` from `from` on, or npos.  For texts in which
// its first character is frequent.
std::size_t FindPart(std::string_view text, std::string_view part, std::size_t from);

}  // namespace exdiag
