#include "importers/binary_log/ansi_decoder.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

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

}  // namespace

AnsiDecoder::AnsiDecoder(const std::string& codepage)
    : codepage_(codepage.empty() || !Converter(codepage).ok() ? kDefaultCodepage : codepage) {
  Converter converter(codepage_);
  for (std::size_t i = 0; i < upper_half_.size(); ++i) {
    const char byte = static_cast<char>(128 + i);
    std::string_view in(&byte, 1);
    std::string character;
    if (!converter.ok() || !converter.Step(in, character)) character = kReplacement;
    upper_half_[i] = character;
  }
  // A lead byte alone converts to nothing; a code page that has many is of several bytes.
  single_byte_ = std::count(upper_half_.begin(), upper_half_.end(), kReplacement) < 50;
}

void AnsiDecoder::Append(std::span<const std::byte> bytes, RecordText& out) const {
  const auto end = std::find(bytes.begin(), bytes.end(), std::byte{0});
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              static_cast<std::size_t>(end - bytes.begin()));
  if (single_byte_) return AppendSingleBytes(text, out);
  Converter converter(codepage_);
  out.Append(Convert(converter, text));
}

void AnsiDecoder::AppendSingleBytes(std::string_view text, RecordText& out) const {
  while (!text.empty()) {
    const auto other = std::ranges::find_if(text, [](char c) { return (c & 0x80) != 0; });
    const auto plain = static_cast<std::size_t>(other - text.begin());
    out.Append(text.substr(0, plain));
    if (plain == text.size()) return;
    out.Append(upper_half_[static_cast<unsigned char>(text[plain]) & 0x7f]);
    text.remove_prefix(plain + 1);
  }
}

}  // namespace exdiag
