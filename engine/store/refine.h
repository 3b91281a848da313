// What a stored event gains when another export shows the same event with more detail.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/store/batch.h"

namespace exdiag {

// The refinable part of an event; views are borrowed.
struct EventDetail {
  std::uint32_t fraction = 0;
  std::uint32_t flags = 0;
  std::uint64_t record_id = 0;
  std::int64_t user = 0;  // row; 0: none
  std::string_view strings;
  std::string_view message;
  std::string_view binary;

  bool operator==(const EventDetail&) const = default;
};

// Everything that either side knows; where both know something, the finer one, and the stored one
// among equals.  The result does not depend on which side came first, except among equals.
EventDetail Refine(const EventDetail& stored, const EventDetail& shown);
EventClass Refine(const EventClass& stored, const EventClass& shown);

}  // namespace exdiag
