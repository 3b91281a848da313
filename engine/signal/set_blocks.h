// Where large sets of numbers, and the texts of signals, keep what they hold.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/result.h"
#include "engine/base/spill_file.h"

namespace exdiag {

// Why there is no diagnosis when a temporary file failed.
inline constexpr char kTemporaryUnreadable[] =
    "the temporary file with what rules look at cannot be read; no diagnosis";

// The blocks of all sets of a thread, of which some megabytes are in memory, and the others in a
// temporary file.
class SetBlocks {
 public:
  static constexpr std::size_t kWords = 256;
  // Numbers that Bits have room for.
  static constexpr std::size_t kSpan = kWords * 64;

  // A bit for each of kSpan numbers.
  class Bits {
   public:
    void Clear();
    // Behind all that are set, `count` in number.
    void Append(std::size_t bit, std::size_t count);

    // Of `count` bits that are set.
    std::size_t CountBelow(std::size_t bit, std::size_t count) const;
    // The bit at this position of those that are set.
    std::size_t At(std::size_t position) const;
    // The first that is set, not before `from`; kSpan when there is none.
    std::size_t Next(std::size_t from) const;
    bool Contains(std::size_t bit) const { return (words_[bit / 64] >> bit % 64 & 1) != 0; }
    std::uint64_t Word(std::size_t word) const { return words_[word]; }

   private:
    static constexpr std::size_t kGroup = 8;  // words
    static constexpr std::uint16_t kNone = 0xffff;

    std::array<std::uint64_t, kWords> words_;
    // Bits that are set before each group of words; kNone behind the last of them.
    std::array<std::uint16_t, kWords / kGroup> before_;
  };
  // As many numbers as take the same room.
  static constexpr std::size_t kFew = sizeof(Bits) / sizeof(std::uint32_t);
  using Few = std::array<std::uint32_t, kFew>;
  static constexpr std::size_t kBytes = sizeof(Bits);

  static SetBlocks& OfThread() {
    static thread_local SetBlocks blocks;
    return blocks;
  }

  std::uint32_t Make() { return static_cast<std::uint32_t>(file_.Append()); }
  std::uint32_t Copy(std::uint32_t block);
  void Drop(std::uint32_t block) { file_.Drop(block); }

  // What is in a block, good until another one is asked for.
  const Bits& BitsOf(std::uint32_t block) { return *reinterpret_cast<const Bits*>(At(block)); }
  const Few& FewOf(std::uint32_t block) { return *reinterpret_cast<const Few*>(At(block)); }
  Bits& BitsToChange(std::uint32_t block) { return *reinterpret_cast<Bits*>(ToChange(block)); }
  Few& FewToChange(std::uint32_t block) { return *reinterpret_cast<Few*>(ToChange(block)); }
  const std::byte* BytesOf(std::uint32_t block) { return At(block); }
  std::byte* BytesToChange(std::uint32_t block) { return ToChange(block); }

  // False when what a set gave since the thread began cannot be relied upon: the temporary file
  // could not be read.
  bool ok() const { return file_.ok(); }
  // Of this thread, as a result: for whoever has read sets or signals and answers now.
  static Result<void> Readable() {
    if (OfThread().ok()) return {};
    return Error{kTemporaryUnreadable};
  }

 private:
  static constexpr std::size_t kInMemory = std::size_t{8} << 20;

  const std::byte* At(std::uint32_t block) { return file_.At(block); }
  std::byte* ToChange(std::uint32_t block) { return file_.ToChange(block); }

  SpillFile file_{kInMemory / kBytes, kBytes};
};

}  // namespace exdiag
