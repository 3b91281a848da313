#include "engine/knowledge/folded_message.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstring>

namespace exdiag {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

// UTF-8 of the characters that word processors and web pages put where the log had plain ones.
struct Plain {
  std::string_view bytes;
  char plain;
};
constexpr Plain kPlain[] = {{"\xe2\x80\x9c", '"'},
                            {"\xe2\x80\x9d", '"'},
                            {"\xe2\x80\x98", '\''},
                            {"\xe2\x80\x99", '\''},
                            {"\xc2\xa0", ' '}};

// A character of `raw` at `at` in its plain form; sets its length.
char PlainAt(std::string_view raw, std::size_t at, std::size_t& length) {
  const char c = raw[at];
  length = 1;
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c + ('a' - 'A'));
  if (static_cast<unsigned char>(c) < 0x80) return IsBlank(c) ? ' ' : c;
  for (const Plain& row : kPlain) {
    if (raw.substr(at).starts_with(row.bytes)) {
      length = row.bytes.size();
      return row.plain;
    }
  }
  return c;
}

#if defined(__SSE2__)
constexpr std::size_t kBlock = 16;

// Puts sixteen characters of `from`, folded, to `to`.  False when one of them is not ASCII, or
// white space that is more than one blank between words.  `behind_blank`: a blank would be that.
bool FoldBlock(const char* from, bool behind_blank, char* to) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i blank = _mm_set1_epi8(' ');
  // Compared with sign, what is not ASCII is less than a blank too.
  const auto low = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmplt_epi8(bytes, blank)));
  const auto blanks = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, blank)));
  if (low != 0 || (blanks & (blanks << 1 | (behind_blank ? 1u : 0u))) != 0) return false;
  const __m128i above = _mm_cmpgt_epi8(bytes, _mm_set1_epi8('A' - 1));
  const __m128i below = _mm_cmplt_epi8(bytes, _mm_set1_epi8('Z' + 1));
  const __m128i capital = _mm_and_si128(above, below);
  const __m128i folded = _mm_or_si128(bytes, _mm_and_si128(capital, _mm_set1_epi8('a' - 'A')));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), folded);
  return true;
}
#endif

}  // namespace

void FoldedMessage::Mark(std::size_t place, std::size_t raw) {
  if (RawAt(place) == raw) return;
  steps_.push_back({static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(raw)});
}

void FoldedMessage::Assign(std::string_view raw) {
  raw_ = raw;
  text_.resize(raw.size());
  steps_.clear();
  std::size_t size = 0;
  const auto behind_blank = [&] { return size == 0 || text_[size - 1] == ' '; };
  std::size_t at = 0;
  while (at < raw.size()) {
    std::size_t stop = raw.size();
#if defined(__SSE2__)
    if (at + kBlock <= raw.size()) {
      if (RawAt(size) == at && FoldBlock(raw.data() + at, behind_blank(), text_.data() + size)) {
        size += kBlock;
        at += kBlock;
        continue;
      }
      stop = at + kBlock;
    }
#endif
    while (at < stop) {
      std::size_t length = 0;
      const char c = PlainAt(raw, at, length);
      if (c != ' ' || !behind_blank()) {
        Mark(size, at);
        text_[size++] = c;
      }
      at += length;
    }
  }
  Mark(size, at);
  if (size > 0 && text_[size - 1] == ' ') --size;
  text_.resize(size);
}

std::size_t FoldedMessage::RawAt(std::size_t place) const {
  if (steps_.empty()) return place;
  const Step& last = steps_.back();
  if (last.text <= place) return place - last.text + last.raw;
  const auto next = std::upper_bound(steps_.begin(), steps_.end(), place,
                                     [](std::size_t a, const Step& b) { return a < b.text; });
  if (next == steps_.begin()) return place;
  const Step& step = *std::prev(next);
  return place - step.text + step.raw;
}

std::string_view FoldedMessage::Raw(std::size_t begin, std::size_t end) const {
  if (begin >= end) return raw_.substr(0, 0);
  const std::size_t from = RawAt(begin);
  return raw_.substr(from, RawAt(end) - from);
}

std::size_t FoldedMessage::LengthWithoutRemark() const {
  constexpr std::string_view kRemark = "for more information, ";
  // Few messages have one, and rfind() is slow.  Without its blank it ends in what is rare.
  const std::string_view sign = kRemark.substr(0, kRemark.size() - 1);
  if (FindPart(text_, sign, 0) == std::string_view::npos) return text_.size();
  const std::size_t at = text_.rfind(kRemark);
  if (at == std::string::npos || text_.find("http", at) == std::string::npos) return text_.size();
  std::string_view before = std::string_view(text_).substr(0, at);
  while (before.ends_with(' ')) before.remove_suffix(1);
  return before.size();
}

// Sixteen places at a time, by the first and the last character.
std::size_t FindPart(std::string_view text, std::string_view part, std::size_t from) {
  std::size_t at = from;
#if defined(__SSE2__)
  const __m128i first = _mm_set1_epi8(part.front());
  const __m128i last = _mm_set1_epi8(part.back());
  const auto load = [&](std::size_t place) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + place));
  };
  for (; at + kBlock + part.size() <= text.size(); at += kBlock) {
    const __m128i firsts = _mm_cmpeq_epi8(load(at), first);
    const __m128i lasts = _mm_cmpeq_epi8(load(at + part.size() - 1), last);
    auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(firsts, lasts)));
    for (; hits != 0; hits &= hits - 1) {
      const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(hits));
      if (std::memcmp(text.data() + place, part.data(), part.size()) == 0) return place;
    }
  }
#endif
  return text.find(part, at);
}

}  // namespace exdiag
