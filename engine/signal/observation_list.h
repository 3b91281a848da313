// Many observations in little memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/spill_file.h"
#include "engine/evidence/event.h"
#include "engine/signal/clock.h"
#include "engine/signal/interner.h"
#include "engine/signal/time_line.h"

namespace exdiag {

struct Observation {
  std::int64_t row = 0;  // of the event in the store; facts have -1, -2, ...
  Ticks time;
  std::uint64_t record_id = 0;
  TextId host = kEmptyText;  // canonical
  TextId computer = kEmptyText;
  std::uint32_t kind = 0;
  std::uint32_t first_value = 0;
  std::uint32_t first_named_host = 0;
  std::uint16_t named_hosts = 0;
  TimeBasis time_basis = TimeBasis::kNone;
  Clock clock = Clock::kNone;

  bool operator==(const Observation&) const = default;
};

// A list of which at most some bytes, about, are in memory.  Those that stand together are much
// alike: of a block of them each field is kept as what it is more than its least value, in as many
// bits as the greatest needs.
class ObservationList {
 public:
  explicit ObservationList(std::size_t in_memory) : bytes_(in_memory / SpillFile::kBlockBytes) {}

  void push_back(const Observation& item);
  std::size_t size() const { return blocks_.size() * kBlock + open_.size(); }
  Observation operator[](ObservationId id) const;
  // Single fields, which cost far less.
  std::int64_t RowAt(ObservationId id) const {
    return static_cast<std::int64_t>(FieldAt(Field::kRow, id));
  }
  TextId HostAt(ObservationId id) const { return static_cast<TextId>(FieldAt(Field::kHost, id)); }
  std::uint32_t KindAt(ObservationId id) const {
    return static_cast<std::uint32_t>(FieldAt(Field::kKind, id));
  }
  std::uint32_t FirstValueAt(ObservationId id) const {
    return static_cast<std::uint32_t>(FieldAt(Field::kFirstValue, id));
  }

  // False when what it gave cannot be relied upon: the temporary file could not be read.
  bool ok() const { return bytes_.ok(); }

 private:
  static constexpr std::size_t kBlock = 512;  // observations
  enum class Field : std::uint8_t {
    kRow,
    kTime,
    kRecordId,
    kHost,
    kComputer,
    kKind,
    kFirstValue,
    kFirstNamedHost,
    kNamedHosts,
    kBasisAndClock
  };
  static constexpr std::size_t kFields = 10;
  // How a field is kept in a block: value = base + unit * number.
  struct Column {
    std::uint64_t base = 0;
    std::uint64_t unit = 1;
    std::uint32_t first_byte = 0;  // behind the columns
    std::uint32_t bits = 0;        // of one number; 0: all values are `base`
  };
  // Where a block lies.
  struct Place {
    std::uint32_t page = 0;
    std::uint32_t byte = 0;
  };

  static std::uint64_t FieldOf(const Observation& item, Field field);
  static std::uint64_t Unpack(const std::byte* block, Field field, std::size_t at);
  std::uint64_t FieldAt(Field field, ObservationId id) const {
    const std::size_t number = id / kBlock;
    if (number == blocks_.size()) return FieldOf(open_[id % kBlock], field);
    return Unpack(BytesOf(number), field, id % kBlock);
  }
  const std::byte* BytesOf(std::size_t block) const {
    return bytes_.At(blocks_[block].page) + blocks_[block].byte;
  }
  void Close();

  std::vector<Observation> open_;  // behind the last block
  std::vector<Place> blocks_;
  mutable SpillFile bytes_;
  std::size_t used_ = SpillFile::kBlockBytes;  // of its last block
};

}  // namespace exdiag
