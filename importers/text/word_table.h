// Words of many languages and what they mean, found without looking at all of them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"

namespace exdiag {

template <typename Value>
class WordTable {
 public:
  // Of words that are the same but for the case of ASCII letters the first one counts.
  void Add(std::string_view word, Value value) {
    if (Find(word) == nullptr) rows_[PlaceOf(word)].emplace_back(word, std::move(value));
  }

  // nullptr for a word that is not there.
  const Value* Find(std::string_view word) const {
    for (const auto& [known, value] : rows_[PlaceOf(word)]) {
      if (EqualsIgnoreCase(known, word)) return &value;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kPlaces = 256;

  // Size and last character part most words; bit 5 is what the case of a letter changes.
  static std::size_t PlaceOf(std::string_view word) {
    if (word.empty()) return 0;
    return (word.size() * 37 + (static_cast<unsigned char>(word.back()) | 0x20u)) % kPlaces;
  }

  std::array<std::vector<std::pair<std::string, Value>>, kPlaces> rows_;
};

}  // namespace exdiag
