#include "importers/binary_log/ansi_decoder.h"

#include <iconv.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace exdiag {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr const char* kDefaultCodepage = "WINDOWS-1252";

class Converter {
 public:
  explicit Converter(const std::string& codepage)
      : handle_(::iconv_open("UTF-8", codepage.c_str())) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (ok()) ::iconv_close(handle_);
  }

  bool ok() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Converts the beginning of `in`, and takes it off; false when its first byte cannot be.
  bool Step(std::string_view& in, std::string& out) {
    char buffer[256];
    char* from = const_cast<char*>(in.data());
    std::size_t left = in.size();
    char* to = buffer;
    std::size_t room = sizeof buffer;
    ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    ::iconv(handle_, &from, &left, &to, &room);
    out.append(buffer, sizeof buffer - room);
    const bool moved = left != in.size();
    in.remove_prefix(in.size() - left);
    return moved;
  }

 private:
  iconv_t handle_;
};

std::string Convert(Converter& converter, std::string_view in) {
  std::string out;
  while (!in.empty()) {
    if (converter.Step(in, out)) continue;
    out += kReplacement;
    in.remove_prefix(1);
  }
  return out;
}

// How much of the text, from its beginning on, is ASCII.
std::size_t AsciiSize(std::string_view text) {
  std::size_t at = 0;
#if defined(__SSE2__)
  for (; text.size() - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const auto others = static_cast<unsigned>(_mm_movemask_epi8(bytes));
    if (others != 0) return at + static_cast<std::size_t>(std::countr_zero(others));
  }
#endif
  while (at < text.size() && (text[at] & 0x80) == 0) ++at;
  return at;
}

}  // namespace

AnsiDecoder::Codepage::Codepage(const std::string& wanted)
    : name(wanted.empty() || !Converter(wanted).ok() ? kDefaultCodepage : wanted) {
  Converter converter(name);
  for (std::size_t i = 0; i < upper_half.size(); ++i) {
    const char byte = static_cast<char>(128 + i);
    std::string_view in(&byte, 1);
    std::string character;
    if (!converter.ok() || !converter.Step(in, character)) character = kReplacement;
    upper_half[i] = character;
  }
  // A lead byte alone converts to nothing; a code page that has many is of several bytes.
  single_byte = std::count(upper_half.begin(), upper_half.end(), kReplacement) < 50;
}

void AnsiDecoder::Append(std::span<const std::byte> bytes, RecordText& out) const {
  if (bytes.empty()) return;
  const auto* const begin = reinterpret_cast<const char*>(bytes.data());
  const std::string_view text(begin, ::strnlen(begin, bytes.size()));
  // Windows-1252 has ASCII as it is.
  if (codepage_.empty() && AsciiSize(text) == text.size()) return out.Append(text);
  if (known_ == nullptr) known_ = std::make_unique<const Codepage>(codepage_);
  if (known_->single_byte) return AppendSingleBytes(text, out);
  Converter converter(known_->name);
  out.Append(Convert(converter, text));
}

void AnsiDecoder::AppendSingleBytes(std::string_view text, RecordText& out) const {
  while (!text.empty()) {
    const std::size_t plain = AsciiSize(text);
    out.Append(text.substr(0, plain));
    if (plain == text.size()) return;
    out.Append(known_->upper_half[static_cast<unsigned char>(text[plain]) & 0x7f]);
    text.remove_prefix(plain + 1);
  }
}

}  // namespace exdiag
