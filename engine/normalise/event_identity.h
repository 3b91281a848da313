// The key by which one event is known in whatever format it came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.h"

namespace exdiag {

// Collects what all formats of an event carry, and hashes it.  What some formats lack or change is
// left out: level, category, record number, parts of a second, white space, and the strings that no
// message prints.
class EventIdentity {
 public:
  // What all events of one source have in common.  `host` is canonical, `provider` canonical and in
  // lower case.
  static std::string SourcePart(std::string_view host, std::string_view provider);

  // Begins another event.
  void Begin(std::string_view source_part, std::uint16_t event_id, Ticks time, TimeBasis basis);

  // Adds a piece of the content.  Pieces are joined by a blank and white space is collapsed, also
  // across pieces: where one string ends and the next begins cannot be told from a message.
  void Add(std::string_view text);

  // XXH3, 64 bits.
  std::uint64_t Hash();

 private:
  void Append(std::string_view bytes);
  // Where `size` more bytes fit.
  char* Room(std::size_t size) {
    if (buffer_.size() - size_ < size) buffer_.resize(2 * (size_ + size));
    return buffer_.data() + size_;
  }

  std::string buffer_;  // its first size_ bytes count
  std::size_t size_ = 0;
};

}  // namespace exdiag
