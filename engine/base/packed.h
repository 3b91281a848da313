// Numbers and texts packed into bytes, for what the program keeps for itself from run to run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace exdiag {

// What a PackedWriter makes of a number, for code that writes very many: at most kLongestPacked
// bytes to `out`; returns what is behind them.
inline constexpr std::size_t kLongestPacked = 10;
inline char* PutPacked(char* out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *out++ = static_cast<char>(value | 0x80);
  *out++ = static_cast<char>(value);
  return out;
}
// As which a signed number is written, so that small ones of either sign take one byte.
constexpr std::uint64_t FoldSign(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? ~(bits << 1) : bits << 1;
}

class PackedWriter {
 public:
  // Room for so many bytes more, so that writing them moves nothing.
  void Reserve(std::size_t bytes) { bytes_.reserve(bytes_.size() + bytes); }
  void Number(std::uint64_t value);  // small ones take one byte
  void Signed(std::int64_t value);
  void Double(double value);
  void Text(std::string_view text);

  const std::string& bytes() const { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// Reads what a PackedWriter wrote, in the same order.  Bytes that nobody wrote so - cut off,
// damaged - give zeros and empty texts from there on: ask ok() at the end.
class PackedReader {
 public:
  // Texts are views into `bytes`.
  explicit PackedReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t Number();
  std::int64_t Signed();
  double Double();
  std::string_view Text();
  // A number of things that follow, each at least one byte long: never more than there can be.
  std::size_t Count();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  // What was not read yet.
  std::string_view rest() const { return rest_; }
  // What was read is not what it should be.
  void Fail();

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace exdiag
