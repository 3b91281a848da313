// A number for each of many rows.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "engine/base/spill_file.h"
#include "engine/signal/number_set.h"

namespace exdiag {

class RowNumbers {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Of these rows; kNone at first.
  explicit RowNumbers(RowSet rows) : rows_(std::move(rows)) {
    numbers_.Append(rows_.size(), kNone);
  }

  // Visits the numbers of those of `rows` that have one.
  template <typename Visit>
  void ForEach(const RowSet& rows, const Visit& visit) const {
    ForEachPlace(rows, [&](std::size_t place) { visit(numbers_[place]); });
  }
  // The same; what `change` gives for a number takes its place.
  template <typename Change>
  void ChangeEach(const RowSet& rows, const Change& change) {
    ForEachPlace(rows, [&](std::size_t place) {
      const std::uint32_t before = numbers_[place];
      const std::uint32_t after = change(before);
      if (after != before) numbers_.Set(place, after);
    });
  }

  std::optional<std::uint32_t> Find(std::int64_t row) const {
    if (!rows_.Contains(row)) return std::nullopt;
    return numbers_[rows_.CountBelow(row)];
  }

  // False when what it gave cannot be relied upon: the temporary file could not be read.
  bool ok() const { return numbers_.ok(); }

 private:
  template <typename Visit>
  void ForEachPlace(const RowSet& rows, const Visit& visit) const {
    for (const std::int64_t row : rows) {
      if (rows_.Contains(row)) visit(rows_.CountBelow(row));
    }
  }

  RowSet rows_;
  SpilledList<std::uint32_t> numbers_{std::size_t{2} << 20};
};

}  // namespace exdiag
