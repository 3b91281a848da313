#include "engine/signal/observation_list.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

namespace exdiag {
namespace {

// Values of so many bits, one behind the other.  A value lies within eight bytes from the one that
// it begins in; of more bits each has eight bytes of its own.
constexpr std::uint32_t kMostBits = 57;

std::uint32_t BitsFor(std::uint64_t greatest) {
  const auto bits = static_cast<std::uint32_t>(std::bit_width(greatest));
  return bits > kMostBits ? 64 : bits;
}

std::uint64_t ReadBits(const std::byte* from, std::size_t at, std::uint32_t bits) {
  const std::size_t first = at * bits;
  std::uint64_t word;
  std::memcpy(&word, from + first / 8, sizeof word);
  if (bits == 64) return word;
  return word >> first % 8 & ((std::uint64_t{1} << bits) - 1);
}

void WriteBits(std::byte* to, std::size_t at, std::uint32_t bits, std::uint64_t value) {
  const std::size_t first = at * bits;
  std::uint64_t word;
  std::memcpy(&word, to + first / 8, sizeof word);
  word |= value << first % 8;
  std::memcpy(to + first / 8, &word, sizeof word);
}

}  // namespace

void ObservationList::push_back(const Observation& item) {
  open_.push_back(item);
  if (open_.size() == kBlock) Close();
}

std::uint64_t ObservationList::FieldOf(const Observation& item, Field field) {
  switch (field) {
    case Field::kRow:
      return static_cast<std::uint64_t>(item.row);
    case Field::kTime:
      return static_cast<std::uint64_t>(item.time.value);
    case Field::kRecordId:
      return item.record_id;
    case Field::kHost:
      return item.host;
    case Field::kComputer:
      return item.computer;
    case Field::kKind:
      return item.kind;
    case Field::kFirstValue:
      return item.first_value;
    case Field::kFirstNamedHost:
      return item.first_named_host;
    case Field::kNamedHosts:
      return item.named_hosts;
    case Field::kBasisAndClock:
      break;
  }
  return static_cast<std::uint64_t>(item.time_basis) << 8 | static_cast<std::uint64_t>(item.clock);
}

void ObservationList::Close() {
  std::array<std::array<std::uint64_t, kBlock>, kFields> values;
  std::array<Column, kFields> columns;
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < kFields; ++i) {
    for (std::size_t at = 0; at < kBlock; ++at) {
      values[i][at] = FieldOf(open_[at], static_cast<Field>(i));
    }
    Column& column = columns[i];
    // As signed numbers, so that those around zero lie near to each other.
    column.base = *std::min_element(values[i].begin(), values[i].end(), [](auto a, auto b) {
      return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
    });
    std::uint64_t unit = 0, greatest = 0;
    for (std::uint64_t& value : values[i]) {
      value -= column.base;
      unit = std::gcd(unit, value);
      greatest = std::max(greatest, value);
    }
    if (unit == 0) continue;
    column.unit = unit;
    column.bits = BitsFor(greatest / unit);
    column.first_byte = size;
    size += static_cast<std::uint32_t>((kBlock * column.bits + 7) / 8);
  }
  // Reading the last value may touch the eight bytes behind it.
  const std::size_t needed = sizeof columns + size + sizeof(std::uint64_t);
  if (used_ + needed > SpillFile::kBlockBytes) {
    bytes_.Append();
    used_ = 0;
  }
  const std::size_t page = bytes_.blocks() - 1;
  blocks_.push_back({static_cast<std::uint32_t>(page), static_cast<std::uint32_t>(used_)});
  std::byte* const block = bytes_.ToChange(page) + used_;
  std::memcpy(block, columns.data(), sizeof columns);
  for (std::size_t i = 0; i < kFields; ++i) {
    std::byte* const to = block + sizeof columns + columns[i].first_byte;
    for (std::size_t at = 0; at < kBlock && columns[i].bits > 0; ++at) {
      WriteBits(to, at, columns[i].bits, values[i][at] / columns[i].unit);
    }
  }
  used_ += needed;
  open_.clear();
}

std::uint64_t ObservationList::Unpack(const std::byte* block, Field field, std::size_t at) {
  Column column;
  std::memcpy(&column, block + static_cast<std::size_t>(field) * sizeof column, sizeof column);
  if (column.bits == 0) return column.base;
  const std::byte* const from = block + kFields * sizeof column + column.first_byte;
  return column.base + column.unit * ReadBits(from, at, column.bits);
}

Observation ObservationList::operator[](ObservationId id) const {
  const std::size_t number = id / kBlock;
  if (number == blocks_.size()) return open_[id % kBlock];
  const std::byte* const block = BytesOf(number);
  const auto field = [&](Field one) { return Unpack(block, one, id % kBlock); };
  Observation item;
  item.row = static_cast<std::int64_t>(field(Field::kRow));
  item.time.value = static_cast<std::int64_t>(field(Field::kTime));
  item.record_id = field(Field::kRecordId);
  item.host = static_cast<TextId>(field(Field::kHost));
  item.computer = static_cast<TextId>(field(Field::kComputer));
  item.kind = static_cast<std::uint32_t>(field(Field::kKind));
  item.first_value = static_cast<std::uint32_t>(field(Field::kFirstValue));
  item.first_named_host = static_cast<std::uint32_t>(field(Field::kFirstNamedHost));
  item.named_hosts = static_cast<std::uint16_t>(field(Field::kNamedHosts));
  const std::uint64_t basis_and_clock = field(Field::kBasisAndClock);
  item.time_basis = static_cast<TimeBasis>(basis_and_clock >> 8);
  item.clock = static_cast<Clock>(basis_and_clock & 0xff);
  return item;
}

}  // namespace exdiag
