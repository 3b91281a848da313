#include "importers/archive/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/base/text.h"
#include "importers/archive/dictionary.h"
#include "importers/spool.h"

namespace exdiag {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

constexpr std::string_view kSevenZip = "7z\xbc\xaf\x27\x1c";

bool IsSevenZip(std::span<const std::byte> head) {
  return head.size() >= kSevenZip.size() &&
         std::memcmp(head.data(), kSevenZip.data(), kSevenZip.size()) == 0;
}

struct Input {
  const ByteSource* bytes;
  std::uint64_t offset = 0;
  std::vector<std::byte> block = std::vector<std::byte>(kBlock);
};

la_ssize_t ReadBlock(struct archive*, void* data, const void** buffer) {
  auto& input = *static_cast<Input*>(data);
  const std::size_t got = input.bytes->ReadAt(input.offset, input.block);
  input.offset += got;
  *buffer = input.block.data();
  return static_cast<la_ssize_t>(got);
}

la_int64_t SkipBytes(struct archive*, void* data, la_int64_t count) {
  auto& input = *static_cast<Input*>(data);
  if (count <= 0 || input.offset >= input.bytes->size()) return 0;
  const auto skipped =
      std::min(static_cast<std::uint64_t>(count), input.bytes->size() - input.offset);
  input.offset += skipped;
  return static_cast<la_int64_t>(skipped);
}

la_int64_t SeekTo(struct archive*, void* data, la_int64_t offset, int whence) {
  auto& input = *static_cast<Input*>(data);
  const auto size = static_cast<la_int64_t>(input.bytes->size());
  la_int64_t base = 0;
  if (whence == SEEK_CUR) base = static_cast<la_int64_t>(input.offset);
  if (whence == SEEK_END) base = size;
  if (offset > size - base || base + offset < 0) return ARCHIVE_FATAL;
  input.offset = static_cast<std::uint64_t>(base + offset);
  return base + offset;
}

struct CloseArchive {
  void operator()(struct archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<struct archive, CloseArchive>;

std::string ErrorOf(struct archive* reader) {
  const char* const text = archive_error_string(reader);
  if (text == nullptr) return "damaged";
  const std::string printable = Printable(text);
  if (printable.find(" codec ID: ") == std::string::npos) return printable;
  return fmt::format("packed by a method that is not known ({})", printable);
}

// Where the directory of a 7z begins, which is the last thing in it, when the file ends in front of
// its end.
std::optional<std::uint64_t> MissingDirectory(const ByteSource& bytes) {
  constexpr std::uint64_t kHeader = 32;
  std::array<std::byte, kHeader> header;
  if (bytes.ReadAt(0, header) < kHeader || !IsSevenZip(header)) return std::nullopt;
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 8; i > 0; --i) {
      value = value << 8 | std::to_integer<std::uint64_t>(header[at + i - 1]);
    }
    return value;
  };
  const std::uint64_t offset = number(12), size = number(20);
  const std::uint64_t behind = bytes.size() - kHeader;
  if (offset <= behind && size <= behind - offset) return std::nullopt;
  return offset > UINT64_MAX - kHeader ? UINT64_MAX : offset + kHeader;
}

Reader OpenReader(Input& input) {
  Reader reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_7zip(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_raw(reader.get());
  archive_read_set_callback_data(reader.get(), &input);
  archive_read_set_read_callback(reader.get(), ReadBlock);
  archive_read_set_skip_callback(reader.get(), SkipBytes);
  archive_read_set_seek_callback(reader.get(), SeekTo);
  return reader;
}

// "app.evtx.gz" -> "app.evtx"
std::string NameInside(const std::string& archive_name) {
  const std::size_t slash = archive_name.rfind('/');
  const std::string base =
      slash == std::string::npos ? archive_name : archive_name.substr(slash + 1);
  const std::size_t dot = base.rfind('.');
  return dot == std::string::npos || dot == 0 ? "data" : base.substr(0, dot);
}

std::string NameOf(struct archive* reader, struct archive_entry* entry, const std::string& outer) {
  if (archive_format(reader) == ARCHIVE_FORMAT_RAW) return NameInside(outer);
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return name == nullptr ? "?" : Printable(name);
}

// Walks one archive and counts what it has unpacked.
class Walk {
 public:
  Walk(const ByteSource& bytes, const std::string& name, const ArchiveLimits& limits,
       const std::function<bool()>& cancelled)
      : input_{&bytes},
        name_(name),
        limits_(limits),
        cancelled_(cancelled),
        reader_(OpenReader(input_)) {}

  Result<void> Run(const std::function<bool(ArchiveMember)>& visit) {
    const auto of_xz = DictionaryAt(*input_.bytes, 0, PackedBy::kXz);
    if (of_xz > limits_.dictionary) return Error{AsksForTooMuch(*of_xz)};
    if (archive_read_open1(reader_.get()) != ARCHIVE_OK) return Damaged();
    for (;;) {
      struct archive_entry* entry = nullptr;
      const int status = archive_read_next_header(reader_.get(), &entry);
      if (status == ARCHIVE_EOF) return {};
      if (status == ARCHIVE_RETRY) continue;
      if (status == ARCHIVE_FATAL) return Damaged();
      const auto type = archive_entry_filetype(entry);
      // A compressed file has no type.
      if (type != AE_IFREG && archive_format(reader_.get()) != ARCHIVE_FORMAT_RAW) continue;
      if (++members_ > limits_.members) {
        return Error{
            fmt::format("holds more than {} files; the rest is not read", limits_.members)};
      }
      ArchiveMember member = Unpack(entry);
      const bool bomb = bomb_.has_value();
      if (!visit(std::move(member)) || Cancelled()) return {};
      if (bomb) return Error{*bomb_};
    }
  }

 private:
  bool Cancelled() const { return cancelled_ && cancelled_(); }
  Error Damaged() {
    const std::string reason = ErrorOf(reader_.get());
    if (members_ > 0) return Error{reason + "; the rest is not read"};
    if (reason.find("encrypted") != std::string::npos) {
      return Error{"encrypted, and the names of its files with them; not read"};
    }
    if (const auto directory = MissingDirectory(*input_.bytes)) {
      return Error{fmt::format(
          "ends before its directory at offset 0x{:x} does, without which no file in it can be "
          "found; not read",
          *directory)};
    }
    return Error{reason + "; the rest is not read"};
  }

  ArchiveMember Unpack(struct archive_entry* entry) {
    ArchiveMember member;
    member.name = NameOf(reader_.get(), entry, name_);
    member.alone = archive_format(reader_.get()) == ARCHIVE_FORMAT_RAW;
    if (archive_entry_is_encrypted(entry) == 1) {
      member.problem = "encrypted; not read";
      return member;
    }
    const auto dictionary = DictionaryOfMember();
    if (dictionary > limits_.dictionary) {
      member.problem = AsksForTooMuch(*dictionary);
      return member;
    }
    Spool spool;
    std::vector<std::byte> block(kBlock);
    for (;;) {
      if (Cancelled()) return member;
      const la_ssize_t got = archive_read_data(reader_.get(), block.data(), block.size());
      if (got == ARCHIVE_RETRY) continue;
      if (got == 0) break;
      if (got < 0) {
        member.problem = ErrorOf(reader_.get());
        member.problem += spool.size() == 0 ? "; not read"
                                            : fmt::format(" after {} bytes; read as far as it goes",
                                                          spool.size());
        break;
      }
      unpacked_ += static_cast<std::uint64_t>(got);
      if (TooLarge()) {
        member.problem = *bomb_;
        return member;
      }
      auto kept = spool.Append(std::span(block).first(static_cast<std::size_t>(got)));
      if (!kept) {
        member.problem = kept.error().message;
        return member;
      }
    }
    if (spool.size() == 0 && !member.problem.empty()) return member;
    auto bytes = spool.Take();
    if (bytes) {
      member.bytes = std::move(bytes).value();
    } else {
      member.problem = bytes.error().message;
    }
    return member;
  }

  static constexpr std::uint64_t kNotKnown = UINT64_MAX;

  // What unpacking the member whose header was read last would take.  A zip that is packed as a
  // whole once more cannot be looked into.
  std::optional<std::uint64_t> DictionaryOfMember() const {
    const int format = archive_format(reader_.get()) & ARCHIVE_FORMAT_BASE_MASK;
    if (format != ARCHIVE_FORMAT_ZIP) return std::nullopt;
    if (archive_filter_code(reader_.get(), 0) != ARCHIVE_FILTER_NONE) {
      const std::string_view how = archive_format_name(reader_.get());  // "ZIP 2.0 (deflation)"
      const bool asks = how.ends_with("(lzma)") || how.ends_with("(xz)") ||
                        how.find("(ppmd") != std::string_view::npos;
      return asks ? std::optional(kNotKnown) : std::nullopt;
    }
    const la_int64_t header = archive_read_header_position(reader_.get());
    const la_int64_t packed = archive_filter_bytes(reader_.get(), 0);
    if (header < 0 || packed < header) return std::nullopt;
    return DictionaryOfZipMember(*input_.bytes, static_cast<std::uint64_t>(header),
                                 static_cast<std::uint64_t>(packed));
  }

  std::string AsksForTooMuch(std::uint64_t dictionary) const {
    if (dictionary == kNotKnown) {
      return "asks for memory to be unpacked, and inside of another compression it is not known "
             "how much; not read: unpack it first";
    }
    return fmt::format(
        "asks for {} MiB of memory to be unpacked, which is more than {}; not read: unpack it "
        "first",
        dictionary >> 20, limits_.dictionary >> 20);
  }

  bool TooLarge() {
    if (unpacked_ > limits_.bytes) {
      bomb_ = fmt::format("unpacks to more than {} bytes; the rest is not read", limits_.bytes);
    } else if (unpacked_ > limits_.free_bytes && unpacked_ / limits_.ratio > input_.bytes->size()) {
      bomb_ =
          fmt::format("unpacks to more than {} bytes and {} times its size; the rest is not read",
                      limits_.free_bytes, limits_.ratio);
    }
    return bomb_.has_value();
  }

  Input input_;
  const std::string& name_;
  const ArchiveLimits& limits_;
  const std::function<bool()>& cancelled_;
  Reader reader_;
  std::uint64_t members_ = 0;
  std::uint64_t unpacked_ = 0;
  std::optional<std::string> bomb_;
};

}  // namespace

bool IsArchive(const ByteSource& bytes) {
  std::vector<std::byte> head(512);
  head.resize(bytes.ReadAt(0, head));
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  using namespace std::string_view_literals;
  constexpr std::string_view kSignatures[] = {"PK\x03\x04"sv,
                                              "PK\x05\x06"sv,
                                              kSevenZip,
                                              "\x1f\x8b\x08"sv,
                                              "BZh"sv,
                                              "\xfd"sv
                                              "7zXZ\x00"sv,
                                              "\x28\xb5\x2f\xfd"sv};
  const auto starts = [&](std::string_view signature) { return text.starts_with(signature); };
  return std::any_of(std::begin(kSignatures), std::end(kSignatures), starts) ||
         (text.size() == 512 && text.substr(257, 5) == "ustar");
}

Result<void> WalkArchive(const ByteSource& bytes, const std::string& name,
                         const ArchiveLimits& limits,
                         const std::function<bool(ArchiveMember member)>& visit,
                         const std::function<bool()>& cancelled) {
  return Walk(bytes, name, limits, cancelled).Run(visit);
}

}  // namespace exdiag
