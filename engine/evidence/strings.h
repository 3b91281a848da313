// Insertion strings of one event, and the compact form in which they are kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag {

// In the order of %1, %2, ...  nullopt: the export does not show this string (a wording that prints
// %7 but not %6); "" : the string was there and empty.
using InsertionStrings = std::vector<std::optional<std::string>>;

// Length-prefixed form: for each string a LEB128 number, 0 for "not shown", else length + 1, then
// the bytes.  No strings at all give "".  Equal strings give equal bytes.
void AppendEncodedString(std::optional<std::string_view> value, std::string& out);
std::string EncodeStrings(const InsertionStrings& strings);

// Walks an encoded form without copying.  Damaged bytes end the walk.
class StringsReader {
 public:
  explicit StringsReader(std::string_view encoded) : rest_(encoded) {}

  // False at the end.  `value` points into the encoded form.
  bool Next(std::optional<std::string_view>& value);

 private:
  std::string_view rest_;
};

InsertionStrings DecodeStrings(std::string_view encoded);

}  // namespace exdiag
