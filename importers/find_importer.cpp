#include <algorithm>
#include <vector>

#include "importers/importer.h"
#include "importers/text/encoding.h"

namespace exdiag {
namespace {

using Importers = std::vector<std::unique_ptr<Importer>>;

constexpr std::size_t kHead = 4096;
constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kOverlap = std::size_t{128} << 10;
constexpr std::uint64_t kSearched = std::uint64_t{64} << 20;

const Importer* FindInProse(std::span<const std::byte> piece, const std::string& codepage) {
  const std::string text = DecodeHead(piece, codepage);
  for (const auto& importer : BuiltinImporters()) {
    if (importer->StandsInProse() && importer->Recognises({piece, text})) return importer.get();
  }
  return nullptr;
}

// The first of the list that finds its format anywhere, wherever others find theirs.
const Importer* FindInPieces(const ByteSource& bytes, std::vector<std::byte> block) {
  const Importers& all = BuiltinImporters();
  auto found = all.end();
  const std::uint64_t end = std::min(bytes.size(), kSearched);
  for (std::uint64_t offset = 0; offset < end; offset += kPiece - kOverlap) {
    const std::size_t got = offset == 0 ? block.size() : bytes.ReadAt(offset, block);
    const FilePiece piece{bytes, offset, std::span(block).first(got)};
    found = std::find_if(all.begin(), found,
                         [&](const auto& importer) { return importer->FindsIn(piece); });
  }
  return found == all.end() ? nullptr : found->get();
}

}  // namespace

std::vector<std::byte> Importer::BytesAt(const ByteSource&, std::uint64_t) const { return {}; }

const Importer* FindImporter(const ByteSource& bytes, const ImportOptions& options) {
  std::vector<std::byte> head(kHead);
  head.resize(bytes.ReadAt(0, head));
  const std::string text = DecodeHead(head, options.codepage);
  for (const auto& importer : BuiltinImporters()) {
    if (importer->Recognises({head, text})) return importer.get();
  }
  std::vector<std::byte> block(kPiece);
  block.resize(bytes.ReadAt(0, block));
  if (!text.empty() && block.size() > head.size()) {
    if (const Importer* const importer = FindInProse(block, options.codepage)) return importer;
  }
  return FindInPieces(bytes, std::move(block));
}

}  // namespace exdiag
