#include "importers/text/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "importers/text/codepage_guess.h"

namespace exdiag {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

bool StartsWithBytes(std::span<const std::byte> bytes, std::string_view prefix) {
  return bytes.size() >= prefix.size() &&
         std::memcmp(bytes.data(), prefix.data(), prefix.size()) == 0;
}

// Without a byte order mark UTF-16 shows by its zero bytes: in any Windows export a tenth or more
// of the characters (digits, delimiters, line ends) are ASCII, also in Japanese text, and their
// zeros lie on one side.  A few characters (U+4E00) have theirs on the other; binary files have
// many on both.
std::optional<Encoding> Utf16ByZeros(std::span<const std::byte> head) {
  constexpr std::size_t kFewest = 4;
  std::size_t even = 0;
  std::size_t odd = 0;
  const std::size_t pairs = head.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    even += head[2 * i] == std::byte{0};
    odd += head[2 * i + 1] == std::byte{0};
  }
  const auto mostly = [&](std::size_t here, std::size_t there) {
    return here >= kFewest && here * 10 >= pairs && there * 4 <= here;
  };
  if (mostly(odd, even)) return Encoding::kUtf16Le;
  if (mostly(even, odd)) return Encoding::kUtf16Be;
  return std::nullopt;
}

bool IsControl(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v';
}

// A stray control character occurs in descriptions; text that is full of them is no text.
// psloglist ends each line in a zero.
bool LooksLikeText(std::string_view text) {
  const auto zeros = std::count(text.begin(), text.end(), '\0');
  const auto controls = std::count_if(text.begin(), text.end(), IsControl) - zeros;
  return static_cast<std::size_t>(controls) * 100 <= text.size() &&
         static_cast<std::size_t>(zeros) * 40 <= text.size();
}

// Without a character that the end cuts in two.
std::string_view WithoutCutCharacter(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto c = static_cast<unsigned char>(text[text.size() - back]);
    if (c < 0x80) break;
    if (c < 0xc0) continue;
    const std::size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    return length > back ? text.substr(0, text.size() - back) : text;
  }
  return text;
}

std::string DecodeBytes(std::string_view text, const std::string& codepage) {
  const std::string_view whole = WithoutCutCharacter(text);
  if (IsAscii(whole) || IsUtf8(whole)) return std::string(whole);
  auto decoder =
      CodepageDecoder::Open(codepage.empty() ? std::string(GuessCodepage(text)) : codepage);
  if (!decoder) return "";
  std::string out;
  decoder->Append(text, out);
  return out;
}

std::string IconvName(const std::string& codepage) {
  if (codepage.empty()) return "windows-1252";
  const bool number = codepage.find_first_not_of("0123456789") == std::string::npos;
  return number ? "CP" + codepage : codepage;
}

}  // namespace

DetectedEncoding DetectEncoding(std::span<const std::byte> head) {
  if (StartsWithBytes(head, "\xef\xbb\xbf")) return {Encoding::kBytes, 3};
  if (StartsWithBytes(head, "\xff\xfe")) return {Encoding::kUtf16Le, 2};
  if (StartsWithBytes(head, "\xfe\xff")) return {Encoding::kUtf16Be, 2};
  return {Utf16ByZeros(head).value_or(Encoding::kBytes), 0};
}

void CodepageDecoder::Close::operator()(void* handle) const {
  ::iconv_close(static_cast<iconv_t>(handle));
}

Result<CodepageDecoder> CodepageDecoder::Open(const std::string& codepage) {
  const std::string name = IconvName(codepage);
  const iconv_t handle = ::iconv_open("UTF-8", name.c_str());
  if (handle == reinterpret_cast<iconv_t>(-1)) {
    return Error{"code page \"" + codepage + "\" is not known to this system; not read"};
  }
  return CodepageDecoder(name, handle);
}

bool CodepageDecoder::Append(std::string_view bytes, std::string& out) {
  auto* const handle = static_cast<iconv_t>(handle_.get());
  ::iconv(handle, nullptr, nullptr, nullptr, nullptr);
  // iconv() takes a pointer to non-const and does not write through it.
  char* from = const_cast<char*>(bytes.data());
  std::size_t left = bytes.size();
  bool clean = true;
  char buffer[4096];
  while (left > 0) {
    char* to = buffer;
    std::size_t room = sizeof buffer;
    const std::size_t result = ::iconv(handle, &from, &left, &to, &room);
    const int error = errno;
    out.append(buffer, static_cast<std::size_t>(to - buffer));
    if (result != static_cast<std::size_t>(-1) || error == E2BIG) continue;
    clean = false;
    out += kReplacement;
    if (error != EILSEQ) break;  // the end cuts a character in two
    ++from;
    --left;
  }
  return clean;
}

bool AppendUtf16(std::span<const std::byte> bytes, Encoding encoding, std::string& out) {
  if (encoding == Encoding::kUtf16Le) return AppendUtf16(bytes, out);
  std::vector<std::byte> swapped(bytes.begin(), bytes.end());
  for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
  return AppendUtf16(swapped, out);
}

bool IsAscii(std::string_view text) {
  std::size_t i = 0;
  std::uint64_t high = 0;
  for (; i + 32 <= text.size(); i += 32) {
    std::uint64_t words[4];
    std::memcpy(words, text.data() + i, sizeof words);
    high |= (words[0] | words[1]) | (words[2] | words[3]);
  }
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    high |= word;
  }
  for (; i < text.size(); ++i) high |= static_cast<unsigned char>(text[i]);
  return (high & 0x8080'8080'8080'8080u) == 0;
}

std::string DecodeHead(std::span<const std::byte> head, const std::string& codepage) {
  const DetectedEncoding detected = DetectEncoding(head);
  const auto body = head.subspan(detected.bom_bytes);
  std::string text;
  if (detected.encoding == Encoding::kBytes) {
    text = DecodeBytes({reinterpret_cast<const char*>(body.data()), body.size()}, codepage);
  } else {
    AppendUtf16(body, detected.encoding, text);
  }
  return LooksLikeText(text) ? text : "";
}

}  // namespace exdiag
