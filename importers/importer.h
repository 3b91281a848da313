// Readers of export formats.  Each sits in a folder of its own, is found by content, and sees base
// and evidence only.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/evidence/sink.h"

namespace exdiag {

// Bytes of one export, readable at any place.  Only what is said to be is safe for two threads.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  virtual std::uint64_t size() const = 0;
  // Fills as much of `into` as there is from `offset` on and returns how much that was; less than
  // asked for only at the end or where the medium cannot be read.
  virtual std::size_t ReadAt(std::uint64_t offset, std::span<std::byte> into) const = 0;

  // ReadAt for readers with several threads, any of which may call this at any time.  What was read
  // so they hand to Passed, in the order of the file and by one thread, for those who watch what is
  // read.
  virtual std::size_t ReadPart(std::uint64_t offset, std::span<std::byte> into) const {
    return ReadAt(offset, into);
  }
  virtual void Passed(std::uint64_t offset, std::span<const std::byte> bytes) const {
    static_cast<void>(offset), static_cast<void>(bytes);
  }
};

// The file on disk; an Error names the file and the system's reason.
Result<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);
// The same of a file that is open; takes the descriptor over, also with an Error, which has the
// system's reason alone.
Result<std::unique_ptr<ByteSource>> TakeFile(int descriptor);
// Bytes already in memory (standard input, tests); takes them over.
std::unique_ptr<ByteSource> MemorySource(std::string bytes);

// What the user said that the export cannot say itself.
struct ImportOptions {
  // iconv name for text that is neither UTF-8 nor UTF-16; "": the one that makes sense of it.
  std::string codepage;
  // TCP ports besides 102 on which TPKTs (RFC 1006) are looked for in captures.
  std::set<std::uint16_t> tpkt_ports = {};
};

struct Export {
  std::string name;  // as the user named it, for messages; never used to tell the format
  const ByteSource& bytes;
  ImportOptions options;
};

// The beginning of a file in the two forms that recognition needs.
struct Head {
  std::span<const std::byte> bytes;  // first 4 KiB, or the whole smaller file
  std::string_view text;             // the same as UTF-8 without BOM, "" when it is not text
};

// A part of a file.
struct FilePiece {
  const ByteSource& file;
  std::uint64_t offset;
  std::span<const std::byte> bytes;
};

class Importer {
 public:
  virtual ~Importer() = default;

  // "evtx", "nt-csv": as in the report's `inputs` and in docs/formats.md.
  virtual std::string_view name() const = 0;

  // True when `head` looks like this format.  Cheap and strict: importers are asked in the order of
  // the list and the first yes wins.
  virtual bool Recognises(const Head& head) const = 0;

  // True for formats that stand in prose.  Recognises() of these is asked once more, with the first
  // megabyte, about a text that no format recognises by its head.
  virtual bool StandsInProse() const { return false; }

  // Asked about one piece after the other of a file that no format recognises so: true when this
  // format begins in it.  Pieces are of a megabyte and overlap by 128 KiB, so that nothing smaller
  // is cut in two.
  virtual bool FindsIn(const FilePiece& /*piece*/) const { return false; }

  // Passes every readable record and fact to `evidence`, in file order.  What cannot be read goes
  // to OnReject; remarks that cost no record go to `problems`.  An Error means that the file
  // yielded nothing: not this format after all, or unreadable from the first byte.
  virtual Result<void> Import(const Export& input, EvidenceSink& evidence,
                              DiagnosticSink& problems) const = 0;

  // The record or frame that begins at `offset` of a binary export, as it stands there.  Empty
  // where none begins, and for formats whose places are lines.
  virtual std::vector<std::byte> BytesAt(const ByteSource& bytes, std::uint64_t offset) const;
};

// All formats, in the order in which they are asked.
const std::vector<std::unique_ptr<Importer>>& BuiltinImporters();

// The importer for these bytes; nullptr when none knows them.  Reads no more than the first 64 MiB,
// and these once.
const Importer* FindImporter(const ByteSource& bytes, const ImportOptions& options = {});

}  // namespace exdiag
