// A number for each of many rows.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "engine/signal/number_set.h"

namespace exdiag {

class RowNumbers {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Of these rows; kNone at first.
  explicit RowNumbers(RowSet rows) : rows_(std::move(rows)), numbers_(rows_.size(), kNone) {}

  // Visits the numbers of those of `rows` that have one, by reference.
  template <typename Visit>
  void ForEach(const RowSet& rows, const Visit& visit) {
    Visiting(rows, numbers_, visit);
  }
  template <typename Visit>
  void ForEach(const RowSet& rows, const Visit& visit) const {
    Visiting(rows, numbers_, visit);
  }

  std::optional<std::uint32_t> Find(std::int64_t row) const {
    if (!rows_.Contains(row)) return std::nullopt;
    return numbers_[rows_.CountBelow(row)];
  }

 private:
  template <typename Numbers, typename Visit>
  void Visiting(const RowSet& rows, Numbers& numbers, const Visit& visit) const {
    for (const std::int64_t row : rows) {
      if (rows_.Contains(row)) visit(numbers[rows_.CountBelow(row)]);
    }
  }

  RowSet rows_;
  std::vector<std::uint32_t> numbers_;
};

}  // namespace exdiag
