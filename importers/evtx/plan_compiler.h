// BinXML elements into plans ([MS-EVEN6] 2.2.12).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "importers/binary_log/record_text.h"
#include "importers/evtx/interned_texts.h"
#include "importers/evtx/plan.h"

namespace exdiag::evtx {

// Bytes [begin, end) of a chunk.
struct ChunkRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

class PlanCompiler {
 public:
  // `text` receives names and constants, and has to live as long as the plans are used.
  explicit PlanCompiler(RecordText& text) : text_(text) {}

  // What is compiled lies in `chunk` from here on.
  void BeginChunk(std::span<const std::byte> chunk);

  // Compiles a whole definition body: fragment header, elements, end.  Elements carry a dependency
  // id there.  Returns nullptr, or what is wrong with it.
  const char* CompileDefinition(ChunkRange body, Context context, Plan& plan);

  // Compiles the one element that begins at range.begin, which stands outside a definition and so
  // has no dependency id; moves range.begin behind it.
  const char* CompileElement(ChunkRange& range, Context context, Plan& plan);

 private:
  struct Element;

  // Each of these returns false with `error_` set.
  bool ParseElement(Context parent, int depth);
  bool ParseAttributes(Element& element);
  bool ParseContent(Element& element, int depth);
  bool ParsePieces();
  bool ParsePiece(std::uint8_t token);
  bool ParseText();
  bool ParseCharacter();
  bool ParseEntity();
  bool ParseSubstitution();
  bool SkipProcessingInstruction(std::uint8_t token);
  bool ParseName(std::string_view& name);
  std::string_view TextOf(std::span<const std::byte> utf16);
  void SkipStrayName();

  void CloseGuard(std::size_t guard);
  void EmitAttribute(Element& element, std::string_view name);
  void EmitLeaf(const Element& element);
  void EmitContent(const Element& element);
  void EmitPieces(Field field, Context nested, std::string_view name, std::size_t first_piece);

  bool Need(std::size_t size);
  bool Fail(const char* reason);
  std::uint8_t Peek() const;
  std::uint8_t TakeU8();
  std::uint16_t TakeU16();
  std::uint32_t TakeU32();

  RecordText& text_;
  std::span<const std::byte> chunk_;
  Plan* plan_ = nullptr;
  std::vector<Piece> open_pieces_;  // of the elements being read, innermost last
  std::uint32_t begin_ = 0;
  std::uint32_t position_ = 0;
  std::uint32_t end_ = 0;
  bool in_definition_ = false;

  // Names that elements outside templates referred to in this chunk, by a hash of their offsets:
  // each record without a template has all of its names again.
  struct KnownName {
    std::uint32_t offset = 0;
    std::size_t size = 0;  // of its UTF-16
    std::uint64_t chunk = 0;
    std::string_view text;
  };
  static std::size_t HashOf(std::uint32_t offset) { return (offset * 0x9e37'79b1U) >> 24; }
  InternedTexts names_;
  std::array<KnownName, 256> known_names_;
  std::uint64_t chunk_number_ = 0;  // from 1
  const char* error_ = nullptr;
};

}  // namespace exdiag::evtx
