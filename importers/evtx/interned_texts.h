// Texts that come again and again in a log, kept once: whoever meets one again gets the same view
// of it, and the same number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace exdiag::evtx {

class InternedTexts {
 public:
  struct Entry {
    std::string key;
    std::string text;
    std::uint32_t number = 0;
  };

  static constexpr std::size_t kMostEntries = 65'536;

  // Numbers are given from `before` + `step` on, each by `step` greater than the last.
  explicit InternedTexts(std::uint32_t before = 0, std::uint32_t step = 1);

  // What was added with this key; nullptr when nothing was.  Entries stay where they are, and what
  // they are, as long as this lives.
  const Entry* Find(std::string_view key) const;

  // Keeps `text` for `key`, of which Find has nothing.  nullptr when enough is kept: the bounds
  // are far beyond what one log holds.
  const Entry* Add(std::string_view key, std::string_view text);

  // The entry of a text that is its own key.
  const Entry* Intern(std::string_view text) {
    const Entry* const known = Find(text);
    return known != nullptr ? known : Add(text, text);
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    const Entry* entry = nullptr;
  };

  bool Place(const Entry& entry, std::uint32_t hash);
  void Grow();

  std::vector<Slot> slots_;  // open addressing, a power of two
  std::deque<Entry> entries_;
  std::uint32_t last_number_;
  std::uint32_t step_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace exdiag::evtx
