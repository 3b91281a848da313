#include <vector>

#include "importers/importer.h"
#include "importers/text/encoding.h"

namespace exdiag {

std::vector<std::byte> Importer::BytesAt(const ByteSource&, std::uint64_t) const { return {}; }

const Importer* FindImporter(const ByteSource& bytes, const ImportOptions& options) {
  std::vector<std::byte> head(4096);
  head.resize(bytes.ReadAt(0, head));
  const std::string text = DecodeHead(head, options.codepage);
  for (const auto& importer : BuiltinImporters()) {
    if (importer->Recognises({head, text})) return importer.get();
  }
  for (const auto& importer : BuiltinImporters()) {
    if (importer->Finds(bytes)) return importer.get();
  }
  return nullptr;
}

}  // namespace exdiag
