// Damages text the same way at each run: bytes changed, pieces cut out, doubled and swapped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

namespace exdiag::import_test {

class Damager {
 public:
  explicit Damager(std::uint32_t seed) : state_(seed * 2654435761U + 1) {}

  std::string Damage(std::string text) {
    const std::size_t times = 1 + Next() % 6;
    for (std::size_t i = 0; i < times && !text.empty(); ++i) {
      const std::size_t at = Next() % text.size();
      const std::size_t size = std::min<std::size_t>(Next() % 40, text.size() - at);
      switch (Next() % 4) {
        case 0:
          text[at] = static_cast<char>(Next() & 0xff);
          break;
        case 1:
          text.erase(at, size);
          break;
        case 2:
          text.insert(Next() % text.size(), text.substr(at, size));
          break;
        default:
          text.resize(at);
          break;
      }
    }
    return text;
  }

 private:
  std::uint32_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }

  std::uint32_t state_;
};

}  // namespace exdiag::import_test
